/** A span a request, named by its route template: no address, no id, no personal value. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { currentTracer, type OpenSpan } from '../tracing.ts';

export function traceRequests(app: FastifyInstance): void {
  const spans = new WeakMap<FastifyRequest, OpenSpan>();
  app.addHook('onRequest', (request, _reply, done) => {
    const tracer = currentTracer();
    if (!tracer) return done();
    const { traceparent: from } = request.headers;
    const attributes = { 'http.request.method': request.method, 'xiaopu.request_id': request.id };
    const span = tracer.open(request.method, attributes, typeof from === 'string' ? from : undefined);
    spans.set(request, span);
    span.run(done);
  });
  // A body comes by the socket's events, which know nothing of the request's context.
  app.addHook('preValidation', (request, _reply, done) => {
    const span = spans.get(request);
    if (span) span.run(done);
    else done();
  });
  app.addHook('onResponse', (request, { statusCode }, done) => {
    const route = request.routeOptions.url ?? 'none';
    spans
      .get(request)
      ?.end(
        `${request.method} ${route}`,
        { 'http.route': route, 'http.response.status_code': statusCode },
        statusCode >= 500,
      );
    done();
  });
}
