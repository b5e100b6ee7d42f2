// The runs of an import with their points, packed into transactions of a bearable size.
//
// A run is written together with its points. One that has more than a transaction takes (ROWS_PER_TRANSACTION) is
// written with the first of them, the others follow. So a run that is there already has all its points, unless it is one
// of those, or unless its tracker has more by now: then they are sent again, and points that are there change nothing.
// A parent may come after its children: who still lacks one is remembered, and set at the end.

import type { Transaction } from '../../database/transaction.ts';
import { LineageKind } from '../../features/lineage/lineage.types.ts';
import type { ChildRun } from '../../features/runs/run-import.service.ts';
import type { ImportSession } from './import-session.ts';
import { linkToDatasets } from './link-datasets.ts';
import type { ImportedRun } from './records.ts';
import { type Pack, RunPacks } from './run-packs.ts';

const CHILDREN_PER_TRANSACTION = 1_000;

/** What a transaction wrote. */
interface PackOutcome {
  readonly landings: readonly { readonly pk: number; readonly isNew: boolean; readonly lacksParent: boolean }[];
  readonly inputs: number;
  readonly outputs: number;
  readonly points: number;
}

export class RunImport {
  /** Runs whose parent was not there when they were written. */
  private readonly orphans: ChildRun[] = [];
  private readonly packs = new RunPacks();

  constructor(
    private readonly session: ImportSession,
    /** Row numbers by the ids that the source knows them by. */
    private readonly experimentPks: ReadonlyMap<string, number>,
  ) {}

  /** Imports all runs. */
  async run(): Promise<void> {
    for await (const batch of this.session.store.runs()) await this.importBatch(batch);
    await this.writeAll(this.packs.flush());
    await this.setParents();
  }

  private async importBatch(batch: readonly ImportedRun[]): Promise<void> {
    const { store, imports } = this.session;
    const known = await imports.runs.known(batch.map((run) => run.runId));
    const storedPoints = await imports.metrics.pointCounts([...known.values()].map((run) => run.pk));
    const isComplete = (runId: string, points: number) => {
      const run = known.get(runId);
      return run !== undefined && points <= (storedPoints.get(run.pk) ?? 0);
    };
    this.packs.begin(batch, isComplete);
    for await (const chunk of store.points(batch)) await this.writeAll(this.packs.add(chunk));
    await this.writeAll(this.packs.end());
  }

  private async writeAll(packs: Iterable<Pack>): Promise<void> {
    for (const pack of packs) await this.write(pack);
  }

  private async write(pack: Pack): Promise<void> {
    await this.session.write(
      'runs',
      (tx) => this.writePack(tx, pack),
      ({ landings, inputs, outputs, points }) => {
        const { report } = this.session;
        landings.forEach(({ pk, isNew, lacksParent }, index) => {
          const run = pack.runs[index];
          if (!run) return;
          const { runId, parentRunId } = run;
          if (lacksParent && parentRunId !== null) this.orphans.push({ pk, runId, parentRunId });
          if (!isNew) return;
          report.countImported('runs', 1);
          report.countImported('params', run.params.length);
          report.countImported('tags', run.tags.length);
        });
        report.countImported('inputs', inputs);
        report.countImported('outputs', outputs);
        report.countImported('points', points);
      },
    );
  }

  private async writePack(tx: Transaction, { runs, points }: Pack): Promise<PackOutcome> {
    const { imports } = this.session;
    const landings = await imports.runs.add(
      tx,
      runs.map((run) => ({ ...run, experimentPk: this.experimentPkOf(run) })),
    );
    const runPks = new Map(landings.map(({ pk }, index) => [(runs[index] as ImportedRun).runId, pk]));
    const fresh = runs.flatMap((run, index) => {
      const landing = landings[index];
      return landing?.isNew ? { ...run, pk: landing.pk } : [];
    });
    const inputs = fresh.flatMap((run) =>
      run.inputs.map((input) => ({ ...input, runPk: run.pk, usedAt: run.startedAt })),
    );
    const outputs = fresh.flatMap((run) =>
      run.outputs.map((to) => ({ from: { kind: LineageKind.RUN, pk: run.pk }, to, createdAt: run.startedAt })),
    );
    return {
      landings,
      inputs: await imports.datasets.addInputs(tx, inputs),
      outputs: await linkToDatasets(imports, tx, 'PRODUCED', outputs),
      points: await imports.metrics.add(tx, points, runPks),
    };
  }

  /** Sets the parents that came after their children. */
  private async setParents(): Promise<void> {
    const { report, imports } = this.session;
    for (let start = 0; start < this.orphans.length; start += CHILDREN_PER_TRANSACTION) {
      const children = this.orphans.slice(start, start + CHILDREN_PER_TRANSACTION);
      await this.session.write(
        'runs',
        (tx) => imports.runs.setParents(tx, children),
        (missing) => {
          for (const { runId, parentRunId } of missing)
            report.addNote('The parent of a run is not there', `run ${runId} → ${parentRunId}`);
        },
      );
    }
  }

  private experimentPkOf({ experimentId }: ImportedRun): number {
    const pk = this.experimentPks.get(experimentId);
    if (pk === undefined) throw new Error(`The store has yielded no experiment ${experimentId}.`);
    return pk;
  }
}
