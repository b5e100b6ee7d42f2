// Which versions data flowed into: those that lineage reaches, as a list of versions.

import type { LoaderScope } from '../../core/context.ts';
import { type Page, readPageArgs } from '../../core/pagination.ts';
import type { Database } from '../../database/database.ts';
import { isGiven } from '../../database/filters.ts';
import { readPage } from '../../database/list.ts';
import { sql } from '../../database/sql.ts';
import { LineageKind } from '../lineage/lineage.types.ts';
import type { LineageReader } from '../lineage/lineage-reader.service.ts';
import { type ModelVersion, NEWEST_VERSION_FIRST, VERSIONS } from '../versions/version.entity.ts';
import type { ImpactArgs } from './impact.types.ts';

export class ImpactService {
  constructor(
    private readonly db: Database,
    private readonly lineage: LineageReader,
  ) {}

  /**
   * A page of the live versions that something flowed into, however far, newest first.
   * @throws NotFound where it is not there, Invalid for an id of something that has no lineage
   */
  async page(loaders: LoaderScope, args: ImpactArgs): Promise<Page<ModelVersion>> {
    const page = readPageArgs({ first: args.first, after: args.after });
    const pks = await this.lineage.reached(loaders, args.of, LineageKind.MODEL_VERSION);
    const { inList } = this.db.dialect;
    const where = [sql`v.deletedAt IS NULL`, inList(sql`v.pk`, pks)];
    if (isGiven(args.stages)) where.push(inList(sql`v.stageName`, args.stages));
    return readPage(this.db, VERSIONS, { where, order: NEWEST_VERSION_FIRST, page });
  }
}
