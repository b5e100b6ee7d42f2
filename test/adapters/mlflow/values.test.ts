import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { aliasProblem, modelNameProblem, textProblem } from '../../../src/adapters/import/text.ts';
import { parseMeta } from '../../../src/adapters/mlflow/files/meta-yaml.ts';
import { linesOf, parseMetricLine } from '../../../src/adapters/mlflow/files/metric-file.ts';
import { runStatusOf, stageOf, versionStatusOf } from '../../../src/adapters/mlflow/values.ts';
import { inCopy } from './fixtures.ts';

describe('how MLflow spells things', () => {
  it('takes states by name and by number, in any case', () => {
    expect(['1', '2', '3', '4', '5', 'finished'].map(runStatusOf)).toEqual([
      'RUNNING',
      'SCHEDULED',
      'FINISHED',
      'FAILED',
      'KILLED',
      'FINISHED',
    ]);
    expect(['PENDING_REGISTRATION', 'FAILED_REGISTRATION', 'READY', '3'].map(versionStatusOf)).toEqual([
      'PENDING',
      'FAILED',
      'READY',
      'READY',
    ]);
    expect(['None', '', 'staging', 'PRODUCTION', 'Archived', 'Deleted_Internal', 'Shadow'].map(stageOf)).toEqual([
      'NONE',
      'NONE',
      'STAGING',
      'PRODUCTION',
      'ARCHIVED',
      'DELETED',
      undefined,
    ]);
  });

  it.each([
    ['5 0.5', { at: 5, value: 0.5, step: 0, special: null, hasDataset: false }],
    ['5 1e-05 -3', { at: 5, value: 1e-5, step: -3, special: null, hasDataset: false }],
    ['5 nan 1', { at: 5, value: 0, step: 1, special: 'NAN', hasDataset: false }],
    ['5 -inf 1', { at: 5, value: 0, step: 1, special: 'NEGATIVE_INFINITY', hasDataset: false }],
    ['5 inf 1', { at: 5, value: 0, step: 1, special: 'POSITIVE_INFINITY', hasDataset: false }],
    ['5 0.5 2 my data set 0123abcd', { at: 5, value: 0.5, step: 2, special: null, hasDataset: true }],
  ])('reads the metric line %s', (line, point) => {
    expect(parseMetricLine(line)).toEqual(point);
  });

  it.each(['5', '5 0.5 1 rest', '5 half 1', 'now 0.5 1', '5 0.5 1.5', '5 0x10 1', '9999999999999999 1 1'])(
    'calls the metric line %s none',
    (line) => {
      expect(parseMetricLine(line)).toEqual({ problem: expect.stringContaining('expected "time value step"') });
    },
  );

  it('reads lines whole across the pieces that a file is read in', async () => {
    await inCopy(null, async (folder) => {
      const path = join(folder, 'metric');
      const lines = Array.from({ length: 30_000 }, (_, step) => `${1_700_000_000_000 + step} ${step / 7} ${step}`);
      writeFileSync(path, `${lines.join('\r\n')}\n\n`);
      expect([...linesOf(path)].map((line) => line.text)).toEqual(lines);
    });
  });

  it('keeps YAML texts that look like numbers, and tells null from "null"', () => {
    const meta = parseMeta(
      `run: 1234e5\nid: 007\nyes: no\nnothing: null\nempty:\nword: 'null'\ntags: {a: '2'}\nlist: []\n`,
    );
    expect(meta).toEqual({
      run: '1234e5',
      id: '007',
      yes: 'no',
      nothing: null,
      empty: null,
      word: 'null',
      tags: { a: '2' },
      list: [],
    });
  });
});

describe('what the graph can hold', () => {
  it('counts characters, not code units, and finds what no database keeps', () => {
    expect(textProblem('🚀'.repeat(8_000), 'value')).toBeNull();
    expect(textProblem('x'.repeat(8_001), 'value')).toBe('has more than 8,000 characters');
    expect(textProblem('a\0', 'value')).toMatch('NUL');
    expect(textProblem('a\ud800', 'value')).toMatch('lone surrogate');
  });

  it('judges names of models and aliases', () => {
    expect(['churn', 'a/b', ' churn', 'a\nb', ''].map((name) => modelNameProblem(name) === null)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(['champion', 'v2x', 'latest', 'V2', 'a b'].map((alias) => aliasProblem(alias) === null)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
