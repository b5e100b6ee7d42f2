// The spans that the server makes where somebody has registered for them, after OpenTelemetry's conventions.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Attributes,
  type Context,
  context,
  propagation,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { registerAsyncContexts } from '../support/async-contexts.ts';
import { isSqlite, startRegistry, type TestRegistry } from '../support/registry.ts';
import { Subscriber } from '../support/subscriber.ts';

/** A span as a registered SDK would keep it. */
class RecordedSpan {
  readonly attributes: Attributes = {};
  status: SpanStatusCode = SpanStatusCode.UNSET;
  isOver = false;
  readonly id = Math.random().toString(16).slice(2, 18).padEnd(16, '0');

  constructor(
    public name: string,
    readonly kind: SpanKind,
    readonly traceId: string,
    readonly parentId: string | undefined,
  ) {}
}

const recorded: RecordedSpan[] = [];

function startSpan(name: string, options: SpanOptions = {}, parent: Context = context.active()): Span {
  const above = trace.getSpanContext(parent);
  const traceId = above?.traceId ?? Math.random().toString(16).slice(2, 14).padEnd(32, '0');
  const record = new RecordedSpan(name, options.kind ?? SpanKind.INTERNAL, traceId, above?.spanId);
  Object.assign(record.attributes, options.attributes);
  recorded.push(record);
  const span = {
    spanContext: (): SpanContext => ({ traceId, spanId: record.id, traceFlags: 1 }),
    setAttribute: (key: string, value: never) => Object.assign(record.attributes, { [key]: value }) && span,
    setAttributes: (attributes: Attributes) => Object.assign(record.attributes, attributes) && span,
    setStatus: ({ code }: { code: SpanStatusCode }) => Object.assign(record, { status: code }) && span,
    updateName: (given: string) => Object.assign(record, { name: given }) && span,
    end: () => void Object.assign(record, { isOver: true }),
    isRecording: () => !record.isOver,
  } as unknown as Span;
  return span;
}

/** What the SDK registers: a way for contexts to follow asynchronous work, and one to read `traceparent`. */
function registerRecorder(): void {
  registerAsyncContexts();
  propagation.setGlobalPropagator({
    inject: () => undefined,
    extract: (active, carrier) => {
      const [, traceId, spanId] = String((carrier as Record<string, unknown>).traceparent).split('-');
      return traceId && spanId ? trace.setSpanContext(active, { traceId, spanId, traceFlags: 1 }) : active;
    },
    fields: () => ['traceparent'],
  });
  trace.setGlobalTracerProvider({
    getTracer: () => ({ startSpan, startActiveSpan: () => undefined as never }),
  });
}

const childrenOf = (parent: RecordedSpan | undefined) => recorded.filter((span) => span.parentId === parent?.id);
const operationNamed = (name: string) => recorded.find((span) => span.attributes['graphql.operation.name'] === name);
const SYSTEM = isSqlite ? 'sqlite' : expect.stringMatching(/^(mysql|mariadb)$/);

