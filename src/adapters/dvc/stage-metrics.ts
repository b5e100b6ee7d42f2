// The metrics of a stage's run, from the files that it wrote, where they lie in the repository.

import { metricValueOf } from '../import/metric-value.ts';
import type { ImportedPoint } from '../import/records.ts';
import type { ImportReport } from '../import/report.ts';
import { keyProblem, MAX_ENTRIES } from '../import/text.ts';
import { isContentOf, metricsIn } from './files/metrics-file.ts';
import type { RepositoryTree } from './repository/repository-tree.ts';
import type { ReadStage } from './snapshot.ts';

/** A run of DVC has one value a key. */
const STEP = 0;

/**
 * Reads the files of metrics of one run. A key that two of them have carries its file, as DVC shows it: `test.json:acc`.
 * A file whose content is not the one that the lock file has belongs to another run, and is left out.
 */
export async function stageMetrics(
  stage: ReadStage,
  tree: RepositoryTree,
  run: { readonly runId: string; readonly at: number },
  report: ImportReport,
): Promise<ImportedPoint[]> {
  const byFile = new Map<string, ReadonlyMap<string, number>>();
  for (const file of stage.metricsFiles) {
    const metrics = await readMetrics(stage, file, tree, report);
    if (metrics) byFile.set(file, metrics);
  }
  const filesOfKey = new Map<string, number>();
  for (const metrics of byFile.values())
    for (const key of metrics.keys()) filesOfKey.set(key, (filesOfKey.get(key) ?? 0) + 1);

  const points: ImportedPoint[] = [];
  for (const [file, metrics] of byFile) {
    for (const [name, value] of metrics) {
      const key = filesOfKey.get(name) === 1 ? name : `${file}:${name}`;
      const problem =
        points.length < MAX_ENTRIES ? keyProblem(key) : `is left out: a run has at most ${MAX_ENTRIES} metrics`;
      if (problem) report.addUnreadable(`${file}: ${name}`, problem);
      else points.push({ runId: run.runId, key, step: STEP, at: run.at, ...metricValueOf(value) });
    }
  }
  report.count('points', points.length);
  return points;
}

async function readMetrics(
  stage: ReadStage,
  file: string,
  tree: RepositoryTree,
  report: ImportReport,
): Promise<Map<string, number> | null> {
  try {
    const content = await tree.read(file);
    if (content === null) {
      report.addNote('A file of metrics is not in the repository; dvc pull brings those that DVC keeps', file);
      return null;
    }
    const out = stage.outs.find(({ path }) => path === file);
    if (out?.digest && !isContentOf(out.digest, content)) {
      report.addNote('A file of metrics is not the one of the lock file, and is left out', file);
      return null;
    }
    return metricsIn(file, content);
  } catch (error) {
    report.addUnreadable(file, (error as Error).message);
    return null;
  }
}
