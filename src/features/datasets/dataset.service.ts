// The rules and writes of datasets.

import type { ActorIdentity } from '../../core/context.ts';
import { Invalid, NotFound } from '../../core/errors.ts';
import { pkOf } from '../../core/ids.ts';
import { checkName, checkOptional } from '../../core/text.ts';
import type { Database } from '../../database/database.ts';
import { sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import type { LineageSide } from '../lineage/lineage.service.ts';
import { LineageKind } from '../lineage/lineage.types.ts';
import type { LineageRecordService } from '../lineage/lineage-record.service.ts';
import { Dataset } from './dataset.entity.ts';
import { datasetRecorded } from './dataset.events.ts';
import type { RecordDatasetInput } from './dataset.types.ts';

/** How many datasets one call may name as origins. */
const MOST_ORIGINS = 1_000;

/** A dataset that is not stored yet. */
type NewDataset = Pick<Dataset, 'name' | 'digest' | 'sourceType' | 'source' | 'schemaText' | 'profile'>;

export class DatasetService {
  constructor(
    private readonly db: Database,
    private readonly lineage: LineageRecordService,
    private readonly side: LineageSide,
  ) {}

  /**
   * Records a dataset. One of this name and digest that is there already stays as it was first recorded, whatever else
   * is given, since the digest says that its content is the same; origins that it did not have are added, and recorded as links.
   * @returns its row number
   * @throws Invalid for a name, digest or text that cannot be; NotFound for an origin that is not there
   */
  async record(actor: ActorIdentity, input: RecordDatasetInput): Promise<number> {
    const dataset = checkDataset(input);
    const originPks = checkOrigins(input.derivedFrom ?? [], 'input.derivedFrom');
    return this.db.write({ actor, mutation: 'recordDataset', input }, async (tx) => {
      const known = await this.find(tx, dataset);
      await this.checkOriginsExist(tx, originPks, 'input.derivedFrom');
      const pk = known ?? (await this.create(tx, dataset));
      if (originPks.includes(pk)) throw new Invalid('input.derivedFrom', 'A dataset is not derived from itself.');
      const to = { kind: LineageKind.DATASET, pk };
      const origins = originPks.map((originPk) => ({ kind: LineageKind.DATASET, pk: originPk }));
      if (known === undefined) {
        await this.lineage.record(
          tx,
          origins.map((from) => ({ from, to, createdAt: tx.startedAt })),
        );
      } else if (origins.length > 0) {
        const held = await this.side.hold(tx, pk);
        if (held) await this.lineage.extend(tx, held, to, origins);
      }
      return pk;
    });
  }

  /** The row number of the dataset with this name and digest; undefined where there is none. */
  private async find(tx: Transaction, { name, digest }: NewDataset): Promise<number | undefined> {
    return (await tx.first<{ pk: number }>(sql`SELECT pk FROM datasets WHERE name = ${name} AND digest = ${digest}`))
      ?.pk;
  }

  private async create(tx: Transaction, values: NewDataset): Promise<number> {
    const row = { ...values, sequence: 1, createdAt: tx.startedAt };
    const { insertedPk } = await tx.insert(Dataset, row);
    tx.record(datasetRecorded(Dataset.from({ pk: insertedPk, ...row })));
    return insertedPk;
  }

  private async checkOriginsExist(tx: Transaction, originPks: readonly number[], field: string): Promise<void> {
    if (originPks.length === 0) return;
    const found = await tx.first<{ total: number }>(
      sql`SELECT COUNT(*) AS total FROM datasets d WHERE ${tx.dialect.inList(sql`d.pk`, originPks)}`,
    );
    if (Number(found?.total) < originPks.length) throw new NotFound('One of the origins does not exist.', field);
  }
}

function checkDataset(input: RecordDatasetInput): NewDataset {
  return {
    name: checkName(input.name, 'input.name', 'datasetName'),
    digest: checkName(input.digest, 'input.digest', 'datasetDigest'),
    sourceType: checkOptional(input.sourceType, 'input.sourceType', 'datasetSourceType'),
    source: checkOptional(input.source, 'input.source', 'document'),
    schemaText: checkOptional(input.schema, 'input.schema', 'document'),
    profile: checkOptional(input.profile, 'input.profile', 'document'),
  };
}

/** @returns the row numbers, each once */
function checkOrigins(ids: readonly string[], field: string): number[] {
  if (ids.length > MOST_ORIGINS) {
    throw new Invalid(field, `${field} has ${ids.length} datasets; at most ${MOST_ORIGINS} are allowed.`);
  }
  return [...new Set(ids.map((id) => pkOf('Dataset', id, field)))];
}
