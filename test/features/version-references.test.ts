// Many references to the versions of many models at once, against a reference of plain objects.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { promote, registerVersion, setAlias } from '../support/versions.ts';

const STAGES = ['NONE', 'STAGING', 'PRODUCTION', 'ARCHIVED'];
/** More than one statement takes. */
const NUMBERS = Array.from({ length: 20 }, (_, index) => index + 1);

describe('versions by reference', () => {
  let registry: TestRegistry;
  const known: Record<string, { number: number; stage: string }[]> = { a: [], b: [], c: [], empty: [] };
  beforeAll(async () => {
    registry = await startRegistry();
    for (const [name, versions] of Object.entries(known)) {
      if (name === 'empty') continue;
      for (const number of NUMBERS.slice(0, name === 'c' ? 3 : 18)) {
        await registerVersion(registry, name);
        const stage = STAGES[(number * (name === 'a' ? 1 : 3)) % 4] as string;
        if (stage !== 'NONE')
          await promote(registry, `models:/${name}/${number}`, stage, { archiveExisting: stage === 'PRODUCTION' });
        versions.push({ number, stage });
      }
      await setAlias(registry, name, 'champion', 2);
    }
    await registry.ask('mutation($input: RegisterModelInput!) { registerModel(input: $input) { model { id } } }', {
      input: { name: 'empty' },
    });
    const stages = await registry.ask('{ modelVersions(first: 100) { nodes { number stage model { name } } } }');
    for (const { number, stage, model } of stages.modelVersions.nodes) {
      const version = known[model.name]?.find((one) => one.number === number);
      if (version) version.stage = stage;
    }
    const remove = 'mutation($input: DeleteVersionInput!) { deleteVersion(input: $input) { deletedId } }';
    for (const number of [18, 17, 5]) {
      await registry.ask(remove, { input: { version: { uri: `models:/b/${number}` } } });
      known.b = known.b?.filter((version) => version.number !== number) ?? [];
    }
  });
  afterAll(() => registry.stop());

  it('are the highest that match, of each model, however many references there are', async () => {
    const references = [
      ...STAGES.map((stage) => ({ field: stage, by: `version(by: { stage: ${stage} })` })),
      ...NUMBERS.map((number) => ({ field: `n${number}`, by: `version(by: { number: ${number} })` })),
      { field: 'latest', by: 'latestVersion' },
      { field: 'newest', by: 'version(by: { alias: "Latest" })' },
      { field: 'champion', by: 'version(by: { alias: "champion" })' },
      { field: 'other', by: 'version(by: { alias: "other" })' },
    ];
    const selected = references.map(({ field, by }) => `${field}: ${by} { number stage }`).join('\n');
    registry.statements.length = 0;
    const { models } = await registry.ask(`{ models { nodes { name ${selected} } } }`);
    // The models, two parts of what is told from number and stage, and two aliases.
    expect(registry.statements).toHaveLength(5);
    expect(models.nodes.map(({ name }: { name: string }) => name)).toEqual(['a', 'b', 'c', 'empty']);
    for (const { name, ...found } of models.nodes) {
      const versions = known[name] ?? [];
      const highest = (matches: (version: { number: number; stage: string }) => boolean) =>
        versions.filter(matches).at(-1) ?? null;
      expect({ name, ...found }).toEqual({
        name,
        ...Object.fromEntries(STAGES.map((stage) => [stage, highest((version) => version.stage === stage)])),
        ...Object.fromEntries(NUMBERS.map((number) => [`n${number}`, highest((version) => version.number === number)])),
        latest: highest(() => true),
        newest: highest(() => true),
        champion: highest((version) => version.number === 2),
        other: null,
      });
    }
  });

  it('have what is selected of each, where the same version is found in several ways', async () => {
    const { models } = await registry.ask(`{ models(first: 1) { nodes {
      latestVersion { number createdBy { name } }
      version(by: { number: 18 }) { uri }
      again: version(by: { number: 18 }) { statusMessage stageChanges(first: 1) { nodes { to } } } } } }`);
    expect(models.nodes).toEqual([
      {
        latestVersion: { number: 18, createdBy: { name: 'ada' } },
        version: { uri: 'models:/a/18' },
        again: { statusMessage: null, stageChanges: { nodes: [{ to: known.a?.at(-1)?.stage }] } },
      },
    ]);
  });
});