describe('spans', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registerRecorder();
    registry = await startRegistry();
  });
  beforeEach(() => {
    recorded.length = 0;
  });
  afterAll(async () => {
    await registry.stop();
    for (const api of [trace, context, propagation]) api.disable();
  });

  it('of an operation have its type for a name, and its statements below them, without values', async () => {
    await registry.ask('query ByName($name: String!) { model(by: {name: $name}) { id } }', { name: 'a secret' });
    const operation = operationNamed('ByName');
    expect(operation).toMatchObject({
      name: 'query',
      kind: SpanKind.SERVER,
      status: SpanStatusCode.UNSET,
      isOver: true,
    });
    expect(operation?.attributes).toEqual({ 'graphql.operation.type': 'query', 'graphql.operation.name': 'ByName' });
    const statements = childrenOf(operation);
    expect(statements).toHaveLength(1);
    expect(statements[0]).toMatchObject({ name: 'SELECT models', kind: SpanKind.CLIENT, isOver: true });
    expect(statements[0]?.attributes).toMatchObject({ 'db.system.name': SYSTEM, 'db.query.summary': 'SELECT models' });
    expect(statements[0]?.attributes['db.query.text']).toContain('FROM models');
    expect(JSON.stringify(recorded)).not.toContain('a secret');
  });

  it('of a mutation have one for its transaction, with all of its statements', async () => {
    await registry.ask('mutation Register { registerModel(input: {name: "traced"}) { model { name } } }');
    const [transaction, ...others] = childrenOf(operationNamed('Register')).filter(
      (span) => span.name === 'transaction',
    );
    expect(others).toEqual([]);
    const summaries = childrenOf(transaction).map((span) => span.name);
    expect(summaries[0]).toMatch(/^(BEGIN|START)$/);
    expect(summaries).toContain('INSERT models');
    expect(summaries).toContain('INSERT events');
    expect(summaries.at(-1)).toBe('COMMIT');
  });

  it('leave what the event log does afterwards out of the operation that gave rise to it', async () => {
    await registry.ask('mutation Logged { registerModel(input: {name: "logged"}) { model { name } } }');
    const { traceId } = operationNamed('Logged') ?? {};
    const deadline = Date.now() + 5_000;
    const sequencing = () =>
      recorded.find((span) => span.name === 'transaction' && span.traceId !== traceId && span.parentId === undefined);
    while (!sequencing() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(sequencing()).toBeDefined();
    const ofTheOperation = recorded.filter((span) => span.traceId === traceId).map((span) => span.name);
    expect(ofTheOperation).not.toContain('UPDATE event_counter');
  });

  it('continue the trace that a request is part of', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    await fetch(`${registry.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-b7ad6b7169203331-01` },
      body: JSON.stringify({ query: 'query Continued { __typename }' }),
    });
    expect(operationNamed('Continued')).toMatchObject({ traceId, parentId: 'b7ad6b7169203331' });
  });

  it('are marked as failed where the server is at fault, not where the request is', async () => {
    await registry.send('query Wrong { model(by: {}) { id } }');
    await registry.send('query Refused { modelVersion(by: {uri: "nonsense"}) { id } }');
    expect(operationNamed('Refused')?.status).toBe(SpanStatusCode.UNSET);
    expect(recorded.every((span) => span.status === SpanStatusCode.UNSET)).toBe(true);
    const { readFirst } = registry.app.db;
    registry.app.db.read = () => Promise.reject(new TypeError('broken'));
    await registry.send('query Faulty { models { nodes { id } } }');
    Reflect.deleteProperty(registry.app.db, 'read');
    expect(registry.app.db.readFirst).toBe(readFirst);
    const faulty = operationNamed('Faulty');
    expect(faulty?.status).toBe(SpanStatusCode.ERROR);
    expect(faulty?.attributes['error.type']).toBe('INTERNAL_SERVER_ERROR');
  });

  it('of a subscription are one for each event that is answered, however many follow', async () => {
    const query = 'subscription Followed { events { cursor ... on ModelRegistered { model { name } } } }';
    const subscribers = [new Subscriber(registry, query), new Subscriber(registry, query)];
    await new Promise((resolve) => setTimeout(resolve, 300));
    await registry.ask('mutation { registerModel(input: {name: "followed"}) { model { name } } }');
    for (const subscriber of subscribers) await subscriber.count(1);
    const answers = recorded.filter((span) => span.attributes['graphql.operation.name'] === 'Followed');
    expect(answers).toHaveLength(1);
    expect(answers[0]).toMatchObject({ name: 'subscription', kind: SpanKind.INTERNAL, parentId: undefined });
    expect(childrenOf(answers[0]).map((span) => span.name)).toEqual(['SELECT models']);
    for (const subscriber of subscribers) subscriber.stop();
  });
});
