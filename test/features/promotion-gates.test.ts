// Promotions through gates: what each kind lets pass, what a blocked one says, and that it leaves nothing.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  addGate,
  everythingStored,
  pointsOf,
  promote,
  registerModel,
  registerVersion,
  whyBlocked,
} from '../support/gates.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { mutate, refused } from '../support/runs.ts';
import { logPoints } from '../support/tracking.ts';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.stop());

describe('a gate on a metric', () => {
  it('compares the latest value of the run of the version with its threshold', async () => {
    await registerModel(registry, 'threshold');
    await addGate(registry, 'threshold', { metric: { key: 'accuracy', comparison: 'GT', threshold: 0.93 } });
    const { uri, run } = await registerVersion(registry, 'threshold', { metrics: { accuracy: 0.95 } });
    await logPoints(registry, run, pointsOf({ accuracy: 0.91 }, 1));
    expect(await promote(registry, uri)).toEqual({
      __typename: 'PromotionBlocked',
      version: { stage: 'NONE', number: 1, revision: 1 },
      failures: [
        {
          message: 'accuracy is 0.91, must be greater than 0.93',
          actual: 0.91,
          required: 0.93,
          gate: { description: 'accuracy must be greater than 0.93.' },
        },
      ],
    });
    await logPoints(registry, run, pointsOf({ accuracy: 0.94 }, 2));
    expect(await promote(registry, uri)).toMatchObject({ __typename: 'VersionPromoted', change: { from: 'NONE' } });
  });

  it.each([
    ['GT', [2], ['x is 1, must be greater than 1', 'x is 0, must be greater than 1']],
    ['GTE', [2, 1], ['x is 0, must be at least 1']],
    ['LT', [0], ['x is 1, must be less than 1', 'x is 2, must be less than 1']],
    ['LTE', [0, 1], ['x is 2, must be at most 1']],
  ])('compares by %s', async (comparison, passing, messages) => {
    const model = `by-${comparison}`;
    await registerModel(registry, model);
    await addGate(registry, model, { metric: { key: 'x', comparison, threshold: 1 } });
    const blocked: string[] = [];
    const passed: number[] = [];
    for (const x of [2, 1, 0]) {
      const { uri } = await registerVersion(registry, model, { metrics: { x } });
      const { failures } = await promote(registry, uri);
      if (failures) blocked.push(...failures.map(({ message }) => message));
      else passed.push(x);
    }
    expect(passed.sort()).toEqual([...passing].sort());
    expect(blocked.sort()).toEqual([...messages].sort());
  });

  it('fails on a missing value, on NaN and without a run, and says which; infinities compare as such', async () => {
    await registerModel(registry, 'specials');
    await addGate(registry, 'specials', { metric: { key: 'accuracy', comparison: 'GTE', threshold: 0.5 } });
    const outcomes = async (metrics?: Parameters<typeof registerVersion>[2]) => {
      const { uri } = await registerVersion(registry, 'specials', metrics);
      return (await promote(registry, uri)).failures?.map(({ message, actual, required }) => [
        message,
        actual,
        required,
      ]);
    };
    const must = 'must be at least 0.5';
    expect(await outcomes()).toEqual([[`accuracy is missing (the version has no run), ${must}`, null, 0.5]]);
    expect(await outcomes({ metrics: { loss: 1 } })).toEqual([
      [`accuracy is missing (the run has not logged it), ${must}`, null, 0.5],
    ]);
    expect(await outcomes({ metrics: { accuracy: 'NAN' } })).toEqual([[`accuracy is NaN, ${must}`, null, 0.5]]);
    expect(await outcomes({ metrics: { accuracy: 'NEGATIVE_INFINITY' } })).toEqual([
      [`accuracy is -∞, ${must}`, null, 0.5],
    ]);
    expect(await outcomes({ metrics: { accuracy: 'POSITIVE_INFINITY' } })).toBeUndefined();
  });
});

