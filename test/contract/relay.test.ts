// Relay's own compiler takes the schema: nodes, connections both ways, refetching and changes of lists.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
// @ts-expect-error The package has no types: it exports the path of its program for this machine.
import compilerPath from 'relay-compiler';

const SCHEMA = join(import.meta.dirname, '../../schema.graphql');
const FIXTURES = join(import.meta.dirname, 'relay');
const COMPILER: string = compilerPath;

describe('Relay', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'modelgraph-relay-'));
    cpSync(SCHEMA, join(folder, 'schema.graphql'));
    mkdirSync(join(folder, 'artifacts'));
    writeFileSync(
      join(folder, 'relay.config.json'),
      JSON.stringify({
        src: './src',
        schema: './schema.graphql',
        artifactDirectory: './artifacts',
        language: 'javascript',
        customScalarTypes: { DateTime: 'string', SafeInt: 'number' },
      }),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function compile(sources: () => void): { status: number | null; output: string } {
    rmSync(join(folder, 'src'), { recursive: true, force: true });
    sources();
    const { status, stdout, stderr } = spawnSync(COMPILER, ['--noWatchman'], {
      cwd: folder,
      encoding: 'utf8',
    });
    return { status, output: `${stdout}${stderr}` };
  }

  it('compiles queries with @refetchable and @connection, and mutations that change lists', () => {
    const { status, output } = compile(() => cpSync(FIXTURES, join(folder, 'src'), { recursive: true }));
    expect({ status, output }).toEqual({ status: 0, output: expect.not.stringContaining('ERROR') });
    const artifacts = readdirSync(join(folder, 'artifacts'));
    expect(artifacts).toEqual(
      expect.arrayContaining(['ModelListPaginationQuery.graphql.js', 'ModelPageRefetchQuery.graphql.js']),
    );
  });

  it('is told of a field that is not there', () => {
    const { status, output } = compile(() => {
      mkdirSync(join(folder, 'src'));
      const query = 'query BrokenQuery { models(first: 1) { edges { node { noSuchField } } } }';
      writeFileSync(join(folder, 'src/Broken.js'), `graphql\`${query}\`;\n`);
    });
    expect(status).not.toBe(0);
    expect(output).toContain('noSuchField');
  });
});
