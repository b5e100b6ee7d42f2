// Lists of versions through GraphQL: filters, orders, paging, and what they cost.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../support/manual-clock.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { errorOf, promote, registerVersion, setAlias, storeRun } from '../support/versions.ts';

interface Listed {
  number: number;
  model: { name: string };
}

describe.each([
  { way: 'from what their filters name', fewCandidates: 1_000 },
  { way: 'along the indexes of their orders', fewCandidates: -1 },
])('lists of versions, read $way', ({ fewCandidates }) => {
  const clock = new ManualClock();
  let registry: TestRegistry;
  let middle: string;
  let run: string;
  beforeAll(async () => {
    registry = await startRegistry({ clock, fewCandidates });
    const metrics: Record<string, number>[] = [
      { f1: 0.7 },
      { f1: 0.9 },
      { f1: Number.NaN },
      { f1: Number.POSITIVE_INFINITY },
      { f1: Number.NEGATIVE_INFINITY },
      {},
    ];
    for (const values of metrics) {
      clock.advance();
      await registerVersion(registry, 'churn', {
        run: await storeRun(registry, values),
        tags: [{ key: 'lang', value: 'de' }],
      });
    }
    middle = clock.advance();
    run = await storeRun(registry, { f1: 0.8 });
    await registerVersion(registry, 'Fraud', { run, status: 'PENDING', tags: [{ key: 'lang', value: 'DE ' }] });
    // Both in the millisecond of the one before.
    await registerVersion(registry, 'Fraud', { run });
    await registerVersion(registry, 'fraud_2');
    await promote(registry, 'models:/churn/1', 'PRODUCTION');
    await promote(registry, 'models:/churn/2', 'STAGING');
  });
  afterAll(() => registry.stop());

  const labels = (nodes: Listed[]) => nodes.map(({ number, model }) => `${model.name}/${number}`);
  const list = async (args: string, variables: object = {}) => {
    const declared = Object.keys(variables).length > 0 ? '($at: DateTime!)' : '';
    const { modelVersions } = await registry.ask(
      `query${declared} { modelVersions${args} { totalCount nodes { number model { name } } pageInfo { endCursor startCursor hasNextPage hasPreviousPage } } }`,
      { ...variables },
    );
    expect(modelVersions.totalCount).toBeGreaterThanOrEqual(modelVersions.nodes.length);
    return { ...modelVersions.pageInfo, found: labels(modelVersions.nodes) };
  };
  const filtered = async (filter: string, variables?: object) =>
    (await list(`(filter: ${filter}, orderBy: [{field: CREATED_AT}])`, variables)).found;

  it('shows the newest first, and those of one millisecond by their number', async () => {
    const { found } = await list('');
    expect(found.slice(0, 3).sort()).toEqual(['Fraud/1', 'Fraud/2', 'fraud_2/1']);
    expect(found[0]).toBe('Fraud/2');
    expect(found.slice(3)).toEqual([6, 5, 4, 3, 2, 1].map((number) => `churn/${number}`));
  });

  it('filters by model, stage, status, tag and time', async () => {
    expect(await filtered('{model: {eq: "Fraud"}}')).toEqual(['Fraud/1', 'Fraud/2']);
    expect(await filtered('{model: {eq: "fraud", ignoreCase: true}}')).toEqual(['Fraud/1', 'Fraud/2']);
    expect(await filtered('{model: {contains: "_"}}')).toEqual(['fraud_2/1']);
    expect(await filtered('{stage: [PRODUCTION, STAGING]}')).toEqual(['churn/1', 'churn/2']);
    expect(await filtered('{stage: []}')).toEqual([]);
    expect(await filtered('{status: [PENDING]}')).toEqual(['Fraud/1']);
    expect(await filtered('{tag: {key: "lang", value: {eq: "DE "}}}')).toEqual(['Fraud/1']);
    expect(await filtered('{tag: {key: "lang", value: {eq: "DE"}}}')).toEqual([]);
    expect(await filtered('{tag: {key: "lang", exists: false}}')).toEqual(['Fraud/2', 'fraud_2/1']);
    expect(await filtered('{createdAt: {lt: $at}, not: {stage: [NONE]}}', { at: middle })).toEqual([
      'churn/1',
      'churn/2',
    ]);
    expect(
      await filtered('{or: [{status: [PENDING]}, {and: [{stage: [STAGING]}, {model: {startsWith: "ch"}}]}]}'),
    ).toEqual(['churn/2', 'Fraud/1']);
  });

  it("filters by the latest value of a metric of the version's run", async () => {
    expect(await filtered('{metric: {key: "f1", gte: 0.8}}')).toEqual(['churn/2', 'churn/4', 'Fraud/1', 'Fraud/2']);
    expect(await filtered('{metric: {key: "f1", lt: 0.8}}')).toEqual(['churn/1', 'churn/5']);
    expect(await filtered('{metric: {key: "f1", gt: 0, lt: 0.8}}')).toEqual(['churn/1']);
    expect(await filtered('{metric: {key: "f1", exists: true}, model: {eq: "churn"}}')).toHaveLength(5);
    expect(await filtered('{metric: {key: "f1", exists: false}}')).toEqual(['churn/6', 'fraud_2/1']);
    expect(await filtered('{not: {metric: {key: "f1", gte: 0.8}}, model: {eq: "churn"}}')).toEqual(
      [1, 3, 5, 6].map((number) => `churn/${number}`),
    );
  });

  it('sorts by a metric, infinities in place, NaN and missing last in both directions', async () => {
    const byMetric = async (direction: string) =>
      (await list(`(orderBy: [{metric: "f1", direction: ${direction}}, {field: NUMBER}])`)).found;
    const finite = ['churn/1', 'Fraud/1', 'Fraud/2', 'churn/2'];
    const ascending = await byMetric('ASC');
    expect(ascending.slice(0, 6)).toEqual(['churn/5', ...finite, 'churn/4']);
    expect(ascending.slice(6).sort()).toEqual(['churn/3', 'churn/6', 'fraud_2/1']);
    const descending = await byMetric('DESC');
    expect(descending.slice(0, 6)).toEqual(['churn/4', 'churn/2', 'Fraud/1', 'Fraud/2', 'churn/1', 'churn/5']);
    expect(descending.slice(6).sort()).toEqual(['churn/3', 'churn/6', 'fraud_2/1']);
  });

  it('sorts by the metric that it filters by, wherever the filter has it', async () => {
    const both = async (filter: string) => {
      const order = (direction: string) =>
        `(filter: ${filter}, orderBy: [{metric: "f1", direction: ${direction}}, {field: NUMBER}])`;
      return [(await list(order('ASC'))).found, (await list(order('DESC'))).found];
    };
    const low = ['churn/5', 'churn/1'];
    const high = ['churn/2', 'churn/4'];
    expect(await both('{metric: {key: "f1", gt: 0.8}}')).toEqual([high, [...high].reverse()]);
    expect(await both('{metric: {key: "f1", lt: 0.8}}')).toEqual([low, [...low].reverse()]);
    expect(await both('{metric: {key: "f1", gt: 0.7, lte: 0.9}, tag: {key: "lang", value: {eq: "de"}}}')).toEqual([
      ['churn/2'],
      ['churn/2'],
    ]);
    expect(await both('{or: [{metric: {key: "f1", gt: 0.8}}, {metric: {key: "f1", lt: 0.8}}]}')).toEqual([
      [...low, ...high],
      [...high].reverse().concat([...low].reverse()),
    ]);
    expect(await both('{not: {metric: {key: "f1", exists: true}}, model: {eq: "churn"}}')).toEqual([
      ['churn/6'],
      ['churn/6'],
    ]);
    expect(await both('{metric: {key: "f1", exists: false, gt: 0}}')).toEqual([[], []]);
    expect(await both('{metric: {key: "f1"}, not: {metric: {key: "f1", gte: 0.8}}}')).toEqual([
      [...low, 'churn/3'],
      [...[...low].reverse(), 'churn/3'],
    ]);
    expect(await both('{metric: {key: "f1", gt: 0.8}, and: [{metric: {key: "loss", exists: false}}]}')).toEqual([
      high,
      [...high].reverse(),
    ]);
  });

  it('pages through every order without a gap or a double, both ways', async () => {
    const orders = [
      '[]',
      '[{metric: "f1", direction: DESC}]',
      '[{metric: "f1"}]',
      '[{field: UPDATED_AT, direction: DESC}, {field: NUMBER}]',
    ];
    for (const orderBy of orders) {
      const { found: all } = await list(`(orderBy: ${orderBy})`);
      const forward: string[] = [];
      for (let after = 'null'; ; ) {
        const page = await list(`(orderBy: ${orderBy}, first: 2, after: ${after})`);
        forward.push(...page.found);
        if (!page.hasNextPage) break;
        after = `"${page.endCursor}"`;
      }
      expect(forward).toEqual(all);
      const backward: string[] = [];
      for (let before = 'null'; ; ) {
        const page = await list(`(orderBy: ${orderBy}, last: 2, before: ${before})`);
        backward.unshift(...page.found);
        if (!page.hasPreviousPage) break;
        before = `"${page.startCursor}"`;
      }
      expect(backward).toEqual(all);
    }
  });

  it('refuses an order that names nothing or two things, and a cursor of another order', async () => {
    for (const order of ['{}', '{direction: DESC}', '{field: NUMBER, metric: "f1"}', '{metric: ""}']) {
      const answer = await registry.send(`{ modelVersions(orderBy: [${order}]) { nodes { id } } }`);
      expect(errorOf(answer).code).toBe('BAD_USER_INPUT');
    }
    const { endCursor } = await list('(first: 1)');
    const answer = await registry.send(
      `{ modelVersions(orderBy: [{field: NUMBER}], after: "${endCursor}") { nodes { id } } }`,
    );
    expect(errorOf(answer)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'after' });
  });

  it("lists a model's versions and those that a run made", async () => {
    const { model, modelVersion } = await registry.ask(`{
      model(by: {name: "churn"}) { versions(filter: {metric: {key: "f1", gt: 0}}, orderBy: [{metric: "f1", direction: DESC}], first: 2) { totalCount nodes { number model { name } } pageInfo { hasNextPage } } }
      modelVersion(by: {uri: "models:/Fraud/1"}) { run { id versions(first: 1) { totalCount nodes { number model { name } } pageInfo { hasNextPage endCursor } } } } }`);
    expect(model.versions).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
    expect(labels(model.versions.nodes)).toEqual(['churn/4', 'churn/2']);
    expect(modelVersion.run).toMatchObject({ id: run, versions: { totalCount: 2, pageInfo: { hasNextPage: true } } });
    expect(labels(modelVersion.run.versions.nodes)).toEqual(['Fraud/2']);
  });

  it('costs the same number of statements for 10 models and for 200', async () => {
    const fill = async (i: number) => {
      const name = `many-${String(i).padStart(3, '0')}`;
      for (let number = 1; number <= 2; number++)
        await registerVersion(registry, name, { tags: [{ key: 'k', value: name }] });
      await setAlias(registry, name, 'champion', 2);
      await promote(registry, `models:/${name}/1`, 'STAGING');
    };
    for (let i = 0; i < 200; i += 10) await Promise.all(Array.from({ length: 10 }, (_, next) => fill(i + next)));
    const at = clock.text;
    const statementsFor = async (first: number) => {
      registry.statements.length = 0;
      const { models } = await registry.ask(
        `query($first: Int!, $at: DateTime!) { models(filter: {name: {startsWith: "many-"}}, first: $first) { nodes {
          latestVersion { number } version(by: {alias: "champion"}) { number } aliases { version { number } } versionsInStage(stage: STAGING) { number } stageChanges(first: 2) { totalCount nodes { version { number } } }
          versions(first: 5) { totalCount pageInfo { hasPreviousPage } nodes { number uri stage then: stage(at: $at) aliases { alias } tags { value } stageChanges(first: 2) { nodes { to } } } } } } }`,
        { first, at },
      );
      expect(models.nodes).toHaveLength(first);
      for (const node of models.nodes) {
        expect(node).toMatchObject({
          latestVersion: { number: 2 },
          version: { number: 2 },
          aliases: [{ version: { number: 2 } }],
          versionsInStage: [{ number: 1 }],
          stageChanges: { totalCount: 1 },
          versions: { totalCount: 2 },
        });
        expect(
          node.versions.nodes.map((version: { stage: string; then: string; aliases: unknown[]; tags: unknown[] }) => [
            version.stage,
            version.then,
            version.aliases.length,
            version.tags.length,
          ]),
        ).toEqual([
          ['NONE', 'NONE', 1, 1],
          ['STAGING', 'STAGING', 0, 1],
        ]);
      }
      return registry.statements.length;
    };
    const few = await statementsFor(10);
    expect(await statementsFor(200)).toBe(few);
    expect(few).toBeLessThanOrEqual(16);
  }, 120_000);
});
