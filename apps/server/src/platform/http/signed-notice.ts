/** Doors that others call and prove themselves at by a signature over the exact bytes: notices of WeChat Pay and its like. */
import { NoContent } from '@xiaopu/contracts';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { RouteApp } from './app.ts';

/** undefined: taken, or known already. */
export type NoticeAnswer = { status: 400 | 401 | 404; message: string } | undefined;
export type HeaderReader = (name: string) => string | undefined;

export const NoticeFailed = Type.Object(
  { code: Type.Literal('FAIL'), message: Type.String() },
  { description: 'not proven, not readable or not ours: WeChat sends it again' },
);

export interface SignedNotice {
  path: string;
  summary: string;
  take(rawBody: string, header: HeaderReader): Promise<NoticeAnswer>;
}

/** A scope in which a JSON body stays text, because the signature covers its exact bytes. */
export function signedScope(app: RouteApp, routes: (scope: RouteApp) => void): void {
  app.register(async (plugin) => {
    const scope = plugin as unknown as RouteApp;
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    // Whatever goes wrong here, WeChat reads `code` FAIL and repeats; our usual error shape means nothing to it.
    scope.setErrorHandler((error, request, reply) => {
      const status = (error as { statusCode?: number }).statusCode ?? 500;
      if (status >= 500) request.log.error({ err: error }, 'notice failed');
      return reply.code(status).send({ code: 'FAIL', message: 'try again' });
    });
    routes(scope);
  });
}

/** A notice as WeChat Pay v3 sends and wants them answered. */
export function wechatNotice(scope: RouteApp, { path, summary, take }: SignedNotice): void {
  const refusals = { 400: NoticeFailed, 401: NoticeFailed, 404: NoticeFailed, 413: NoticeFailed, 500: NoticeFailed };
  scope.post(
    path,
    {
      schema: { tags: ['callbacks'], summary, response: { 204: NoContent, ...refusals } },
      config: { access: 'signed' },
    },
    async (request, reply) => {
      const refusal = await take(bodyOf(request), headerReader(request));
      if (!refusal) return reply.code(204).send(null);
      return reply.code(refusal.status).send({ code: 'FAIL', message: refusal.message });
    },
  );
}

export const bodyOf = ({ body }: { body: unknown }): string => (typeof body === 'string' ? body : '');

export const headerReader =
  ({ headers }: Pick<FastifyRequest, 'headers'>): HeaderReader =>
  (name) => {
    const value = headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
