// What the program counts and measures of itself, as Prometheus reads it.

import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Happening, OperationIdentity, Population } from '../core/telemetry.ts';
import { BoundedNames } from './bounded-names.ts';
import { type Surroundings, SurroundingsGauges } from './surroundings.ts';
import { type Distribution, TalliedCounter, TalliedHistogram, type Tally } from './tallies.ts';

const DURATION_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const STATEMENT_BUCKETS = [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64];

/** An operation that was answered. */
export interface MeasuredOperation {
  /** Undefined where no operation could be made out. */
  readonly identity: OperationIdentity | undefined;
  readonly hasErrors: boolean;
  readonly durationMs: number;
  readonly statements: number;
}

/** What is counted of the operations of a name and type. */
interface OperationTallies {
  readonly labels: { readonly name: string; readonly type: string };
  readonly durations: Distribution;
  readonly statements: Distribution;
  ok?: Tally;
  error?: Tally;
}

let processRegistry: Registry | undefined;

/** Of the process, and so once however many registries it serves. */
function processMetrics(): Registry {
  if (!processRegistry) {
    processRegistry = new Registry();
    collectDefaultMetrics({ register: processRegistry });
  }
  return processRegistry;
}

export class Metrics {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  private readonly registry = new Registry();
  private readonly registers = [this.registry];
  private readonly names = new BoundedNames();
  private readonly surroundings = new SurroundingsGauges(this.registry);

  private readonly operations = new TalliedCounter({
    name: 'modelgraph_operations_total',
    help: 'GraphQL operations answered; outcome is ok, or error where the answer has errors',
    labelNames: ['name', 'type', 'outcome'] as const,
    registers: this.registers,
  });
  private readonly durations = new TalliedHistogram({
    name: 'modelgraph_operation_duration_seconds',
    help: 'Time to answer a GraphQL operation, or one event of a subscription',
    labelNames: ['name', 'type'] as const,
    buckets: DURATION_BUCKETS_S,
    registers: this.registers,
  });
  private readonly statements = new TalliedHistogram({
    name: 'modelgraph_operation_statements',
    help: 'SQL statements of a GraphQL operation, those that begin and commit included',
    labelNames: ['name', 'type'] as const,
    buckets: STATEMENT_BUCKETS,
    registers: this.registers,
  });
  private readonly errors = new Counter({
    name: 'modelgraph_graphql_errors_total',
    help: 'Errors in the answers of GraphQL operations',
    labelNames: ['code'] as const,
    registers: this.registers,
  });
  private readonly requests = new TalliedCounter({
    name: 'modelgraph_http_requests_total',
    help: 'HTTP requests answered',
    labelNames: ['route', 'status'] as const,
    registers: this.registers,
  });
  private readonly operationTallies = new Map<string, OperationTallies>();
  private readonly requestTallies = new Map<string, Tally>();
  private readonly happenings: Readonly<Record<Happening, Counter>> = {
    transactionRetried: this.counter('modelgraph_transaction_retries_total', 'Transactions that were run again'),
    eventDelivered: this.counter('modelgraph_events_delivered_total', 'Events sent to subscribers, once for each'),
    subscriberCutOff: this.counter('modelgraph_subscribers_cut_off_total', 'WebSockets closed since nobody read them'),
  };
  private readonly populations: Readonly<Record<Population, Gauge>> = {
    webSockets: this.gauge('modelgraph_websockets', 'WebSockets that are open'),
    subscriptions: this.gauge('modelgraph_subscriptions', 'Subscriptions that are followed'),
  };

  operationDone({ identity, hasErrors, durationMs, statements }: MeasuredOperation): void {
    const tallies = this.talliesOf(identity);
    tallies.durations.add(durationMs / 1_000);
    tallies.statements.add(statements);
    const outcome = hasErrors ? 'error' : 'ok';
    tallies[outcome] ??= this.operations.tally({ ...tallies.labels, outcome });
    tallies[outcome].count++;
  }

  failed(code: string): void {
    this.errors.inc({ code });
  }

  answered(route: string, status: number): void {
    const key = `${status} ${route}`;
    let tally = this.requestTallies.get(key);
    if (!tally) {
      tally = this.requests.tally({ route, status });
      this.requestTallies.set(key, tally);
    }
    tally.count++;
  }

  count(happening: Happening): void {
    this.happenings[happening].inc();
  }

  change(population: Population, by: 1 | -1): void {
    this.populations[population].inc(by);
  }

  /** Everything there is, with how the surroundings are now. Does not wait long for a database that hangs. */
  async report(surroundings: Surroundings): Promise<string> {
    await this.surroundings.update(surroundings);
    return Registry.merge([processMetrics(), this.registry]).metrics();
  }

  private talliesOf(identity: OperationIdentity | undefined): OperationTallies {
    const name = identity ? this.names.labelOf(identity.name) : 'unknown';
    const type = identity?.type ?? 'unknown';
    const key = `${type} ${name}`;
    const known = this.operationTallies.get(key);
    if (known) return known;
    const labels = { name, type };
    const tallies = {
      labels,
      durations: this.durations.distribution(labels),
      statements: this.statements.distribution(labels),
    };
    this.operationTallies.set(key, tallies);
    return tallies;
  }

  private counter(name: string, help: string): Counter {
    return new Counter({ name, help, registers: this.registers });
  }

  private gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: this.registers });
  }
}