describe('a gate on a metric, relative to the version now in the stage', () => {
  const GREATER = { key: 'accuracy', comparison: 'GT', relativeToCurrent: true };

  it('lets the first pass, then asks for more than what is there', async () => {
    await registerModel(registry, 'relative');
    await addGate(registry, 'relative', { metric: GREATER });
    const [first, second, third] = [0.92, 0.92, 0.93].map((accuracy) => ({ metrics: { accuracy } }));
    expect(await promote(registry, (await registerVersion(registry, 'relative', first)).uri)).toMatchObject({
      __typename: 'VersionPromoted',
    });
    const { failures } = await promote(registry, (await registerVersion(registry, 'relative', second)).uri);
    expect(failures).toMatchObject([
      {
        message: 'accuracy is 0.92, must be greater than 0.92, that of relative/1 in PRODUCTION',
        actual: 0.92,
        required: 0.92,
      },
    ]);
    expect((await promote(registry, (await registerVersion(registry, 'relative', third)).uri)).version).toMatchObject({
      number: 3,
      stage: 'PRODUCTION',
    });
    // Compared with version 3 now, the one before being archived.
    expect(await whyBlocked(registry, 'models:/relative/1')).toEqual([
      'accuracy is 0.92, must be greater than 0.93, that of relative/3 in PRODUCTION',
    ]);
  });

  it('adds the threshold as decimals add up', async () => {
    await registerModel(registry, 'decimals');
    await addGate(registry, 'decimals', { metric: { ...GREATER, comparison: 'GTE', threshold: 0.05 } });
    await promote(registry, (await registerVersion(registry, 'decimals', { metrics: { accuracy: 0.9 } })).uri);
    const close = await registerVersion(registry, 'decimals', { metrics: { accuracy: 0.9499 } });
    expect(await promote(registry, close.uri)).toMatchObject({
      failures: [
        {
          message: 'accuracy is 0.9499, must be at least 0.95, that of decimals/1 in PRODUCTION plus 0.05',
          required: 0.95,
        },
      ],
    });
    const enough = await registerVersion(registry, 'decimals', { metrics: { accuracy: 0.95 } });
    expect((await promote(registry, enough.uri)).__typename).toBe('VersionPromoted');
  });

  it('asks for a number even where no version is there', async () => {
    await registerModel(registry, 'first');
    await addGate(registry, 'first', { metric: GREATER });
    expect(await whyBlocked(registry, (await registerVersion(registry, 'first')).uri)).toEqual([
      'accuracy is missing (the version has no run), must be a number',
    ]);
    const bad = await registerVersion(registry, 'first', { metrics: { accuracy: 'NAN' } });
    expect(await whyBlocked(registry, bad.uri)).toEqual(['accuracy is NaN, must be a number']);
    const infinite = await registerVersion(registry, 'first', { metrics: { accuracy: 'NEGATIVE_INFINITY' } });
    expect((await promote(registry, infinite.uri)).__typename).toBe('VersionPromoted');
  });

  it('fails where what is there has no number to compare with, and names it', async () => {
    await registerModel(registry, 'holder');
    const { uri } = await registerVersion(registry, 'holder', { metrics: { loss: 1 } });
    await promote(registry, uri);
    await addGate(registry, 'holder', { metric: GREATER });
    const better = await registerVersion(registry, 'holder', { metrics: { accuracy: 0.9 } });
    expect(await whyBlocked(registry, better.uri)).toEqual([
      'accuracy is 0.9, must be greater than that of holder/1 in PRODUCTION, which has none',
    ]);
  });

  it('compares with each of several versions in the stage, and names the one that is hardest to beat', async () => {
    await registerModel(registry, 'several');
    for (const accuracy of [0.7, 0.9, 0.8]) {
      const { uri } = await registerVersion(registry, 'several', { metrics: { accuracy } });
      await promote(registry, uri, 'STAGING', { archiveExisting: false });
    }
    await addGate(registry, 'several', { metric: GREATER }, 'STAGING');
    const { uri } = await registerVersion(registry, 'several', { metrics: { accuracy: 0.85 } });
    expect(await whyBlocked(registry, uri, 'STAGING')).toEqual([
      'accuracy is 0.85, must be greater than 0.9, that of several/2 in STAGING',
    ]);
    await mutate(registry, 'deleteVersion', { version: { uri: 'models:/several/2' } }, 'deletedId');
    expect((await promote(registry, uri, 'STAGING')).__typename).toBe('VersionPromoted');
  });
});

