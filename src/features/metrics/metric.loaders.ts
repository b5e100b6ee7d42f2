// Batched loads of metrics and their points.

import { BatchedByArguments } from '../../core/batching.ts';
import type { Columns } from '../../core/needed-columns.ts';
import type { Page } from '../../core/pagination.ts';
import type { MetricQueries, PointOfMetric } from './metric.queries.ts';
import type { HistoryArgs, Metric, SampledArgs } from './metric.types.ts';
import type { StoredPoint } from './point-order.ts';

interface MetricsRequest {
  readonly keys: readonly string[] | null;
  readonly columns: Columns;
}

export class MetricLoaders {
  constructor(private readonly queries: MetricQueries) {}

  /** By the row number of the run; with keys only those. */
  readonly ofRun = new BatchedByArguments<MetricsRequest, number, Metric[]>(({ keys, columns }, runPks) =>
    this.queries.ofRuns(runPks, keys, columns),
  );

  /** By the row number of the metric. */
  readonly history = new BatchedByArguments<HistoryArgs, number, Page<PointOfMetric>>((args, metricPks) =>
    this.queries.history(metricPks, args),
  );

  /** By the row number of the metric. */
  readonly sampled = new BatchedByArguments<SampledArgs, number, StoredPoint[]>((args, metricPks) =>
    this.queries.sampled(metricPks, args.maxPoints, args),
  );
}
