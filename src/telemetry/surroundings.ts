// What is asked when the metrics are read rather than counted as it happens: the database, its connections, the event log.

import { Gauge, type Registry } from 'prom-client';
import type { ConnectionUsage, EventLag } from '../core/telemetry.ts';

/** How long the database may take to answer, milliseconds. */
const ANSWER_LIMIT_MS = 2_000;

export interface Surroundings {
  connections(): ConnectionUsage;
  /** Asked of the database. */
  eventLag(): Promise<EventLag>;
}

export class SurroundingsGauges {
  private readonly up: Gauge;
  private readonly connections: Gauge<'state'>;
  private readonly waitingForConnection: Gauge;
  private readonly position: Gauge;
  private readonly waitingEvents: Gauge;
  private readonly waitingSeconds: Gauge;
  private readonly behind: Gauge;

  constructor(registry: Registry) {
    const gauge = (name: string, help: string) => new Gauge({ name, help, registers: [registry] });
    this.up = gauge('modelgraph_database_up', '1 where the database answers');
    this.connections = new Gauge({
      name: 'modelgraph_database_connections',
      help: 'Connections to the database; on SQLite the one that writes',
      labelNames: ['state'] as const,
      registers: [registry],
    });
    this.waitingForConnection = gauge('modelgraph_database_waiting', 'Work that waits for a connection');
    this.position = gauge('modelgraph_event_log_position', 'The newest position of the event log');
    this.waitingEvents = gauge('modelgraph_event_log_waiting', 'Committed events that have no position yet');
    this.waitingSeconds = gauge('modelgraph_event_log_waiting_seconds', 'How long the oldest of them has waited');
    this.behind = gauge('modelgraph_event_log_behind', 'Positions that subscribers here have not been offered yet');
  }

  /** What cannot be known, since the database does not answer, keeps the value that it had. */
  async update(surroundings: Surroundings): Promise<void> {
    const { inUse, idle, waiting } = surroundings.connections();
    this.connections.set({ state: 'in_use' }, inUse);
    this.connections.set({ state: 'idle' }, idle);
    this.waitingForConnection.set(waiting);
    const lag = await answerOf(surroundings);
    this.up.set(lag ? 1 : 0);
    if (!lag) return;
    this.position.set(lag.position);
    this.waitingEvents.set(lag.waiting);
    this.waitingSeconds.set(lag.waitingMs / 1_000);
    this.behind.set(lag.behind);
  }
}

async function answerOf(surroundings: Surroundings): Promise<EventLag | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ANSWER_LIMIT_MS);
  });
  try {
    return await Promise.race([surroundings.eventLag(), limit]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