describe('a gate on a tag or a prior stage', () => {
  it('asks for the tag with that value, as it is now', async () => {
    await registerModel(registry, 'tagged', { tags: [{ key: 'approved', value: 'yes' }] });
    await addGate(registry, 'tagged', { requiredTag: { key: 'approved', value: 'yes' } });
    const { uri } = await registerVersion(registry, 'tagged');
    const setTag = (value: string) =>
      mutate(
        registry,
        'updateVersion',
        { version: { uri }, setTags: [{ key: 'approved', value }] },
        'version { revision }',
      );
    // The tags of the model do not count, nor do those of the past; bytes do.
    expect(await whyBlocked(registry, uri)).toEqual(['the tag "approved" is missing, must be "yes"']);
    for (const value of ['Yes', 'yes ', '']) {
      await setTag(value);
      expect(await whyBlocked(registry, uri)).toEqual([
        `the tag "approved" is ${JSON.stringify(value)}, must be "yes"`,
      ]);
    }
    await setTag('yes');
    await mutate(registry, 'updateVersion', { version: { uri }, removeTags: ['approved'] }, 'version { id }');
    expect((await promote(registry, uri)).failures).toMatchObject([{ actual: null, required: null }]);
    await setTag('yes');
    expect((await promote(registry, uri)).__typename).toBe('VersionPromoted');
  });

  it('asks for a stage that the version was in at any time before', async () => {
    await registerModel(registry, 'prior');
    await addGate(registry, 'prior', { requiredPriorStage: 'STAGING' });
    await addGate(registry, 'prior', { requiredPriorStage: 'NONE' });
    const { uri } = await registerVersion(registry, 'prior');
    expect(await whyBlocked(registry, uri)).toEqual([
      'the version has never been in STAGING, must have been there before it goes to PRODUCTION',
    ]);
    await promote(registry, uri, 'STAGING');
    await promote(registry, uri, 'ARCHIVED');
    expect((await promote(registry, uri)).__typename).toBe('VersionPromoted');
    // Another version's history does not count.
    const other = await registerVersion(registry, 'prior');
    expect(await whyBlocked(registry, other.uri)).toHaveLength(1);
    await promote(registry, other.uri, 'STAGING');
    expect((await promote(registry, other.uri)).__typename).toBe('VersionPromoted');
  });
});

