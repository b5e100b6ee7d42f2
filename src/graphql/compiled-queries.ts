// The compiled forms of the operations that are asked again and again, in a bounded cache.

import {
  type DocumentNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isAbstractType,
  isCompositeType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  typeFromAST,
} from 'graphql';
import { Recent } from '../core/recent.ts';
import { conditionVariables, type Fragments, fragmentsOf, type VariableValues } from './collect-fields.ts';
import { type Compiled, compile } from './compile.ts';
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

/** What is known of an operation that can be compiled. */
export interface KnownOperation {
  readonly node: OperationDefinitionNode;
  readonly fragments: Fragments;
  readonly fields: number;
  /** The variables on which its form depends. */
  readonly conditions: readonly string[];
  /** How often each form was asked for, by the values of these variables. */
  readonly forms: Recent<string, { asked: number }>;
}

export class CompiledQueries {
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
    const root = this.schema.getRootType(node.operation);
    const fragments = fragmentsOf(document);
    const fields = root ? this.countFields(fragments, root, node.selectionSet) : Number.POSITIVE_INFINITY;
    if (fields > this.limits.maxFields) return 'impossible';
    const conditions = conditionVariables(document);
    return { node, fragments, fields, conditions, forms: new Recent(this.limits.maxForms) };
  }

  private compileWithinShare(
    { node: operation, fragments }: KnownOperation,
    variableValues: VariableValues,
  ): Compiled | 'impossible' {
    const startedAt = performance.now();
    try {
      return compile({ schema: this.schema, operation, fragments, variableValues });
    } catch {
      return 'impossible';
    } finally {
      const now = performance.now();
      this.nextAt = now + (now - startedAt) * (1 / this.limits.maxShare - 1);
    }
  }

  /** How many fields a compiled form has at most; it stops counting past the limit. */
  private countFields(fragments: Fragments, root: GraphQLCompositeType, set: SelectionSetNode): number {
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
