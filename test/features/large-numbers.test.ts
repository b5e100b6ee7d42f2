// Numbers that a literal can spell and no double holds: 1e999 reads as infinity.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

let registry: TestRegistry;

beforeAll(async () => {
  registry = await startRegistry();
  await registry.ask('mutation { registerModel(input: { name: "churn" }) { model { id } } }');
});
afterAll(() => registry.stop());

async function refusal(query: string, variables?: Record<string, unknown>): Promise<[string?, string?]> {
  const { errors } = await registry.send(query, variables);
  return [errors?.[0]?.extensions.code, errors?.[0]?.extensions.field];
}

describe('a number beyond what a double holds', () => {
  it.each(['gt: 1e999', 'lte: -1e999', 'eq: 1e999'])('is refused in a filter of metrics: %s', async (bound) => {
    expect(await refusal(`{ runs(filter: { metric: { key: "loss", ${bound} } }) { totalCount } }`)).toEqual([
      'BAD_USER_INPUT',
      undefined,
    ]);
    expect(await refusal(`{ modelVersions(filter: { metric: { key: "loss", ${bound} } }) { nodes { id } } }`)).toEqual([
      'BAD_USER_INPUT',
      undefined,
    ]);
  });

  it('is refused as the threshold of a gate', async () => {
    const gate = '{ metric: { key: "loss", comparison: LT, threshold: 1e999 } }';
    const add = `mutation { addPromotionGate(input: { model: { name: "churn" }, stage: PRODUCTION, gate: ${gate} }) { gate { id } } }`;
    expect(await refusal(add)).toEqual(['BAD_USER_INPUT', 'input.gate.metric.threshold']);
    const { model } = await registry.ask('{ model(by: { name: "churn" }) { promotionGates { id } } }');
    expect(model.promotionGates).toEqual([]);
  });

  it('is no place in a list', async () => {
    const cursor = Buffer.from('["models,NAME ASC","churn",1e999]').toString('base64url');
    const query = 'query ($after: String) { models(after: $after) { nodes { name } } }';
    expect(await refusal(query, { after: cursor })).toEqual(['BAD_USER_INPUT', 'after']);
  });

  it('is an infinity where it is logged, as trackers mean it', async () => {
    const { startRun } = await registry.ask(
      'mutation { startRun(input: { experiment: { name: "trees" }, createExperiment: true }) { run { id } } }',
    );
    const { logBatch } = await registry.ask(
      'mutation ($run: ID!) { logBatch(input: { run: $run, metrics: [{ key: "loss", value: 1e999 }] }) { run { metrics { value special } } } }',
      { run: startRun.run.id },
    );
    expect(logBatch.run.metrics).toEqual([{ value: null, special: 'POSITIVE_INFINITY' }]);
  });
});
