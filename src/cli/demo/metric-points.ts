// Turns what a training measured into points of the registry's metrics.
import type { MetricPointInput } from './operations.generated.ts';
import type { EpochReport } from './training/train-classifier.ts';

/** One point; a value that is no finite number goes as the special value that it is. */
export function metricPoint(key: string, value: number, step: number, at: Date): MetricPointInput {
  const point = { key, step, at: at.toISOString() };
  if (Number.isFinite(value)) return { ...point, value };
  if (Number.isNaN(value)) return { ...point, special: 'NAN' };
  return { ...point, special: value > 0 ? 'POSITIVE_INFINITY' : 'NEGATIVE_INFINITY' };
}

/** The four points of an epoch, at the time it ended. */
export function epochPoints({ epoch, trainingLoss, validation, finishedAt }: EpochReport): MetricPointInput[] {
  return [
    metricPoint('train/loss', trainingLoss, epoch, finishedAt),
    metricPoint('val/loss', validation.loss, epoch, finishedAt),
    metricPoint('val/accuracy', validation.accuracy, epoch, finishedAt),
    metricPoint('val/f1', validation.macroF1, epoch, finishedAt),
  ];
}
