// The compiled forms of the operations that are asked again and again, in a bounded cache.

import { createRequire } from 'node:module';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isAbstractType,
  isCompositeType,
  isObjectType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  typeFromAST,
} from 'graphql';
import type { CompiledQuery } from 'graphql-jit';
import { Recent } from '../core/recent.ts';
import { bareDocument, conditionVariables, isCompilable, type VariableValues } from './bare-document.ts';
import { bareSchema } from './bare-schema.ts';
import { ArgumentCoercer } from './coerce-arguments.ts';
import { DOCUMENT_CHARACTERS, documentWeight } from './documents.ts';

export interface CompilerLimits {
  /** At which time that an operation is asked it is compiled; Infinity for never. */
  readonly compileAt: number;
  /** How many forms of one operation, for the values of the variables in its `@skip` and `@include`, are kept. */
  readonly maxForms: number;
  /** How many fields a form may have, where a field of an interface counts for each type that implements it. */
  readonly maxFields: number;
  /** How many fields all forms together may have; one takes about a kilobyte. */
  readonly maxFieldsInAll: number;
  /** The share of the time that compiling may take, so that many different operations do not hold up the others. */
  readonly maxShare: number;
}

export const DEFAULT_COMPILER_LIMITS: CompilerLimits = {
  compileAt: 3,
  maxForms: 8,
  maxFields: 1_000,
  maxFieldsInAll: 50_000,
  maxShare: 0.1,
};

export type Compiled = CompiledQuery['query'];

interface Compiler {
  readonly jit: typeof import('graphql-jit');
  readonly bare: GraphQLSchema;
}

/** What is known of an operation that can be compiled. */
export interface KnownOperation {
  readonly document: DocumentNode;
  readonly node: OperationDefinitionNode;
  readonly fields: number;
  /** The variables on which its form depends. */
  readonly conditions: readonly string[];
  /** How often each form was asked for, by the values of these variables. */
  readonly forms: Recent<string, { asked: number }>;
}

export class CompiledQueries {
  /** Loaded when first something is compiled: until then a server starts sooner and takes less memory. */
  private compiler: Compiler | undefined;
  private readonly operations = new Recent<DocumentNode, Map<string, KnownOperation | 'impossible'>>(
    DOCUMENT_CHARACTERS,
  );
  private readonly compiled: Recent<{ asked: number }, Compiled | 'impossible'>;
  /** Not before this time is anything compiled again, milliseconds. */
  private nextAt = 0;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly limits: CompilerLimits,
  ) {
    this.compiled = new Recent(limits.maxFieldsInAll);
  }

  /** An operation of a valid document; undefined where it cannot be compiled. */
  operation(document: DocumentNode, operationName: string | null | undefined): KnownOperation | undefined {
    const operations = this.operations.get(document) ?? new Map<string, KnownOperation | 'impossible'>();
    const name = operationName ?? '';
    const known = operations.get(name);
    if (known) return known === 'impossible' ? undefined : known;
    const node = getOperationAST(document, operationName);
    if (!node) return undefined;
    const operation = this.examine(document, node);
    operations.set(name, operation);
    this.operations.set(document, operations, documentWeight(document.loc?.end ?? 0));
    return operation === 'impossible' ? undefined : operation;
  }

  /** The compiled form for these values, if there is one by now. */
  form(operation: KnownOperation, variableValues: VariableValues): Compiled | undefined {
    const key = operation.conditions.map((name) => String(variableValues[name])).join();
    let form = operation.forms.get(key);
    if (!form) {
      form = { asked: 0 };
      operation.forms.set(key, form);
    }
    form.asked++;
    let compiled = this.compiled.get(form);
    if (!compiled && form.asked >= this.limits.compileAt && performance.now() >= this.nextAt) {
      compiled = this.compileWithinShare(operation, variableValues);
      this.compiled.set(form, compiled, operation.fields);
    }
    return compiled === 'impossible' ? undefined : compiled;
  }

  private examine(document: DocumentNode, node: OperationDefinitionNode): KnownOperation | 'impossible' {
    // What a mutation did cannot be done again, where its answer has errors and is graphql-js' to give.
    if (node.operation === 'mutation') return 'impossible';
    if (!isCompilable(document, (name) => this.schema.getType(name) !== undefined)) return 'impossible';
    const root = this.schema.getRootType(node.operation);
    const fields = root ? this.countFields(document, root, node.selectionSet) : Number.POSITIVE_INFINITY;
    if (fields > this.limits.maxFields) return 'impossible';
    const conditions = conditionVariables(document);
    return { document, node, fields, conditions, forms: new Recent(this.limits.maxForms) };
  }

  private compileWithinShare(operation: KnownOperation, variableValues: VariableValues): Compiled | 'impossible' {
    const startedAt = performance.now();
    try {
      return this.compile(operation, variableValues);
    } catch {
      // A condition without a value: graphql-js names it.
      return 'impossible';
    } finally {
      const now = performance.now();
      this.nextAt = now + (now - startedAt) * (1 / this.limits.maxShare - 1);
    }
  }

  private compile(
    { document, node: operation }: KnownOperation,
    variableValues: VariableValues,
  ): Compiled | 'impossible' {
    const { schema } = this;
    this.compiler ??= {
      jit: createRequire(import.meta.url)('graphql-jit') as Compiler['jit'],
      bare: bareSchema(schema),
    };
    const { jit, bare } = this.compiler;
    const { document: reduced, originals } = bareDocument(document, operation, variableValues);
    const fragments = fragmentsOf(document);
    const compiled = jit.compileQuery(bare, reduced, undefined, {
      // An error of the compiled form is shown to nobody.
      disablingCapturingStackErrors: true,
      // What resolvers are told is what graphql-js would tell them.
      resolverInfoEnricher: ({ parentType: { name }, fieldName, fieldNodes }) => {
        const parentType = schema.getType(name);
        const field = isObjectType(parentType) ? parentType.getFields()[fieldName] : undefined;
        const nodes = fieldNodes.map((node) => originals.get(node) ?? node);
        const place = field && nodes[0] && new ArgumentCoercer(field, nodes[0]);
        return {
          ...(field && { returnType: field.type }),
          ...{ parentType, fieldNodes: nodes, schema, fragments, operation, place },
        };
      },
    });
    return jit.isCompiledQuery(compiled) ? compiled.query : 'impossible';
  }

  /** How many fields a compiled form has at most; it stops counting past the limit. */
  private countFields(document: DocumentNode, root: GraphQLCompositeType, set: SelectionSetNode): number {
    const fragments = fragmentsOf(document);
    const { maxFields } = this.limits;
    let count = 0;
    const add = (type: GraphQLCompositeType, { selections }: SelectionSetNode, times: number): void => {
      for (const selection of selections) {
        if (count > maxFields) return;
        if (selection.kind === Kind.FIELD) {
          count += times;
          const field = isUnionType(type) ? undefined : type.getFields()[selection.name.value];
          const of = field && getNamedType(field.type);
          if (!selection.selectionSet || !isCompositeType(of)) continue;
          add(of, selection.selectionSet, times * (isAbstractType(of) ? this.schema.getPossibleTypes(of).length : 1));
          continue;
        }
        const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value];
        const condition = fragment?.typeCondition && typeFromAST(this.schema, fragment.typeCondition);
        if (fragment) add(isCompositeType(condition) ? condition : type, fragment.selectionSet, times);
      }
    };
    add(root, set, 1);
    return count;
  }
}

function fragmentsOf({ definitions }: DocumentNode): Record<string, FragmentDefinitionNode> {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  return fragments;
}
