// The metrics, for Prometheus to read.

import type { FastifyInstance } from 'fastify';
import type { Telemetry } from '../core/telemetry.ts';

export interface MetricsReport {
  readonly contentType: string;
  text(): Promise<string>;
}

/** Serves `/metrics`, where there are any, and counts what is answered. */
export function serveMetrics(app: FastifyInstance, telemetry: Telemetry, report: MetricsReport | undefined): void {
  if (!report) return;
  app.addHook('onResponse', (request, reply, done) => {
    telemetry.answered(request.routeOptions.url ?? 'none', reply.statusCode);
    done();
  });
  app.get('/metrics', async (_request, reply) => reply.type(report.contentType).send(await report.text()));
}
