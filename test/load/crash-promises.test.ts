// That the look at a crashed file finds what is wrong with one: a check that cannot fail proves nothing.

import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { pino } from 'pino';
import { startApp } from '../../src/app.ts';
import { SeededRandom } from '../../src/cli/demo/training/seeded-random.ts';
import { readConfig } from '../../src/config.ts';
import { examine } from './crash-promises.ts';
import { type Known, learn, MutationMaker, send } from './crash-writers.ts';

const MUTATIONS = 250;

/** What a fault does to a sound file, and the promise that it breaks. */
const FAULTS: readonly [string, string][] = [
  ['numbers are 1..n', 'UPDATE models SET lastNumber = lastNumber + 1 WHERE pk = 1'],
  [
    'an exclusive stage has one holder at every instant',
    "UPDATE stage_changes SET toStage = 'PRODUCTION', until = 9007199254740991 WHERE modelPk = 1",
  ],
  ['the intervals of a version follow one another', 'UPDATE stage_changes SET until = until + 1 WHERE pk = 1'],
  [
    'the stage now is the last one of the history',
    "UPDATE model_versions SET stageName = 'ARCHIVED' WHERE stageName = 'NONE'",
  ],
  ['an alias stands for one version at every instant', 'UPDATE model_aliases SET holds = NULL WHERE holds = 1'],
  [
    'the last event of an alias says where it stands',
    'UPDATE model_aliases SET versionPk = versionPk + 1 WHERE holds = 1',
  ],
  [
    'the tags of a version hold one value at every instant',
    'UPDATE version_tags SET until = until - 1 WHERE holds = 1',
  ],
  [
    'each stage change has its event',
    "DELETE FROM events WHERE pk = (SELECT MIN(pk) FROM events WHERE type = 'STAGE_CHANGED')",
  ],
  ['there are as many events as changes', "UPDATE events SET type = 'RUN_ENDED' WHERE type = 'RUN_STARTED'"],
  ['the events of a change are numbered without gaps', 'UPDATE events SET ordinal = ordinal * 2'],
  ['the events of a model keep the order of time', 'UPDATE events SET at = at + 60000 WHERE pk = 1'],
  ['positions are dense and keep the order of each subject', 'UPDATE events SET position = -pk'],
  ['each change of a model took one place in its sequence', 'UPDATE models SET sequence = sequence + 1 WHERE pk = 1'],
  ['the revision of a version counts its changes', 'UPDATE model_versions SET revision = revision + 1 WHERE pk = 1'],
  ['the revision of a model counts its changes', 'UPDATE models SET revision = revision + 1 WHERE pk = 1'],
  ['a metric says what its points say', 'UPDATE metrics SET minValue = minValue - 1 WHERE pk = 1'],
  ['points belong to a metric', 'DELETE FROM metrics WHERE pk = 1'],
  [
    'a batch is whole',
    'DELETE FROM metric_points WHERE (metricPk, step) IN (SELECT metricPk, MIN(step) FROM metric_points)',
  ],
  ['a batch is there exactly where its key is', "DELETE FROM idempotency_keys WHERE mutation = 'logBatch'"],
  ['what a key remembers is there', "UPDATE idempotency_keys SET outcome = '4711' WHERE mutation = 'registerVersion'"],
  [
    'a promotion is whole: whoever made way is in the same commit',
    "DELETE FROM stage_changes WHERE comment = (SELECT key FROM idempotency_keys WHERE json_array_length(outcome, '$.archivedPks') > 0)",
  ],
  ['nothing is there without its key', "DELETE FROM idempotency_keys WHERE mutation = 'registerVersion'"],
];

let folder: string;
let sound: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelgraph-promises-'));
  sound = join(folder, 'sound.db');
  const config = readConfig({}, { PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: `sqlite:${sound}` });
  const app = await startApp(config, pino({ level: 'silent' }));
  const known: Known = { models: [], runs: [] };
  const maker = new MutationMaker(new SeededRandom(1), known, 'c1');
  for (let count = 0; count < MUTATIONS; count++) {
    const outcome = await send(`${app.url}/graphql`, maker.next());
    if (!outcome) throw new Error('The server did not answer.');
    learn(known, outcome);
  }
  await app.close();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the look at a crashed file', () => {
  it('finds nothing wrong with a sound one', () => {
    const contents = examine(sound);
    expect(contents.violations).toEqual([]);
    expect(contents.committed.size).toBeGreaterThan(MUTATIONS / 2);
  });

  it.each(FAULTS)('finds it where "%s" is broken', async (promise, fault) => {
    const broken = join(folder, 'broken.db');
    await copyFile(sound, broken);
    const file = new Database(broken);
    file.exec(fault);
    file.close();
    expect(examine(broken).violations.map((text) => text.split('" is broken')[0])).toContain(`"${promise}`);
  });
});
