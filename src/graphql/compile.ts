// An operation as code that makes its answer. It knows no errors: where anything is not as it should be, a run gives up,
// and graphql-js answers.

import {
  defaultFieldResolver,
  defaultTypeResolver,
  type FieldNode,
  type GraphQLAbstractType,
  GraphQLBoolean,
  type GraphQLField,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLString,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  type SelectionSetNode,
} from 'graphql';
import { ArgumentCoercer } from './coerce-arguments.ts';
import { collectFields } from './collect-fields.ts';
import type { AnswerData, Place, Run, Source } from './run.ts';

/** Makes what a client is given of a value. */
type Complete = (run: Run, value: unknown) => unknown;
/** Makes an answer's object of one that is known to be of a type. */
type Make = (run: Run, object: unknown) => AnswerData;

/** Answers; undefined where graphql-js has to. @throws where it has to, too */
export type Compiled = (run: Run) => AnswerData | undefined | Promise<AnswerData | undefined>;

/** What a value `v` of a type is, as code, if clients are given it as it is. */
const AS_IT_IS = new Map<GraphQLLeafType, string>([
  [GraphQLString, `typeof v === 'string'`],
  [GraphQLID, `typeof v === 'string'`],
  [GraphQLBoolean, `typeof v === 'boolean'`],
  [GraphQLInt, `typeof v === 'number' && (v | 0) === v`],
  [GraphQLFloat, `typeof v === 'number' && v - v === 0`],
]);

/** @throws Error where what is asked cannot be compiled, such as the schema, and GraphQLError where a condition has no value */
export function compile(source: Source): Compiled {
  const { schema, operation } = source;
  const root = schema.getRootType(operation.operation);
  if (!root) throw new Error(`The schema has no ${operation.operation}.`);
  const make = new Compiler(source).fieldsOf(root, [operation.selectionSet]);
  return (run) => run.answer(make(run, run.rootValue ?? {}));
}

class Compiler {
  private places = 0;

  constructor(private readonly source: Source) {}

  fieldsOf(type: GraphQLObjectType, selectionSets: readonly SelectionSetNode[]): Make {
    const code = new Code();
    const properties: string[] = [];
    const calls: string[] = [];
    for (const [key, nodes] of collectFields(this.source, type, selectionSets)) {
      const name = nodes[0]?.name.value ?? '';
      if (key === '__proto__') throw new Error('An object cannot be written with a key that is its prototype.');
      if (name === '__typename') {
        properties.push(`${key}: '${type.name}'`);
        continue;
      }
      const field = type.getFields()[name];
      if (!field) throw new Error(`The field ${name} is the language's own.`);
      const place = this.placeOf(type, field, nodes);
      if (isProperty(field)) {
        properties.push(`${key}: ${this.completed(code, `o.${name}`, place)}`);
        continue;
      }
      // What is resolved may come later, and still keeps its place among the keys.
      properties.push(`${key}: null`);
      const put = `out.${key} = ${this.completed(code, 'v', place)};`;
      calls.push(
        `v = run.resolve(${code.name(place)}, o);`,
        `if (v instanceof Promise) run.later(v, out, (run, out, v) => { ${put} });`,
        `else ${put}`,
      );
    }
    return code.function(['let v;', `const out = { ${properties.join(', ')} };`, ...calls, 'return out;']);
  }

  private placeOf(
    parentType: GraphQLObjectType,
    field: GraphQLField<unknown, unknown>,
    nodes: readonly FieldNode[],
  ): Place {
    const [node] = nodes;
    const coercer = node && field.args.length > 0 ? new ArgumentCoercer(field, node) : undefined;
    return { number: this.places++, source: this.source, parentType, field, nodes, coercer };
  }

  /** Code for what a client is given of a value. @param value code that has no effect */
  private completed(code: Code, value: string, place: Place): string {
    const { type } = place.field;
    const check = AS_IT_IS.get((isNonNullType(type) ? type.ofType : type) as GraphQLLeafType);
    const complete = code.name(this.complete(type, place));
    return check ? `(v = ${value}, ${check}) ? v : ${complete}(run, v)` : `${complete}(run, ${value})`;
  }

