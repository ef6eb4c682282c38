import {
  ChannelQuery,
  ErrorReply,
  Id,
  NoContent,
  PaymentChannels,
  PaymentView,
  StartedPayment,
  StartPayment,
} from '@xiaopu/contracts';
import { DecideAnomaly, PaymentAnomalyPage, PaymentAnomalyQuery, ResolveAnomaly } from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import { bodyOf, headerReader, NoticeFailed, signedScope, wechatNotice } from '#platform/http/signed-notice.ts';
import type { Anomalies } from './payments.anomalies.ts';
import type { Decisions } from './payments.decisions.ts';
import type { PaymentFlow } from './payments.flow.ts';
import type { NoticeKind, TakeNotice } from './payments.notices.ts';
import type { HintAnswer, OtherNotices } from './payments.other-notices.ts';
import type { Payments } from './payments.service.ts';

export interface PaymentRoutesDeps {
  database: Pick<Database, 'db' | 'inTransaction'>;
  payments: Payments;
  flow: PaymentFlow;
  takeNotice: TakeNotice;
  otherNotices: OtherNotices;
  anomalies: Anomalies;
  decisions: Decisions;
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
  signedScope(app, (scope) => noticeRoutes(scope, deps));
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
    (request) =>
      flow.start(request.buyer.buyerId, request.params.paymentId, {
        ...request.body,
        userAgent: request.headers['user-agent'] ?? '',
        ip: request.ip,
      }),
  );

  app.get(
    '/api/payment-channels',
    {
      schema: {
        tags,
        summary:
          'The ways to pay that this client has, the usual one first; seen from the request, not told by the client',
        querystring: ChannelQuery,
        response: { 200: PaymentChannels, 400: failed('malformed') },
      },
      config: { access: 'anyone' },
    },
    async (request) =>
      flow.channelsFor({ client: request.query.client, userAgent: request.headers['user-agent'] ?? '' }),
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

function consoleRoutes(app: RouteApp, { database, anomalies, decisions, audit }: PaymentRoutesDeps): void {
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
        const entry = { action: 'payments.resolve_anomaly' as const, target: anomalyId, summary: note, ip: request.ip };
        await audit(tx, { staffId, staffName: name, shopId, ...entry });
      });
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/console/payments/anomalies/:anomalyId/decision',
    {
      schema: {
        tags: consoleTags,
        summary: 'Decides about an anomaly: take the money as it came, give it back, send or stop a refund',
        params: AnomalyParams,
        body: DecideAnomaly,
        response: {
          204: NoContent,
          400: failed('malformed'),
          401: failed('not signed in'),
          403: failed('no right'),
          404: failed('no such anomaly in this shop'),
          409: failed('already resolved, or not to be decided so'),
        },
      },
      config: { access: { permission: 'payments.resolve' } },
    },
    async (request, reply) => {
      const { staffId, name, shopId } = request.staff;
      const { anomalyId } = request.params;
      const { decision, note } = request.body;
      await database.inTransaction(async (tx) => {
        await decisions.decide(tx, shopId, { anomalyId, decision, note, by: name });
        const summary = `${decision}：${note}`;
        const entry = { action: 'payments.decide_anomaly' as const, target: anomalyId, summary, ip: request.ip };
        await audit(tx, { staffId, staffName: name, shopId, ...entry });
      });
      return reply.code(204).send(null);
    },
  );
}

function noticeRoutes(scope: RouteApp, { takeNotice, otherNotices }: PaymentRoutesDeps): void {
  for (const kind of ['payment', 'refund'] as const satisfies NoticeKind[])
    wechatNotice(scope, {
      path: `/api/notify/wechat-pay/${kind}`,
      summary: `WeChat Pay's ${kind} notice: signed by WeChat, sealed for us`,
      take: (rawBody, header) => takeNotice(kind, rawBody, header),
    });
  scope.post(
    '/api/notify/paypal',
    {
      schema: {
        tags: ['callbacks'],
        summary: "PayPal's webhook: signed by PayPal, taken as a hint to ask",
        response: {
          204: NoContent,
          401: NoticeFailed,
          404: NoticeFailed,
          413: NoticeFailed,
          500: NoticeFailed,
          503: NoticeFailed,
        },
      },
      config: { access: 'signed' },
    },
    async (request, reply) => {
      const answer = await otherNotices.takePaypal(bodyOf(request), headerReader(request));
      if (answer === 'taken') return reply.code(204).send(null);
      return reply.code(hintStatus[answer]).send({ code: 'FAIL', message: answer });
    },
  );
  scope.post(
    '/api/notify/alipay',
    {
      schema: {
        tags: ['callbacks'],
        summary:
          "Alipay's notice: signed by Alipay, taken as a hint to ask; only the word success stops its repetition",
        response: { 200: Type.String(), 413: NoticeFailed, 500: NoticeFailed },
      },
      config: { access: 'signed' },
    },
    async (request, reply) => {
      const answer = await otherNotices.takeAlipay(bodyOf(request));
      return reply.type('text/plain').send(answer === 'taken' ? 'success' : 'failure');
    },
  );
}

const hintStatus: Record<Exclude<HintAnswer, 'taken'>, 401 | 404 | 503> = { refused: 401, unknown: 404, later: 503 };
