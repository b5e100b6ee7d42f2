// Batched loads of versions and what hangs on them.

import { batched, inOrderOf } from '../../core/batching.ts';
import type { ModelVersion } from './version.entity.ts';
import type { VersionQueries } from './version.queries.ts';

export class VersionLoaders {
  constructor(private readonly queries: VersionQueries) {}

  /** By row number, tombstones included. */
  readonly byPk = batched<number, ModelVersion | undefined>(async (pks) =>
    inOrderOf(pks, await this.queries.byPks(pks), (version) => version.pk),
  );
}
