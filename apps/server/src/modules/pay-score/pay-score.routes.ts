import { ErrorReply, Id, NoContent, ScoreView } from '@xiaopu/contracts';
import { Type } from 'typebox';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import { type ScoreFlow, scoreNoticePath } from './pay-score.flow.ts';
import type { PayScore } from './pay-score.service.ts';

export interface ScoreRoutesDeps {
  database: Pick<Database, 'db'>;
  score: PayScore;
  flow: ScoreFlow;
}

const failed = (description: string) => ({ ...ErrorReply, description });
const NoticeFailed = Type.Object(
  { code: Type.Literal('FAIL'), message: Type.String() },
  { description: 'not proven, not readable or not ours: WeChat sends it again' },
);

export function scoreRoutes(app: RouteApp, { database, score, flow }: ScoreRoutesDeps): void {
  app.get(
    '/api/pay-scores/:scoreId',
    {
      schema: {
        tags: ['payments'],
        summary: 'State of a Pay Score order, with the package to confirm while it waits',
        params: Type.Object({ scoreId: Id }),
        response: {
          200: ScoreView,
          400: failed('malformed'),
          401: failed('no session, or a guest'),
          404: failed('no such order, or not yours'),
        },
      },
      config: { access: 'member' },
    },
    (request) => score.view(database.db, request.buyer.buyerId, request.params.scoreId),
  );

  app.register(async (plugin) => {
    // In a scope of its own: here a JSON body stays text, because the signature covers its exact bytes.
    const scope = plugin as unknown as RouteApp;
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    scope.setErrorHandler((error, request, reply) => {
      const status = (error as { statusCode?: number }).statusCode ?? 500;
      if (status >= 500) request.log.error({ err: error }, 'Pay Score notice failed');
      return reply.code(status).send({ code: 'FAIL', message: 'try again' });
    });
    const refusals = { 400: NoticeFailed, 401: NoticeFailed, 404: NoticeFailed, 413: NoticeFailed, 500: NoticeFailed };
    scope.post(
      scoreNoticePath,
      {
        schema: {
          tags: ['callbacks'],
          summary: "WeChat's Pay Score notice: signed by WeChat, sealed for us",
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
