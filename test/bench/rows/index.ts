// The rows of the bench, in the order in which they are measured and shown.

import type { Row } from '../support/row.ts';
import { logBatch } from './log-batch.ts';

export const ROWS: readonly Row[] = [logBatch];
