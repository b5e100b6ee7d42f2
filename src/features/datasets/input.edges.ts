// The edge that comes with an input of a run.

import { LineageKind } from '../lineage/lineage.types.ts';
import type { RecordedEdge } from '../lineage/lineage-record.service.ts';
import { InputKind, type RunInputRow } from './dataset.entity.ts';

const KINDS: Readonly<Record<InputKind, LineageKind>> = {
  [InputKind.DATASET]: LineageKind.DATASET,
  [InputKind.VERSION]: LineageKind.MODEL_VERSION,
};

export function edgeOfInput({ kind, inputPk, runPk, createdAt }: Omit<RunInputRow, 'context'>): RecordedEdge {
  return { from: { kind: KINDS[kind], pk: inputPk }, to: { kind: LineageKind.RUN, pk: runPk }, createdAt };
}
