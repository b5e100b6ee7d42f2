// Gates under concurrency: whatever went through satisfied them at its moment.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from '../../src/database/sql.ts';
import {
  addGate,
  everythingStored,
  factsOfModel,
  type PromotionAnswer,
  pointsOf,
  promote,
  registerModel,
  registerVersion,
} from '../support/gates.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { mutate } from '../support/runs.ts';
import { logPoints } from '../support/tracking.ts';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.stop());

const VERSIONS = 50;

describe('concurrent promotions', () => {
  it('past a relative gate leave a history in which each beat the one before', async () => {
    await registerModel(registry, 'climb');
    await addGate(registry, 'climb', { metric: { key: 'score', comparison: 'GT', relativeToCurrent: true } });
    const scores = new Map<number, number>();
    for (let number = 1; number <= VERSIONS; number++) {
      // A permutation of 1…50 that is neither rising nor falling.
      const score = ((number * 23) % (VERSIONS + 1)) / 100;
      scores.set(number, score);
      await registerVersion(registry, 'climb', { metrics: { score } });
    }
    const answers = await Promise.all([...scores.keys()].map((number) => promote(registry, `models:/climb/${number}`)));

    const changes = await registry.app.db.read<{ number: number; toStage: string; sequence: number }>(
      sql`SELECT v.number, s.toStage, s.sequence FROM stage_changes s JOIN model_versions v ON v.pk = s.versionPk JOIN models m ON m.pk = v.modelPk WHERE m.name = 'climb' ORDER BY s.sequence, s.pk`,
    );
    const entered = changes.filter(({ toStage }) => toStage === 'PRODUCTION').map(({ number }) => number);
    const left = changes.filter(({ toStage }) => toStage === 'ARCHIVED').map(({ number }) => number);
    expect(left).toEqual(entered.slice(0, -1));
    const climbed = entered.map((number) => scores.get(number) as number);
    expect(climbed).toEqual([...new Set(climbed)].sort((a, b) => a - b));
    expect(climbed.at(-1)).toBe(VERSIONS / 100);

    const promoted = answers.filter(({ __typename }) => __typename === 'VersionPromoted');
    expect(promoted.map(({ version }) => version.number).sort()).toEqual([...entered].sort());
    for (const { version, failures } of answers.filter(isBlocked)) {
      const [failure] = failures ?? [];
      expect(failure?.actual).toBe(scores.get(version.number));
      // What it lost against was in the stage, and not worse.
      expect(climbed).toContain(failure?.required);
      expect(failure?.required).toBeGreaterThanOrEqual(failure?.actual as number);
    }
    const facts = (await factsOfModel(registry, 'climb')).filter(({ type }) => type === 'STAGE_CHANGED');
    expect(facts).toHaveLength(changes.length);
  }, 60_000);

  it('and changes of a tag take turns: each promotion that went through found the tag', async () => {
    await registerModel(registry, 'approval');
    await addGate(registry, 'approval', { requiredTag: { key: 'approved', value: 'yes' } }, 'STAGING');
    const { uri } = await registerVersion(registry, 'approval');
    const tag = async () => {
      for (let round = 0; round < 30; round++) {
        const change = round % 2 ? { removeTags: ['approved'] } : { setTags: [{ key: 'approved', value: 'yes' }] };
        await mutate(registry, 'updateVersion', { version: { uri }, ...change }, 'version { id }');
      }
    };
    const answers: PromotionAnswer[] = [];
    const move = async () => {
      for (let round = 0; round < 20; round++) {
        answers.push(await promote(registry, uri, 'STAGING'));
        await promote(registry, uri, 'NONE');
      }
    };
    await Promise.all([tag(), move(), move()]);

    let isApproved = false;
    let entered = 0;
    for (const { type, stageName, payload } of await factsOfModel(registry, 'approval')) {
      if (type === 'VERSION_UPDATED') isApproved = payload.changes[0].to === 'yes';
      if (type !== 'STAGE_CHANGED' || stageName !== 'STAGING') continue;
      expect(isApproved).toBe(true);
      entered++;
    }
    expect(answers.filter((answer) => answer.change)).toHaveLength(entered);
    // Both outcomes were seen, or the test has shown nothing.
    expect(entered).toBeGreaterThan(0);
    expect(answers.filter(isBlocked).length).toBeGreaterThan(0);
  }, 60_000);

  it('and points of a run: each is judged by a value that was the latest while it ran', async () => {
    await registerModel(registry, 'drifting');
    await addGate(registry, 'drifting', { metric: { key: 'score', comparison: 'GTE', threshold: 0.5 } }, 'STAGING');
    const { uri, run } = await registerVersion(registry, 'drifting', { metrics: { score: 0 } });
    const logged = [{ value: 0, startedAt: 0, endedAt: 0 }];
    const log = async () => {
      for (let step = 1; step <= 40; step++) {
        const value = step % 2 ? 0.5 + step / 100 : step / 1_000;
        const startedAt = performance.now();
        await logPoints(registry, run, pointsOf({ score: value }, step));
        logged.push({ value, startedAt, endedAt: performance.now() });
      }
    };
    const judged: { answer: PromotionAnswer; startedAt: number; endedAt: number }[] = [];
    const move = async () => {
      for (let round = 0; round < 25; round++) {
        const startedAt = performance.now();
        const answer = await promote(registry, uri, 'STAGING');
        judged.push({ answer, startedAt, endedAt: performance.now() });
        await promote(registry, uri, 'NONE');
      }
    };
    await Promise.all([log(), move()]);

    for (const { answer, startedAt, endedAt } of judged) {
      const acknowledged = logged.findLastIndex((point) => point.endedAt <= startedAt);
      const possible = logged.slice(acknowledged).filter((point) => point.startedAt <= endedAt);
      const values = possible.map(({ value }) => value);
      if (isBlocked(answer)) expect(values).toContain(answer.failures?.[0]?.actual);
      else expect(Math.max(...values)).toBeGreaterThanOrEqual(0.5);
    }
    expect(new Set(judged.map(({ answer }) => answer.__typename)).size).toBe(2);
  }, 60_000);

  it('that are all blocked leave nothing', async () => {
    await registerModel(registry, 'closed');
    await addGate(registry, 'closed', { requiredPriorStage: 'ARCHIVED' });
    const uris = await Promise.all([1, 2, 3].map(async () => (await registerVersion(registry, 'closed')).uri));
    const before = await everythingStored(registry);
    const attempts = Array.from({ length: 30 }, (_, index) =>
      promote(registry, uris[index % uris.length] as string, 'PRODUCTION', {
        idempotencyKey: `key ${index % 5}-${index % 3}`,
      }),
    );
    expect((await Promise.all(attempts)).every(isBlocked)).toBe(true);
    expect(await everythingStored(registry)).toEqual(before);
  });
});

function isBlocked({ __typename }: PromotionAnswer): boolean {
  return __typename === 'PromotionBlocked';
}
