// The demo from data to promotion: trains real models on real data and tells a registry about it through its public API.
import { DemoClient } from './demo-client.ts';
import type { DemoContext } from './demo-context.ts';
import { type ExperimentPlan, irisPlan, winePlan } from './demo-plan.ts';
import { type RegisteredModel, registerVersions } from './register-versions.ts';
import { runSweep } from './run-sweep.ts';

export interface TrainDemoOptions {
  /** The GraphQL endpoint, such as `http://127.0.0.1:4000/graphql`. */
  readonly endpoint: string;
  /** Takes one short line about what was just done. */
  readonly progress: (line: string) => void;
  /** A folder for the trained parameters, one JSON file a run, which the versions then name as their source. Made if missing. */
  readonly modelsFolder?: string;
}

export interface DemoSummary {
  readonly experiments: readonly ExperimentSummary[];
  /** Runs trained by this call; 0 where an earlier one had done everything. */
  readonly newRuns: number;
  readonly durationMs: number;
}

export interface ExperimentSummary extends RegisteredModel {
  readonly experiment: string;
  readonly runs: number;
  readonly failedRuns: number;
  readonly bestRun: string;
  /** Macro-F1 on the validation rows. */
  readonly bestF1: number;
}

const ACTOR = 'demo';

/**
 * Trains both sweeps, registers their best runs and promotes them, all as the actor `demo`. It asks what exists before each step, so
 * it may be called again at any time: after a whole demo it changes nothing, after one that was cut off it goes on. (Idempotency keys
 * would not do: points carry the times at which they were measured, so a second attempt sends other input.)
 *
 * Throws `DemoRequestError` with the server's message where a request fails.
 */
export async function trainDemo({ endpoint, progress, modelsFolder }: TrainDemoOptions): Promise<DemoSummary> {
  const startedAt = performance.now();
  const context: DemoContext = {
    client: new DemoClient(endpoint, ACTOR),
    progress,
    ...(modelsFolder && { modelsFolder }),
  };

  let newRuns = 0;
  const experiments: ExperimentSummary[] = [];
  for (const plan of [winePlan, irisPlan]) {
    const outcome = await demonstrate(context, plan);
    newRuns += outcome.newRuns;
    experiments.push(outcome.summary);
  }
  return { experiments, newRuns, durationMs: Math.round(performance.now() - startedAt) };
}

async function demonstrate(
  context: DemoContext,
  plan: ExperimentPlan,
): Promise<{ newRuns: number; summary: ExperimentSummary }> {
  const sweep = await runSweep(context, plan);
  const registered = await registerVersions(context, plan, sweep);
  const summary = {
    ...registered,
    experiment: plan.experiment,
    runs: plan.runs.length,
    failedRuns: sweep.failedRuns,
    bestRun: sweep.best.plan.name,
    bestF1: sweep.best.macroF1,
  };
  return { newRuns: sweep.newRuns, summary };
}
