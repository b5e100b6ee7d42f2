// What must be true of a registry's SQLite file at every moment, whatever was cut off: each promise as a query for rows
// that break it. It is asked of files whose every change came from `crash-writers.ts`, with a key and a comment.

import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { POINTS_PER_BATCH } from './crash-writers.ts';

const FOREVER = Number.MAX_SAFE_INTEGER;

/** Changes of a model, as their idempotency keys tell them. */
const MODEL_MUTATIONS = `('registerModel', 'registerVersion', 'updateVersion', 'deleteVersion', 'promoteVersion', 'setAlias', 'removeAlias')`;

/** Each promise with a query that finds what breaks it. */
const BROKEN: Readonly<Record<string, string>> = {
  'numbers are 1..n': `
    SELECT m.name, m.lastNumber, COUNT(v.pk) AS versions, MIN(v.number) AS lowest, MAX(v.number) AS highest
    FROM models m LEFT JOIN model_versions v ON v.modelPk = m.pk GROUP BY m.pk
    HAVING COUNT(v.pk) <> m.lastNumber OR COALESCE(MAX(v.number), 0) <> m.lastNumber OR COALESCE(MIN(v.number), 1) <> 1`,

  'an exclusive stage has one holder at every instant': `
    SELECT * FROM (
      SELECT s.modelPk, s.versionPk, s.toStage, s.at, s.until,
        LEAD(s.at) OVER (PARTITION BY s.modelPk, s.toStage ORDER BY s.at, s.sequence, s.pk) AS nextAt
      FROM stage_changes s JOIN models m ON m.pk = s.modelPk WHERE instr(m.exclusiveStageList, s.toStage) > 0
    ) WHERE nextAt < until`,

  'the intervals of a version follow one another': `
    SELECT * FROM (
      SELECT s.*, v.createdAt, v.deletedAt, LAG(s.toStage) OVER w AS stageBefore, LEAD(s.at) OVER w AS nextAt
      FROM stage_changes s JOIN model_versions v ON v.pk = s.versionPk
      WINDOW w AS (PARTITION BY s.versionPk ORDER BY s.at, s.sequence)
    ) WHERE fromStage <> COALESCE(stageBefore, 'NONE') OR until <> COALESCE(nextAt, deletedAt, ${FOREVER})
      OR at < createdAt OR until < at`,

  'the stage now is the last one of the history': `
    SELECT * FROM (
      SELECT v.pk, v.stageName, v.deletedAt, COALESCE(
        (SELECT s.toStage FROM stage_changes s WHERE s.versionPk = v.pk ORDER BY s.at DESC, s.sequence DESC LIMIT 1),
        'NONE') AS last
      FROM model_versions v
    ) WHERE stageName <> CASE WHEN deletedAt IS NULL THEN last ELSE 'NONE' END`,

  'an alias stands for one version at every instant': `
    SELECT * FROM (
      SELECT a.*, v.deletedAt, LEAD(a.since) OVER (PARTITION BY a.modelPk, a.alias ORDER BY a.since, a.pk) AS nextSince
      FROM model_aliases a JOIN model_versions v ON v.pk = a.versionPk
    ) WHERE COALESCE(holds, 0) <> (until = ${FOREVER}) OR until > COALESCE(nextSince, until) OR until < since
      OR until > COALESCE(deletedAt, until)`,

  'the last event of an alias says where it stands': `
    SELECT * FROM (
      SELECT e.subjectPk, e.payload ->> 'alias' AS alias, e.payload ->> 'toPk' AS toPk,
        ROW_NUMBER() OVER (PARTITION BY e.subjectPk, e.payload ->> 'alias' ORDER BY e.sequence DESC, e.ordinal DESC) AS age
      FROM events e WHERE e.type = 'ALIAS_CHANGED'
    ) last LEFT JOIN model_aliases a ON a.modelPk = last.subjectPk AND a.alias = last.alias AND a.holds = 1
    WHERE last.age = 1 AND last.toPk IS NOT a.versionPk`,

  'the tags of a version hold one value at every instant': `
    SELECT * FROM (
      SELECT t.*, LEAD(t.since) OVER (PARTITION BY t.versionPk, t.key ORDER BY t.since, t.pk) AS nextSince FROM version_tags t
    ) WHERE COALESCE(holds, 0) <> (until = ${FOREVER}) OR until > COALESCE(nextSince, until) OR until < since`,

  'each stage change has its event': `
    SELECT s.pk, e.* FROM stage_changes s LEFT JOIN (
      SELECT payload ->> 'changePk' AS changePk, COUNT(*) AS count, MIN(at) AS eventAt, MIN(stageName) AS stage,
        MIN(sequence) AS eventSequence, MIN(comment) AS eventComment
      FROM events WHERE type = 'STAGE_CHANGED' GROUP BY 1
    ) e ON e.changePk = s.pk
    WHERE e.count IS NOT 1 OR e.eventAt <> s.at OR e.stage <> s.toStage OR e.eventSequence <> s.sequence
      OR e.eventComment IS NOT s.comment`,

  'there are as many events as changes': `
    SELECT * FROM (
      SELECT 'MODEL_REGISTERED' AS type, (SELECT COUNT(*) FROM models) AS changes
      UNION ALL SELECT 'VERSION_REGISTERED', (SELECT COUNT(*) FROM model_versions)
      UNION ALL SELECT 'VERSION_DELETED', (SELECT COUNT(*) FROM model_versions WHERE deletedAt IS NOT NULL)
      UNION ALL SELECT 'STAGE_CHANGED', (SELECT COUNT(*) FROM stage_changes)
      UNION ALL SELECT 'ALIAS_CHANGED', (SELECT COUNT(*) FROM model_aliases)
      UNION ALL SELECT 'EXPERIMENT_CREATED', (SELECT COUNT(*) FROM experiments)
      UNION ALL SELECT 'RUN_STARTED', (SELECT COUNT(*) FROM runs)
    ) c WHERE c.changes <> (SELECT COUNT(*) FROM events e
      WHERE e.type = c.type AND (e.type <> 'ALIAS_CHANGED' OR e.payload ->> 'toPk' IS NOT NULL))`,

  'the events of a change are numbered without gaps': `
    SELECT subjectPk, sequence, COUNT(*), MIN(ordinal), MAX(ordinal) FROM events WHERE subjectType = 'Model'
    GROUP BY subjectPk, sequence HAVING MAX(ordinal) - MIN(ordinal) + 1 <> COUNT(*)`,

  'the events of a model keep the order of time': `
    SELECT * FROM (
      SELECT e.*, LAG(e.at) OVER (PARTITION BY e.subjectPk ORDER BY e.sequence, e.ordinal) AS atBefore, m.sequence AS newest
      FROM events e LEFT JOIN models m ON m.pk = e.subjectPk WHERE e.subjectType = 'Model'
    ) WHERE at < atBefore OR newest IS NULL OR sequence > newest`,

  'positions are dense and keep the order of each subject': `
    SELECT * FROM (
      SELECT e.position, LAG(e.position) OVER (PARTITION BY e.subjectType, e.subjectPk ORDER BY e.sequence, e.ordinal) AS before,
        ROW_NUMBER() OVER (ORDER BY e.position) AS rank, MIN(e.position) OVER () AS lowest
      FROM events e WHERE e.position IS NOT NULL
    ) WHERE position < before OR position <> lowest + rank - 1`,

  'each change of a model took one place in its sequence': `
    SELECT * FROM (
      SELECT (SELECT COALESCE(SUM(sequence), 0) FROM models) AS places,
        (SELECT COUNT(*) FROM idempotency_keys WHERE mutation IN ${MODEL_MUTATIONS})
        + (SELECT COUNT(*) FROM models) - (SELECT COUNT(*) FROM idempotency_keys WHERE mutation = 'registerModel') AS changes
    ) WHERE places <> changes`,

  'the revision of a version counts its changes': `
    SELECT v.pk, v.revision, c.changes FROM model_versions v LEFT JOIN (
      SELECT payload ->> 'versionPk' AS versionPk, COUNT(DISTINCT sequence) AS changes
      FROM events WHERE type IN ('VERSION_UPDATED', 'STAGE_CHANGED', 'VERSION_DELETED') GROUP BY 1
    ) c ON c.versionPk = v.pk WHERE v.revision <> 1 + COALESCE(c.changes, 0)`,

  'the revision of a model counts its changes': `
    SELECT m.pk, m.revision, c.changes FROM models m LEFT JOIN (
      SELECT subjectPk, COUNT(DISTINCT sequence) AS changes FROM events WHERE type = 'ALIAS_CHANGED' GROUP BY 1
    ) c ON c.subjectPk = m.pk WHERE m.revision <> 1 + COALESCE(c.changes, 0)`,

  'a metric says what its points say': `
    SELECT m.*, p.* FROM metrics m LEFT JOIN (
      SELECT metricPk, COUNT(*) AS total, MIN(CASE WHEN special = 0 THEN value END) AS lowest,
        MAX(CASE WHEN special = 0 THEN value END) AS highest
      FROM metric_points GROUP BY metricPk
    ) p ON p.metricPk = m.pk
    WHERE p.total IS NOT m.count OR p.lowest IS NOT m.minValue OR p.highest IS NOT m.maxValue
      OR (m.step, m.at, m.special, m.value) <> (SELECT l.step, l.at, l.special, l.value FROM metric_points l
        WHERE l.metricPk = m.pk ORDER BY l.step DESC, l.at DESC, l.special DESC, l.value DESC LIMIT 1)`,

  'a metric is in the experiment of its run': `
    SELECT m.pk, m.experimentPk, r.experimentPk AS ofRun FROM metrics m LEFT JOIN runs r ON r.pk = m.runPk
    WHERE r.experimentPk IS NOT m.experimentPk`,

  'points belong to a metric': `
    SELECT p.metricPk FROM metric_points p LEFT JOIN metrics m ON m.pk = p.metricPk WHERE m.pk IS NULL`,

  'a batch is whole': `
    SELECT m.runPk, p.step, COUNT(*) FROM metric_points p JOIN metrics m ON m.pk = p.metricPk
    GROUP BY m.runPk, p.step HAVING COUNT(*) <> ${POINTS_PER_BATCH}`,

  'a batch is there exactly where its key is': `
    SELECT k.key, p.key FROM (SELECT key FROM idempotency_keys WHERE mutation = 'logBatch') k
    FULL JOIN params p ON p.key = k.key WHERE k.key IS NULL OR p.key IS NULL
    UNION ALL SELECT 'batches', SUM(batches) FROM runs
    HAVING SUM(batches) <> (SELECT COUNT(*) FROM idempotency_keys WHERE mutation = 'logBatch')
      + (SELECT COUNT(*) FROM model_versions WHERE runPk IS NOT NULL)
    UNION ALL SELECT 'points', COUNT(*) FROM metric_points
    HAVING COUNT(*) <> ${POINTS_PER_BATCH} * (SELECT COUNT(*) FROM idempotency_keys WHERE mutation = 'logBatch')`,

  'what a key remembers is there': `
    SELECT k.* FROM idempotency_keys k
    LEFT JOIN models m ON k.mutation = 'registerModel' AND m.pk = k.outcome AND m.description = k.key
    LEFT JOIN model_versions v ON k.mutation = 'registerVersion' AND v.pk = k.outcome AND v.description = k.key
    LEFT JOIN runs r ON k.mutation = 'startRun' AND r.pk = k.outcome AND r.description = k.key
    LEFT JOIN stage_changes s ON k.mutation = 'promoteVersion' AND s.pk = k.outcome ->> 'changePk' AND s.comment = k.key
    LEFT JOIN model_aliases a ON k.mutation = 'setAlias' AND a.pk = k.outcome
    WHERE CASE k.mutation
      WHEN 'registerModel' THEN m.pk IS NULL
      WHEN 'registerVersion' THEN v.pk IS NULL
      WHEN 'startRun' THEN r.pk IS NULL
      WHEN 'promoteVersion' THEN k.outcome ->> 'changePk' IS NOT s.pk
      WHEN 'setAlias' THEN a.pk IS NULL
      ELSE 0 END`,

  'a promotion is whole: whoever made way is in the same commit': `
    SELECT k.key, k.outcome, s.changes FROM idempotency_keys k LEFT JOIN (
      SELECT comment, COUNT(*) AS changes, COUNT(DISTINCT sequence) AS commits FROM stage_changes GROUP BY comment
    ) s ON s.comment = k.key
    WHERE k.mutation = 'promoteVersion' AND (COALESCE(s.commits, 1) <> 1 OR COALESCE(s.changes, 0) <>
      json_array_length(k.outcome, '$.archivedPks') + (k.outcome ->> 'changePk' IS NOT NULL))`,

  'nothing is there without its key': `
    SELECT e.type, e.comment FROM events e WHERE e.comment NOT IN (SELECT key FROM idempotency_keys)
    UNION ALL SELECT 'version', description FROM model_versions WHERE description NOT IN (SELECT key FROM idempotency_keys)
    UNION ALL SELECT 'run', description FROM runs WHERE description NOT IN (SELECT key FROM idempotency_keys)
    UNION ALL SELECT 'tag', value FROM version_tags WHERE value NOT IN (SELECT key FROM idempotency_keys)
    UNION ALL SELECT 'keys', key FROM idempotency_keys GROUP BY key HAVING COUNT(*) > 1`,
};