describe('a promotion', () => {
  it('is told of every gate that fails, in their order, and of none of another stage or model', async () => {
    await registerModel(registry, 'all');
    await registerModel(registry, 'other');
    await addGate(registry, 'other', { requiredTag: { key: 'other', value: 'x' } });
    await addGate(registry, 'all', { requiredTag: { key: 'staging', value: 'x' } }, 'STAGING');
    await addGate(registry, 'all', { requiredTag: { key: 'b', value: 'x' } });
    await addGate(registry, 'all', { metric: { key: 'm', comparison: 'LT', threshold: 1 } });
    await addGate(registry, 'all', { requiredTag: { key: 'a', value: 'x' } });
    await addGate(registry, 'all', { requiredPriorStage: 'ARCHIVED' });
    const tags = [{ key: 'b', value: 'x' }];
    const { uri } = await registerVersion(registry, 'all', { metrics: { m: 1.5 }, tags });
    expect(await whyBlocked(registry, uri)).toEqual([
      'm is 1.5, must be less than 1',
      'the tag "a" is missing, must be "x"',
      'the version has never been in ARCHIVED, must have been there before it goes to PRODUCTION',
    ]);
  });

  it('leaves nothing where it is blocked: no change, no fact, no key that is remembered', async () => {
    await registerModel(registry, 'traceless');
    const holder = await registerVersion(registry, 'traceless', { metrics: { accuracy: 0.5 } });
    await promote(registry, holder.uri);
    await addGate(registry, 'traceless', { metric: { key: 'accuracy', comparison: 'GT', threshold: 0.6 } });
    const { uri, run } = await registerVersion(registry, 'traceless', { metrics: { accuracy: 0.55 } });
    const before = await everythingStored(registry);
    const input = { idempotencyKey: 'until it passes', comment: 'try', expectedRevision: 1 };
    for (let attempt = 0; attempt < 3; attempt++) {
      expect((await promote(registry, uri, 'PRODUCTION', input)).__typename).toBe('PromotionBlocked');
    }
    expect(await everythingStored(registry)).toEqual(before);
    // The same key decides anew, and from then on gives what it has decided, whatever the gate says.
    await logPoints(registry, run, pointsOf({ accuracy: 0.65 }, 1));
    const promoted = await promote(registry, uri, 'PRODUCTION', input);
    expect(promoted).toMatchObject({ __typename: 'VersionPromoted', change: { from: 'NONE' } });
    await logPoints(registry, run, pointsOf({ accuracy: 0.1 }, 2));
    const after = await everythingStored(registry);
    expect(await promote(registry, uri, 'PRODUCTION', input)).toEqual(promoted);
    expect(await everythingStored(registry)).toEqual(after);
  });

  it('to the stage that the version is in asks no gate, nor does archiving who makes way', async () => {
    await registerModel(registry, 'exempt');
    const first = await registerVersion(registry, 'exempt');
    await promote(registry, first.uri);
    await addGate(registry, 'exempt', { requiredTag: { key: 'never', value: 'x' } }, 'ARCHIVED');
    const gate = await addGate(registry, 'exempt', { requiredTag: { key: 'never', value: 'x' } });
    expect(await promote(registry, first.uri)).toMatchObject({ __typename: 'VersionPromoted', change: null });
    expect(await whyBlocked(registry, first.uri, 'ARCHIVED')).toHaveLength(1);
    await mutate(registry, 'removePromotionGate', { gate: gate.id }, 'model { id }');
    const second = await registerVersion(registry, 'exempt');
    expect((await promote(registry, second.uri)).__typename).toBe('VersionPromoted');
    const { modelVersion } = await registry.ask('query($uri: String!) { modelVersion(by: {uri: $uri}) { stage } }', {
      uri: first.uri,
    });
    expect(modelVersion.stage).toBe('ARCHIVED');
  });

  it('still fails for what no gate can mend: a version that is not ready, another revision, a stage that is held', async () => {
    await registerModel(registry, 'errors');
    await promote(registry, (await registerVersion(registry, 'errors')).uri);
    await addGate(registry, 'errors', { requiredTag: { key: 'ok', value: 'x' } });
    const { uri } = await registerVersion(registry, 'errors');
    const input = { version: { uri }, to: 'PRODUCTION' };
    expect(await refused(registry, 'promoteVersion', { ...input, expectedRevision: 9 })).toMatchObject({
      code: 'CONFLICT',
      details: { currentRevision: 1 },
    });
    await mutate(registry, 'updateVersion', { version: { uri }, status: 'PENDING' }, 'version { id }');
    expect(await refused(registry, 'promoteVersion', input)).toMatchObject({ code: 'PRECONDITION_FAILED' });
    const ready = { status: 'READY', setTags: [{ key: 'ok', value: 'x' }] };
    await mutate(registry, 'updateVersion', { version: { uri }, ...ready }, 'version { id }');
    expect(await refused(registry, 'promoteVersion', { ...input, archiveExisting: false })).toMatchObject({
      code: 'CONFLICT',
      details: { holders: [1] },
    });
  });

  it('judges any number of gates in the same number of statements', async () => {
    await registerModel(registry, 'cheap');
    const { uri } = await registerVersion(registry, 'cheap', { metrics: { a: 1 } });
    const count = async () => {
      registry.statements.length = 0;
      expect((await promote(registry, uri)).__typename).toBe('PromotionBlocked');
      return registry.statements.length;
    };
    const addAll = async (suffix: number) => {
      await addGate(registry, 'cheap', { metric: { key: `k${suffix}`, comparison: 'GT', threshold: 1 } });
      await addGate(registry, 'cheap', { metric: { key: `r${suffix}`, comparison: 'GT', relativeToCurrent: true } });
      await addGate(registry, 'cheap', { requiredTag: { key: `t${suffix}`, value: 'x' } });
    };
    await addGate(registry, 'cheap', { requiredPriorStage: 'STAGING' });
    await addAll(0);
    const few = await count();
    for (const suffix of [1, 2, 3]) await addAll(suffix);
    expect(await count()).toBe(few);
  });
});
