// Every mutation of the schema records an event, so that a new one cannot forget its own.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { mutate } from '../support/runs.ts';
import { headOf } from '../support/subscriber.ts';

/** Points are no facts of the log: `metricsLogged` carries them. */
const WITHOUT_EVENT = ['logBatch'];

describe('every mutation', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());

  const id = async (mutation: string, input: Record<string, unknown>, object: string): Promise<string> =>
    (await mutate(registry, mutation, input, `${object} { id }`))[object].id;

  const names = { count: 0 };
  const model = async () => {
    const name = `model ${++names.count}`;
    await id('registerModel', { name }, 'model');
    return { name };
  };
  const version = async () => {
    const { name } = await model();
    await id('registerVersion', { model: { name }, alias: 'a' }, 'version');
    return { model: { name }, version: { uri: `models:/${name}/1` } };
  };
  const experiment = () => id('createExperiment', { name: `experiment ${++names.count}` }, 'experiment');
  const run = async () => id('startRun', { experiment: { id: await experiment() } }, 'run');
  const dataset = () => id('recordDataset', { name: `data ${++names.count}`, digest: 'd' }, 'dataset');

  /** For each mutation what prepares it, and an input that changes something; with the types it records. */
  const cases: Record<string, { input: () => Promise<Record<string, unknown>>; types: readonly string[] }> = {
    registerModel: { input: async () => ({ name: 'new model' }), types: ['MODEL_REGISTERED'] },
    updateModel: { input: async () => ({ model: await model(), description: 'd' }), types: ['MODEL_UPDATED'] },
    renameModel: { input: async () => ({ model: await model(), newName: 'another name' }), types: ['MODEL_UPDATED'] },
    deleteModel: {
      input: async () => ({ model: (await version()).model }),
      types: ['ALIAS_CHANGED', 'VERSION_DELETED', 'MODEL_DELETED'],
    },
    registerVersion: { input: async () => ({ model: await model() }), types: ['VERSION_REGISTERED'] },
    updateVersion: {
      input: async () => ({ version: (await version()).version, description: 'd' }),
      types: ['VERSION_UPDATED'],
    },
    deleteVersion: {
      input: async () => ({ version: (await version()).version }),
      types: ['ALIAS_CHANGED', 'VERSION_DELETED'],
    },
    promoteVersion: {
      input: async () => ({ version: (await version()).version, to: 'STAGING' }),
      types: ['STAGE_CHANGED'],
    },
    setAlias: {
      input: async () => ({ model: (await version()).model, alias: 'b', number: 1 }),
      types: ['ALIAS_CHANGED'],
    },
    removeAlias: { input: async () => ({ model: (await version()).model, alias: 'a' }), types: ['ALIAS_CHANGED'] },
    addPromotionGate: {
      input: async () => ({ model: await model(), stage: 'PRODUCTION', gate: { requiredPriorStage: 'STAGING' } }),
      types: ['PROMOTION_GATE_CHANGED'],
    },
    removePromotionGate: {
      input: async () => {
        const gate = { requiredPriorStage: 'STAGING' };
        return { gate: await id('addPromotionGate', { model: await model(), stage: 'PRODUCTION', gate }, 'gate') };
      },
      types: ['PROMOTION_GATE_CHANGED'],
    },
    createExperiment: { input: async () => ({ name: 'new experiment' }), types: ['EXPERIMENT_CREATED'] },
    updateExperiment: {
      input: async () => ({ experiment: { id: await experiment() }, description: 'd' }),
      types: ['EXPERIMENT_UPDATED'],
    },
    deleteExperiment: {
      input: async () => ({ experiment: { id: await experiment() } }),
      types: ['EXPERIMENT_DELETED'],
    },
    restoreExperiment: {
      input: async () => {
        const deleted = await experiment();
        await mutate(registry, 'deleteExperiment', { experiment: { id: deleted } }, 'deletedId');
        return { experiment: deleted };
      },
      types: ['EXPERIMENT_RESTORED'],
    },
    startRun: { input: async () => ({ experiment: { id: await experiment() } }), types: ['RUN_STARTED'] },
    updateRun: { input: async () => ({ run: await run(), description: 'd' }), types: ['RUN_UPDATED'] },
    endRun: { input: async () => ({ run: await run() }), types: ['RUN_ENDED'] },
    resumeRun: {
      input: async () => {
        const ended = await run();
        await mutate(registry, 'endRun', { run: ended }, '__typename');
        return { run: ended };
      },
      types: ['RUN_RESUMED'],
    },
    deleteRun: { input: async () => ({ run: await run() }), types: ['RUN_DELETED'] },
    restoreRun: {
      input: async () => {
        const deleted = await run();
        await mutate(registry, 'deleteRun', { run: deleted }, '__typename');
        return { run: deleted };
      },
      types: ['RUN_RESTORED'],
    },
    recordDataset: { input: async () => ({ name: 'new data', digest: 'd' }), types: ['DATASET_RECORDED'] },
    linkLineage: {
      input: async () => ({ from: await dataset(), to: await run(), relation: 'USED' }),
      types: ['LINEAGE_LINKED'],
    },
    unlinkLineage: {
      input: async () => {
        const edge = { from: await dataset(), to: await run(), relation: 'USED' };
        await mutate(registry, 'linkLineage', edge, '__typename');
        return edge;
      },
      types: ['LINEAGE_UNLINKED'],
    },
    logInputs: {
      input: async () => ({ run: await run(), inputs: [{ dataset: await dataset() }] }),
      types: ['RUN_UPDATED'],
    },
  };

  it('is listed here, or known to record none', async () => {
    const { __schema } = await registry.ask('{ __schema { mutationType { fields { name } } } }');
    const inSchema = __schema.mutationType.fields.map((field: { name: string }) => field.name);
    expect([...Object.keys(cases), ...WITHOUT_EVENT].sort()).toEqual(inSchema.sort());
  });

  it.each(Object.keys(cases))('%s records its events, with the actor', async (mutation) => {
    const { input, types } = cases[mutation] as (typeof cases)[string];
    const variables = { input: await input() };
    const after = await headOf(registry);
    const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
    const change = `mutation($input: ${type}!) { ${mutation}(input: $input) { __typename } }`;
    const { errors } = await registry.send(change, variables, 'grace');
    expect(errors).toBeUndefined();
    const { events } = await registry.ask(
      'query($after: String) { events(after: $after) { nodes { type actor { name } } } }',
      { after },
    );
    expect(events.nodes).toEqual(types.map((one) => ({ type: one, actor: { name: 'grace' } })));
  });
});
