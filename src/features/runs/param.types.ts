// Params: what a run was configured with. Each is given once and keeps its value.

import { Field, InputType, ObjectType } from 'type-graphql';
import { Conflict, Invalid } from '../../core/errors.ts';
import { quoted } from '../../core/ids.ts';
import { checkNotEmpty, checkText } from '../../core/text.ts';
import { MOST_KEYS } from '../tags/tag.types.ts';

@ObjectType({ simpleResolvers: true, description: 'One thing that a run was configured with.' })
export class Param {
  constructor(key: string, value: string) {
    this.key = key;
    this.value = value;
  }

  @Field(() => String, { description: 'The key, unique in its run.' })
  key: string;
  @Field(() => String, { description: 'The value, as text; may be empty.' })
  value: string;
}

@InputType({ description: 'A param to log. A param keeps its first value: another one is a `CONFLICT`.' })
export class ParamInput {
  @Field(() => String, { description: 'The key: up to 250 characters.' })
  key!: string;
  @Field(() => String, { description: 'The value: up to 8,000 characters.' })
  value!: string;
}

/**
 * Checks params that are to be logged.
 * @returns each key once; the same value given twice is no mistake
 * @throws Invalid naming the argument, Conflict where two values are given for one key
 */
export function checkParams(params: readonly ParamInput[] | null | undefined, field: string): readonly ParamInput[] {
  if (!params) return [];
  if (params.length > MOST_KEYS) {
    throw new Invalid(field, `${field} has ${params.length} params; at most ${MOST_KEYS} are allowed.`);
  }
  const byKey = new Map<string, ParamInput>();
  for (const param of params) {
    checkNotEmpty(param.key, `${field}.key`, 'key');
    checkText(param.value, `${field}.value`, 'value');
    const first = byKey.get(param.key);
    if (first && first.value !== param.value) throw anotherValue(param, first.value, field);
    byKey.set(param.key, param);
  }
  return [...byKey.values()];
}

/** A param that has a value already cannot get another. */
export function anotherValue({ key, value }: ParamInput, firstValue: string, field: string): Conflict {
  return new Conflict(
    `The param ${quoted(key)} is ${quoted(firstValue)} already and keeps its first value; got ${quoted(value)}.`,
    { key, value: firstValue },
    field,
  );
}

const DECIMAL = /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/;

/** The finite number that a text spells in decimals, spaces around it aside; null where it is none. */
export function numberOf(value: string): number | null {
  const text = value.trim();
  if (!DECIMAL.test(text)) return null;
  const number = Number(text);
  // Adding zero makes a zero of minus zero: the two sort as one.
  return Number.isFinite(number) ? number + 0 : null;
}
