import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { storesWithExpectations } from './fixtures.ts';
import { contentsOf, readStore } from './read-store.ts';
import { differences, type StoreContents } from './store-contents.ts';

describe('reading a store that MLflow has described', () => {
  it.each(storesWithExpectations())('finds every count and value again in %s', async (folder) => {
    const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as StoreContents;
    const records = await readStore(folder);
    expect(differences(expected, contentsOf(records))).toEqual([]);
    expect(records.report.unreadable).toEqual([]);
  });

  it('tells where two descriptions differ', () => {
    const contents = (value: number): StoreContents => ({
      experiments: [],
      runs: [],
      models: [{ name: 'm', description: null, tags: {}, aliases: { champion: value }, versions: [] }],
      counts: {},
    });
    expect(differences(contents(1), contents(1))).toEqual([]);
    expect(differences(contents(1), contents(2))).toEqual(['store.models.m.aliases.champion: expected 1, got 2']);
  });
});
