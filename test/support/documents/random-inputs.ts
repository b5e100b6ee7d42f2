// Random values for arguments, as literals and as variables: mostly right, now and then wrong, null or left out.

import {
  type GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLNonNull,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import type { Random } from '../random.ts';

/** Levels of input objects. */
const DEEPEST = 3;

interface Variable {
  readonly name: string;
  readonly type: string;
  readonly defaultLiteral?: string;
  readonly value: unknown;
}

/** What ids and texts are picked from: those of real data find something. */
export interface InputPools {
  /** How likely it is that a value is wrong, or missing where it may not be. */
  readonly mistakes: number;
  readonly ids: readonly (string | number)[];
  readonly texts: readonly string[];
}

export const MADE_UP_POOLS: InputPools = { mistakes: 0.01, ids: ['x', 'y', 7], texts: ['', 'x', 'größe'] };

export class RandomInputs {
  private readonly declared: Variable[] = [];

  constructor(
    private readonly random: Random,
    private readonly pools: InputPools,
  ) {}

  /** What the operation declares, and the values to send. */
  variables(): { readonly definitions: string; readonly values: Record<string, unknown> } {
    const definitions = this.declared.map(
      ({ name, type, defaultLiteral }) =>
        `$${name}: ${type}${defaultLiteral === undefined ? '' : ` = ${defaultLiteral}`}`,
    );
    const values = this.declared.filter(({ value }) => value !== undefined).map(({ name, value }) => [name, value]);
    return {
      definitions: definitions.length === 0 ? '' : `(${definitions.join(', ')})`,
      values: Object.fromEntries(values),
    };
  }

  /** The condition of a `@skip` or an `@include`. */
  condition(): string {
    const { random } = this;
    if (random.chance(0.3)) return String(random.chance(0.5));
    const value = random.chance(this.pools.mistakes) ? null : random.chance(0.5);
    if (random.chance(0.8)) return this.declare('Boolean!', value, random.chance(0.3) ? 'true' : undefined);
    return this.declare('Boolean', random.chance(0.5) ? undefined : value, String(random.chance(0.5)));
  }

  /** A literal or a variable for a place. @param hasDefault whether the place has a default of its own */
  value(type: GraphQLInputType, hasDefault: boolean, depth = 0): string {
    const { random } = this;
    if (!random.chance(0.3)) return this.literal(type, depth);
    const isNullable = !isNonNullType(type);
    if (isNullable || !hasDefault || random.chance(0.5)) {
      const isMissing = random.chance(isNullable ? 0.15 : this.pools.mistakes / 3);
      const withDefault = random.chance(0.2) ? this.constant(isNonNullType(type) ? type.ofType : type) : undefined;
      return this.declare(String(type), isMissing ? undefined : this.json(type), withDefault);
    }
    // A nullable variable where a default stands for what is missing; null is a mistake there.
    const { mistakes } = this.pools;
    const value = random.pick([undefined, this.json(type), random.chance(10 * mistakes) ? null : undefined]);
    const usable = this.declared.filter((variable) => mistakes > 0 || variable.value !== null);
    return this.declare(String(type.ofType), value, undefined, usable);
  }

  /** @param usable variables that the place may share with others */
  private declare(type: string, value: unknown, defaultLiteral?: string, usable = this.declared): string {
    const known = usable.filter((variable) => variable.type === type);
    if (known.length > 0 && this.random.chance(0.3)) return `$${this.random.pick(known).name}`;
    const name = `v${this.declared.length}${this.random.chance(0.1) ? '_x' : ''}`;
    this.declared.push({ name, type, value, ...(defaultLiteral !== undefined && { defaultLiteral }) });
    return `$${name}`;
  }

  private literal(type: GraphQLInputType, depth: number): string {
    if (isNonNullType(type)) return this.presentLiteral(type.ofType, depth);
    return this.random.chance(0.05) ? 'null' : this.presentLiteral(type, depth);
  }

  private presentLiteral(type: GraphQLInputType, depth: number): string {
    const { random } = this;
    if (isListType(type)) {
      if (random.chance(0.15)) return this.literal(type.ofType, depth);
      const items = Array.from({ length: random.between(0, 2) }, () => this.value(type.ofType, false, depth));
      return `[${items.join(', ')}]`;
    }
    if (!isInputObjectType(type))
      return JSON.stringify(this.scalar(type)).replace(/^"(.*)"$/, isEnumType(type) ? '$1' : '"$1"');
    const fields = this.fieldsOf(type, depth).map((field) => {
      const of = type.isOneOf && !isNonNullType(field.type) ? new GraphQLNonNull(field.type) : field.type;
      return `${field.name}: ${this.value(of, field.defaultValue !== undefined, depth + 1)}`;
    });
    return `{${fields.join(', ')}}`;
  }

  /** A literal without variables, as a default has to be. */
  private constant(type: GraphQLInputType): string {
    if (isNonNullType(type)) return this.constant(type.ofType);
    if (isListType(type)) return `[${this.constant(type.ofType)}]`;
    if (!isInputObjectType(type))
      return JSON.stringify(this.scalar(type)).replace(/^"(.*)"$/, isEnumType(type) ? '$1' : '"$1"');
    return `{${this.fieldsOf(type, DEEPEST)
      .map(({ name, type: of }) => `${name}: ${this.constant(of)}`)
      .join(', ')}}`;
  }

  private json(type: GraphQLInputType, depth = 0): unknown {
    const { random } = this;
    if (isNonNullType(type))
      return random.chance(this.pools.mistakes / 3) ? null : this.presentJson(type.ofType, depth);
    return random.chance(0.05) ? null : this.presentJson(type, depth);
  }

  private presentJson(type: GraphQLInputType, depth: number): unknown {
    const { random } = this;
    if (random.chance(this.pools.mistakes / 3)) return random.pick([true, 'x', 1.5, -1, {}, [], 2 ** 40]);
    if (isListType(type)) {
      if (random.chance(0.15)) return this.json(type.ofType, depth);
      return Array.from({ length: random.between(0, 2) }, () => this.json(type.ofType, depth));
    }
    if (!isInputObjectType(type)) return this.scalar(type);
    const values = this.fieldsOf(type, depth).map((field) => [field.name, this.json(field.type, depth + 1)]);
    if (random.chance(this.pools.mistakes / 2)) values.push(['unknown', 1]);
    return Object.fromEntries(values);
  }

  /** Which fields of an input object are given: of a `@oneOf` mostly one. */
  private fieldsOf(type: GraphQLInputObjectType, depth: number) {
    const fields = Object.values(type.getFields());
    if (type.isOneOf && !this.random.chance(0.03)) {
      const flat = fields.filter((field) => !isInputObjectType(field.type));
      return [this.random.pick(depth >= DEEPEST && flat.length > 0 ? flat : fields)];
    }
    return fields.filter(
      (field) =>
        (isNonNullType(field.type) && (field.defaultValue === undefined || this.random.chance(0.5))) ||
        (depth < DEEPEST && this.random.chance(0.25)),
    );
  }

  private scalar(type: GraphQLInputType): unknown {
    const { random } = this;
    if (isEnumType(type)) return random.pick(type.getValues()).name;
    switch (String(type)) {
      case 'Int':
        return random.between(0, 9);
      case 'SafeInt':
        return random.pick([0, -1, 2 ** 40]);
      case 'Float':
        return random.pick([0, 0.5, -1e9, 7]);
      case 'Boolean':
        return random.chance(0.5);
      case 'DateTime':
        return random.pick(['2026-05-01T12:00:00.000Z', '2020-01-01T00:00:00Z']);
      case 'ID':
        return random.pick(this.pools.ids);
      default:
        return random.pick(this.pools.texts);
    }
  }
}
