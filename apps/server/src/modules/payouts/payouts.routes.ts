import { ErrorReply, Id, NoContent, PayoutView } from '@xiaopu/contracts';
import { ConsolePayoutDetail, ConsolePayoutPage, ConsolePayoutQuery } from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database, Tx } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import { signedScope, wechatNotice } from '#platform/http/signed-notice.ts';
import type { PayoutFlow } from './payouts.flow.ts';
import { transferNoticePath } from './payouts.gateway.ts';
import type { Payouts } from './payouts.service.ts';

export interface PayoutRoutesDeps {
  database: Pick<Database, 'db' | 'inTransaction'>;
  payouts: Payouts;
  flow: PayoutFlow;
  audit: AuditTrail;
}

const PayoutParams = Type.Object({ payoutId: Id });
const failed = (description: string) => ({ ...ErrorReply, description });
const consoleTags = ['console: payouts'];

export function payoutRoutes(app: RouteApp, deps: PayoutRoutesDeps): void {
  buyerRoutes(app, deps);
  consoleRoutes(app, deps);
  signedScope(app, (scope) =>
    wechatNotice(scope, {
      path: transferNoticePath,
      summary: "WeChat Pay's transfer notice: signed by WeChat, sealed for us",
      take: deps.flow.takeNotice,
    }),
  );
}

function buyerRoutes(app: RouteApp, { database, payouts, flow }: PayoutRoutesDeps): void {
  app.get(
    '/api/payouts/:payoutId',
    {
      schema: {
        tags: ['payouts'],
        summary:
          'State of a payout, with the package to confirm while it waits; asks WeChat at most once in two seconds',
        params: PayoutParams,
        response: {
          200: PayoutView,
          400: failed('malformed'),
          401: failed('no session, or a guest'),
          404: failed('no such payout, or not yours'),
        },
      },
      config: { access: 'member' },
    },
    async (request) => {
      const { buyerId } = request.buyer;
      const { payoutId } = request.params;
      await flow.refresh(buyerId, payoutId);
      return payouts.view(database.db, buyerId, payoutId);
    },
  );
}

function consoleRoutes(app: RouteApp, { database, payouts, audit }: PayoutRoutesDeps): void {
  const { db, inTransaction } = database;
  app.get(
    '/api/console/payouts',
    {
      schema: {
        tags: consoleTags,
        summary: 'Payouts to buyers, newest first',
        querystring: ConsolePayoutQuery,
        response: {
          200: ConsolePayoutPage,
          400: failed('malformed'),
          401: failed('not signed in'),
          403: failed('no right'),
        },
      },
      config: { access: { permission: 'payouts.read' } },
    },
    (request) => payouts.page(db, request.staff.shopId, request.query),
  );

  app.get(
    '/api/console/payouts/:payoutId',
    {
      schema: {
        tags: consoleTags,
        summary: 'A payout and every step it took',
        params: PayoutParams,
        response: {
          200: ConsolePayoutDetail,
          400: failed('malformed'),
          401: failed('not signed in'),
          403: failed('no right'),
          404: failed('no such payout in this shop'),
        },
      },
      config: { access: { permission: 'payouts.read' } },
    },
    (request) => payouts.detail(db, request.staff.shopId, request.params.payoutId),
  );

  const decisions = {
    retry: { summary: 'Sends a blocked payout again, under its own number', does: payouts.retry, text: '重新发送付款' },
    cancel: { summary: 'Takes a payout back, unless the payee was first', does: payouts.cancel, text: '撤销付款' },
  } satisfies Record<
    string,
    {
      summary: string;
      text: string;
      does: (tx: Tx, shopId: string, payoutId: string, by: string) => Promise<void>;
    }
  >;
  for (const [action, { summary, does, text }] of Object.entries(decisions)) {
    app.post(
      `/api/console/payouts/:payoutId/${action}`,
      {
        schema: {
          tags: consoleTags,
          summary,
          params: PayoutParams,
          response: {
            204: NoContent,
            400: failed('malformed'),
            401: failed('not signed in'),
            403: failed('no right'),
            404: failed('no such payout in this shop'),
            409: failed('its state does not allow it'),
          },
        },
        config: { access: { permission: 'payouts.manage' } },
      },
      async (request, reply) => {
        const { staffId, name, shopId } = request.staff;
        const { payoutId } = request.params;
        await inTransaction(async (tx) => {
          await does(tx, shopId, payoutId, name);
          const entry = { action: `payouts.${action}` as const, target: payoutId, summary: text, ip: request.ip };
          await audit(tx, { staffId, staffName: name, shopId, ...entry });
        });
        return reply.code(204).send(null);
      },
    );
  }
}
