/** The OpenTelemetry SDK behind `tracing.ts`; loaded only when traces are wanted. */
import { type Context, context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { Tracer } from './tracing.ts';

export function createTracer({ endpoint, version, role }: { endpoint: string; version: string; role: string }): Tracer {
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'xiaopu',
      'service.version': version,
      'service.instance.id': `${role}-${process.pid}`,
    }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  // Context over awaits, and W3C trace context on the wire.
  provider.register();
  const tracer = provider.getTracer('xiaopu');

  const contextOf = (traceparent: string | undefined): Context =>
    traceparent === undefined ? context.active() : propagation.extract(ROOT_CONTEXT, { traceparent });

  const inSpan: Tracer['inSpan'] = (name, attributes, work, from) => {
    const parent = contextOf(from);
    const span = tracer.startSpan(name, { attributes, kind: from ? SpanKind.CONSUMER : SpanKind.CLIENT }, parent);
    return context.with(trace.setSpan(parent, span), async () => {
      try {
        return await work();
      } catch (error) {
        // The kind only: messages of the database may quote values.
        span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'failed' });
        throw error;
      } finally {
        span.end();
      }
    });
  };

  return {
    inSpan,
    inChildSpan: (name, attributes, work) => (trace.getActiveSpan() ? inSpan(name, attributes, work) : work()),
    open(name, attributes, from) {
      const parent = from === undefined ? ROOT_CONTEXT : contextOf(from);
      const span = tracer.startSpan(name, { attributes, kind: SpanKind.SERVER }, parent);
      const own = trace.setSpan(parent, span);
      return {
        run: (work) => context.with(own, work),
        end(finalName, more, isFailure) {
          span.updateName(finalName);
          span.setAttributes(more);
          if (isFailure) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end();
        },
      };
    },
    traceId: () => trace.getActiveSpan()?.spanContext().traceId,
    traceParent() {
      const carrier: { traceparent?: string } = {};
      propagation.inject(context.active(), carrier);
      return carrier.traceparent;
    },
    async stop() {
      await provider.shutdown();
      // Another tracer of this process (tests) may take their places.
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}
