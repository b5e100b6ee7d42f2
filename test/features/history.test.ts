// What `at:` answers about aliases, tags and stages, against a reference that remembers everything.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ManualClock } from '../support/manual-clock.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { PROMOTE, registerVersion } from '../support/versions.ts';

const SET_ALIAS = 'mutation($input: SetAliasInput!) { setAlias(input: $input) { alias { alias } } }';
const REMOVE_ALIAS = 'mutation($input: RemoveAliasInput!) { removeAlias(input: $input) { model { id } } }';
const UPDATE = 'mutation($input: UpdateVersionInput!) { updateVersion(input: $input) { version { id } } }';
const DELETE = 'mutation($input: DeleteVersionInput!) { deleteVersion(input: $input) { deletedId } }';

const VERSIONS = 3;
const STAGES = ['NONE', 'STAGING', 'PRODUCTION', 'ARCHIVED'];

/** What there is to know about a model at one moment. */
interface Reference {
  aliases: Record<string, number>;
  versions: { stage: string; tags: Record<string, string>; isDeleted: boolean }[];
}

describe('history', () => {
  const clock = new ManualClock();
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry({ clock });
  });
  afterAll(() => registry.stop());

  const number = fc.integer({ min: 1, max: VERSIONS });
  const alias = fc.constantFrom('a', 'b');
  const key = fc.constantFrom('k', 'l');
  const operation = fc.oneof(
    fc.record({ kind: fc.constant('setAlias' as const), alias, number }),
    fc.record({ kind: fc.constant('removeAlias' as const), alias }),
    fc.record({ kind: fc.constant('setTag' as const), number, key, value: fc.constantFrom('1', '2') }),
    fc.record({ kind: fc.constant('removeTag' as const), number, key }),
    fc.record({ kind: fc.constant('promote' as const), number, to: fc.constantFrom(...STAGES) }),
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), number }) },
  );
  /** An operation, and how long after it the next one comes: often in the same millisecond. */
  const step = fc.record({ operation, pauseMs: fc.constantFrom(0, 0, 1, 1_000) });

  /** Does it in the registry and in the reference, which says at once whether it can be done. */
  const perform = async (
    name: string,
    now: Reference,
    what: typeof operation extends fc.Arbitrary<infer T> ? T : never,
  ) => {
    const model = { name };
    const target = 'number' in what ? now.versions[what.number - 1] : undefined;
    const version = 'number' in what ? { uri: `models:/${name}/${what.number}` } : undefined;
    const isPossible = what.kind === 'removeAlias' ? what.alias in now.aliases : target?.isDeleted === false;
    const send = async (mutation: string, input: object) => {
      const { errors } = await registry.send(mutation, { input });
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual(isPossible ? undefined : ['NOT_FOUND']);
    };
    if (what.kind === 'setAlias') {
      await send(SET_ALIAS, { model, alias: what.alias, number: what.number });
      if (isPossible) now.aliases[what.alias] = what.number;
    } else if (what.kind === 'removeAlias') {
      await send(REMOVE_ALIAS, { model, alias: what.alias });
      delete now.aliases[what.alias];
    } else if (what.kind === 'setTag') {
      await send(UPDATE, { version, setTags: [{ key: what.key, value: what.value }] });
      if (isPossible && target) target.tags[what.key] = what.value;
    } else if (what.kind === 'removeTag') {
      await send(UPDATE, { version, removeTags: [what.key] });
      if (isPossible && target) delete target.tags[what.key];
    } else if (what.kind === 'promote') {
      await send(PROMOTE, { version, to: what.to });
      if (isPossible && target && target.stage !== what.to) {
        const makesWay = what.to === 'STAGING' || what.to === 'PRODUCTION';
        for (const other of now.versions) if (makesWay && other.stage === what.to) other.stage = 'ARCHIVED';
        target.stage = what.to;
      }
    } else {
      await send(DELETE, { version });
      if (isPossible && target) Object.assign(target, { isDeleted: true, stage: 'NONE' });
      for (const [held, by] of Object.entries(now.aliases))
        if (isPossible && by === what.number) delete now.aliases[held];
    }
  };

  it('is answered as it was, for any sequence of changes', async () => {
    let models = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 20 }), async (steps) => {
        const name = `history-${models++}`;
        const ids: string[] = [];
        let modelId = '';
        for (let i = 0; i < VERSIONS; i++) {
          const version = await registerVersion(registry, name);
          ids.push(version.id);
          modelId = version.model.id;
        }
        const now: Reference = {
          aliases: {},
          versions: ids.map(() => ({ stage: 'NONE', tags: {}, isDeleted: false })),
        };
        // The last state within a millisecond is what held at it.
        const moments = new Map<string, Reference>([[clock.text, structuredClone(now)]]);
        for (const { operation: what, pauseMs } of steps) {
          await perform(name, now, what);
          moments.set(clock.text, structuredClone(now));
          clock.advance(pauseMs);
        }
        for (const [at, then] of moments) {
          const { node, nodes } = await registry.ask(
            `query($id: ID!, $ids: [ID!]!, $at: DateTime!) {
              node(id: $id) { ... on Model { aliases(at: $at) { alias version { number } }
                ${STAGES.map((stage) => `${stage}: versionsInStage(stage: ${stage}, at: $at) { number }`).join(' ')} } }
              nodes(ids: $ids) { ... on ModelVersion { stage(at: $at) tags(at: $at) { key value } aliases(at: $at) { alias } } } }`,
            { id: modelId, ids, at },
          );
          const found = {
            aliases: Object.fromEntries(
              node.aliases.map((held: { alias: string; version: { number: number } }) => [
                held.alias,
                held.version.number,
              ]),
            ),
            versions: nodes.map((version: { stage: string; tags: { key: string; value: string }[] }) => ({
              stage: version.stage,
              tags: Object.fromEntries(version.tags.map((tag) => [tag.key, tag.value])),
            })),
          };
          expect(found).toEqual({
            aliases: then.aliases,
            versions: then.versions.map(({ stage, tags }) => ({ stage, tags })),
          });
          for (const stage of STAGES) {
            const inStage = then.versions.flatMap((version, index) =>
              !version.isDeleted && version.stage === stage ? [index + 1] : [],
            );
            expect(node[stage].map((version: { number: number }) => version.number)).toEqual(inStage.reverse());
          }
          nodes.forEach((version: { aliases: { alias: string }[] }, index: number) => {
            const held = Object.entries(then.aliases).flatMap(([alias, by]) => (by === index + 1 ? [alias] : []));
            expect(version.aliases.map(({ alias }) => alias)).toEqual(held.sort());
          });
        }
      }),
      { numRuns: 20 },
    );
  }, 120_000);
});
