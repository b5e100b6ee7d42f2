// Made-up data behind a schema: every field has a value, or fails, as a hash of its place and arguments decides.

import {
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { Conflict, Invalid } from '../../../src/core/errors.ts';
import { Random } from '../random.ts';

/** What an execution is given as its context: how it goes wrong. */
export interface MadeUpContext {
  readonly seed: number;
  /** How likely it is that a field fails. */
  readonly failures: number;
  /**
   * Whether resolvers may take their time. Failures are rejections then, and otherwise also values that are no values:
   * of both in one list, graphql-js leaves rejections to nobody (https://github.com/graphql/graphql-js/pull/3761).
   */
  readonly isLate: boolean;
}

/**
 * Puts made-up data in the place of every resolver. Fields without one stay without, and are read from made-up objects,
 * so that what is compiled is as it is with real data.
 */
export function makeUpData(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    if (isAbstractType(type)) type.resolveType = undefined;
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) if (field.resolve) field.resolve = madeUpResolver(schema);
  }
}

/** An event, or what else a root field without a resolver is read from. */
export function madeUpRoot(schema: GraphQLSchema, type: GraphQLObjectType, context: MadeUpContext): object {
  return new Maker(schema, context).object(type, `root:${type.name}`);
}

function madeUpResolver(schema: GraphQLSchema): GraphQLFieldResolver<unknown, MadeUpContext> {
  return (source, args, context, info) => {
    const place = String(hashed([placeOf(info), JSON.stringify(args), seenBy(info), placeOfObject(source)].join('|')));
    const maker = new Maker(schema, context);
    const random = maker.randomFor(place);
    const make = () => maker.value(info.returnType, place);
    if (random.chance(context.failures)) {
      const error = failure(random);
      if (!context.isLate) throw error;
      return later(random, () => Promise.reject(error));
    }
    // The same for all rows of a field.
    const isLate = context.isLate && maker.randomFor(`${info.parentType.name}.${info.fieldName}`).chance(0.4);
    return isLate ? later(random, make) : make();
  };
}

function later<T>(random: Random, make: () => T | Promise<T>): Promise<T> {
  if (random.chance(0.5)) return Promise.resolve().then(make);
  return new Promise<void>((resolve) => setImmediate(resolve)).then(make);
}

function failure(random: Random): unknown {
  return random.pick<() => unknown>([
    () => new Error('made up'),
    () => new Invalid('input', 'made up', { n: 1 }),
    () => new Conflict('made up', { currentRevision: 3 }),
    () => new GraphQLError('made up', { extensions: { code: 'BAD_USER_INPUT' } }),
    () => 'a text',
    () => undefined,
  ])();
}

/** What a resolver may be told of its place; the path is known to graphql-js alone. */
function placeOf({ fieldName, parentType, returnType, operation, schema, fragments }: GraphQLResolveInfo): string {
  const told = [parentType.name, fieldName, String(returnType), operation.operation, Object.keys(fragments).sort()];
  return JSON.stringify([told, schema.getQueryType()?.getFields().node?.args.length]);
}

function seenBy({ fieldNodes, variableValues }: GraphQLResolveInfo): string {
  const nodes = fieldNodes.map(({ loc, arguments: args, directives }) => [
    loc?.start,
    loc?.end,
    args?.length,
    directives?.length,
  ]);
  return JSON.stringify([nodes, variableValues]);
}

const PLACES = new WeakMap<object, string>();

function placeOfObject(source: unknown): string {
  return typeof source === 'object' && source !== null ? (PLACES.get(source) ?? '') : '';
}

/** FNV-1a, 32 bits. */
function hashed(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

class Maker {
  constructor(
    private readonly schema: GraphQLSchema,
    private readonly context: MadeUpContext,
  ) {}

  /** How likely it is that a value is no value. */
  private get wrongness(): number {
    return this.context.isLate ? 0 : this.context.failures;
  }

  randomFor(place: string): Random {
    // The generator wants a seed that is not 0.
    return new Random((hashed(place) ^ this.context.seed) >>> 0 || 1);
  }

  value(type: GraphQLOutputType, place: string): unknown {
    const random = this.randomFor(`value:${place}`);
    if (random.chance(this.wrongness / 2))
      return random.pick([null, undefined, new Error('made up value'), 'text', 7, () => 7]);
    if (isNonNullType(type)) return this.present(type.ofType, place, random);
    return random.chance(0.1) ? random.pick([null, undefined]) : this.present(type, place, random);
  }

  private present(type: GraphQLOutputType, place: string, random: Random): unknown {
    if (isListType(type)) {
      const item = (i: number) => this.value(type.ofType, `${place}[${i}]`);
      return Array.from({ length: random.between(0, 3) }, (_, i) => {
        const { isLate, failures } = this.context;
        if (isLate && random.chance(failures / 4))
          return later(random, () => Promise.reject(new Error('made up item')));
        return isLate && random.chance(0.1) ? later(random, () => item(i)) : item(i);
      });
    }
    if (isLeafType(type)) return random.chance(this.wrongness / 2) ? Number.NaN : leaf(type, random);
    if (isObjectType(type)) return this.object(type, place);
    if (isAbstractType(type)) {
      if (random.chance(this.wrongness / 4)) return { __typename: random.pick(['Nothing', 'Query', 'String']) };
      return this.object(random.pick(this.schema.getPossibleTypes(type)), place);
    }
    throw new Error(`No value for ${type}.`);
  }

  /** An object whose plain fields are made when they are read; graphql-js would wait for one that is a promise. */
  object(type: GraphQLObjectType, place: string): object {
    const object = { __typename: type.name };
    PLACES.set(object, place);
    for (const field of Object.values(type.getFields())) {
      if (field.resolve) continue;
      const fieldPlace = `${place}.${field.name}`;
      let made: { readonly value: unknown } | undefined;
      Object.defineProperty(object, field.name, {
        enumerable: true,
        get: () => {
          const random = this.randomFor(`plain:${fieldPlace}`);
          const isLate = this.context.isLate && random.chance(this.context.failures / 4);
          made ??= {
            value: isLate
              ? later(random, () => this.value(field.type, fieldPlace))
              : this.value(field.type, fieldPlace),
          };
          return made.value;
        },
      });
    }
    return object;
  }
}

function leaf(type: GraphQLOutputType, random: Random): unknown {
  if (isEnumType(type)) return random.pick(type.getValues()).value;
  switch (String(type)) {
    case 'Int':
      return random.pick([0, 1, 2 ** 31 - 1, true, '7']);
    case 'SafeInt':
      return random.pick([0, 2 ** 50, -3]);
    case 'Float':
      return random.pick([0, -0, 0.1, 1e21, '2.5']);
    case 'Boolean':
      return random.pick([true, false, 1, 0]);
    case 'DateTime':
      return random.pick([0, 1_777_636_800_000]);
    case 'ID':
      return random.pick(['x', 7]);
    default:
      return random.pick(['', 'x', '"quoted"\u2028', 7, true]);
  }
}
