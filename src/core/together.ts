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
  private byField: Map<object, Waiting> | undefined;

  /** The value of a field of an object; undefined where none was fetched. */
  of(field: object, parent: object): unknown {
    return this.byField?.get(field)?.take(parent);
  }

  put(field: object, parents: readonly object[], values: readonly unknown[]): void {
    this.byField ??= new Map();
    const waiting = this.byField.get(field) ?? new Waiting();
    this.byField.set(field, waiting);
    waiting.add(parents, values);
  }
}

/** The values of one field. An executor mostly takes them in the order of their objects: then nothing is looked up. */
class Waiting {
  private readonly parents: object[] = [];
  private readonly values: unknown[] = [];
  private next = 0;
  private byParent: Map<object, unknown> | undefined;

  add(parents: readonly object[], values: readonly unknown[]): void {
    for (let i = 0; i < parents.length; i++) {
      this.parents.push(parents[i] as object);
      this.values.push(values[i] ?? null);
    }
    this.byParent = undefined;
  }

  take(parent: object): unknown {
    const { next } = this;
    if (this.parents[next] === parent) {
      this.next = next + 1;
      return this.values[next];
    }
    this.byParent ??= new Map(this.parents.map((known, index) => [known, this.values[index]]));
    return this.byParent.get(parent);
  }
}

/** The row numbers of objects, in their order. */
export function pksOf(objects: readonly { readonly pk: number }[]): number[] {
  return objects.map((object) => object.pk);
}
