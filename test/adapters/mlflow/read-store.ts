// Reading a whole store at once, for tests: its records, its report, and what it holds in the shape of an expected.json.

import type {
  ImportedAlias,
  ImportedDataset,
  ImportedEntry,
  ImportedExperiment,
  ImportedModel,
  ImportedPoint,
  ImportedRun,
  ImportedVersion,
  MetricValue,
} from '../../../src/adapters/import/records.ts';
import { ImportReport } from '../../../src/adapters/import/report.ts';
import { openMlflowStore } from '../../../src/adapters/mlflow/open-store.ts';
import { countsOf, type ExpectedNumber, type ExpectedPoint, latestOf, type StoreContents } from './store-contents.ts';

export interface StoreRecords {
  readonly report: ImportReport;
  readonly experiments: ImportedExperiment[];
  readonly datasets: ImportedDataset[];
  readonly runs: ImportedRun[];
  readonly points: ImportedPoint[];
  readonly models: ImportedModel[];
  readonly versions: ImportedVersion[];
  readonly aliases: ImportedAlias[];
}

export async function readStore(path: string): Promise<StoreRecords> {
  const report = new ImportReport();
  const store = openMlflowStore(path, report);
  try {
    const experiments = await all(store.experiments());
    const datasets = await all(store.datasets());
    const runs: ImportedRun[] = [];
    const points: ImportedPoint[] = [];
    for await (const batch of store.runs()) {
      runs.push(...batch);
      for await (const chunk of store.points(batch)) points.push(...chunk);
    }
    const models = await all(store.models());
    const versions = await all(store.versions());
    const aliases = await all(store.aliases());
    await store.countRest();
    return { report, experiments, datasets, runs, points, models, versions, aliases };
  } finally {
    store.close();
  }
}

/** The part that is not deleted, as MLflow's own client shows it. */
export function contentsOf(records: StoreRecords): StoreContents {
  const live = records.experiments.filter((experiment) => experiment.deletedAt === null);
  const names = new Map(live.map((experiment) => [experiment.sourceId, experiment.name]));
  const pointsOfRun = Map.groupBy(records.points, (point) => point.runId);
  const experiments = live.map(({ sourceId, name, tags }) => ({ id: sourceId, name, tags: byKey(tags) }));
  const runs = records.runs
    .filter((run) => run.deletedAt === null)
    .map((run) => {
      const byMetric = Map.groupBy(pointsOfRun.get(run.runId) ?? [], (point) => point.key);
      const history = Object.fromEntries([...byMetric].map(([key, points]) => [key, points.map(expectedPoint)]));
      return {
        id: run.runId,
        experiment: names.get(run.experimentId) ?? '',
        name: run.name,
        status: run.status,
        startedAt: run.startedAt,
        endedAt: run.endedAt,
        parent: run.parentRunId,
        note: run.description,
        params: byKey(run.params),
        tags: byKey(run.tags.filter((tag) => !tag.key.startsWith('mlflow.'))),
        inputs: run.inputs.map((input) => [input.name, input.digest, input.context] as const),
        latest: Object.fromEntries(Object.entries(history).map(([key, points]) => [key, latestOf(points) ?? 'NaN'])),
        history,
      };
    });
  const models = records.models.map((model) => ({
    name: model.name,
    description: model.description,
    tags: byKey(model.tags),
    aliases: Object.fromEntries(
      records.aliases.filter((alias) => alias.modelName === model.name).map(({ alias, number }) => [alias, number]),
    ),
    versions: records.versions
      .filter((version) => version.modelName === model.name && version.deletedAt === null)
      .map(({ number, stage, status, runId, source, description, tags }) => {
        return { number, stage, status, run: runId, source, description, tags: byKey(tags) };
      }),
  }));
  return { experiments, runs, models, counts: countsOf({ experiments, runs, models }) };
}

async function all<T>(batches: AsyncGenerator<T[]>): Promise<T[]> {
  const items: T[] = [];
  for await (const batch of batches) items.push(...batch);
  return items;
}

function byKey(entries: readonly ImportedEntry[]): Record<string, string> {
  return Object.fromEntries(entries.map(({ key, value }) => [key, value]));
}

function expectedPoint(point: ImportedPoint): ExpectedPoint {
  return [point.step, point.at, expectedNumber(point)];
}

function expectedNumber({ value, special }: MetricValue): ExpectedNumber {
  if (special === null) return value;
  return special === 'NAN' ? 'NaN' : special === 'POSITIVE_INFINITY' ? 'Infinity' : '-Infinity';
}
