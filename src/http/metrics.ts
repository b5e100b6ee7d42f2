// The metrics, for Prometheus to read.

import type { FastifyInstance } from 'fastify';

export interface MetricsReport {
  readonly contentType: string;
  text(): Promise<string>;
}

/** Serves `/metrics`, where there are any. */
export function serveMetrics(app: FastifyInstance, report: MetricsReport | undefined): void {
  if (!report) return;
  app.get('/metrics', async (_request, reply) => reply.type(report.contentType).send(await report.text()));
}
