// The rules and writes of what runs used.

import type { ActorIdentity } from '../../core/context.ts';
import { Conflict, Invalid, NotFound } from '../../core/errors.ts';
import { pkOf } from '../../core/ids.ts';
import { exactlyOne } from '../../core/selector.ts';
import { checkText } from '../../core/text.ts';
import type { Database } from '../../database/database.ts';
import { sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import type { LineageRecordService } from '../lineage/lineage-record.service.ts';
import type { RunService } from '../runs/run.service.ts';
import { MOST_KEYS } from '../tags/tag.types.ts';
import { InputKind, RunInputRow } from './dataset.entity.ts';
import { edgeOfInput } from './input.edges.ts';
import type { LogInputsInput, RunInputInput } from './input.types.ts';

/** An input that is not stored yet. */
type NewInput = Pick<RunInputRow, 'kind' | 'inputPk' | 'context'>;

export class InputService {
  constructor(
    private readonly db: Database,
    private readonly runs: RunService,
    private readonly lineage: LineageRecordService,
  ) {}

  /**
   * Logs what a run used. Records one fact, and raises the run's revision, where something is new. The edges from what it used
   * come with them.
   * @returns the row number of the run
   * @throws NotFound where the run, a dataset or a version is not there or deleted; Invalid for an input that cannot
   *   be; Conflict where there would be too many
   */
  async log(actor: ActorIdentity, input: LogInputsInput): Promise<number> {
    const runPk = pkOf('Run', input.run, 'input.run');
    const inputs = checkInputs(input.inputs, 'input.inputs');
    return this.db.write({ actor, mutation: 'logInputs', input }, async (tx) => {
      const run = await this.runs.lock(tx, runPk, 'input.run');
      const known = await tx.query<NewInput>(
        sql`SELECT i.kind AS kind, i.inputPk AS inputPk, i.context AS context FROM run_inputs i WHERE i.runPk = ${runPk}`,
      );
      const knownSignatures = new Set(known.map(signatureOf));
      const added = inputs.filter((one) => !knownSignatures.has(signatureOf(one)));
      if (known.length + added.length > MOST_KEYS) {
        throw new Conflict(`There would be more than ${MOST_KEYS} inputs.`, undefined, 'input.inputs');
      }
      if (added.length === 0) return runPk;
      const names = await this.namesOf(tx, added, 'input.inputs');
      const rows = added.map((one) => ({ runPk, ...one, createdAt: tx.startedAt }));
      await tx.insert(RunInputRow, rows);
      await this.lineage.record(tx, rows.map(edgeOfInput));
      await this.runs.recordChanges(
        tx,
        run,
        names.map((name) => ({ field: 'inputs', from: null, to: name })),
      );
      return runPk;
    });
  }

  /** How the event log names inputs. @throws NotFound where one is not there or deleted */
  private async namesOf(tx: Transaction, inputs: readonly NewInput[], field: string): Promise<string[]> {
    const { inList } = tx.dialect;
    const pksOf = (kind: InputKind) => inputs.filter((one) => one.kind === kind).map((one) => one.inputPk);
    const datasets = await tx.query<{ pk: number; name: string; digest: string }>(
      sql`SELECT d.pk AS pk, d.name AS name, d.digest AS digest FROM datasets d WHERE ${inList(sql`d.pk`, pksOf(InputKind.DATASET))}`,
    );
    const versions = await tx.query<{ pk: number; name: string; number: number }>(
      sql`SELECT v.pk AS pk, m.name AS name, v.number AS number FROM model_versions v JOIN models m ON m.pk = v.modelPk WHERE ${inList(sql`v.pk`, pksOf(InputKind.VERSION))} AND v.deletedAt IS NULL`,
    );
    const names = new Map([
      ...datasets.map(({ pk, name, digest }) => [`${InputKind.DATASET} ${pk}`, `${name} ${digest}`] as const),
      ...versions.map(({ pk, name, number }) => [`${InputKind.VERSION} ${pk}`, `${name} ${number}`] as const),
    ]);
    return inputs.map(({ kind, inputPk, context }) => {
      const name = names.get(`${kind} ${inputPk}`);
      if (name === undefined) {
        throw new NotFound(`There is no such ${kind === InputKind.DATASET ? 'dataset' : 'version'}.`, field);
      }
      return context === '' ? name : `${name} (${context})`;
    });
  }
}

/** @returns each input once */
function checkInputs(inputs: readonly RunInputInput[], field: string): NewInput[] {
  if (inputs.length > MOST_KEYS) {
    throw new Invalid(field, `${field} has ${inputs.length} inputs; at most ${MOST_KEYS} are allowed.`);
  }
  const each = new Map<string, NewInput>();
  for (const { dataset, version, context } of inputs) {
    const [kind, id] = exactlyOne({ dataset, version }, field);
    const checked: NewInput =
      kind === 'dataset'
        ? { kind: InputKind.DATASET, inputPk: pkOf('Dataset', id, `${field}.dataset`), context: '' }
        : { kind: InputKind.VERSION, inputPk: pkOf('ModelVersion', id, `${field}.version`), context: '' };
    checked.context = checkText(context ?? '', `${field}.context`, 'inputContext');
    each.set(signatureOf(checked), checked);
  }
  return [...each.values()];
}

function signatureOf({ kind, inputPk, context }: NewInput): string {
  return `${kind} ${inputPk} ${context}`;
}
