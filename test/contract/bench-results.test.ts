// The README's figures are those that the bench wrote down.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const QUOTED = /<!-- test\/bench\/results\.md -->\n(.*?)<!-- end of test\/bench\/results\.md -->/s;

describe('the figures of the README', () => {
  const results = read('test/bench/results.md');

  it('are what the bench measured', () => {
    const [, quoted = ''] = QUOTED.exec(read('README.md')) ?? [];
    expect(quoted.trim()).toBe(results.trim());
  });

  it('say on what machine, when, and how often', () => {
    expect(results).toMatch(
      /^Measured on .+ cores, .+ Node \d+.+ on \d{4}-\d\d-\d\d.*: medians of \d+ interleaved samples/,
    );
    const rows = results.split('\n').filter((line) => /\| [≥≤] [^|]+ \|$/.test(line));
    expect(rows.length).toBeGreaterThan(8);
  });
});
