// The rules and writes of gates. They are their model's: its revision rises with them.

import type { ActorIdentity } from '../../core/context.ts';
import { Conflict, Invalid, NotFound } from '../../core/errors.ts';
import { pkOf, quoted } from '../../core/ids.ts';
import { checkRevision } from '../../core/revision.ts';
import { exactlyOne } from '../../core/selector.ts';
import { checkNotEmpty, checkOptional } from '../../core/text.ts';
import type { Database } from '../../database/database.ts';
import { isGiven } from '../../database/filters.ts';
import { type Sql, sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import type { Model } from '../models/model.entity.ts';
import type { ModelService } from '../models/model.service.ts';
import type { Stage } from '../models/stage.types.ts';
import { checkTags, MOST_KEYS } from '../tags/tag.types.ts';
import type { LockedVersion } from '../versions/version.service.ts';
import { PromotionGate } from './gate.entity.ts';
import { promotionGateChanged } from './gate.events.ts';
import { readEvidence } from './gate.evidence.ts';
import { judge, type Verdict } from './gate.judgement.ts';
import { AS_ADDED } from './gate.queries.ts';
import type { AddPromotionGateInput, PromotionGateInput, RemovePromotionGateInput } from './gate.types.ts';

export type { Verdict };

/** The columns that say what a gate asks. */
interface GateColumns {
  readonly metricKey: string | null;
  readonly comparison: string | null;
  readonly threshold: number | null;
  readonly isRelative: number;
  readonly tagKey: string | null;
  readonly tagValue: string | null;
  readonly requiredPriorStage: Stage | null;
}

const ASKS_NOTHING: GateColumns = {
  metricKey: null,
  comparison: null,
  threshold: null,
  isRelative: 0,
  tagKey: null,
  tagValue: null,
  requiredPriorStage: null,
};

export class GateService {
  constructor(
    private readonly db: Database,
    private readonly models: ModelService,
  ) {}

  /**
   * Puts a gate before a stage; nothing happens where the stage has one that asks the same. @returns its row number
   * @throws NotFound, Invalid, Conflict
   */
  async add(actor: ActorIdentity, input: AddPromotionGateInput): Promise<number> {
    const columns = checkGate(input.gate, 'input.gate');
    checkOptional(input.comment, 'input.comment', 'comment');
    return this.db.write({ actor, mutation: 'addPromotionGate', input }, async (tx) => {
      const { model, at } = await this.models.lock(tx, input.model, 'input.model');
      checkRevision(`The model ${quoted(model.name)}`, model.revision, input.expectedRevision);
      const gates = await gatesWhere(tx, sql`g.modelPk = ${model.pk}`);
      const same = gates.find((gate) => gate.stage === input.stage && asksTheSame(gate, columns));
      if (same) return same.pk;
      if (gates.length >= MOST_KEYS) {
        throw new Conflict(`There would be more than ${MOST_KEYS} gates.`, undefined, 'input.gate');
      }
      const row = { modelPk: model.pk, stage: input.stage, ...columns, createdAt: at, removedAt: null };
      const { insertedPk } = await tx.insert(PromotionGate, row);
      this.models.touch(tx, model, at);
      tx.record(promotionGateChanged(model, PromotionGate.from(row), { at, isAdded: true, comment: input.comment }));
      return insertedPk;
    });
  }

  /** Removes a gate; a tombstone stays. @returns the model's row number @throws NotFound, Invalid, Conflict */
  async remove(actor: ActorIdentity, input: RemovePromotionGateInput): Promise<number> {
    const isIt = sql`g.pk = ${pkOf('PromotionGate', input.gate, 'input.gate')}`;
    checkOptional(input.comment, 'input.comment', 'comment');
    return this.db.write({ actor, mutation: 'removePromotionGate', input }, async (tx) => {
      const missing = new NotFound(`There is no gate with the id ${quoted(input.gate)}.`, 'input.gate');
      // Read before the model is held: a gate never changes its model, and a removed one never comes back.
      const owner = await tx.first<{ modelPk: number }>(
        sql`SELECT g.modelPk AS modelPk FROM promotion_gates g JOIN models m ON m.pk = g.modelPk AND m.live = 1 WHERE ${isIt}`,
      );
      if (!owner) throw missing;
      const { model, at } = await this.models.lock(tx, { pk: owner.modelPk }, 'input.gate');
      checkRevision(`The model ${quoted(model.name)}`, model.revision, input.expectedRevision);
      const [gate] = await gatesWhere(tx, isIt);
      if (!gate) throw missing;
      await tx.update('promotion_gates', { removedAt: at }, sql`pk = ${gate.pk}`);
      this.models.touch(tx, model, at);
      tx.record(promotionGateChanged(model, gate, { at, isAdded: false, comment: input.comment }));
      return model.pk;
    });
  }

  /** The gates that a version of a model has to pass to enter a stage, for {@link verdicts}. */
  guards(tx: Transaction, { pk }: Model, to: Stage): Promise<PromotionGate[]> {
    return gatesWhere(tx, sql`g.modelPk = ${pk} AND g.stage = ${to}`);
  }

  /**
   * Judges the gates of a stage that a version is to enter, by what is committed now that the transaction holds its
   * model. To be called before anyone makes way.
   * @param gates what {@link guards} gives
   * @returns why those that do not hold fail; none where the version may pass
   */
  async verdicts(
    tx: Transaction,
    locked: LockedVersion,
    to: Stage,
    gates: readonly PromotionGate[],
  ): Promise<readonly Verdict[]> {
    return gates.length === 0 ? [] : judge(gates, await readEvidence(tx, locked, to, gates));
  }
}

/** @throws Invalid naming the argument that cannot be */
function checkGate(input: PromotionGateInput, field: string): GateColumns {
  const { metric, requiredTag, requiredPriorStage } = input;
  const [kind, value] = exactlyOne({ metric, requiredTag, requiredPriorStage }, field);
  if (kind === 'requiredPriorStage') return { ...ASKS_NOTHING, requiredPriorStage: value };
  if (kind === 'requiredTag') {
    checkTags([value], `${field}.requiredTag`);
    return { ...ASKS_NOTHING, tagKey: value.key, tagValue: value.value };
  }
  const { key, comparison, threshold, relativeToCurrent } = value;
  checkNotEmpty(key, `${field}.metric.key`, 'key');
  if (!relativeToCurrent && !isGiven(threshold)) {
    throw new Invalid(
      `${field}.metric.threshold`,
      'A gate on a metric has a threshold, or compares with the current version by `relativeToCurrent: true`.',
    );
  }
  if (isGiven(threshold) && !Number.isFinite(threshold)) {
    throw new Invalid(`${field}.metric.threshold`, 'A threshold is a finite number; this one is too large.');
  }
  return {
    ...ASKS_NOTHING,
    metricKey: key,
    comparison,
    // −0 is 0.
    threshold: isGiven(threshold) ? threshold + 0 : null,
    isRelative: relativeToCurrent ? 1 : 0,
  };
}

function asksTheSame(gate: GateColumns, columns: GateColumns): boolean {
  return (Object.keys(ASKS_NOTHING) as (keyof GateColumns)[]).every((column) => gate[column] === columns[column]);
}

/** The gates that guard a stage now and match a condition on `g`. */
async function gatesWhere(tx: Transaction, which: Sql): Promise<PromotionGate[]> {
  const rows = await tx.query<PromotionGate>(
    sql`SELECT g.* FROM promotion_gates g WHERE ${which} AND g.removedAt IS NULL ${AS_ADDED}`,
  );
  return rows.map(PromotionGate.from);
}
