// Spans, through the OpenTelemetry API alone: without an SDK that registered itself they cost next to nothing.

import {
  type Attributes,
  context,
  propagation,
  type Span,
  SpanKind,
  type SpanOptions,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { DatabaseSystem, OperationIdentity, OperationStart } from '../core/telemetry.ts';

/** Codes of errors that are the server's fault, not the request's. */
const FAULTS = new Set(['INTERNAL_SERVER_ERROR', 'UNAVAILABLE']);
/** What a statement does, and to which table: the first one that it names. */
const SUMMARY = /^\(*(\w+)(?:.*?\b(?:FROM|INTO|UPDATE|JOIN)\s+[`"]?(\w+))?/i;
/** Characters of a statement that are kept: inserts of many rows are long, and all alike. */
const LONGEST_TEXT = 2_000;
const UPDATED = /^UPDATE\s+[`"]?(\w+)/i;

export class Tracing {
  private readonly tracer = trace.getTracer('modelgraph');

  /** Runs an operation in a span of its own, as part of the trace that its headers name. */
  async operation<T>(
    { via, headers, operation }: OperationStart,
    work: (span: Span) => Promise<T>,
    end: (span: Span) => void,
  ): Promise<T> {
    const parent = headers ? propagation.extract(context.active(), headers) : context.active();
    const options: SpanOptions = {
      kind: via === 'event' ? SpanKind.INTERNAL : SpanKind.SERVER,
      ...(operation && { attributes: attributesOf(operation) }),
    };
    const span = this.tracer.startSpan(operation?.type ?? 'GraphQL Operation', options, parent);
    try {
      // Without an SDK there is no trace that anything could be part of.
      if (!trace.isSpanContextValid(span.spanContext())) return await work(span);
      return await context.with(trace.setSpan(parent, span), () => work(span));
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      end(span);
      span.end();
    }
  }

  /** Names an operation once it is known, after the conventions: by its type, since clients make up the rest. */
  name(span: Span, operation: OperationIdentity): void {
    if (!span.isRecording()) return;
    span.updateName(operation.type);
    span.setAttributes(attributesOf(operation));
  }

  /** Marks the operation as failed where an error of its answer is the server's fault. */
  failed(span: Span, code: string): void {
    if (!FAULTS.has(code) || !span.isRecording()) return;
    span.setAttribute('error.type', code);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }

  transaction<T>(system: DatabaseSystem, work: () => Promise<T>): Promise<T> {
    if (this.isUnwatched()) return work();
    return this.within('transaction', { attributes: { 'db.system.name': system } }, work);
  }

  /** A statement is part of something that is traced, or not traced at all: what looks now and then leaves no traces. */
  statement<T>(system: DatabaseSystem, text: string, work: () => Promise<T>): Promise<T> {
    if (!trace.getActiveSpan()?.isRecording()) return work();
    const summary = summaryOf(text);
    const attributes = {
      'db.system.name': system,
      'db.query.text': text.slice(0, LONGEST_TEXT),
      'db.query.summary': summary,
    };
    return this.within(summary, { kind: SpanKind.CLIENT, attributes }, work);
  }

  /** Whether what is under way belongs to an operation that is not traced, or was over before. */
  private isUnwatched(): boolean {
    return trace.getActiveSpan()?.isRecording() === false;
  }

  private async within<T>(name: string, options: SpanOptions, work: () => Promise<T>): Promise<T> {
    const span = this.tracer.startSpan(name, options);
    // Nobody listens: not worth a context of its own.
    if (!span.isRecording()) return work();
    try {
      return await context.with(trace.setSpan(context.active(), span), work);
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  }
}

function attributesOf({ type, name }: OperationIdentity): Attributes {
  return { 'graphql.operation.type': type, ...(name !== undefined && { 'graphql.operation.name': name }) };
}

function fail(span: Span, error: unknown): void {
  if (!span.isRecording()) return;
  const type = (error as { code?: unknown })?.code ?? (error as Error)?.name ?? 'Error';
  span.setAttribute('error.type', String(type));
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** Such as `SELECT models`. */
export function summaryOf(text: string): string {
  const [, updated] = UPDATED.exec(text) ?? [];
  if (updated) return `UPDATE ${updated}`;
  const [, verb = 'SQL', table] = SUMMARY.exec(text) ?? [];
  return table ? `${verb.toUpperCase()} ${table}` : verb.toUpperCase();
}
