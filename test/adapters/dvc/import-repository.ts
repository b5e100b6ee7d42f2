// Importing a repository into a registry of a test.

import { readStageMap } from '../../../src/adapters/dvc/gto/stage-map.ts';
import { importDvcRepository } from '../../../src/adapters/dvc/import.ts';
import { readRepository } from '../../../src/adapters/dvc/read-repository.ts';
import type { ImportOptions } from '../../../src/adapters/import/import-session.ts';
import { ImportReport } from '../../../src/adapters/import/report.ts';
import type { TestRegistry } from '../../support/registry.ts';

export interface RepositoryOptions extends ImportOptions {
  readonly experiment?: string;
  readonly stages?: readonly string[];
}

export async function importRepository(
  registry: TestRegistry,
  path: string,
  { experiment, stages = [], ...options }: RepositoryOptions = {},
): Promise<ImportReport> {
  const report = new ImportReport();
  const source = await readRepository(path, { experiment, stageMap: readStageMap(stages) }, report);
  await importDvcRepository(source, report, registry.app, options);
  return report;
}
