// Fills an empty registry with many rows, by statements that the database makes the rows of itself.

/** What runs a statement: a data source, or a driver. */
export interface FilledDatabase {
  readonly isSqlite: boolean;
  query(statement: string): Promise<unknown> | unknown;
}

export interface Filling {
  readonly models: number;
  readonly versionsPerModel: number;
  readonly experiments: number;
  /** The first of them make the versions, one each, as far as there are versions. */
  readonly runs: number;
  /** Of these keys each run has a metric, with a value that is spread evenly between 0 and 1. */
  readonly metrics: readonly string[];
  /** Of these keys each run has a param. */
  readonly params: readonly string[];
}

const AT = 1_760_000_000_000;
const FOREVER = Number.MAX_SAFE_INTEGER;
/** Rows of one statement. */
const ROWS_AT_ONCE = 100_000;
/** A prime beyond the rows, so that what is taken modulo it is spread evenly and never twice the same. */
const PRIME = 15_485_863;

export const TEAMS = 4;
/** One version in so many has the tag `rare`. */
export const RARITY = 10_000;

/** Fills the tables of models, versions, experiments, runs, and what hangs on them. No events are recorded. */
export async function fill(source: FilledDatabase, filling: Filling): Promise<void> {
  const { models, versionsPerModel, experiments, runs } = filling;
  const { isSqlite } = source;
  const text = (number: string) => (isSqlite ? `CAST(${number} AS TEXT)` : `CAST(${number} AS CHAR)`);
  const name = (prefix: string, number: string, width: number) =>
    isSqlite
      ? `'${prefix}' || substr('00000000' || (${number}), -${width})`
      : `CONCAT('${prefix}', LPAD(${number}, ${width}, '0'))`;
  const whole = (n: string, divisor: number) => (isSqlite ? `(${n} / ${divisor})` : `(${n} DIV ${divisor})`);
  const versions = models * versionsPerModel;
  if (isSqlite) await source.query('PRAGMA cache_size = -400000');

  await insert(source, 'experiments', experiments, {
    pk: 'n + 1',
    name: name('experiment ', 'n', 4),
    live: '1',
    revision: '1',
    sequence: '1',
    createdAt: `${AT} + n`,
    createdByName: "'ci'",
    updatedAt: `${AT} + n`,
  });
  await insert(source, 'runs', runs, {
    pk: 'n + 1',
    runId: name('000000000000000000000000', 'n', 8),
    experimentPk: `n % ${experiments} + 1`,
    name: name('run ', 'n', 8),
    status: "'FINISHED'",
    startedAt: `${AT} + n * 1000`,
    endedAt: `${AT} + n * 1000 + 60000`,
    createdByName: "'ci'",
    revision: '2',
    sequence: '2',
    batches: '1',
    updatedAt: `${AT} + n * 1000 + 60000`,
    deletedWithExperiment: '0',
  });
  for (const [index, key] of filling.metrics.entries()) {
    const value = `((n + 1) * ${7_919 + 2 * index} % ${PRIME}) / ${PRIME}.0`;
    await insert(source, 'metrics', runs, {
      pk: `${index} * ${runs} + n + 1`,
      runPk: 'n + 1',
      experimentPk: `n % ${experiments} + 1`,
      key: `'${key}'`,
      step: '1',
      at: `${AT} + n * 1000`,
      special: '0',
      value,
      recency: "''",
      minValue: value,
      maxValue: value,
      count: '1',
    });
  }
  for (const key of filling.params) {
    const number = '(n + 1) * 31 % 1000';
    await insert(source, 'params', runs, { runPk: 'n + 1', key: `'${key}'`, value: text(number), number });
  }
  await insert(source, 'run_tags', runs, {
    runPk: 'n + 1',
    key: "'team'",
    value: `${name('team ', `n % ${TEAMS}`, 2)}`,
  });
  await insert(source, 'models', models, {
    pk: 'n + 1',
    name: name('model ', 'n', 6),
    live: '1',
    exclusiveStageList: "'PRODUCTION'",
    lastNumber: String(versionsPerModel),
    revision: '1',
    sequence: String(versionsPerModel + 1),
    createdAt: `${AT} + n`,
    createdByName: "'ci'",
    updatedAt: `${AT} + n`,
    changedAt: `${AT} + n`,
  });
  await insert(source, 'model_versions', versions, {
    pk: 'n + 1',
    modelPk: `n % ${models} + 1`,
    number: `${whole('n', models)} + 1`,
    stageName: `CASE WHEN n < ${models} THEN 'PRODUCTION' ELSE 'NONE' END`,
    status: "'READY'",
    runPk: runs > 0 ? `n % ${runs} + 1` : 'NULL',
    revision: '1',
    createdAt: `${AT} + n * 1000`,
    createdByName: "'ci'",
    updatedAt: `${AT} + n * 1000`,
  });
  const held = { since: `${AT} + n * 1000`, until: String(FOREVER), holds: '1' };
  await insert(source, 'version_tags', versions, {
    versionPk: 'n + 1',
    key: "'team'",
    value: name('team ', `n % ${TEAMS}`, 2),
    ...held,
  });
  await insert(source, 'version_tags', Math.floor(versions / RARITY), {
    versionPk: `n * ${RARITY} + 1`,
    key: "'rare'",
    value: "'yes'",
    ...held,
  });
  await insert(source, 'stage_changes', Math.min(models, versions), {
    modelPk: 'n + 1',
    versionPk: 'n + 1',
    fromStage: "'NONE'",
    toStage: "'PRODUCTION'",
    at: `${AT} + n * 1000`,
    until: String(FOREVER),
    sequence: '2',
    actorName: "'ci'",
  });
}

/** Inserts a row for each n from 0; the values are SQL over it. */
async function insert(
  source: FilledDatabase,
  table: string,
  count: number,
  columns: Readonly<Record<string, string>>,
): Promise<void> {
  const list = Object.keys(columns).map((column) => `\`${column}\``);
  const values = Object.values(columns).join(', ');
  for (let start = 0; start < count; start += ROWS_AT_ONCE) {
    const numbers = `(SELECT ${start} + ${[0, 1, 2, 3, 4].map((d) => `d${d}.n * ${10 ** d}`).join(' + ')} AS n FROM ${[4, 3, 2, 1, 0].map((d) => `${DIGITS} d${d}`).join(' CROSS JOIN ')}) numbers`;
    await source.query(
      `INSERT INTO \`${table}\` (${list.join(', ')}) SELECT ${values} FROM ${numbers} WHERE n < ${count}`,
    );
  }
}

const DIGITS = `(${Array.from({ length: 10 }, (_, n) => `SELECT ${n} AS n`).join(' UNION ALL ')})`;
