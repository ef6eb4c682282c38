import { ErrorReply, Id, ScoreView } from '@xiaopu/contracts';
import { Type } from 'typebox';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import { signedScope, wechatNotice } from '#platform/http/signed-notice.ts';
import { type ScoreFlow, scoreNoticePath } from './pay-score.flow.ts';
import type { PayScore } from './pay-score.service.ts';

export interface ScoreRoutesDeps {
  database: Pick<Database, 'db'>;
  score: PayScore;
  flow: ScoreFlow;
}

const failed = (description: string) => ({ ...ErrorReply, description });
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

  signedScope(app, (scope) =>
    wechatNotice(scope, {
      path: scoreNoticePath,
      summary: "WeChat's Pay Score notice: signed by WeChat, sealed for us",
      take: flow.takeNotice,
    }),
  );
}
