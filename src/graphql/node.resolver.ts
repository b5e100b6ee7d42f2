// `node` and `nodes`: any object by its global id.

import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { RequestContext } from '../core/context.ts';
import { Invalid } from '../core/errors.ts';
import { parseGlobalId, quoted } from '../core/ids.ts';
import { LARGEST_PAGE, Node } from '../core/pagination.ts';
import type { NodeLoad } from '../features/nodes.ts';

@Resolver()
export class NodeResolver {
  constructor(private readonly nodeTypes: ReadonlyMap<string, NodeLoad>) {}

  @Query(() => Node, {
    nullable: true,
    description: 'Any object by its global id, tombstones included; null where there is none.',
  })
  async node(
    @Arg('id', () => ID, { description: 'Its global id.' }) id: string,
    @Ctx() context: RequestContext,
  ): Promise<Node | null> {
    return this.load(id, 'id', context);
  }

  @Query(() => [Node], {
    nullable: 'items',
    description: `Objects by their global ids, in that order, null where there is none; at most ${LARGEST_PAGE}.`,
  })
  async nodes(
    @Arg('ids', () => [ID], { description: 'Their global ids.' }) ids: string[],
    @Ctx() context: RequestContext,
  ): Promise<(Node | null)[]> {
    if (ids.length > LARGEST_PAGE)
      throw new Invalid('ids', `\`ids\` has ${ids.length} ids; at most ${LARGEST_PAGE} are allowed.`);
    return Promise.all(ids.map((id) => this.load(id, 'ids', context)));
  }

  private async load(id: string, field: string, { loaders }: RequestContext): Promise<Node | null> {
    const parsed = parseGlobalId(id);
    if (!parsed) throw new Invalid(field, `${quoted(id)} is not an id.`);
    const load = this.nodeTypes.get(parsed.typeName);
    if (!load)
      throw new Invalid(
        field,
        `${quoted(id)} is the id of nothing that \`${field === 'id' ? 'node' : 'nodes'}\` finds.`,
      );
    return (await load(loaders, parsed.pk)) ?? null;
  }
}
