// The experiments and datasets of an mlflow.db.

import type { ImportedDataset, ImportedExperiment } from '../../import/records.ts';
import type { ImportReport } from '../../import/report.ts';
import { quoted } from '../../import/text.ts';
import type { DatasetRecords } from '../dataset-record.ts';
import { experimentRecord } from '../experiment-record.ts';
import { UniqueNames } from '../unique-names.ts';
import { type Row, reasonOf, type SourceDatabase } from './source-database.ts';
import { taggedRows } from './tagged-rows.ts';

const EXPERIMENTS = {
  table: 'experiments',
  tagTable: 'experiment_tags',
  key: ['experiment_id'],
  columns: ['experiment_id', 'name', 'artifact_location', 'lifecycle_stage', 'creation_time', 'last_update_time'],
};

/**
 * Yields every experiment that can be read; the others are reported, with how many runs are left out with them.
 * @param leaveOut is told the id of one that is not yielded
 */
export function* readExperiments(
  database: SourceDatabase,
  report: ImportReport,
  leaveOut: (id: string) => void,
): Generator<ImportedExperiment> {
  const names = new UniqueNames(report);
  for (const { row, tags } of taggedRows(database, EXPERIMENTS, report)) {
    const id = String(row.experiment_id);
    const place = `experiments ${id}`;
    const record = experimentRecord(
      {
        place,
        sourceId: id,
        fields: row,
        tags,
        placeOfTag: (key) => `experiment_tags ${id} ${quoted(key)}`,
        qualifier: String(row.workspace),
        isInTrash: false,
        earliestTime: () => ofRuns(database, 'min(start_time)', row),
      },
      names,
      report,
    );
    if ('problem' in record) {
      leaveOut(id);
      const runs = ofRuns(database, 'count(*)', row);
      report.addUnreadable(place, `${record.problem}; the experiment and its ${runs} runs are left out`);
    } else yield record;
  }
}

/** Yields each dataset that no experiment had before. */
export function* readDatasets(
  database: SourceDatabase,
  datasets: DatasetRecords,
  report: ImportReport,
): Generator<ImportedDataset> {
  if (!database.hasTable('datasets')) return;
  try {
    const rows = database.iterate(
      `SELECT dataset_uuid, name, digest, dataset_source_type, dataset_source, dataset_schema, dataset_profile
       FROM datasets ORDER BY experiment_id, name, digest`,
    );
    for (const [uuid, name, digest, sourceType, source, schema, profile] of rows) {
      const id = String(uuid);
      const fields = { name, digest, source_type: sourceType, source, schema, profile };
      const record = datasets.record({ id, place: `datasets ${id}`, fields });
      if (record) yield record;
    }
  } catch (error) {
    report.addUnreadable('datasets', `${reasonOf(error)}; the rest of the table is left out`);
  }
}

/** 0 where there are none. */
function ofRuns(database: SourceDatabase, aggregate: string, experiment: Row): number {
  if (!database.hasTable('runs')) return 0;
  return database.number(`SELECT ${aggregate} FROM runs WHERE experiment_id = ?`, String(experiment.experiment_id));
}
