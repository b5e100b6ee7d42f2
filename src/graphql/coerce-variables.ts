// The values of variables, made what their types say. graphql-js looks every part of a type up anew for every value, which
// takes longer for a thousand points than storing them; here it is looked up once, and only what is in order is taken.

import {
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLLeafType,
  type GraphQLSchema,
  getVariableValues,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  typeFromAST,
  type VariableDefinitionNode,
  valueFromAST,
} from 'graphql';

type Values = Readonly<Record<string, unknown>>;

/** A value as its type takes it, or {@link IRREGULAR}. */
type Coercer = (value: unknown) => unknown;

/** Something is wrong with the value, or unusual: graphql-js decides, and finds the words. */
export const IRREGULAR = Symbol('irregular');

interface Definition {
  readonly name: string;
  readonly coerce: Coercer;
  readonly isRequired: boolean;
  readonly fallback: unknown;
}

/** What `getVariableValues` gives, in a fraction of the time. */
export class VariableCoercer {
  private readonly coercers = new WeakMap<GraphQLInputType, Coercer>();
  private readonly definitions = new WeakMap<readonly VariableDefinitionNode[], readonly Definition[]>();

  constructor(private readonly schema: GraphQLSchema) {}

  /** @returns the values, or undefined where one does not fit its type, which graphql-js puts in words */
  coerce(nodes: readonly VariableDefinitionNode[], given: Values | null | undefined): Values | undefined {
    const values = this.regular(nodes, given ?? {});
    return values ?? getVariableValues(this.schema, nodes, { ...given }, { maxErrors: 1 }).coerced;
  }

  private regular(nodes: readonly VariableDefinitionNode[], given: Values): Values | undefined {
    const coerced: Record<string, unknown> = {};
    for (const { name, coerce, isRequired, fallback } of this.definitionsOf(nodes)) {
      const value = Object.hasOwn(given, name) ? given[name] : undefined;
      if (!Object.hasOwn(given, name)) {
        if (fallback !== undefined) coerced[name] = fallback;
        else if (isRequired) return undefined;
        continue;
      }
      const taken = coerce(value);
      if (taken === IRREGULAR) return undefined;
      coerced[name] = taken;
    }
    return coerced;
  }

  private definitionsOf(nodes: readonly VariableDefinitionNode[]): readonly Definition[] {
    const known = this.definitions.get(nodes);
    if (known) return known;
    const definitions = nodes.map(({ variable, type: typeNode, defaultValue }): Definition => {
      const type = typeFromAST(this.schema, typeNode as never);
      const isUsable = isInputType(type);
      return {
        name: variable.name.value,
        coerce: isUsable ? this.coercerOf(type) : () => IRREGULAR,
        // One of no known type is never in order.
        isRequired: !isUsable || isNonNullType(type),
        fallback: isUsable && defaultValue ? valueFromAST(defaultValue, type) : undefined,
      };
    });
    this.definitions.set(nodes, definitions);
    return definitions;
  }

  private coercerOf(type: GraphQLInputType): Coercer {
    const known = this.coercers.get(type);
    if (known) return known;
    const coercer = this.make(type);
    this.coercers.set(type, coercer);
    return coercer;
  }

  private make(type: GraphQLInputType): Coercer {
    if (isNonNullType(type)) {
      const inner = this.coercerOf(type.ofType as GraphQLInputType);
      return (value) => (value === null || value === undefined ? IRREGULAR : inner(value));
    }
    if (isListType(type)) return listOf(this.coercerOf(type.ofType as GraphQLInputType));
    return isInputObjectType(type) ? this.object(type) : leaf(type);
  }

  private object(type: GraphQLInputObjectType): Coercer {
    // Filters contain filters: the fields are looked up when the first value comes.
    let fields: readonly { readonly field: GraphQLInputField; readonly coerce: Coercer }[] | undefined;
    return (value) => {
      if (value === null || value === undefined) return null;
      if (typeof value !== 'object' || Array.isArray(value)) return IRREGULAR;
      fields ??= Object.values(type.getFields()).map((field) => ({ field, coerce: this.coercerOf(field.type) }));
      const given = value as Values;
      const coerced: Record<string, unknown> = {};
      let taken = 0;
      for (const { field, coerce } of fields) {
        const part = given[field.name];
        if (part === undefined) {
          if (field.defaultValue !== undefined) coerced[field.name] = field.defaultValue;
          else if (isNonNullType(field.type)) return IRREGULAR;
          continue;
        }
        const coercedPart = coerce(part);
        if (coercedPart === IRREGULAR) return IRREGULAR;
        coerced[field.name] = coercedPart;
        taken++;
      }
      // A field that the type does not have, or not exactly one of those of which there has to be one.
      if (taken !== Object.keys(given).length) return IRREGULAR;
      return type.isOneOf && (taken !== 1 || Object.values(coerced).includes(null)) ? IRREGULAR : coerced;
    };
  }
}

function listOf(inner: Coercer): Coercer {
  return (value) => {
    if (value === null || value === undefined) return null;
    // A single value stands for a list of one: rare, and so left to graphql-js.
    if (!Array.isArray(value)) return IRREGULAR;
    const coerced: unknown[] = [];
    for (const item of value) {
      const taken = inner(item);
      if (taken === IRREGULAR) return IRREGULAR;
      coerced.push(taken);
    }
    return coerced;
  };
}

function leaf(type: GraphQLLeafType): Coercer {
  return (value) => {
    if (value === null || value === undefined) return null;
    try {
      const coerced = type.parseValue(value);
      return coerced === undefined ? IRREGULAR : coerced;
    } catch {
      return IRREGULAR;
    }
  };
}
