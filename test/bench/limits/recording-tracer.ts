// Registers, before a server starts, what records every span as an SDK does, without sending it anywhere.

import { randomBytes } from 'node:crypto';
import { type Attributes, type Context, context, type Span, type SpanOptions, trace } from '@opentelemetry/api';
import { registerAsyncContexts } from '../../support/async-contexts.ts';

class RecordedSpan {
  readonly attributes: Attributes;
  readonly startedAt = performance.now();
  name: string;
  endedAt: number | undefined;
  private readonly ids: { readonly traceId: string; readonly spanId: string; readonly traceFlags: 1 };

  constructor(name: string, { attributes }: SpanOptions, traceId: string | undefined) {
    this.name = name;
    this.attributes = { ...attributes };
    this.ids = {
      traceId: traceId ?? randomBytes(16).toString('hex'),
      spanId: randomBytes(8).toString('hex'),
      traceFlags: 1,
    };
  }

  spanContext() {
    return this.ids;
  }

  setAttribute(key: string, value: never) {
    this.attributes[key] = value;
    return this;
  }

  setAttributes(attributes: Attributes) {
    Object.assign(this.attributes, attributes);
    return this;
  }

  setStatus() {
    return this;
  }

  updateName(name: string) {
    this.name = name;
    return this;
  }

  end() {
    this.endedAt = performance.now();
  }

  isRecording() {
    return this.endedAt === undefined;
  }
}

registerAsyncContexts();
trace.setGlobalTracerProvider({
  getTracer: () => ({
    startSpan: (name: string, options: SpanOptions = {}, parent: Context = context.active()) =>
      new RecordedSpan(name, options, trace.getSpanContext(parent)?.traceId) as unknown as Span,
    startActiveSpan: () => undefined as never,
  }),
});
