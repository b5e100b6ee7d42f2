// What OpenLineage events said of a run or a dataset so far.

import { Entity, Index } from 'typeorm';
import { Count, KeyPart, LongText, OptionalText, TextKeyPart } from '../../database/columns.ts';

/** One that has said nothing is awaited as a parent: its row is there to be held. */
@Entity('openlineage_runs')
@Index('openlineage_runs_parent', ['parentRunId'])
export class OpenLineageRun {
  @TextKeyPart(32) runId!: string;
  @OptionalText(32) parentRunId!: string | null;
  /** Rises with every delivery, first of all, so that deliveries about one run take turns. */
  @Count() deliveries!: number;
  /** JSON; empty where there was no event yet. */
  @LongText() said!: string;
}

@Entity('openlineage_datasets')
export class OpenLineageDataset {
  @KeyPart() datasetPk!: number;
  @Count() deliveries!: number;
  @LongText() said!: string;
}
