// How objects are found by their row numbers, whatever their type.

import type { LoaderScope } from '../core/context.ts';
import type { Node } from '../core/pagination.ts';
import { Dataset } from './datasets/dataset.entity.ts';
import { DatasetLoaders } from './datasets/dataset.loaders.ts';
import { ExperimentLoaders } from './experiments/experiment.loaders.ts';
import { GateLoaders } from './gates/gate.loaders.ts';
import type { LineageNodeSources } from './lineage/lineage-reader.service.ts';
import { ModelLoaders } from './models/model.loaders.ts';
import { Run } from './runs/run.entity.ts';
import { RunLoaders } from './runs/run.loaders.ts';
import { StageLoaders } from './stages/stage.loaders.ts';
import { ModelVersion } from './versions/version.entity.ts';
import { VersionLoaders } from './versions/version.loaders.ts';

/** How `node` finds an object of a type by its row number. */
export type NodeLoad = (loaders: LoaderScope, pk: number) => Promise<Node | undefined>;

export const NODES: ReadonlyMap<string, NodeLoad> = new Map<string, NodeLoad>([
  ['Model', (loaders, pk) => loaders.of(ModelLoaders).byPk.load(pk)],
  ['ModelVersion', (loaders, pk) => loaders.of(VersionLoaders).byPk.load(pk)],
  ['StageChange', (loaders, pk) => loaders.of(StageLoaders).changeByPk.load(pk)],
  ['Experiment', (loaders, pk) => loaders.of(ExperimentLoaders).byPk.load(pk)],
  ['Run', (loaders, pk) => loaders.of(RunLoaders).byPk.load(pk)],
  ['Dataset', (loaders, pk) => loaders.of(DatasetLoaders).byPk.load(pk)],
  ['PromotionGate', (loaders, pk) => loaders.of(GateLoaders).byPk.load(pk)],
]);

/** How lineage finds what its nodes stand for. */
export const LINEAGE_NODES: LineageNodeSources = {
  DATASET: {
    load: (loaders, pk) => loaders.of(DatasetLoaders).byPk.load(pk),
    withId: (pk) => Dataset.from({ pk }),
  },
  RUN: { load: (loaders, pk) => loaders.of(RunLoaders).byPk.load(pk), withId: (pk) => Run.from({ pk }) },
  MODEL_VERSION: {
    load: (loaders, pk) => loaders.of(VersionLoaders).byPk.load(pk),
    withId: (pk) => ModelVersion.from({ pk }),
  },
};
