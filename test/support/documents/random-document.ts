// Random operations over a schema: every construct that an executor may take differently from another one.

import {
  type GraphQLField,
  type GraphQLFieldMap,
  type GraphQLNamedOutputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isNonNullType,
  isObjectType,
  isUnionType,
  type OperationTypeNode,
} from 'graphql';
import { Random } from '../random.ts';
import { type InputPools, MADE_UP_POOLS, RandomInputs } from './random-inputs.ts';

export interface RandomOperation {
  readonly query: string;
  readonly variables: Record<string, unknown>;
  readonly operationName?: string;
}

/** Levels of fields, and of the fragments around them. */
const DEEPEST = 4;
/** Selections of one document, so that none grows beyond what is compiled. */
const MOST_SELECTIONS = 12;
/** Keys that merge with one another, or look like what compiled code is made of. */
const ALIASES = ['a', 'b', 'a_b', 'b_a', 'idx0', '_', 'data', 'toString', 'constructor', '__proto__', '__typename'];

/** An operation of a kind, decided by the seed. It may be invalid, where fields do not merge. */
export function randomOperation(
  schema: GraphQLSchema,
  type: OperationTypeNode,
  seed: number,
  pools: InputPools = MADE_UP_POOLS,
): RandomOperation {
  return new DocumentWriter(schema, new Random(seed), pools).write(type);
}

class DocumentWriter {
  private readonly inputs: RandomInputs;
  private readonly fragments: string[] = [];
  private readonly fragmentNames = new Map<string, string[]>();
  private selections = 0;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly random: Random,
    pools: InputPools,
  ) {
    this.inputs = new RandomInputs(random, pools);
  }

  write(type: OperationTypeNode): RandomOperation {
    const { random } = this;
    const root = this.schema.getRootType(type);
    if (!root) throw new Error(`The schema has no ${type}.`);
    const name = random.chance(0.7) ? `Op${random.between(0, 9)}` : '';
    const body = type === 'subscription' ? `{ ${this.field(root, 0)} }` : this.selectionSet(root, 0);
    const { definitions, values } = this.inputs.variables();
    const heading = name === '' && type === 'query' && definitions === '' ? '' : `${type} ${name}${definitions} `;
    const others = name !== '' && random.chance(0.1) ? ['query Another { __typename }'] : [];
    const documentParts = [`${heading}${body}`, ...this.fragments, ...others];
    return {
      query: documentParts.sort(() => (random.chance(0.5) ? 1 : -1)).join('\n'),
      variables: values,
      ...(others.length > 0 && { operationName: name }),
    };
  }

  private selectionSet(type: GraphQLNamedOutputType, depth: number): string {
    const count = this.random.between(1, depth === 0 ? 2 : 4);
    const selections: string[] = [];
    for (let i = 0; i < count || selections.length === 0; i++) selections.push(this.selection(type, depth));
    // The same selection twice merges with itself.
    if (this.random.chance(0.1)) selections.push(this.random.pick(selections));
    return `{ ${selections.join(' ')} }`;
  }

  private selection(type: GraphQLNamedOutputType, depth: number): string {
    this.selections++;
    const { random } = this;
    if (this.selections > MOST_SELECTIONS || random.chance(0.08) || !isFielded(type)) {
      if (isUnionType(type) && depth < DEEPEST && random.chance(0.8)) return this.inlineFragment(type, depth);
      return random.chance(0.2) ? `${random.pick(['t', '_t'])}: __typename` : '__typename';
    }
    if (depth < DEEPEST && random.chance(0.12)) return this.inlineFragment(type, depth);
    if (depth < DEEPEST && random.chance(0.12)) return this.spread(type, depth);
    return this.field(type, depth);
  }

  private field(type: GraphQLNamedOutputType, depth: number): string {
    const { random } = this;
    const fields = Object.values(fieldsOf(type));
    const isLeafWanted = depth >= DEEPEST || this.selections > MOST_SELECTIONS;
    const leaves = fields.filter((field) => !isCompositeType(getNamedType(field.type)));
    const chosen = random.pick(isLeafWanted && leaves.length > 0 ? leaves : fields);
    if (isLeafWanted && isCompositeType(getNamedType(chosen.type)) && depth > DEEPEST + 2) return '__typename';
    const given = this.arguments(chosen);
    // Fields with other arguments merge under one key rarely: mostly each has its own.
    const alias = given !== '' && random.chance(0.8) ? `k${this.selections}: ` : this.alias();
    const of = getNamedType(chosen.type);
    const set = isCompositeType(of) ? ` ${this.selectionSet(of, depth + 1)}` : '';
    return `${alias}${chosen.name}${given}${this.directives()}${set}`;
  }

  private alias(): string {
    if (!this.random.chance(0.06)) return '';
    return `${this.random.pick(ALIASES)}${this.random.chance(0.5) ? this.selections : ''}: `;
  }

  private arguments({ args }: GraphQLField<unknown, unknown>): string {
    const given = args.filter((arg) => isNonNullType(arg.type) || this.random.chance(0.3));
    if (given.length === 0) return '';
    return `(${given.map((arg) => `${arg.name}: ${this.inputs.value(arg.type, arg.defaultValue !== undefined)}`).join(', ')})`;
  }

  private directives(): string {
    if (!this.random.chance(0.1)) return '';
    const names = this.random.pick([['skip'], ['include'], ['skip', 'include']]);
    return names.map((name) => ` @${name}(if: ${this.inputs.condition()})`).join('');
  }

  private inlineFragment(type: GraphQLNamedOutputType, depth: number): string {
    const on = this.overlapping(type);
    const condition = on === type && this.random.chance(0.5) ? '' : ` on ${on.name}`;
    return `...${condition}${this.directives()} ${this.selectionSet(on, depth + 1)}`;
  }

  private spread(type: GraphQLNamedOutputType, depth: number): string {
    const on = this.overlapping(type);
    const known = this.fragmentNames.get(on.name) ?? [];
    if (known.length > 0 && this.random.chance(0.4)) return `...${this.random.pick(known)}${this.directives()}`;
    const set = this.selectionSet(on, depth + 1);
    // Named once its own selections are there, so that none spreads itself.
    const name = `F${this.fragments.length}`;
    this.fragments.push(`fragment ${name} on ${on.name} ${set}`);
    this.fragmentNames.set(on.name, [...(this.fragmentNames.get(on.name) ?? []), name]);
    return `...${name}${this.directives()}`;
  }

  /** A type of which some objects are of the given type too. */
  private overlapping(type: GraphQLNamedOutputType): GraphQLNamedOutputType {
    if (!isCompositeType(type)) return type;
    const possible = isObjectType(type) ? [type] : this.schema.getPossibleTypes(type);
    const wider = possible.flatMap((object) => object.getInterfaces());
    return this.random.pick<GraphQLNamedOutputType>([type, ...possible, ...(this.random.chance(0.3) ? wider : [])]);
  }
}

function isFielded(type: GraphQLNamedOutputType): boolean {
  return Object.keys(fieldsOf(type)).length > 0;
}

function fieldsOf(type: GraphQLNamedOutputType): GraphQLFieldMap<unknown, unknown> {
  return 'getFields' in type ? type.getFields() : {};
}
