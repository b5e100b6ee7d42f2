// What writes of runs keep to: retries, races, what depends on a run, and what others log to it.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Conflict, NotFound } from '../../src/core/errors.ts';
import { pkOf } from '../../src/core/ids.ts';
import { sql } from '../../src/database/sql.ts';
import type { Transaction } from '../../src/database/transaction.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { factsOf, mutate, refused, startRun } from '../support/runs.ts';

const SOMEONE = { name: 'tests', isVerified: false };

describe('writes of runs', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());

  const within = <T>(work: (tx: Transaction) => Promise<T>) => registry.app.db.maintain(SOMEONE, work);
  const startedPk = async (input: Record<string, unknown> = {}) =>
    pkOf('Run', (await startRun(registry, input)).id, 'id');

  it('starts one run for an idempotency key, and ends it once', async () => {
    const input = { name: 'once', idempotencyKey: 'start-1', params: [{ key: 'a', value: '1' }] };
    const [first, second] = [await startRun(registry, input), await startRun(registry, input)];
    expect(second).toEqual(first);
    expect(
      await refused(registry, 'startRun', { experiment: { name: 'tests' }, name: 'other', idempotencyKey: 'start-1' }),
    ).toMatchObject({ code: 'CONFLICT', field: 'input.idempotencyKey' });
    const ending = { run: first.id, idempotencyKey: 'end-1' };
    await mutate(registry, 'endRun', ending, 'run { id }');
    await mutate(registry, 'resumeRun', { run: first.id }, 'run { id }');
    const { run } = await mutate(registry, 'endRun', ending, 'run { status revision }');
    expect(run).toEqual({ status: 'RUNNING', revision: 3 });
  });

  it('starts one run of many that try with the same key at once', async () => {
    const input = { experiment: { name: 'raced' }, idempotencyKey: 'race' };
    const runs = await Promise.all(Array.from({ length: 8 }, () => startRun(registry, input)));
    expect(new Set(runs.map((run) => run.id)).size).toBe(1);
  });

  it('creates one experiment for runs that start in it at once', async () => {
    const experiment = { name: 'crowded' };
    await Promise.all(Array.from({ length: 12 }, () => startRun(registry, { experiment })));
    const { experiments } = await registry.ask(
      '{ experiments(filter: {name: {eq: "crowded"}}) { nodes { runs { totalCount } } } }',
    );
    expect(experiments.nodes).toEqual([{ runs: { totalCount: 12 } }]);
  });

  it('leaves no live run in an experiment that is deleted while runs start', async () => {
    const { experiment } = await mutate(registry, 'createExperiment', { name: 'closing' }, 'experiment { id }');
    const starting = Array.from({ length: 12 }, () =>
      registry.send(`mutation { startRun(input: {experiment: {name: "closing"}}) { run { id } } }`),
    );
    await mutate(registry, 'deleteExperiment', { experiment: { id: experiment.id } }, 'deletedId');
    const started = (await Promise.all(starting)).filter((answer) => !answer.errors);
    const { node } = await registry.ask(
      'query($id: ID!) { node(id: $id) { ... on Experiment { runs { totalCount } deleted: runs(deleted: true) { totalCount } } } }',
      experiment,
    );
    expect(node).toEqual({ runs: { totalCount: 0 }, deleted: { totalCount: started.length } });
  });

  it('lets one of several changes through that were decided on the same revision', async () => {
    const { id } = await startRun(registry);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        registry.send('mutation($input: UpdateRunInput!) { updateRun(input: $input) { run { revision } } }', {
          input: { run: id, name: `name ${i}`, expectedRevision: 1 },
        }),
      ),
    );
    expect(answers.filter((answer) => !answer.errors)).toHaveLength(1);
    expect(await factsOf(registry, 'Run', pkOf('Run', id, 'id'))).toHaveLength(2);
  });

  it('keeps runs that something depends on, and their experiments', async () => {
    const experiment = { name: 'needed' };
    const needed = await startRun(registry, { experiment });
    const free = await startRun(registry, { experiment });
    registry.app.features.services.runs.addDependent({
      refuseDeletion: async (_, runPks) => {
        if (runPks.includes(pkOf('Run', needed.id, 'id'))) throw new Conflict('The run made churn 3.');
      },
    });
    expect(await refused(registry, 'deleteRun', { run: needed.id })).toMatchObject({
      code: 'CONFLICT',
      message: 'The run made churn 3.',
    });
    expect(await refused(registry, 'deleteExperiment', { experiment })).toMatchObject({ code: 'CONFLICT' });
    const { runs } = await registry.ask('{ runs(filter: {experiment: {eq: "needed"}}) { nodes { id revision } } }');
    expect(runs.nodes).toEqual([
      { id: free.id, revision: 1 },
      { id: needed.id, revision: 1 },
    ]);
    await mutate(registry, 'deleteRun', { run: free.id }, 'deletedId');
  });

  it('keeps the first value of a param, whoever logs it', async () => {
    const { runs } = registry.app.features.services;
    const pk = await startedPk({ params: [{ key: 'lr', value: '0.1' }] });
    const put = (params: { key: string; value: string }[]) =>
      within(async (tx) => {
        await runs.lockForBatch(tx, pk, 'input.run');
        await runs.putParams(tx, pk, params);
      });
    await put([
      { key: 'lr', value: '0.1' },
      { key: 'depth', value: '3' },
    ]);
    const failure = await put([
      { key: 'new', value: '1' },
      { key: 'lr', value: '0.10' },
    ]).catch((error: { cause?: unknown }) => error.cause ?? error);
    expect(failure).toBeInstanceOf(Conflict);
    expect(failure).toMatchObject({ message: expect.stringContaining('"lr"'), field: 'input.params' });
    const stored = await registry.app.db.read(
      sql`SELECT p.key AS k, p.value AS v, p.number AS n FROM params p WHERE p.runPk = ${pk} ORDER BY p.key`,
    );
    expect(stored.map((row) => ({ ...row }))).toEqual([
      { k: 'depth', v: '3', n: 3 },
      { k: 'lr', v: '0.1', n: 0.1 },
    ]);
  });

  it('holds 2,000 params and tags a run, and no more', async () => {
    const { runs } = registry.app.features.services;
    const many = Array.from({ length: 2_000 }, (_, i) => ({ key: `k${i}`, value: 'v' }));
    const pk = await startedPk({ params: many, tags: many });
    const one = [{ key: 'one more', value: 'v' }];
    const tooMany = expect.objectContaining({ message: expect.stringContaining('more than 2000') });
    await expect(within((tx) => runs.putParams(tx, pk, one)).catch(causeOf)).resolves.toEqual(tooMany);
    await expect(within((tx) => runs.putTags(tx, pk, one)).catch(causeOf)).resolves.toEqual(tooMany);
    await within((tx) => runs.putTags(tx, pk, many));
    const { node } = await registry.ask(
      'query($id: ID!) { node(id: $id) { ... on Run { revision params { key } } } }',
      {
        id: Buffer.from(`Run:${pk}`).toString('base64url'),
      },
    );
    expect([node.revision, node.params.length]).toEqual([1, 2_000]);
  });

  it('raises the revision with tags that change, not with batches or params', async () => {
    const { runs } = registry.app.features.services;
    const { id } = await startRun(registry, { tags: [{ key: 'a', value: '1' }] });
    const pk = pkOf('Run', id, 'id');
    const revision = async () =>
      (await registry.ask('query($id: ID) { run(by: {id: $id}) { revision } }', { id })).run.revision;
    await within(async (tx) => {
      await runs.lockForBatch(tx, pk, 'input.run');
      await runs.putParams(tx, pk, [{ key: 'p', value: '1' }]);
      await runs.putTags(tx, pk, [{ key: 'a', value: '1' }]);
    });
    expect(await revision()).toBe(1);
    await within((tx) =>
      runs.putTags(tx, pk, [
        { key: 'a', value: '2' },
        { key: 'b', value: '' },
      ]),
    );
    expect(await revision()).toBe(2);
  });

  it('refuses batches for runs that are deleted or were never there', async () => {
    const { runs } = registry.app.features.services;
    const { id } = await startRun(registry);
    await mutate(registry, 'deleteRun', { run: id }, 'deletedId');
    for (const pk of [pkOf('Run', id, 'id'), 999_999]) {
      const failure = await within((tx) => runs.lockForBatch(tx, pk, 'input.run')).catch(causeOf);
      expect(failure).toBeInstanceOf(NotFound);
    }
  });

  it('needs no more statements for a page of 200 runs than for one of 10, with all that hangs on them', async () => {
    const parent = await startRun(registry, { experiment: { name: 'wide' } });
    const details = {
      parent: parent.id,
      params: [{ key: 'a', value: '1' }],
      tags: [{ key: 'a', value: '1' }],
    };
    for (let i = 0; i < 200; i++) await startRun(registry, { experiment: { name: `wide ${i % 40}` }, ...details });
    // A list that is read along an index needs one more where this ends before the page does: those without a value follow.
    const mostStatements = 8;
    const filters = [
      '{}',
      '{experiment: {startsWith: "wide"}, param: {key: "a"}, not: {or: [{metric: {key: "x", gt: 1}}, {dataset: {eq: "d"}}]}}',
    ];
    for (const filter of filters) {
      for (const first of [10, 200]) {
        registry.statements.length = 0;
        const { runs } = await registry.ask(
          `{ runs(first: ${first}, filter: ${filter}, orderBy: [{param: "a"}, {metric: "m"}]) { nodes {
            experiment { name runs(first: 2) { nodes { id } } } params { key } tags { key } parent { name children(first: 3) { nodes { id } } } } } }`,
        );
        expect(runs.nodes).toHaveLength(first);
        expect(registry.statements.length).toBeLessThanOrEqual(mostStatements);
      }
    }
  });
});

function causeOf(error: { cause?: unknown }): unknown {
  return error.cause ?? error;
}
