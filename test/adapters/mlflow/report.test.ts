import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { exitCodeOf, ImportReport } from '../../../src/adapters/import/report.ts';
import { reportText } from '../../../src/adapters/import/report-text.ts';
import { POINTS_PER_CHUNK } from '../../../src/adapters/import/tracker-store.ts';
import { openMlflowStore } from '../../../src/adapters/mlflow/open-store.ts';
import { FILES_FIXTURE, inCopy } from './fixtures.ts';

describe('the report of an import', () => {
  it('is 1 where nothing was read, 2 where a part was not, and else 0, whatever is only counted', () => {
    const report = new ImportReport();
    report.addNotKept('traces', 3);
    expect(exitCodeOf(report)).toBe(1);
    report.count('experiments');
    expect(exitCodeOf(report)).toBe(0);
    report.addUnreadable('0/meta.yaml', 'is empty');
    expect(exitCodeOf(report)).toBe(2);
  });

  it('is 2 where it stopped on the way, and 1 where it had imported nothing until then', () => {
    const report = new ImportReport();
    report.count('experiments');
    report.stopped = 'It was asked to stop.';
    expect(exitCodeOf(report)).toBe(1);
    report.countImported('experiments', 1);
    expect(exitCodeOf(report)).toBe(2);
    expect(reportText(report)).toMatch(/Not finished: It was asked to stop\. Run the same command again/);
    expect(report.toJSON()).toMatchObject({ stopped: 'It was asked to stop.', exitCode: 2 });
  });

  it('reads well on a terminal', () => {
    const report = new ImportReport();
    report.about('files', '/data/mlruns');
    report.count('runs', 1_200);
    report.countImported('runs', 1_200);
    report.count('models', 3);
    report.countImported('models', 1);
    report.addNotKept('loggedModels', 2);
    for (let n = 0; n < 7; n++) report.addNote('A run without a start has the time of its experiment', `run ${n}`);
    report.addUnreadable('0/meta.yaml', 'is empty');
    expect(reportText(report)).toBe(
      [
        'Read /data/mlruns',
        '  1,200 runs',
        '  3 models, 1 of them new',
        'Counted only, since the graph has no place for them',
        '  2 logged models',
        'Notes',
        '  A run without a start has the time of its experiment (7×: run 0, run 1, run 2, run 3, run 4, …)',
        'Could not be read: 1',
        '  0/meta.yaml: is empty',
      ].join('\n'),
    );
  });

  it('is the same as JSON, with every unreadable part counted even where the list is cut', () => {
    const report = new ImportReport();
    for (let n = 0; n < 10_003; n++) report.addUnreadable(`line ${n}`, 'is none');
    const json = report.toJSON();
    expect(json).toMatchObject({ unreadableCount: 10_003, exitCode: 1, read: { runs: 0 } });
    expect(json.unreadable).toHaveLength(10_000);
    expect(reportText(report)).toMatch(/and 3 more$/);
  });
});

describe('a run with very many points', () => {
  it('comes in chunks', async () => {
    await inCopy(FILES_FIXTURE, async (folder) => {
      const store = openMlflowStore(folder, new ImportReport());
      for await (const _ of store.experiments());
      for await (const _ of store.datasets());
      for await (const batch of store.runs()) {
        const run = batch.find((candidate) => candidate.name === 'odd points');
        if (!run) continue;
        const file = join(folder, 'mlruns', run.experimentId, run.runId, 'metrics/long');
        appendFileSync(file, Array.from({ length: 5_000 }, (_, step) => `1700000000000 0.5 ${step}\n`).join(''));
        const sizes: number[] = [];
        for await (const chunk of store.points([run])) sizes.push(chunk.length);
        expect(sizes.slice(0, -1)).toEqual(sizes.slice(0, -1).map(() => POINTS_PER_CHUNK));
        expect(sizes.length).toBeGreaterThan(2);
      }
    });
  });
});
