// The figures of a load measurement: quantiles, and a table of them.

/** The value that so large a part of the others does not exceed (nearest rank). */
export function quantile(values: ArrayLike<number>, part: number): number {
  if (values.length === 0) throw new Error('There is nothing to take a quantile of.');
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] as number;
}

export const median = (values: ArrayLike<number>): number => quantile(values, 0.5);

/** Rows under their headings as a Markdown table, numbers to the right. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(headings), line(rule), ...rows.map(line)].join('\n');
}
