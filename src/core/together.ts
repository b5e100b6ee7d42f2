// Fields that are resolved for all the objects of a page together.

import { Extensions } from 'type-graphql';

const TOGETHER = 'resolvedTogether';

/**
 * Declares a field resolver that is given, as its root, every object of a page that the field is selected of, and
 * gives a value for each, in their order; an Error among the values is the error of that object's field.
 */
export function ResolvedTogether(): MethodDecorator {
  return Extensions({ [TOGETHER]: true });
}

/** Whether a field of the built schema was declared so. */
export function isResolvedTogether({
  extensions,
}: {
  readonly extensions: Readonly<Record<string, unknown>>;
}): boolean {
  return extensions[TOGETHER] === true;
}

/** The values that were fetched ahead: by the field of the document that selects them, then by the object. */
export class ValuesAhead {
  /** Made when something is put: the context of a subscription holds none for as long as it lives. */
  private byField: Map<object, Map<object, unknown>> | undefined;

  /** The value of a field of an object; undefined where none was fetched. */
  of(field: object, parent: object): unknown {
    return this.byField?.get(field)?.get(parent);
  }

  put(field: object, parents: readonly object[], values: readonly unknown[]): void {
    this.byField ??= new Map();
    const known = this.byField.get(field) ?? new Map<object, unknown>();
    this.byField.set(field, known);
    for (let i = 0; i < parents.length; i++) known.set(parents[i] as object, values[i] ?? null);
  }
}

/** The row numbers of objects, in their order. */
export function pksOf(objects: readonly { readonly pk: number }[]): number[] {
  return objects.map((object) => object.pk);
}
