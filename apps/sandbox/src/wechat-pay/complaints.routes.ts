import type { FastifyInstance } from 'fastify';
import { bodyText, parseJsonObject } from '../platform/raw-body.ts';
import type { Complaints } from './complaints.ts';
import type { ReadBody } from './products.routes.ts';

export const COMPLAINT_PATHS = [
  /^\/v3\/merchant-service\/complaints-v2(\/[^/]+(\/(negotiation-historys|response|complete))?)?$/,
  /^\/v3\/merchant-service\/complaint-notifications$/,
  /^\/v3\/merchant-service\/images\/[^/]+$/,
];

interface ById {
  Params: { id: string };
}

/** Inside the guarded scope: signatures are checked by then. */
export function complaintRoutes(app: FastifyInstance, complaints: Complaints, body: ReadBody): void {
  const root = '/v3/merchant-service/complaints-v2';
  app.get(root, async ({ query }) => complaints.list(query as Record<string, string>));
  app.get<ById>(`${root}/:id`, async ({ params }) => complaints.detail(params.id));
  app.get<ById>(`${root}/:id/negotiation-historys`, async ({ params, query }) =>
    complaints.history(params.id, query as Record<string, string>),
  );
  app.post<ById>(`${root}/:id/response`, async (request, reply) => {
    complaints.respond(request.params.id, body(request));
    return reply.code(204).send();
  });
  app.post<ById>(`${root}/:id/complete`, async (request, reply) => {
    complaints.complete(request.params.id, body(request));
    return reply.code(204).send();
  });

  const urls = '/v3/merchant-service/complaint-notifications';
  app.get(urls, async () => complaints.url());
  app.post(urls, async (request) => complaints.setUrl(body(request), true));
  app.put(urls, async (request) => complaints.setUrl(body(request), false));

  app.post('/v3/merchant-service/images/upload', async ({ headers, body: sent }) =>
    complaints.addImage(headers['content-type'] ?? '', bodyText(sent)),
  );
  app.get<ById>('/v3/merchant-service/images/:id', async (request, reply) => {
    const { type, bytes } = complaints.image(request.params.id);
    request.payIsUnsigned = true; // bytes of a file are not signed
    return reply.header('content-type', type).send(bytes);
  });
}

/** The payer's and WeChat's side, for dashboard and tests. */
export async function complaintControlRoutes(
  app: FastifyInstance,
  { complaints }: { complaints: Complaints },
): Promise<void> {
  const read = (request: { body: unknown }) => parseJsonObject(bodyText(request.body)) ?? {};
  app.get('/complaints', async () => ({ items: complaints.all(100) }));
  app.post('/complaints', async (request) => complaints.create(read(request)));
  app.post<ById>('/complaints/:id/payer', async (request) => {
    complaints.say(request.params.id, String(read(request).text ?? ''));
    return { ok: true };
  });
  app.post<ById>('/complaints/:id/platform', async (request) => {
    complaints.platformSays(request.params.id, String(read(request).text ?? ''));
    return { ok: true };
  });
}
