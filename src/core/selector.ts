// `@oneOf` selectors, once more inside the program: an executor may not enforce the directive.

import { Invalid } from './errors.ts';

/**
 * The one thing that a selector names.
 * @throws Invalid where it names none or several
 */
export function exactlyOne<T extends object>(
  selector: T,
  field: string,
): { [K in keyof T]-?: [K, NonNullable<T[K]>] }[keyof T] {
  const given = Object.entries(selector).filter(([, value]) => value !== null && value !== undefined);
  if (given.length !== 1) {
    const names = Object.keys(selector).length > 0 ? ` of ${Object.keys(selector).join(', ')}` : '';
    throw new Invalid(field, `${field} must name exactly one thing; got ${given.length}${names}.`);
  }
  return given[0] as never;
}
