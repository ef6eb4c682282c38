/**
 * Traces (OpenTelemetry): what a request, an event, a statement and an outside call did, and whose child it was. Off unless
 * OTEL_EXPORTER_OTLP_ENDPOINT is set: then nothing of it is loaded and each of these functions is one comparison.
 */
import type { Attributes } from '@opentelemetry/api';

export interface Tracer {
  /** @param from the W3C traceparent of what caused it, when that was not this very call */
  inSpan<T>(name: string, attributes: Attributes, work: () => Promise<T>, from?: string): Promise<T>;
  /** As inSpan, but only inside another: what runs by itself all day is not worth a trace. */
  inChildSpan<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T>;
  /** A span over callbacks: `run` carries its context on, `end` closes it. */
  open(name: string, attributes: Attributes, from?: string): OpenSpan;
  traceId(): string | undefined;
  traceParent(): string | undefined;
  /** Sends what is held back. */
  stop(): Promise<void>;
}

export interface OpenSpan {
  run(work: () => void): void;
  end(name: string, attributes: Attributes, isFailure: boolean): void;
}

let tracer: Tracer | undefined;

/** @returns ends it */
export async function startTracing({
  endpoint,
  version,
  role,
}: {
  /** Base address of an OTLP/HTTP collector. */
  endpoint: string | undefined;
  version: string;
  role: string;
}): Promise<() => Promise<void>> {
  if (endpoint === undefined || tracer) return async () => {};
  const { createTracer } = await import('./tracing.otel.ts');
  const started = createTracer({ endpoint, version, role });
  tracer = started;
  return async () => {
    tracer = undefined;
    await started.stop();
  };
}

export const currentTracer = (): Tracer | undefined => tracer;

export const inSpan = <T>(name: string, attributes: Attributes, work: () => Promise<T>, from?: string): Promise<T> =>
  tracer ? tracer.inSpan(name, attributes, work, from) : work();

export const currentTraceId = (): string | undefined => tracer?.traceId();
export const currentTraceParent = (): string | undefined => tracer?.traceParent();
