// Which events of the log somebody asks for: as a condition in SQL for pages, and as a test for what is in memory.

import type { Dialect } from '../database/dialect.ts';
import { type Sql, sql } from '../database/sql.ts';
import type { EventRecordRow } from './event-record.ts';

/** Conditions that all hold; one that is left out holds for every event. */
export interface EventSelection {
  readonly types?: readonly string[];
  /** Names of models as they were at the event. */
  readonly modelNames?: readonly string[];
  readonly modelPks?: readonly number[];
  /** Stages that a stage change leads to. */
  readonly stages?: readonly string[];
}

export function isSelected(
  { types, modelNames, modelPks, stages }: EventSelection,
  { type, subjectType, subjectName, subjectPk, stageName }: EventRecordRow,
): boolean {
  if (types && !types.includes(type)) return false;
  if ((modelNames || modelPks) && subjectType !== 'Model') return false;
  if (modelNames && !modelNames.includes(subjectName)) return false;
  if (modelPks && !modelPks.includes(subjectPk)) return false;
  return !stages || (stageName !== null && stages.includes(stageName));
}

/** The same as conditions on `e`. The sign keeps databases from sorting all events of models to find a few in order. */
export function selectionConditions(
  { inList }: Dialect,
  { types, modelNames, modelPks, stages }: EventSelection,
): readonly Sql[] {
  return [
    ...(types ? [inList(sql`e.type`, types)] : []),
    ...(modelNames || modelPks ? [sql`+e.subjectType = 'Model'`] : []),
    ...(modelNames ? [inList(sql`e.subjectName`, modelNames)] : []),
    ...(modelPks ? [inList(sql`e.subjectPk`, modelPks)] : []),
    ...(stages ? [inList(sql`e.stageName`, stages)] : []),
  ];
}
