// Writes what the event of a run adds to what is known of it.

import type { Transaction } from '../../database/transaction.ts';
import type { FeatureImports } from '../../features/feature-imports.ts';
import type { Run, RunStatus } from '../../features/runs/run.entity.ts';
import type { ObservedColumns } from '../../features/runs/run-observation.service.ts';
import type { FieldChange } from '../../features/tags/tag.service.ts';
import type { ObservedDataset, RunEvent } from './event.types.ts';
import { joinName } from './names.ts';
import { type LandedNode, ThingReceiver } from './receive-things.ts';
import { type DescribedRun, RunState, type UseDirection } from './run-state.ts';

/** The columns that only events describe: of a run that came in another way they are left alone. */
const OWN_COLUMNS = [
  'name',
  'description',
  'startedAt',
  'gitCommit',
  'gitRepository',
  'entryPoint',
  'notebook',
] as const satisfies readonly (keyof DescribedRun & keyof ObservedColumns)[];

/** What the events of a run said before this one, and with it. */
interface Descriptions {
  readonly before: DescribedRun | undefined;
  readonly after: DescribedRun;
  /** Whether the run came here through events. */
  readonly isOwn: boolean;
}

export class RunReceiver {
  private readonly things: ThingReceiver;

  constructor(private readonly imports: FeatureImports) {
    this.things = new ThingReceiver(imports);
  }

  async write(tx: Transaction, event: RunEvent): Promise<void> {
    const { openLineage, observedRuns } = this.imports;
    const { runId } = event;
    const parentRunId = parentNamedBy(event);
    const held = await openLineage.holdRuns(tx, parentRunId === null ? [runId] : [runId, parentRunId]);
    const kept = held.get(runId) ?? '';
    const state = RunState.from(kept);
    const before = state.describe();
    const added = newUses(state, event);
    state.add(event);
    const after = state.describe();
    if (!after) throw new Error('An event says nothing of its run.');
    const known = await observedRuns.hold(tx, runId);
    const run = known ?? (await this.start(tx, runId, after));
    if (!known) state.markOwn();
    // Each job that is named has an experiment, also where events of one run do not agree on it.
    const named = joinName(event.job);
    if (named !== after.experimentName) await observedRuns.experimentNamed(tx, named, '/job/name');
    if (run.deletedAt === null) {
      const others = await this.recordUses(tx, run, event, added);
      if (known) await this.change(tx, run, { before, after, isOwn: state.isOwn }, others);
      else await observedRuns.change(tx, run, {}, [], others);
      if (!before) await observedRuns.adopt(tx, run, await openLineage.childrenOf(tx, runId));
    }
    const said = state.toString();
    if (said !== kept) await openLineage.keepRun(tx, runId, said, after.parentRunId);
  }

  private async start(tx: Transaction, runId: string, described: DescribedRun): Promise<Run> {
    const { observedRuns } = this.imports;
    const { experimentName, parentRunId, tags, status, ...columns } = described;
    const experimentPk = await observedRuns.experimentNamed(tx, experimentName, '/job/name');
    const parentPk = parentRunId === null ? null : await observedRuns.pkOf(tx, parentRunId);
    const row = { ...columns, status: status as RunStatus, experimentPk, parentPk };
    return observedRuns.start(
      tx,
      runId,
      row,
      [...tags].map(([key, value]) => ({ key, value })),
    );
  }

  /** Changes of a run what the event described otherwise than it was, so that what others changed of it stays. */
  private async change(
    tx: Transaction,
    run: Run,
    { before, after, isOwn }: Descriptions,
    uses: readonly FieldChange[],
  ): Promise<void> {
    const { observedRuns } = this.imports;
    const others = [...uses];
    const columns: Partial<ObservedColumns> = {};
    if (after.status !== before?.status) columns.status = after.status as RunStatus;
    if (after.endedAt !== (before?.endedAt ?? null)) columns.endedAt = after.endedAt;
    if (isOwn) {
      const described = OWN_COLUMNS.filter((column) => after[column] !== before?.[column]);
      Object.assign(columns, Object.fromEntries(described.map((column) => [column, after[column]])));
      if (before && after.experimentName !== before.experimentName) {
        columns.experimentPk = await observedRuns.experimentNamed(tx, after.experimentName, '/job/name');
        others.push({ field: 'experiment', from: before.experimentName, to: after.experimentName });
      }
    }
    const parentPk = await this.parentOf(tx, run, { before, after, isOwn });
    if (parentPk !== run.parentPk) {
      columns.parentPk = parentPk;
      others.push({ field: 'parent', from: before?.parentRunId ?? null, to: after.parentRunId });
    }
    const tags = [...after.tags].filter(([key, value]) => before?.tags.get(key) !== value);
    await observedRuns.change(
      tx,
      run,
      columns,
      tags.map(([key, value]) => ({ key, value })),
      others,
    );
  }

  /** The row number of the parent that a run should have: null where it is awaited. */
  private async parentOf(tx: Transaction, run: Run, { before, after, isOwn }: Descriptions): Promise<number | null> {
    const isNews = after.parentRunId !== (before?.parentRunId ?? null);
    const isToldByEvents = isOwn || (before?.parentRunId ?? null) !== null;
    if (after.parentRunId === null || (run.parentPk !== null && !(isNews && isToldByEvents))) return run.parentPk;
    const parentPk = await this.imports.observedRuns.pkOf(tx, after.parentRunId);
    return parentPk === run.pk ? run.parentPk : parentPk;
  }

  /** @returns what the event log tells of those that are new */
  private async recordUses(
    tx: Transaction,
    run: Run,
    event: RunEvent,
    added: Readonly<Record<UseDirection, ReadonlySet<ObservedDataset>>>,
  ): Promise<FieldChange[]> {
    const { at, digest, inputs, outputs } = event;
    const landed = await this.things.land(tx, [...inputs, ...outputs], { at, digest });
    const [used, made] = [landed.slice(0, inputs.length), landed.slice(inputs.length)];
    const since = Math.floor(at);
    await this.things.linkUses(tx, run.pk, { used, made, since });
    const told = (field: string, nodes: readonly LandedNode[], fresh: ReadonlySet<ObservedDataset>) =>
      nodes.flatMap(({ dataset, shownAs }) => (fresh.has(dataset) ? [{ field, from: null, to: shownAs }] : []));
    return [...told('inputs', used, added.input), ...told('outputs', made, added.output)];
  }
}

function newUses(state: RunState, { inputs, outputs }: RunEvent) {
  const fresh = (direction: UseDirection, datasets: readonly ObservedDataset[]) =>
    new Set(datasets.filter((dataset) => !state.hasUse(direction, dataset)));
  return { input: fresh('input', inputs), output: fresh('output', outputs) };
}

/** The parent that this event names: it is held with the run, so that neither comes without seeing the other. */
function parentNamedBy(event: RunEvent): string | null {
  const state = RunState.from('');
  state.add(event);
  return state.describe()?.parentRunId ?? null;
}
