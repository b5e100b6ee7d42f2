// Concurrent writers: none of their races reaches a client, and nothing is lost or doubled.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from '../../src/database/sql.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

const UPDATE = 'mutation($input: UpdateModelInput!) { updateModel(input: $input) { model { revision } } }';

describe('concurrent writers', () => {
  let registry: TestRegistry;
  const register = (name: string) =>
    registry.ask('mutation($name: String!) { registerModel(input: {name: $name}) { model { id } } }', { name });
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());

  it('of one model all succeed, each with a revision of its own', async () => {
    await register('hot');
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        registry.send(UPDATE, { input: { model: { name: 'hot' }, setTags: [{ key: `k${i % 7}`, value: String(i) }] } }),
      ),
    );
    expect(answers.flatMap((answer) => answer.errors ?? [])).toEqual([]);
    const revisions = answers.map((answer) => answer.data.updateModel.model.revision).sort((a, b) => a - b);
    const { model } = await registry.ask('{ model(by: {name: "hot"}) { revision tags { key } } }');
    expect(model).toEqual({ revision: 61, tags: Array.from({ length: 7 }, (_, i) => ({ key: `k${i}` })) });
    expect(revisions.at(-1)).toBe(61);
    const sequences = await registry.app.db.read<{ sequence: number }>(
      sql`SELECT e.sequence AS ${sql`sequence`} FROM events e WHERE e.subjectName = ${'hot'} ORDER BY e.sequence`,
    );
    expect(sequences.map((row) => row.sequence)).toEqual(Array.from({ length: 61 }, (_, i) => i + 1));
  });

  it('that decided on the same revision: one succeeds, the others are told the current one', async () => {
    await register('governed');
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        registry.send(UPDATE, { input: { model: { name: 'governed' }, description: `${i}`, expectedRevision: 1 } }),
      ),
    );
    expect(answers.filter((answer) => !answer.errors)).toHaveLength(1);
    for (const { errors } of answers.filter((answer) => answer.errors)) {
      expect(errors?.[0]?.extensions).toEqual({
        code: 'CONFLICT',
        field: 'input.expectedRevision',
        details: { currentRevision: 2, expectedRevision: 1 },
      });
    }
  });

  it('of one name: one succeeds, the others find it taken', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, () =>
        registry.send('mutation { registerModel(input: {name: "contended"}) { model { id } } }'),
      ),
    );
    expect(answers.filter((answer) => !answer.errors)).toHaveLength(1);
    const codes = answers.flatMap((answer) => answer.errors ?? []).map((error) => error.extensions.code);
    expect(codes).toEqual(Array(11).fill('CONFLICT'));
  });

  it('that register, rename and delete the same names leave each name once at most', async () => {
    const names = ['red', 'green', 'blue'];
    const pick = (i: number) => names[i % names.length];
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) => {
        if (i % 3 === 0)
          return registry.send('mutation($n: String!) { registerModel(input: {name: $n}) { model { id } } }', {
            n: pick(i * 7),
          });
        if (i % 3 === 1)
          return registry.send('mutation($n: String!) { deleteModel(input: {model: {name: $n}}) { deletedId } }', {
            n: pick(i * 5),
          });
        return registry.send(
          'mutation($n: String!, $m: String!) { renameModel(input: {model: {name: $n}, newName: $m}) { model { id } } }',
          { n: pick(i), m: pick(i + 1) },
        );
      }),
    );
    const codes = new Set(answers.flatMap((answer) => answer.errors ?? []).map((error) => error.extensions.code));
    for (const code of codes) expect(['CONFLICT', 'NOT_FOUND']).toContain(code);
    const { models } = await registry.ask(
      'query($names: [String!]) { models(filter: {name: {in: $names}}) { nodes { name } } }',
      { names },
    );
    const found: string[] = models.nodes.map((model: { name: string }) => model.name);
    expect(new Set(found).size).toBe(found.length);
  });
});
