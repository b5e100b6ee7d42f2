import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { exitCodeOf } from '../../../src/adapters/import/report.ts';
import { NoMlflowStore } from '../../../src/adapters/mlflow/open-store.ts';
import { DATABASE_FIXTURE, inCopy } from './fixtures.ts';
import { readStore, type StoreRecords } from './read-store.ts';

const whole = await readStore(DATABASE_FIXTURE);
const odd = whole.runs.find((run) => run.name === 'odd points');
const ODD = odd?.runId ?? '';

/** Reads a copy of the fixture that SQL has been let loose on. */
function changed(sql: string): Promise<StoreRecords> {
  return inCopy(DATABASE_FIXTURE, (folder) => {
    const database = new Database(join(folder, 'mlflow.db'));
    database.pragma('foreign_keys = OFF');
    database.pragma('ignore_check_constraints = ON');
    database.exec(sql);
    database.close();
    return readStore(folder);
  });
}

describe('a database with unreadable parts', () => {
  it('reports rows that the graph cannot hold by table and key, and reads the rest', async () => {
    const records = await changed(`
      UPDATE runs SET status = 'PAUSED' WHERE name = 'failed early';
      INSERT INTO params VALUES ('long', printf('%.*c', 8001, 'x'), '${ODD}');
      INSERT INTO tags VALUES ('blob', x'00ff', '${ODD}');
      INSERT INTO metrics VALUES ('loss', 'much', 1, '${ODD}', 0, 0), ('loss', 1.0, 'never', '${ODD}', 0, 0);
      UPDATE model_versions SET current_stage = 'Shadow' WHERE name = 'prices' AND version = 4;
      INSERT INTO registered_model_aliases (alias, version, name) VALUES ('v7', 2, 'prices'), ('lost', 99, 'prices');
    `);
    const failed = whole.runs.find((run) => run.name === 'failed early')?.runId;
    expect(records.report.unreadable.map(({ place, reason }) => `${place}: ${reason}`).sort()).toEqual(
      [
        `runs ${failed}: status: "PAUSED" is no status of a run; the run is left out`,
        `params ${ODD} "long": has more than 8,000 characters`,
        `tags ${ODD} "blob": the value is not a text`,
        `metrics ${ODD} "loss": is no point: time "1", value "much", step "0"`,
        `metrics ${ODD} "loss": is no point: time "never", value "1", step "0"`,
        'model_versions "prices" 4: current_stage: "Shadow" is no stage; the version is in none',
        'registered_model_aliases "prices" "lost": version 99 is not there; the alias is left out',
        'registered_model_aliases "prices" "v7": "latest" and "v" with digits stand for versions; the alias is left out',
      ].sort(),
    );
    expect(records.runs).toHaveLength(whole.runs.length - 1);
    expect(records.points).toHaveLength(whole.points.length);
    expect(records.versions.find((version) => version.number === 4)?.stage).toBe('NONE');
    expect(exitCodeOf(records.report)).toBe(2);
  });

  it('reports an experiment whose name cannot be stored with its runs, and runs of no experiment', async () => {
    const records = await changed(`
      UPDATE experiments SET name = char(7) WHERE name = 'sales forecast';
      UPDATE runs SET experiment_id = 99 WHERE run_uuid = '${ODD}';
    `);
    expect(records.report.unreadable.map((part) => part.reason)).toEqual([
      'the name contains a control character; the experiment and its 3 runs are left out',
      'there is no experiment 99; the run is left out',
    ]);
    expect(records.runs).toHaveLength(whole.runs.length - 4);
  });

  it('tells apart what two workspaces call by one name', async () => {
    const records = await changed(`
      INSERT INTO experiments VALUES (99, 'house prices', '', 'active', 1, 1, 'team-b');
      INSERT INTO registered_models VALUES ('prices', 1, 1, NULL, 'team-b');
      INSERT INTO model_versions (name, version, current_stage, status, workspace) VALUES ('prices', 1, 'Production', 'READY', 'team-b');
      INSERT INTO registered_model_aliases VALUES ('champion', 1, 'prices', 'team-b');
    `);
    expect(records.experiments.map((experiment) => experiment.name)).toContain('house prices (team-b)');
    expect(records.models.map((model) => model.name)).toEqual(['no versions yet', 'prices', 'prices (team-b)']);
    expect(records.versions.at(-1)).toMatchObject({ modelName: 'prices (team-b)', number: 1, stage: 'PRODUCTION' });
    expect(records.aliases).toContainEqual({ modelName: 'prices (team-b)', alias: 'champion', number: 1 });
    expect(records.aliases).toContainEqual({ modelName: 'prices', alias: 'champion', number: 2 });
  });

  it('reads what it can of a database that was cut off, and says so', async () => {
    await inCopy(DATABASE_FIXTURE, async (folder) => {
      const path = join(folder, 'mlflow.db');
      const database = new Database(path);
      // The last pages of the file are those of the newest points.
      const insert = database.prepare(`INSERT INTO metrics VALUES ('late', 0.5, ?, '${ODD}', ?, 0)`);
      database.transaction(() => {
        for (let step = 0; step < 5_000; step++) insert.run(step, step);
      })();
      database.close();
      truncateSync(path, Math.floor((statSync(path).size * 0.9) / 512) * 512);
      const { report, runs, points } = await readStore(path);
      expect(report.unreadable[0]).toEqual({
        place: path,
        reason: expect.stringContaining('malformed; what can be read'),
      });
      expect(exitCodeOf(report)).toBe(2);
      expect(runs).toHaveLength(whole.runs.length);
      expect(points.length).toBeLessThan(5_000 + whole.points.length);
    });
  });

  it('is refused where not even its tables can be found', async () => {
    await inCopy(DATABASE_FIXTURE, async (folder) => {
      const path = join(folder, 'mlflow.db');
      truncateSync(path, statSync(path).size / 2);
      await expect(readStore(path)).rejects.toThrow(NoMlflowStore);
    });
  });

  it('reads the runs whose rows lie on pages that are whole', async () => {
    await inCopy(DATABASE_FIXTURE, async (folder) => {
      const path = join(folder, 'mlflow.db');
      const database = new Database(path, { readonly: true });
      const page = database
        .prepare(`SELECT pageno FROM dbstat WHERE name = 'metrics' AND pagetype = 'leaf' LIMIT 1`)
        .pluck();
      const number = Number(page.get());
      database.close();
      const bytes = readFileSync(path);
      bytes.fill(0xee, (number - 1) * 512, number * 512);
      writeFileSync(path, bytes);
      const records = await readStore(path);
      expect(records.runs).toHaveLength(whole.runs.length);
      expect(records.points.length).toBeLessThan(whole.points.length);
      expect(records.report.unreadable.map((part) => part.place)).toContainEqual(
        expect.stringMatching(/^metrics [0-9a-f]{32}$/),
      );
      expect(new Set(records.points.map((point) => JSON.stringify(point))).size).toBe(records.points.length);
    });
  });
});
