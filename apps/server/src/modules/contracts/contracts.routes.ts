import { NoContent } from '@xiaopu/contracts';
import { Type } from 'typebox';
import type { RouteApp } from '#platform/http/app.ts';
import { type ContractFlow, contractNoticePath } from './contracts.flow.ts';

const NoticeFailed = Type.Object(
  { code: Type.Literal('FAIL'), message: Type.String() },
  { description: 'not proven, not readable or not ours: WeChat sends it again' },
);

export function contractRoutes(app: RouteApp, { flow }: { flow: ContractFlow }): void {
  app.register(async (plugin) => {
    // In a scope of its own: here a JSON body stays text, because the signature covers its exact bytes.
    const scope = plugin as unknown as RouteApp;
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    scope.setErrorHandler((error, request, reply) => {
      const status = (error as { statusCode?: number }).statusCode ?? 500;
      if (status >= 500) request.log.error({ err: error }, 'contract notice failed');
      return reply.code(status).send({ code: 'FAIL', message: 'try again' });
    });
    const refusals = { 400: NoticeFailed, 401: NoticeFailed, 404: NoticeFailed, 413: NoticeFailed, 500: NoticeFailed };
    scope.post(
      contractNoticePath,
      {
        schema: {
          tags: ['callbacks'],
          summary: "WeChat's notice of a contract signed or ended: signed by WeChat, sealed for us",
          response: { 204: NoContent, ...refusals },
        },
        config: { access: 'signed' },
      },
      async (request, reply) => {
        const header = (name: string) => {
          const value = request.headers[name];
          return Array.isArray(value) ? value[0] : value;
        };
        const refusal = await flow.takeNotice(typeof request.body === 'string' ? request.body : '', header);
        if (!refusal) return reply.code(204).send(null);
        return reply.code(refusal.status).send({ code: 'FAIL', message: refusal.message });
      },
    );
  });
}
