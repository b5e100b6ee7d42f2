// Runs the sweep of an experiment: a parent run, one child for each point of the grid, and the best of them noted on the parent.
import { type DatasetSplit, splitDataset } from './datasets/dataset-split.ts';
import { type DemoContext, ENTRY_POINT, STEP_TAG } from './demo-context.ts';
import { DEMO_SEED, type ExperimentPlan, type RunPlan } from './demo-plan.ts';
import { metricPoint } from './metric-points.ts';
import type { FindExperimentQuery } from './operations.generated.ts';
import { createExperiment, endRun, findExperiment, logBatch, startRun } from './operations.ts';
import { recordDatasets } from './record-datasets.ts';
import { trainRun } from './train-run.ts';

type FoundRun = NonNullable<FindExperimentQuery['experiment']>['runs']['nodes'][number];

/** A run that ended well, with what the registry says it measured on the validation rows at last. */
export interface TrainedRun {
  readonly id: string;
  readonly runId: string;
  readonly plan: RunPlan;
  readonly loss: number;
  readonly accuracy: number;
  readonly macroF1: number;
}

export interface SweepResult {
  readonly split: DatasetSplit;
  /** In the order of the plan; runs that failed are not among them. */
  readonly trained: readonly TrainedRun[];
  readonly best: TrainedRun;
  /** How many runs were trained now; the others were there before. */
  readonly newRuns: number;
  readonly failedRuns: number;
}

/**
 * Goes on from whatever an earlier demo left: what ended is kept, a child that was cut off is ended as KILLED and trained anew,
 * and the parent is taken up again.
 */
export async function runSweep(context: DemoContext, plan: ExperimentPlan): Promise<SweepResult> {
  const { client } = context;
  const split = splitDataset(plan.readDataset(), DEMO_SEED);
  const datasets = await recordDatasets(context, split);
  const earlier = await findRuns(context, plan);
  if (!earlier)
    await client.execute(createExperiment, { input: { name: plan.experiment, description: plan.description } });

  const parentStep = `${plan.experiment}/sweep`;
  const parent = earlier?.find((run) => stepOf(run) === parentStep && run.status !== 'KILLED');
  const parentId = parent?.id ?? (await startParent(context, plan, parentStep));
  for (const run of earlier ?? []) {
    if (run.status === 'RUNNING' && run.id !== parentId) {
      await client.execute(endRun, { input: { run: run.id, status: 'KILLED' } });
    }
  }

  let newRuns = 0;
  for (const [index, runPlan] of plan.runs.entries()) {
    const step = stepName(plan, runPlan);
    if (earlier && endedRun(earlier, step)) continue;
    const position = `run ${index + 1} of ${plan.runs.length}`;
    await trainRun(context, runPlan, {
      experiment: plan.experiment,
      parent: parentId,
      step,
      position,
      split,
      datasets,
    });
    newRuns += 1;
  }

  // Read back from the registry, so that runs of an earlier demo and of this one are judged alike.
  const runs = (await findRuns(context, plan)) ?? [];
  const ended = plan.runs.map((runPlan) => ({ runPlan, run: endedRun(runs, stepName(plan, runPlan)) }));
  const trained = ended.flatMap(({ runPlan, run }) => (run?.status === 'FINISHED' ? [trainedRun(run, runPlan)] : []));
  const best = bestOf(trained);
  if (parent?.status !== 'FINISHED') await endParent(context, parentId, best);
  return { split, trained, best, newRuns, failedRuns: ended.length - trained.length };
}

/** By F1 on the validation rows, and where that is equal by the smaller loss. */
export function isBetter(run: TrainedRun, than: TrainedRun): boolean {
  return run.macroF1 === than.macroF1 ? run.loss < than.loss : run.macroF1 > than.macroF1;
}

export function bestOf(runs: readonly TrainedRun[]): TrainedRun {
  return runs.reduce((best, run) => (isBetter(run, best) ? run : best));
}

async function findRuns({ client }: DemoContext, plan: ExperimentPlan): Promise<readonly FoundRun[] | undefined> {
  const { experiment } = await client.execute(findExperiment, { name: plan.experiment, stepTag: STEP_TAG });
  return experiment?.runs.nodes;
}

async function startParent({ client }: DemoContext, plan: ExperimentPlan, step: string): Promise<string> {
  const { startRun: started } = await client.execute(startRun, {
    input: {
      experiment: { name: plan.experiment },
      name: 'grid search',
      description: `Trains ${plan.runs.length} combinations of hyper-parameters, one child run each.`,
      source: { entryPoint: ENTRY_POINT },
      tags: [{ key: STEP_TAG, value: step }],
      params: [
        { key: 'search', value: 'grid' },
        { key: 'combinations', value: String(plan.runs.length) },
        { key: 'learning_rate', value: distinct(plan.runs.map((run) => run.learningRate)) },
        { key: 'hidden_units', value: distinct(plan.runs.map((run) => run.hiddenUnits)) },
        { key: 'seed', value: String(DEMO_SEED) },
      ],
    },
  });
  return started.run.id;
}

async function endParent({ client }: DemoContext, run: string, best: TrainedRun): Promise<void> {
  const now = new Date();
  await client.execute(logBatch, {
    input: {
      run,
      metrics: [
        metricPoint('best/val/f1', best.macroF1, 0, now),
        metricPoint('best/val/accuracy', best.accuracy, 0, now),
        metricPoint('best/val/loss', best.loss, 0, now),
      ],
      tags: [{ key: 'best_run', value: best.runId }],
    },
  });
  await client.execute(endRun, { input: { run } });
}

function trainedRun(run: FoundRun, plan: RunPlan): TrainedRun {
  const metric = (key: string) => {
    const value = run.metrics.find((found) => found.key === key)?.value;
    if (value === null || value === undefined) throw new Error(`run ${run.name} ended without a value of ${key}`);
    return value;
  };
  return {
    id: run.id,
    runId: run.runId,
    plan,
    loss: metric('val/loss'),
    accuracy: metric('val/accuracy'),
    macroF1: metric('val/f1'),
  };
}

function endedRun(runs: readonly FoundRun[], step: string): FoundRun | undefined {
  return runs.find((run) => stepOf(run) === step && (run.status === 'FINISHED' || run.status === 'FAILED'));
}

function stepName(plan: ExperimentPlan, run: RunPlan): string {
  return `${plan.experiment}/${run.name}`;
}

function stepOf(run: FoundRun): string | undefined {
  return run.tags.find((tag) => tag.key === STEP_TAG)?.value;
}

function distinct(values: readonly number[]): string {
  return [...new Set(values)].join(', ');
}
