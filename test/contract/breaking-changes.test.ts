// The gate against breaking changes: what the last release served keeps working.
//
// `released-schema.graphql`, beside this file, is the schema of the last release. A release renews it, as its last
// step, with a copy: `cp schema.graphql test/contract/released-schema.graphql`. Until the first release there is none,
// and nothing to keep. A change that must break says so in CHANGELOG.md, comes with a new major version, and
// renews the copy in the same commit.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { buildSchema, findBreakingChanges, findDangerousChanges } from 'graphql';

const RELEASED = join(import.meta.dirname, 'released-schema.graphql');
const COMMITTED = join(import.meta.dirname, '../../schema.graphql');

function read(path: string) {
  return buildSchema(readFileSync(path, 'utf8'));
}

describe('the gate against breaking changes', () => {
  it('notices a field that is gone and an argument that became required', () => {
    const before = buildSchema('type Query { model(by: String): String models: String }');
    const after = buildSchema('type Query { model(by: String!): String }');
    expect(findBreakingChanges(before, after).map((change) => change.type)).toEqual([
      'FIELD_REMOVED',
      'ARG_CHANGED_KIND',
    ]);
  });

  it('lets no change through that breaks what the last release served', () => {
    const released = read(existsSync(RELEASED) ? RELEASED : COMMITTED);
    expect(findBreakingChanges(released, read(COMMITTED)).map((change) => change.description)).toEqual([]);
  });

  it('keeps the defaults of the last release', () => {
    const released = read(existsSync(RELEASED) ? RELEASED : COMMITTED);
    const changed = findDangerousChanges(released, read(COMMITTED)).filter(
      (change) => change.type === 'ARG_DEFAULT_VALUE_CHANGE',
    );
    expect(changed.map((change) => change.description)).toEqual([]);
  });
});
