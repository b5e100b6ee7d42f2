// Listens to what the program tells of its work: counts it, and passes it on as spans.

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Span } from '@opentelemetry/api';
import type {
  DatabaseSystem,
  Happening,
  OperationIdentity,
  OperationStart,
  Population,
  Telemetry,
} from '../core/telemetry.ts';
import type { Metrics } from './metrics.ts';
import { Tracing } from './tracing.ts';

/** An operation that is being answered. */
interface Underway {
  identity: OperationIdentity | undefined;
  statements: number;
  hasErrors: boolean;
  readonly span: Span;
}

export class Observer implements Telemetry {
  private readonly tracing = new Tracing();
  private readonly current = new AsyncLocalStorage<Underway>();

  /** @param metrics undefined where nothing is counted, and spans are all there is */
  constructor(private readonly metrics: Metrics | undefined) {}

  operation<T>(start: OperationStart, work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    let underway: Underway | undefined;
    return this.tracing.operation(
      start,
      (span) => {
        if (!this.metrics && !span.isRecording()) return work();
        underway = { identity: start.operation, statements: 0, hasErrors: false, span };
        return this.current.run(underway, work);
      },
      () => {
        if (!underway) return;
        const { identity, statements, hasErrors } = underway;
        this.metrics?.operationDone({ identity, statements, hasErrors, durationMs: performance.now() - startedAt });
      },
    );
  }

  resolved(operation: OperationIdentity): void {
    const underway = this.current.getStore();
    if (!underway) return;
    underway.identity = operation;
    this.tracing.name(underway.span, operation);
  }

  failed(code: string): void {
    this.metrics?.failed(code);
    const underway = this.current.getStore();
    if (!underway) return;
    underway.hasErrors = true;
    this.tracing.failed(underway.span, code);
  }

  transaction<T>(system: DatabaseSystem, work: () => Promise<T>): Promise<T> {
    return this.tracing.transaction(system, work);
  }

  statement<T>(system: DatabaseSystem, text: string, work: () => Promise<T>): Promise<T> {
    const underway = this.current.getStore();
    if (underway) underway.statements++;
    return this.tracing.statement(system, text, work);
  }

  answered(route: string, status: number): void {
    this.metrics?.answered(route, status);
  }

  count(happening: Happening): void {
    this.metrics?.count(happening);
  }

  join(population: Population): () => void {
    this.metrics?.change(population, 1);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.metrics?.change(population, -1);
    };
  }
}
