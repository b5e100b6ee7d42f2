// Registers the best run of each kind as a version, promotes those that earn it, and keeps the aliases in step.
import { join } from 'node:path';
import { type DemoContext, fileUrl, runFolder } from './demo-context.ts';
import { algorithmOf, type ExperimentPlan } from './demo-plan.ts';
import { MODEL_FILE } from './model-file.ts';
import type { FindModelQuery, Stage } from './operations.generated.ts';
import { findModel, promoteVersion, registerModel, registerVersion, setAlias } from './operations.ts';
import { bestOf, isBetter, type SweepResult, type TrainedRun } from './run-sweep.ts';

type FoundModel = NonNullable<FindModelQuery['model']>;

export interface RegisteredModel {
  readonly model: string;
  readonly versions: number;
  /** The number of the version in production. */
  readonly champion: number;
  /** The number of the last version that did not beat it, if there is one. */
  readonly challenger?: number;
}

/**
 * The linear baseline comes first and goes through STAGING to PRODUCTION. Each later candidate goes to PRODUCTION if it does better
 * on the validation rows than what is there, which archives that, and otherwise to STAGING as `challenger`.
 * Steps that an earlier demo took are left as they are.
 */
export async function registerVersions(
  context: DemoContext,
  plan: ExperimentPlan,
  sweep: SweepResult,
): Promise<RegisteredModel> {
  const registration = new Registration(context, plan, await ensureModel(context, plan, sweep));

  const [baseline, ...candidates] = bestOfEachKind(sweep.trained);
  if (!baseline) throw new Error(`${plan.experiment}: no run ended well, so there is nothing to register`);

  let champion = await registration.register(baseline, sweep);
  await registration.promote(champion, 'STAGING', 'The linear baseline, as a first candidate');
  await registration.promote(champion, 'PRODUCTION', `Nothing is in production yet; ${measured(baseline)}`);
  await registration.point('champion', champion);
  let inProduction = baseline;
  let challenger: number | undefined;

  for (const candidate of candidates) {
    const number = await registration.register(candidate, sweep);
    const against = `${measured(candidate)} against ${measured(inProduction)} of version ${champion}`;
    if (isBetter(candidate, inProduction)) {
      await registration.promote(number, 'PRODUCTION', `Better on the validation rows: ${against}`);
      await registration.point('champion', number);
      champion = number;
      inProduction = candidate;
    } else {
      await registration.promote(number, 'STAGING', `Not better on the validation rows: ${against}`);
      await registration.point('challenger', number);
      challenger = number;
    }
  }
  return { model: plan.model, versions: 1 + candidates.length, champion, ...(challenger && { challenger }) };
}

/** The writes of one model, each left out where `found` shows that it was made before. */
class Registration {
  private readonly context: DemoContext;
  private readonly plan: ExperimentPlan;
  private readonly found: FoundModel | undefined;

  constructor(context: DemoContext, plan: ExperimentPlan, found: FoundModel | undefined) {
    this.context = context;
    this.plan = plan;
    this.found = found;
  }

  async register(run: TrainedRun, { split }: SweepResult): Promise<number> {
    const earlier = this.found?.versions.nodes.find((version) => version.run?.id === run.id);
    if (earlier) return earlier.number;

    const folder = runFolder(this.context, this.plan.experiment, run.plan.name);
    const { registerVersion: registered } = await this.context.client.execute(registerVersion, {
      input: {
        model: { name: this.plan.model },
        run: run.id,
        source: fileUrl(folder && join(folder, MODEL_FILE)),
        description: `${run.plan.description} ${measured(run)} on ${split.validation.examples.length} validation rows.`,
        tags: [
          { key: 'algorithm', value: algorithmOf(run.plan) },
          { key: 'training_data', value: `${split.training.name}@${split.training.digest}` },
        ],
      },
    });
    const { number } = registered.version;
    this.context.progress(`${this.plan.model} · version ${number} registered · ${run.plan.name} · ${measured(run)}`);
    return number;
  }

  async promote(number: number, to: Stage, comment: string): Promise<void> {
    const isDone = this.found?.stageChanges.nodes.some(
      (change) => change.version.number === number && change.to === to,
    );
    if (isDone) return;

    const { promoteVersion: result } = await this.context.client.execute(promoteVersion, {
      input: { version: { uri: `models:/${this.plan.model}/${number}` }, to, comment },
    });
    if (result.__typename === 'PromotionBlocked') {
      const reasons = result.failures.map((failure) => failure.message).join('; ');
      throw new Error(`${this.plan.model} version ${number} may not go to ${to}: ${reasons}`);
    }
    this.context.progress(`${this.plan.model} · version ${number} promoted to ${to}`);
  }

  /** Aliases only ever move to later versions here, so one that is further on already was set by an earlier demo. */
  async point(alias: string, number: number): Promise<void> {
    const current = this.found?.aliases.find((found) => found.alias === alias);
    if (current && current.version.number >= number) return;

    await this.context.client.execute(setAlias, { input: { model: { name: this.plan.model }, alias, number } });
    this.context.progress(`${this.plan.model} · alias ${alias} is version ${number}`);
  }
}

async function ensureModel(
  { client, progress }: DemoContext,
  plan: ExperimentPlan,
  { split }: SweepResult,
): Promise<FoundModel | undefined> {
  const { model } = await client.execute(findModel, { name: plan.model });
  if (model) return model;

  await client.execute(registerModel, {
    input: {
      name: plan.model,
      description: plan.modelDescription,
      tags: [
        { key: 'task', value: 'classification' },
        { key: 'dataset', value: split.whole.name },
        { key: 'dataset.doi', value: split.whole.dataset.doi },
        { key: 'dataset.licence', value: split.whole.dataset.licence },
      ],
    },
  });
  progress(`${plan.model} · registered`);
  return undefined;
}

/** Runs with as many hidden units are of one kind; kinds keep the order of the plan, the linear one first. */
function bestOfEachKind(runs: readonly TrainedRun[]): TrainedRun[] {
  const kinds = new Set(runs.map((run) => run.plan.hiddenUnits));
  return [...kinds].map((kind) => bestOf(runs.filter((run) => run.plan.hiddenUnits === kind)));
}

function measured({ macroF1, loss }: TrainedRun): string {
  return `val/f1 ${macroF1.toFixed(3)}, val/loss ${loss.toFixed(3)}`;
}
