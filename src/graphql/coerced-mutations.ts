// Mutations whose variables are coerced already. graphql-js would do it again, and takes longer for a thousand points than
// storing them: so it is told that they are of a type that takes every value as it is.

import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLScalarType,
  type GraphQLSchema,
  getOperationAST,
  Kind,
} from 'graphql';
import type { VariableCoercer } from './coerce-variables.ts';

/** No type of a schema has such a name. */
const AS_IT_IS = new GraphQLScalarType({ name: 'AlreadyCoerced' });

type Request = Omit<ExecutionArgs, 'schema'>;

export class CoercedMutations {
  private readonly schema: GraphQLSchema;
  private readonly documents = new WeakMap<DocumentNode, DocumentNode>();

  constructor(
    schema: GraphQLSchema,
    private readonly coercer: VariableCoercer,
  ) {
    // The same schema, but for one more type that can be asked for by its name.
    this.schema = Object.create(schema, {
      getType: { value: (name: string) => (name === AS_IT_IS.name ? AS_IT_IS : schema.getType(name)) },
    });
  }

  /** The answer of a mutation; undefined for anything else, and where a variable does not fit, which graphql-js words. */
  execute(request: Request): ExecutionResult | undefined | Promise<ExecutionResult> {
    const { document, operationName } = request;
    const operation = getOperationAST(document, operationName);
    if (operation?.operation !== 'mutation') return undefined;
    const variableValues = this.coercer.coerce(operation.variableDefinitions ?? [], request.variableValues);
    if (!variableValues) return undefined;
    const args = { ...request, schema: this.schema, document: this.withoutTypes(document), variableValues };
    return execute(args) as ExecutionResult | Promise<ExecutionResult>;
  }

  /** The document with nothing said of its variables but their names. Everything else is the same nodes. */
  private withoutTypes(document: DocumentNode): DocumentNode {
    const known = this.documents.get(document);
    if (known) return known;
    const type = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: AS_IT_IS.name } } as const;
    const definitions = document.definitions.map((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION
        ? {
            ...definition,
            variableDefinitions: definition.variableDefinitions?.map(({ kind, variable }) => ({
              kind,
              variable,
              type,
            })),
          }
        : definition,
    );
    const untyped = { ...document, definitions } as DocumentNode;
    this.documents.set(document, untyped);
    return untyped;
  }
}
