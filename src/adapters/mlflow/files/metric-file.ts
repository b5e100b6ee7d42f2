// Reading a metric file line by line, however long it is: `time value step`, in old stores without the step.

import { closeSync, openSync, readSync } from 'node:fs';
import type { MetricValue } from '../../import/records.ts';
import { quoted } from '../../import/text.ts';
import { integerOf, parseMetricValue, timeOf } from '../values.ts';

const CHUNK_BYTES = 64 * 1024;

/** Far more than three numbers and the name and digest of a dataset take. */
const MAX_LINE_BYTES = 8 * 1024;

const NEWLINE = 0x0a;

export interface MetricLine extends MetricValue {
  readonly at: number;
  readonly step: number;
  /** The line also names the dataset that the value was measured on. */
  readonly hasDataset: boolean;
}

/** A line as a point, or the reason why it is none. */
export function parseMetricLine(line: string): MetricLine | { readonly problem: string } {
  const parts = line.split(' ');
  // Two fields: before steps were recorded. Five or more: a dataset's name, which may hold spaces, and its digest.
  const [timeText = '', valueText = '', stepText = '0'] = parts;
  const at = timeOf(timeText);
  const value = parseMetricValue(valueText);
  const step = integerOf(stepText);
  if (parts.length < 2 || parts.length === 4 || at === undefined || !value || step === undefined) {
    return { problem: `expected "time value step", got ${quoted(line)}` };
  }
  return { at, step, value: value.value, special: value.special, hasDataset: parts.length > 4 };
}

/**
 * The lines of a file that are not blank, with their numbers from 1; null for a line too long to be a point.
 * @throws Error where the file cannot be read, at once or midway
 */
export function* linesOf(path: string): Generator<{ readonly number: number; readonly text: string | null }> {
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let rest = '';
    let isTooLong = false;
    let number = 0;
    const take = (text: string) => {
      number += 1;
      const line = { number, text: isTooLong || text.length > MAX_LINE_BYTES ? null : text.trim() };
      rest = '';
      isTooLong = false;
      return line;
    };
    for (;;) {
      const size = readSync(file, chunk, 0, CHUNK_BYTES, null);
      if (size === 0) break;
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1 && end < size; end = chunk.indexOf(NEWLINE, start)) {
        // Numbers are ASCII, and a byte is a character of latin1, so no character is torn between two chunks.
        const line = take(rest + chunk.toString('latin1', start, end));
        if (line.text !== '') yield line;
        start = end + 1;
      }
      rest += chunk.toString('latin1', start, size);
      if (rest.length > MAX_LINE_BYTES) {
        rest = '';
        isTooLong = true;
      }
    }
    if (rest !== '' || isTooLong) {
      const line = take(rest);
      if (line.text !== '') yield line;
    }
  } finally {
    closeSync(file);
  }
}
