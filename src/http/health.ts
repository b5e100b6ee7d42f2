// Liveness and readiness: whether the process runs, and whether it can answer.

import type { FastifyInstance } from 'fastify';

/** How long the database may take to show that it is there, milliseconds. */
const PING_LIMIT_MS = 2_000;

/** Serves `/healthz` and `/readyz`. While `isDraining` is set, the process is not ready. */
export function serveHealth(app: FastifyInstance, ping: () => Promise<void>): { isDraining: boolean } {
  const state = { isDraining: false };
  const probe = shared(ping);
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const problem = state.isDraining ? 'shutting down' : await problemOf(probe);
    if (problem) return reply.code(503).send({ status: 'unavailable', reason: problem });
    return { status: 'ready' };
  });
  return state;
}

/** One probe at a time, however many ask: a database that hangs is not asked again and again. */
function shared(ping: () => Promise<void>): () => Promise<void> {
  let underWay: Promise<void> | undefined;
  return () => {
    underWay ??= ping().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}

async function problemOf(probe: () => Promise<void>): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('the database does not answer in time'), PING_LIMIT_MS);
  });
  try {
    return await Promise.race([probe().then(() => undefined), limit]);
  } catch {
    return 'the database cannot be reached';
  } finally {
    clearTimeout(timer);
  }
}
