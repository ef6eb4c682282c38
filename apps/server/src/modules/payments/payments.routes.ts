import { ErrorReply, Id, NoContent, PaymentView, StartedPayment, StartPayment } from '@xiaopu/contracts';
import { PaymentAnomalyPage, PaymentAnomalyQuery, ResolveAnomaly } from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Anomalies } from './payments.anomalies.ts';
import type { PaymentFlow } from './payments.flow.ts';
import type { NoticeKind, TakeNotice } from './payments.notices.ts';
import type { Payments } from './payments.service.ts';

export interface PaymentRoutesDeps {
  database: Pick<Database, 'db' | 'inTransaction'>;
  payments: Payments;
  flow: PaymentFlow;
  takeNotice: TakeNotice;
  anomalies: Anomalies;
  audit: AuditTrail;
}

const PaymentParams = Type.Object({ paymentId: Id });
const AnomalyParams = Type.Object({ anomalyId: Id });
const failed = (description: string) => ({ ...ErrorReply, description });
const tags = ['payments'];
const consoleTags = ['console: payments'];

export function paymentsRoutes(app: RouteApp, deps: PaymentRoutesDeps): void {
  buyerRoutes(app, deps);
  consoleRoutes(app, deps);
  app.register(async (scope) => noticeRoutes(scope as unknown as RouteApp, deps));
}

function buyerRoutes(app: RouteApp, { database, payments, flow }: PaymentRoutesDeps): void {
  app.post(
    '/api/payments/:paymentId/start',
    {
      schema: {
        tags,
        summary: 'Parameters for the WeChat payment sheet; repeating it hands out the same prepay',
        params: PaymentParams,
        body: StartPayment,
        response: {
          200: StartedPayment,
          400: failed('malformed'),
          401: failed('no session, or a guest'),
          404: failed('no such payment, or not yours'),
          409: failed('closed, closing, under review, hold about to end, or stock gone'),
          503: failed('WeChat Pay does not answer or refuses'),
        },
      },
      config: { access: 'member' },
    },
    (request) => flow.start(request.buyer.buyerId, request.params.paymentId, request.body.client),
  );

  app.get(
    '/api/payments/:paymentId',
    {
      schema: {
        tags,
        summary: 'State of a payment; an unheard one is asked for at WeChat, at most once in two seconds',
        params: PaymentParams,
        response: {
          200: PaymentView,
          400: failed('malformed'),
          401: failed('no session, or a guest'),
          404: failed('no such payment, or not yours'),
        },
      },
      config: { access: 'member' },
    },
    async (request) => {
      const { buyerId } = request.buyer;
      const { paymentId } = request.params;
      await flow.refresh(buyerId, paymentId);
      return payments.view(database.db, buyerId, paymentId);
    },
  );
}

function consoleRoutes(app: RouteApp, { database, anomalies, audit }: PaymentRoutesDeps): void {
  app.get(
    '/api/console/payments/anomalies',
    {
      schema: {
        tags: consoleTags,
        summary: 'Payments and refunds that people must look at, newest first',
        querystring: PaymentAnomalyQuery,
        response: {
          200: PaymentAnomalyPage,
          400: failed('malformed'),
          401: failed('not signed in'),
          403: failed('no right'),
        },
      },
      config: { access: { permission: 'payments.read' } },
    },
    (request) => anomalies.list(database.db, request.staff.shopId, request.query),
  );

  app.post(
    '/api/console/payments/anomalies/:anomalyId/resolution',
    {
      schema: {
        tags: consoleTags,
        summary: 'Writes down what was done about an anomaly',
        params: AnomalyParams,
        body: ResolveAnomaly,
        response: {
          204: NoContent,
          400: failed('malformed'),
          401: failed('not signed in'),
          403: failed('no right'),
          404: failed('no such anomaly in this shop'),
          409: failed('already resolved'),
        },
      },
      config: { access: { permission: 'payments.resolve' } },
    },
    async (request, reply) => {
      const { staffId, name, shopId } = request.staff;
      const { anomalyId } = request.params;
      const { note } = request.body;
      await database.inTransaction(async (tx) => {
        await anomalies.resolve(tx, shopId, { anomalyId, note, by: name });
        const entry = { action: 'payments.resolve_anomaly', target: anomalyId, summary: note, ip: request.ip };
        await audit(tx, { staffId, staffName: name, shopId, ...entry });
      });
      return reply.code(204).send(null);
    },
  );
}

const NoticeFailed = Type.Object(
  { code: Type.Literal('FAIL'), message: Type.String() },
  { description: 'not proven, not readable or not ours: WeChat sends it again' },
);

/** In a scope of its own: here a JSON body stays text, because the signature covers its exact bytes. */
function noticeRoutes(scope: RouteApp, { takeNotice }: PaymentRoutesDeps): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  // Whatever goes wrong here, WeChat reads `code` FAIL and repeats; our usual error shape means nothing to it.
  scope.setErrorHandler((error, request, reply) => {
    const status = (error as { statusCode?: number }).statusCode ?? 500;
    if (status >= 500) request.log.error({ err: error }, 'notice failed');
    return reply.code(status).send({ code: 'FAIL', message: 'try again' });
  });
  for (const kind of ['payment', 'refund'] as const satisfies NoticeKind[]) {
    scope.post(
      `/api/notify/wechat-pay/${kind}`,
      {
        schema: {
          tags: ['callbacks'],
          summary: `WeChat Pay's ${kind} notice: signed by WeChat, sealed for us`,
          response: {
            204: NoContent,
            400: NoticeFailed,
            401: NoticeFailed,
            404: NoticeFailed,
            413: NoticeFailed,
            500: NoticeFailed,
          },
        },
        config: { access: 'signed' },
      },
      async (request, reply) => {
        const header = (name: string) => {
          const value = request.headers[name];
          return Array.isArray(value) ? value[0] : value;
        };
        const body = typeof request.body === 'string' ? request.body : '';
        const refusal = await takeNotice(kind, body, header);
        if (!refusal) return reply.code(204).send(null);
        return reply.code(refusal.status).send({ code: 'FAIL', message: refusal.message });
      },
    );
  }
}
