// The rows of the bench, in the order in which they are measured and shown.

import type { Row } from '../support/row.ts';
import { idle } from './idle.ts';
import { keyset } from './keyset.ts';
import { logBatch } from './log-batch.ts';
import { mlflowOnMariaDb, mlflowOnSqlite } from './mlflow.ts';
import { page } from './page.ts';
import { promote } from './promote.ts';
import { small } from './small.ts';
import { telemetry } from './telemetry.ts';

export const ROWS: readonly Row[] = [
  page,
  small,
  logBatch,
  keyset,
  promote,
  idle,
  telemetry,
  mlflowOnSqlite,
  mlflowOnMariaDb,
];
