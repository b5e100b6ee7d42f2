// All migrations, oldest first. A published one is never edited.

import { CreateRegistry1764000000001 } from './1764000000001-create-registry.ts';
import { CreateTracking1764000000002 } from './1764000000002-create-tracking.ts';
import { CreateEventLog1764000000003 } from './1764000000003-create-event-log.ts';
import { NumberEvents1764000000004 } from './1764000000004-number-events.ts';
import { CreateGates1764000000005 } from './1764000000005-create-gates.ts';
import { LogBatches1764000000006 } from './1764000000006-log-batches.ts';
import { CreateLineage1764000000007 } from './1764000000007-create-lineage.ts';
import { IdentifyRegistry1764000000008 } from './1764000000008-identify-registry.ts';
import { KeepOpenLineage1764000000009 } from './1764000000009-keep-openlineage.ts';
import { IndexWhatListsAsk1764000000010 } from './1764000000010-index-what-lists-ask.ts';
import { IndexLatestVersions1764000000011 } from './1764000000011-index-latest-versions.ts';
import { RankWithinExperiments1764000000012 } from './1764000000012-rank-within-experiments.ts';

export const MIGRATIONS = [
  CreateRegistry1764000000001,
  CreateTracking1764000000002,
  CreateEventLog1764000000003,
  NumberEvents1764000000004,
  CreateGates1764000000005,
  LogBatches1764000000006,
  CreateLineage1764000000007,
  IdentifyRegistry1764000000008,
  KeepOpenLineage1764000000009,
  IndexWhatListsAsk1764000000010,
  IndexLatestVersions1764000000011,
  RankWithinExperiments1764000000012,
];