/** What a file holds after a crash. */
export interface FileContents {
  /** What is broken, with a few of the rows that show it; empty where all promises hold. */
  readonly violations: readonly string[];
  /** The keys of all mutations that were committed. */
  readonly committed: ReadonlySet<string>;
  readonly numberOfVersion: ReadonlyMap<string, number>;
  readonly events: number;
}

/** Looks at a file that no process has open. Read-only, so that whoever starts next finds it as the crash left it. */
export function examine(path: string): FileContents {
  const file = new Database(path, { readonly: true });
  try {
    const violations: string[] = [];
    const integrity = file.pragma('integrity_check', { simple: true });
    if (integrity !== 'ok') violations.push(`integrity_check: ${String(integrity)}`);
    for (const [promise, query] of Object.entries(BROKEN)) {
      const rows = file.prepare(query).all();
      if (rows.length > 0) {
        const shown = rows.slice(0, 3).map((row) => JSON.stringify(row));
        violations.push(`"${promise}" is broken by ${rows.length} rows: ${shown.join(' ')}`);
      }
    }
    const keys = file.prepare<[], { key: string }>('SELECT key FROM idempotency_keys').all();
    const versions = file
      .prepare<[], { description: string; number: number }>('SELECT description, number FROM model_versions')
      .all();
    return {
      violations,
      committed: new Set(keys.map(({ key }) => key)),
      numberOfVersion: new Map(versions.map(({ description, number }) => [description, number])),
      events: file.prepare<[], { count: number }>('SELECT COUNT(*) AS count FROM events').get()?.count ?? 0,
    };
  } finally {
    file.close();
  }
}

/** Whether a first start got as far as all tables. */
export function isMigrated(path: string): boolean {
  if (!existsSync(path)) return false;
  const file = new Database(path, { readonly: true });
  try {
    return file.prepare("SELECT 1 FROM sqlite_master WHERE name = 'promotion_gates'").get() !== undefined;
  } finally {
    file.close();
  }
}
