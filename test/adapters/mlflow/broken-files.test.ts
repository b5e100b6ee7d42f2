import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { exitCodeOf } from '../../../src/adapters/import/report.ts';
import { FILES_FIXTURE, inCopy } from './fixtures.ts';
import { readStore, type StoreRecords } from './read-store.ts';

const whole = await readStore(FILES_FIXTURE);
const odd = whole.runs.find((run) => run.name === 'odd points') ?? fail('the fixture has odd points');
const ODD = `${odd.experimentId}/${odd.runId}`;

function fail(message: string): never {
  throw new Error(message);
}

/** Reads a copy of the fixture that `damage` has been done to. */
function damaged(damage: (mlruns: string) => void): Promise<StoreRecords> {
  return inCopy(FILES_FIXTURE, (folder) => {
    damage(join(folder, 'mlruns'));
    return readStore(folder);
  });
}

const places = ({ report }: StoreRecords) => report.unreadable.map((part) => part.place);

describe('a folder with unreadable parts', () => {
  it.each([
    ['is not valid YAML', 'name: [unclosed'],
    ['is empty', ''],
    ['is not a YAML mapping', '- a\n- list'],
    ['is not valid UTF-8', Buffer.from([0x6e, 0x3a, 0x20, 0xff])],
  ])('reports the meta.yaml of a run that %s and reads the rest', async (reason, content) => {
    const records = await damaged((mlruns) => writeFileSync(join(mlruns, ODD, 'meta.yaml'), content));
    expect(records.report.unreadable).toEqual([{ place: `${ODD}/meta.yaml`, reason: expect.stringContaining(reason) }]);
    expect(records.runs.map((run) => run.runId).sort()).toEqual(
      whole.runs.flatMap((run) => (run.runId === odd.runId ? [] : run.runId)).sort(),
    );
    expect(records.versions).toHaveLength(whole.versions.length);
    expect(exitCodeOf(records.report)).toBe(2);
  });

  it('reports a run without a meta.yaml, and one whose meta.yaml is of another run', async () => {
    const copy = 'f'.repeat(32);
    const records = await damaged((mlruns) => {
      cpSync(join(mlruns, ODD), join(mlruns, odd.experimentId, copy), { recursive: true });
      rmSync(join(mlruns, ODD, 'meta.yaml'));
    });
    expect(records.report.unreadable).toEqual(
      [
        { place: `${ODD}/meta.yaml`, reason: 'there is no such file; the run is left out' },
        { place: `${odd.experimentId}/${copy}/meta.yaml`, reason: expect.stringContaining(`is of run ${odd.runId}`) },
      ].sort((a, b) => (a.place < b.place ? -1 : 1)),
    );
  });

  it('reports an experiment without a meta.yaml with the runs that are lost by it', async () => {
    const records = await damaged((mlruns) => rmSync(join(mlruns, odd.experimentId, 'meta.yaml')));
    const lost = whole.runs.filter((run) => run.experimentId === odd.experimentId).length;
    expect(records.report.unreadable).toEqual([
      {
        place: `${odd.experimentId}/meta.yaml`,
        reason: `there is no such file; the experiment and the ${lost} runs in it are left out`,
      },
    ]);
    expect(records.runs).toHaveLength(whole.runs.length - lost);
  });

  it('reports each unreadable line of a metric with its number and keeps the others', async () => {
    const records = await damaged((mlruns) =>
      writeFileSync(
        join(mlruns, ODD, 'metrics/loss'),
        [
          '1700000000000 0.5 0',
          'no point at all',
          '',
          '1700000000001 x 1',
          '1700000000002 0.25 99999999999999999999',
          `1 ${'9'.repeat(100_000)}`,
          '1700000000003 0.125 3',
        ].join('\n'),
      ),
    );
    expect(places(records)).toEqual([2, 4, 5, 6].map((line) => `${ODD}/metrics/loss:${line}`));
    expect(records.report.unreadable[0]?.reason).toBe('expected "time value step", got "no point at all"');
    const loss = records.points.filter((point) => point.runId === odd.runId && point.key === 'loss');
    expect(loss.map((point) => point.value)).toEqual([0.5, 0.125]);
  });

  it('reports tags and params that are too long, hold a NUL, or are no files', async () => {
    const records = await damaged((mlruns) => {
      const run = join(mlruns, ODD);
      writeFileSync(join(run, 'params/long'), 'x'.repeat(8_001));
      writeFileSync(join(run, 'params/longest'), '🚀'.repeat(8_000));
      writeFileSync(join(run, 'tags/nul'), 'a\0b');
      symlinkSync(join(run, 'nowhere'), join(run, 'tags/dangling'));
    });
    expect(records.report.unreadable).toEqual([
      { place: `${ODD}/tags/dangling`, reason: 'there is no such file' },
      { place: `${ODD}/params/long`, reason: 'has more than 8,000 characters' },
      { place: `${ODD}/tags/nul`, reason: 'contains a NUL character' },
    ]);
    const run = records.runs.find((candidate) => candidate.runId === odd.runId);
    expect(run?.params.map((param) => param.key)).toContain('longest');
  });

  it('leaves out a run whose status is none, and gives one without a start the time of its experiment', async () => {
    const [first, second] = whole.runs.filter((run) => run.name === 'failed early' || run.name === 'still running');
    if (!first || !second) fail('the fixture has both runs');
    const metaOf = (run: typeof first) => `${run.experimentId}/${run.runId}/meta.yaml`;
    const records = await damaged((mlruns) => {
      writeFileSync(join(mlruns, metaOf(first)), `run_id: ${first.runId}\nstatus: 9\nstart_time: 1\n`);
      writeFileSync(
        join(mlruns, metaOf(second)),
        `run_id: ${second.runId}\nstatus: 3\nstart_time: null\nend_time: soon\n`,
      );
    });
    expect(records.report.unreadable).toEqual(
      expect.arrayContaining([
        { place: `${metaOf(first)}: status`, reason: '"9" is no status of a run; the run is left out' },
        { place: `${metaOf(second)}: end_time`, reason: '"soon" is no time in milliseconds' },
      ]),
    );
    const experiment = records.experiments.find(({ sourceId }) => sourceId === second.experimentId);
    expect(records.runs.find((run) => run.runId === second.runId)?.startedAt).toBe(experiment?.createdAt);
    expect(records.report.toJSON().notes).toEqual([
      { message: 'A run without a start has the time of its experiment', count: 1, places: [metaOf(second)] },
    ]);
  });

  it('reports what it cannot read of the registry', async () => {
    const records = await damaged((mlruns) => {
      const prices = join(mlruns, 'models/prices');
      rmSync(join(prices, 'version-2/meta.yaml'));
      writeFileSync(join(prices, 'aliases/latest'), '4');
      mkdirSync(join(mlruns, 'models/a:b'));
      writeFileSync(join(mlruns, 'models/a:b/meta.yaml'), 'name: a:b\ncreation_timestamp: 1\n');
    });
    expect(records.report.unreadable).toEqual([
      {
        place: 'models/a:b/meta.yaml',
        reason: 'the name contains "/" or ":"; the model and its 0 versions are left out',
      },
      { place: 'models/prices/version-2/meta.yaml', reason: 'there is no such file; the version is left out' },
      { place: 'models/prices/aliases/champion', reason: 'version 2 is not there; the alias is left out' },
      { place: 'models/prices/aliases/latest', reason: expect.stringContaining('stand for versions') },
    ]);
    expect(records.aliases.map((alias) => alias.alias)).toEqual(['challenger-1']);
  });

  it('takes missing and empty folders as empty', async () => {
    const records = await damaged((mlruns) => {
      for (const part of ['params', 'tags', 'metrics']) rmSync(join(mlruns, ODD, part), { recursive: true });
      mkdirSync(join(mlruns, 'empty'));
      rmSync(join(mlruns, '.trash'), { recursive: true });
    });
    expect(records.report.unreadable).toEqual([]);
    expect(exitCodeOf(records.report)).toBe(0);
  });

  it('counts files that are none of the tracker’s', async () => {
    const records = await damaged((mlruns) => {
      writeFileSync(join(mlruns, ODD, 'results.csv'), 'a,b');
      mkdirSync(join(mlruns, odd.experimentId, 'plots'));
      writeFileSync(join(mlruns, odd.experimentId, 'plots/loss.png'), '');
      mkdirSync(join(mlruns, ODD, 'artifacts'), { recursive: true });
      writeFileSync(join(mlruns, ODD, 'artifacts/model.pkl'), '');
    });
    expect(records.report.unreadable).toEqual([]);
    expect(records.report.notKept('otherFiles')).toBe(2);
    expect(records.report.notKept('artifactFolders')).toBe(1);
  });

  it('says that nothing was imported from a folder of which nothing can be read', async () => {
    const records = await damaged((mlruns) => {
      for (const name of readdirSync(mlruns)) rmSync(join(mlruns, name), { recursive: true });
      mkdirSync(join(mlruns, '1/artifacts'), { recursive: true });
    });
    expect(places(records)).toEqual(['1/meta.yaml']);
    expect(exitCodeOf(records.report)).toBe(1);
  });
});
