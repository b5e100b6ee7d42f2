// What writes whole batches of what another tracker holds, feature by feature.

import type { Database } from '../database/database.ts';
import { DatasetImportService } from './datasets/dataset-import.service.ts';
import { DatasetObservationService } from './datasets/dataset-observation.service.ts';
import type { ExperimentService } from './experiments/experiment.service.ts';
import { ExperimentImportService } from './experiments/experiment-import.service.ts';
import { LineageImportService } from './lineage/lineage-import.service.ts';
import type { LineageRecordService } from './lineage/lineage-record.service.ts';
import { MetricImportService } from './metrics/metric-import.service.ts';
import { ModelImportService } from './models/model-import.service.ts';
import { OpenLineageService } from './openlineage/openlineage.service.ts';
import { RunImportService } from './runs/run-import.service.ts';
import { RunObservationService } from './runs/run-observation.service.ts';
import { StageHistoryImportService } from './stages/stage-history-import.service.ts';
import { StageImportService } from './stages/stage-import.service.ts';
import { AliasHistoryImportService } from './versions/alias-history-import.service.ts';
import { AliasImportService } from './versions/alias-import.service.ts';
import { VersionHistoryImportService } from './versions/version-history-import.service.ts';
import { VersionImportService } from './versions/version-import.service.ts';

export interface FeatureImports {
  readonly experiments: ExperimentImportService;
  readonly datasets: DatasetImportService;
  readonly runs: RunImportService;
  readonly metrics: MetricImportService;
  readonly models: ModelImportService;
  readonly versions: VersionImportService;
  readonly stages: StageImportService;
  readonly aliases: AliasImportService;
  /** What else a source with a history of its registry brings. */
  readonly versionHistory: VersionHistoryImportService;
  readonly stageHistory: StageHistoryImportService;
  readonly aliasHistory: AliasHistoryImportService;
  readonly lineage: LineageImportService;
  /** Runs and datasets as another system tells of them, event by event. */
  readonly observedRuns: RunObservationService;
  readonly observedDatasets: DatasetObservationService;
  readonly openLineage: OpenLineageService;
}

export function buildImports(
  db: Database,
  records: LineageRecordService,
  experimentService: ExperimentService,
): FeatureImports {
  const experiments = new ExperimentImportService();
  const models = new ModelImportService();
  return {
    experiments,
    datasets: new DatasetImportService(records),
    runs: new RunImportService(db, experiments),
    metrics: new MetricImportService(db),
    models,
    versions: new VersionImportService(models, records),
    stages: new StageImportService(),
    aliases: new AliasImportService(models),
    versionHistory: new VersionHistoryImportService(),
    stageHistory: new StageHistoryImportService(),
    aliasHistory: new AliasHistoryImportService(),
    lineage: new LineageImportService(records),
    observedRuns: new RunObservationService(experimentService),
    observedDatasets: new DatasetObservationService(),
    openLineage: new OpenLineageService(),
  };
}
