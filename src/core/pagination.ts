// Relay's contract: nodes, connections, keyset cursors and the arguments that page through them.

import { ArgsType, Field, ID, Int, InterfaceType, ObjectType } from 'type-graphql';
import { Invalid } from './errors.ts';
import { globalId } from './ids.ts';
import { Needs } from './needed-columns.ts';
import { SafeInt } from './scalars.ts';

export const DEFAULT_PAGE = 50;
export const LARGEST_PAGE = 500;

@InterfaceType({ description: 'An object with a global id, which `node` finds again.' })
export abstract class Node {
  abstract readonly pk: number;

  @Needs('pk')
  @Field(() => ID, { simple: true, description: 'The global id: opaque, and the same on every instance.' })
  get id(): string {
    return globalId(this.constructor.name, this.pk);
  }
}

@ObjectType({ simpleResolvers: true, description: 'Where a page lies in its list.' })
export class PageInfo {
  constructor(private readonly page: Page<unknown>) {}

  @Field(() => Boolean, { description: 'Whether the list goes on after this page.' })
  hasNextPage(): boolean | Promise<boolean> {
    return this.page.hasNext();
  }

  @Field(() => Boolean, { description: 'Whether something of the list comes before this page.' })
  hasPreviousPage(): boolean | Promise<boolean> {
    return this.page.hasPrevious();
  }

  @Field(() => String, { nullable: true, description: 'The cursor of the first edge; null on an empty page.' })
  get startCursor(): string | null {
    const { page } = this;
    return page.items.length > 0 ? page.cursorOf(page.items[0]) : null;
  }

  @Field(() => String, { nullable: true, description: 'The cursor of the last edge; null on an empty page.' })
  get endCursor(): string | null {
    const { page } = this;
    return page.items.length > 0 ? page.cursorOf(page.items.at(-1)) : null;
  }
}

/** The arguments of a connection that pages forward. */
@ArgsType()
export class ForwardPageArgs {
  @Field(() => Int, {
    nullable: true,
    description: `How many from the beginning: ${DEFAULT_PAGE} by default, at most ${LARGEST_PAGE}.`,
  })
  first?: number | null;
  @Field(() => String, { nullable: true, description: 'Begin after the edge with this cursor.' })
  after?: string | null;
}

/** The arguments of a connection that pages both ways. */
@ArgsType()
export class PageArgs extends ForwardPageArgs {
  @Field(() => Int, {
    nullable: true,
    description: `How many from the end, at most ${LARGEST_PAGE}; not with \`first\`.`,
  })
  last?: number | null;
  @Field(() => String, { nullable: true, description: 'End before the edge with this cursor.' })
  before?: string | null;
}

/** The checked form of the paging arguments. */
export interface PageRequest {
  readonly limit: number;
  /** True for `last`: the page is taken from the end of the list. */
  readonly isBackward: boolean;
  readonly after: string | null;
  readonly before: string | null;
}

/** @throws Invalid naming the argument that cannot be */
export function readPageArgs(args: PageArgs): PageRequest {
  const first = args.first ?? null;
  const last = args.last ?? null;
  if (first !== null && last !== null) throw new Invalid('last', 'Give `first` or `last`, not both.');
  for (const [name, value] of [['first', first] as const, ['last', last] as const]) {
    if (value !== null && (value < 1 || value > LARGEST_PAGE)) {
      throw new Invalid(name, `\`${name}\` must be between 1 and ${LARGEST_PAGE}; got ${value}.`);
    }
  }
  return {
    limit: first ?? last ?? DEFAULT_PAGE,
    isBackward: last !== null,
    after: args.after ?? null,
    before: args.before ?? null,
  };
}

/** What a row is ordered by, in the order of the list's terms; the last is its primary key. */
export type CursorValues = readonly (string | number | null)[];

/**
 * A cursor is the list it belongs to and the position in it, so that one of another list or order is recognised.
 * @param list the name of the list and its order
 */
export function encodeCursor(list: string, values: CursorValues): string {
  return Buffer.from(JSON.stringify([list, ...values]), 'utf8').toString('base64url');
}

/** @throws Invalid naming `argument` where the cursor is broken or of another list */
export function decodeCursor(list: string, arity: number, cursor: string, argument: string): CursorValues {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    parsed = undefined;
  }
  if (!Array.isArray(parsed) || typeof parsed[0] !== 'string') {
    throw new Invalid(argument, `\`${argument}\` is not a cursor.`);
  }
  if (parsed[0] !== list) {
    throw new Invalid(argument, `\`${argument}\` is a cursor of another list or order; expected one of this query.`);
  }
  const values: unknown[] = parsed.slice(1);
  const isPosition = (v: unknown) => v === null || Number.isFinite(v) || (typeof v === 'string' && v.isWellFormed());
  if (values.length !== arity || !values.every(isPosition)) {
    throw new Invalid(argument, `\`${argument}\` is not a cursor.`);
  }
  return values as CursorValues;
}

/** One page as the database gave it; what costs another statement is computed only where it is selected. */
export interface Page<T> {
  readonly items: readonly T[];
  cursorOf(item: T): string;
  hasNext(): boolean | Promise<boolean>;
  hasPrevious(): boolean | Promise<boolean>;
  total(): number | Promise<number>;
}

/** The same page with something else in the place of each item. */
export function mapPage<T, U extends object>(page: Page<T>, map: (item: T) => U): Page<U> {
  const origins = new Map(page.items.map((item) => [map(item), item]));
  return {
    items: [...origins.keys()],
    cursorOf: (item) => page.cursorOf(origins.get(item) as T),
    hasNext: () => page.hasNext(),
    hasPrevious: () => page.hasPrevious(),
    total: () => page.total(),
  };
}

/** Where the items of a page stand below a connection. */
export const ITEM_PATHS = [['nodes'], ['edges', 'node']] as const;

type NodeClass<T> = abstract new (...args: never[]) => T;

/** An edge and a connection class for a node type; `name` is the type's name in the schema. */
export function connectionTypes<T extends object>(name: string, plural: string, nodeType: () => NodeClass<T>) {
  @ObjectType(`${name}Edge`, {
    simpleResolvers: true,
    description: `One of the ${plural} of a list, with its place in it.`,
  })
  class Edge {
    constructor(
      private readonly page: Page<T>,
      node: T,
    ) {
      this.node = node;
    }

    @Field(() => String, { description: 'Where it is in the list: an `after` or `before` of the same query.' })
    get cursor(): string {
      return this.page.cursorOf(this.node);
    }

    @Field(() => nodeType() as never, { description: 'The item itself.' })
    node: T;
  }

  @ObjectType(`${name}Connection`, { simpleResolvers: true, description: `A page of ${plural}.` })
  class Connection {
    private allEdges: readonly Edge[] | undefined;

    constructor(private readonly page: Page<T>) {}

    @Field(() => [Edge], { simple: true, description: 'The items of the page, each with its cursor.' })
    get edges(): readonly Edge[] {
      this.allEdges ??= this.page.items.map((item) => new Edge(this.page, item));
      return this.allEdges;
    }

    @Field(() => [nodeType() as never], { simple: true, description: 'The items of the page.' })
    get nodes(): readonly T[] {
      return this.page.items;
    }

    @Field(() => PageInfo, { simple: true, description: 'Where the page lies in the list.' })
    get pageInfo(): PageInfo {
      return new PageInfo(this.page);
    }

    @Field(() => SafeInt, { description: 'How many the whole list has; counted only where it is selected.' })
    totalCount(): number | Promise<number> {
      return this.page.total();
    }
  }
  return { Edge, Connection };
}
