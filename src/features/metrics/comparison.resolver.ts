// Comparing runs in the graph.

import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { RequestContext } from '../../core/context.ts';
import { Invalid, NotFound } from '../../core/errors.ts';
import { pkOf, quoted } from '../../core/ids.ts';
import { pksOf } from '../../core/together.ts';
import type { Run } from '../runs/run.entity.ts';
import { RunLoaders } from '../runs/run.loaders.ts';
import { compareMetrics, compareParams } from './comparison.ts';
import { RunComparison } from './comparison.types.ts';
import { MetricLoaders } from './metric.loaders.ts';

const FEWEST_COMPARED = 2;
const MOST_COMPARED = 100;

@Resolver()
export class ComparisonResolver {
  @Query(() => RunComparison, { description: 'Runs side by side: 2 to 100 of them, each once.' })
  async compareRuns(
    @Arg('ids', () => [ID], { description: 'The global ids of the runs.' }) ids: string[],
    @Ctx() context: RequestContext,
  ): Promise<RunComparison> {
    const runs = await namedRuns(ids, context);
    const [params, metrics] = await Promise.all([
      context.loaders.of(RunLoaders).params.loadAll(null, pksOf(runs)),
      context.loaders.of(MetricLoaders).ofRun.loadAll({ keys: null, columns: null }, pksOf(runs)),
    ]);
    return { runs, params: compareParams(params), metrics: compareMetrics(runs, metrics) };
  }
}

async function namedRuns(ids: readonly string[], { loaders }: RequestContext): Promise<Run[]> {
  if (ids.length < FEWEST_COMPARED || ids.length > MOST_COMPARED) {
    throw new Invalid('ids', `\`ids\` names ${ids.length} runs; ${FEWEST_COMPARED} to ${MOST_COMPARED} are compared.`);
  }
  const pks = ids.map((id) => pkOf('Run', id, 'ids'));
  if (new Set(pks).size < pks.length) throw new Invalid('ids', '`ids` names a run twice.');
  return Promise.all(
    pks.map(async (pk, index) => {
      const run = await loaders.of(RunLoaders).byPk.load(pk);
      if (!run || run.deletedAt !== null) {
        throw new NotFound(`There is no run with the id ${quoted(ids[index] ?? '')}, or it was deleted.`, 'ids');
      }
      return run;
    }),
  );
}
