// The order of the points of a metric, and how their values are stored: a finite number, or a code for what is none.

import { SPECIAL } from '../../database/filters.ts';
import { SpecialFloat } from './special-float.types.ts';

/** A point as it is stored. Its four parts are its identity within its metric. */
export interface StoredPoint {
  readonly step: number;
  /** Epoch milliseconds. */
  readonly at: number;
  /** One of SPECIAL. */
  readonly special: number;
  /** A finite number other than −0; 0 where `special` says that it is none. */
  readonly value: number;
}

const CODES: Readonly<Record<SpecialFloat, number>> = {
  [SpecialFloat.NAN]: SPECIAL.nan,
  [SpecialFloat.POSITIVE_INFINITY]: SPECIAL.positiveInfinity,
  [SpecialFloat.NEGATIVE_INFINITY]: SPECIAL.negativeInfinity,
};
const SPECIAL_OF_CODE = new Map(Object.entries(CODES).map(([special, code]) => [code, special as SpecialFloat]));

/** How any number is stored; NaN and the infinities too, −0 as 0. */
export function storedNumber(number: number): { readonly special: number; readonly value: number } {
  if (Number.isFinite(number)) return { special: SPECIAL.finite, value: number + 0 };
  if (Number.isNaN(number)) return { special: SPECIAL.nan, value: 0 };
  return { special: number > 0 ? SPECIAL.positiveInfinity : SPECIAL.negativeInfinity, value: 0 };
}

/** How a special value is stored. */
export function storedSpecial(special: SpecialFloat): { readonly special: number; readonly value: number } {
  return { special: CODES[special], value: 0 };
}

/** What a stored value is in the graph: a number, or a special. */
export function shownValue(row: { readonly special: number; readonly value: number }): {
  readonly value: number | null;
  readonly special: SpecialFloat | null;
} {
  const special = shownSpecial(row);
  return { value: special === null ? row.value : null, special };
}

export function shownSpecial({ special }: { readonly special: number }): SpecialFloat | null {
  return SPECIAL_OF_CODE.get(special) ?? null;
}

/** By step, time and value, where NaN < −∞ < finite < +∞: the last one is the latest. */
export function comparePoints(a: StoredPoint, b: StoredPoint): number {
  return a.step - b.step || a.at - b.at || a.special - b.special || a.value - b.value;
}

/** A text that sorts, byte by byte, as {@link comparePoints} does. */
export function recencyOf(point: StoredPoint): string {
  return `${sortableInteger(point.step)}${sortableInteger(point.at)}${point.special - SPECIAL.nan}${sortableDouble(point.value)}`;
}

const TWO_TO_53 = 2 ** 53;
/** Hexadecimal digits of 53 bits. */
const INTEGER_DIGITS = 14;

function sortableInteger(integer: number): string {
  const isNegative = integer < 0;
  const digits = (isNegative ? integer + TWO_TO_53 : integer).toString(16).padStart(INTEGER_DIGITS, '0');
  return `${isNegative ? 0 : 1}${digits}`;
}

const bits = new DataView(new ArrayBuffer(8));

/** IEEE 754 numbers sort as their bits do, once the sign of positive ones and all bits of negative ones are flipped. */
function sortableDouble(double: number): string {
  bits.setFloat64(0, double);
  const isNegative = bits.getUint8(0) >= 0x80;
  const digits = [0, 4].map((offset, index) => {
    const word = bits.getUint32(offset);
    const flipped = isNegative ? ~word >>> 0 : index === 0 ? (word | 0x80000000) >>> 0 : word;
    return flipped.toString(16).padStart(8, '0');
  });
  return digits.join('');
}