  private complete(type: GraphQLOutputType, place: Place): Complete {
    if (isNonNullType(type)) return this.completePresent(type.ofType, place);
    const complete = this.completePresent(type, place);
    return (run, value) => (value === null || value === undefined ? null : complete(run, value));
  }

  private completePresent(type: GraphQLOutputType, place: Place): Complete {
    if (isLeafType(type)) return completeLeaf(type);
    if (isListType(type)) return completeList(this.complete(type.ofType, place));
    if (isAbstractType(type)) return this.completeAbstract(type, place);
    return this.completeObject(type as GraphQLObjectType, place);
  }

  private completeObject(type: GraphQLObjectType, place: Place): Complete {
    const make = this.fieldsOf(type, place.nodes.flatMap(selectionSetOf));
    const { isTypeOf } = type;
    if (!isTypeOf) return (run, value) => (isObject(value) ? make(run, value) : run.fail());
    return (run, value) =>
      isObject(value) && isTypeOf(value, run.contextValue, run.infoOf(place)) === true ? make(run, value) : run.fail();
  }

  private completeAbstract(type: GraphQLAbstractType, place: Place): Complete {
    const types = this.source.schema.getPossibleTypes(type);
    const byName = new Map(types.map((possible) => [possible.name, this.completeObject(possible, place)]));
    const resolveType = type.resolveType ?? defaultTypeResolver;
    return (run, value) => {
      if (!isObject(value)) return run.fail();
      const name = resolveType(value, run.contextValue, run.infoOf(place), type);
      const complete = byName.get(name as string);
      return complete ? complete(run, value) : run.fail();
    };
  }
}

/** A function that is being written, with what it is given by name. */
class Code {
  private readonly constants: unknown[] = [];

  /** The name that a value has in the code. */
  name(constant: unknown): string {
    return `c${this.constants.push(constant) - 1}`;
  }

  /** A function of a run and an object `o`. */
  function(statements: readonly string[]): Make {
    const names = this.constants.map((_, index) => `c${index}`);
    // All that is put into the code are names that GraphQL allows, which are names of JavaScript's properties too.
    const make = new Function(...names, `return (run, o) => {\n${statements.join('\n')}\n};`);
    return make(...this.constants) as Make;
  }
}

/** Whether a field is read from the property of its name. */
function isProperty({ resolve }: GraphQLField<unknown, unknown>): boolean {
  return !resolve || resolve === defaultFieldResolver;
}

function selectionSetOf({ selectionSet }: FieldNode): SelectionSetNode | readonly SelectionSetNode[] {
  return selectionSet ?? [];
}

function completeLeaf(type: GraphQLLeafType): Complete {
  return (run, value) => {
    if (value === null || value === undefined || typeof value === 'function') return run.fail();
    if (typeof value === 'object' && !isObject(value)) return run.fail();
    const written: unknown = type.serialize(value);
    return written === null || written === undefined ? run.fail() : written;
  };
}

function completeList(complete: Complete): Complete {
  return (run, value) => {
    const items = iterated(value);
    if (!items) return run.fail();
    const out: unknown[] = [];
    for (const item of items) {
      // The items after one that fails may be promises, and would be left to nobody.
      try {
        if (item instanceof Promise) {
          const index = out.push(null) - 1;
          run.later(item, out, (_run, _out, found) => {
            out[index] = complete(run, found);
          });
        } else out.push(complete(run, item));
      } catch {
        run.fail();
      }
    }
    return out;
  };
}

function iterated(value: unknown): Iterable<unknown> | undefined {
  if (Array.isArray(value)) return value;
  const isIterable = typeof value === 'object' && value !== null && Symbol.iterator in value;
  return isIterable ? (value as Iterable<unknown>) : undefined;
}

/** Whether a value is an object to read from: graphql-js throws errors and waits for promises. */
function isObject(value: unknown): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof Error) &&
    typeof (value as Partial<PromiseLike<unknown>>).then !== 'function'
  );
}
