// Batched loads of runs and what hangs on them.

import { batched, inOrderOf } from '../../core/batching.ts';
import type { Run } from './run.entity.ts';
import type { RunQueries } from './run.queries.ts';

export class RunLoaders {
  constructor(private readonly queries: RunQueries) {}

  /** By row number, tombstones included. */
  readonly byPk = batched<number, Run | undefined>(async (pks) =>
    inOrderOf(pks, await this.queries.byPks(pks), (run) => run.pk),
  );
}
