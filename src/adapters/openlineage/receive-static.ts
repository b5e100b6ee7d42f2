// Writes the events that are about no run: what a dataset is and was derived from, and what a job reads and writes.

import type { Transaction } from '../../database/transaction.ts';
import type { FeatureImports } from '../../features/feature-imports.ts';
import { originsOf } from './dataset-state.ts';
import type { DatasetEvent, JobEvent, ObservedDataset } from './event.types.ts';
import { joinName } from './names.ts';
import { ThingReceiver } from './receive-things.ts';
import { UNVERSIONED } from './versions.ts';

export class StaticReceiver {
  private readonly things: ThingReceiver;

  constructor(private readonly imports: FeatureImports) {
    this.things = new ThingReceiver(imports);
  }

  async write(tx: Transaction, event: DatasetEvent | JobEvent): Promise<void> {
    const { at } = event;
    if (event.kind === 'job') {
      await this.imports.observedRuns.experimentNamed(tx, joinName(event.job), '/job/name');
    }
    const [origins, derived] =
      event.kind === 'job' ? [event.inputs, event.outputs] : [originDatasets(event.dataset), [event.dataset]];
    const landed = await this.things.land(tx, [...origins, ...derived], event);
    const [from, to] = [landed.slice(0, origins.length), landed.slice(origins.length)];
    // Without a run, what a job writes is linked with what it reads directly.
    const pairs = to.flatMap((target) => from.map((origin) => [origin, target] as const));
    await this.things.linkDerived(tx, pairs, Math.floor(at));
  }
}

function originDatasets({ facets }: ObservedDataset): ObservedDataset[] {
  return originsOf(facets).map(({ namespace, name, version }) => {
    const qualified = { namespace: String(namespace), name: String(name) };
    const digest = typeof version === 'string' && version !== '' ? version : UNVERSIONED;
    return { ...qualified, joinedName: joinName(qualified), digest, facets: {}, useFacets: {} };
  });
}
