// Finds or records the datasets and versions that an event names, and the edges between them and runs.

import type { Transaction } from '../../database/transaction.ts';
import { InputKind } from '../../features/datasets/dataset.entity.ts';
import type { FeatureImports } from '../../features/feature-imports.ts';
import type { LineageRef } from '../../features/lineage/lineage.types.ts';
import { DatasetState, describeFacets } from './dataset-state.ts';
import type { ObservedDataset } from './event.types.ts';
import { MODEL_NAMESPACE } from './names.ts';

const VERSION_NUMBER = /^[1-9][0-9]{0,8}$/;

/** Where a dataset of an event is in the graph. */
export interface LandedNode {
  readonly dataset: ObservedDataset;
  readonly node: LineageRef;
  /** How the event log names it. */
  readonly shownAs: string;
}

interface Source {
  /** Epoch milliseconds. */
  readonly at: number;
  /** The digest of the event. */
  readonly digest: string;
}

export class ThingReceiver {
  constructor(private readonly imports: FeatureImports) {}

  /** The node of each dataset, in their order: a version of a model that is here, else a dataset. */
  async land(tx: Transaction, datasets: readonly ObservedDataset[], source: Source): Promise<LandedNode[]> {
    const versions = await this.versionsAmong(tx, datasets);
    const rest = datasets.filter((dataset) => !versions.has(dataset));
    const pks = await this.recordDatasets(tx, rest, source);
    return datasets.map((dataset) => {
      const { joinedName, digest, name } = dataset;
      const versionPk = versions.get(dataset);
      if (versionPk !== undefined) {
        return { dataset, node: { kind: 'MODEL_VERSION', pk: versionPk }, shownAs: `${name} ${digest}` };
      }
      const node = { kind: 'DATASET', pk: pks.get(dataset) as number } as const;
      return { dataset, node, shownAs: `${joinedName} ${digest}` };
    });
  }

  /** Links a run with what it used and made. */
  async linkUses(
    tx: Transaction,
    runPk: number,
    { used, made, since }: { used: readonly LandedNode[]; made: readonly LandedNode[]; since: number },
  ): Promise<void> {
    const run = { kind: 'RUN', pk: runPk } as const;
    const inputs = used.map(({ node }) => ({
      kind: node.kind === 'DATASET' ? InputKind.DATASET : InputKind.VERSION,
      inputPk: node.pk,
      usedAt: since,
    }));
    await this.imports.observedDatasets.addInputs(tx, runPk, inputs);
    await this.imports.lineage.link(tx, [
      ...used.map(({ node }) => ({ from: node, to: run, relation: 'USED' as const, createdAt: since })),
      ...made.map(({ node }) => ({ from: run, to: node, relation: 'PRODUCED' as const, createdAt: since })),
    ]);
  }

  /** Links what was derived with what it was derived from, where both are of one kind and not the same. */
  async linkDerived(tx: Transaction, pairs: Iterable<readonly [LandedNode, LandedNode]>, since: number): Promise<void> {
    const edges = [...pairs]
      .filter(([{ node: from }, { node: to }]) => from.kind === to.kind && from.pk !== to.pk)
      .map(([from, to]) => ({
        from: from.node,
        to: to.node,
        relation: 'DERIVED_FROM' as const,
        createdAt: since,
      }));
    await this.imports.lineage.link(tx, edges);
  }

  private async versionsAmong(
    tx: Transaction,
    datasets: readonly ObservedDataset[],
  ): Promise<Map<ObservedDataset, number>> {
    const candidates = datasets.filter(
      ({ namespace, digest }) => namespace === MODEL_NAMESPACE && VERSION_NUMBER.test(digest),
    );
    const keys = candidates.map(({ name, digest }) => ({ modelName: name, number: Number(digest) }));
    const pks = await this.imports.observedDatasets.findVersions(tx, keys);
    return new Map(
      candidates.flatMap((dataset, index) => {
        const pk = pks[index];
        return pk === undefined ? [] : [[dataset, pk] as const];
      }),
    );
  }

  private async recordDatasets(
    tx: Transaction,
    datasets: readonly ObservedDataset[],
    { at, digest: by }: Source,
  ): Promise<Map<ObservedDataset, number>> {
    const { observedDatasets, openLineage } = this.imports;
    const rows = datasets.map(({ joinedName, digest }) => ({
      name: joinedName,
      digest,
      ...describeFacets(joinedName, {}),
    }));
    const pks = await observedDatasets.record(tx, rows);
    const landed = new Map(datasets.map((dataset, index) => [dataset, pks[index] as number]));
    const saying = datasets.filter(({ facets, useFacets }) => Object.keys({ ...facets, ...useFacets }).length > 0);
    const held = await openLineage.holdDatasets(
      tx,
      saying.map((dataset) => landed.get(dataset) as number),
    );
    const kept = new Map<number, string>();
    for (const dataset of saying) {
      const pk = landed.get(dataset) as number;
      const state = DatasetState.from(kept.get(pk) ?? held.get(pk) ?? '');
      const before = state.describe(dataset.joinedName);
      state.add(dataset, at, by);
      kept.set(pk, state.toString());
      const after = state.describe(dataset.joinedName);
      if (JSON.stringify(after) !== JSON.stringify(before)) await observedDatasets.describe(tx, pk, after);
    }
    await openLineage.keepDatasets(tx, kept);
    return landed;
  }
}
