/** The door of payments. */
import type { AuditTrail } from '#platform/audit.ts';
import type { Clock } from '#platform/clock.ts';
import type { Database, Executor } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Logger } from '#platform/logger.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import type { Alipay } from './payments.alipay.ts';
import { createAnomalies } from './payments.anomalies.ts';
import type { Channels } from './payments.channels.ts';
import { createDecisions } from './payments.decisions.ts';
import { createPaymentFlow, type PaymentFlow, type PaymentFlowDeps } from './payments.flow.ts';
import { goLiveRoutes } from './payments.golive.routes.ts';
import { createGoLive, type Surroundings } from './payments.golive.ts';
import { createTakeNotice } from './payments.notices.ts';
import { createOtherNotices } from './payments.other-notices.ts';
import { papayChannel } from './payments.papay.ts';
import type { Paypal } from './payments.paypal.ts';
import { paymentsRoutes } from './payments.routes.ts';
import type { Payments } from './payments.service.ts';
import { createSettle } from './payments.settle.ts';
import { type ClearRefund, paymentSweeps } from './payments.sweeps.ts';
import { wechatChannels } from './payments.wechat.channels.ts';
import type { WechatPayGateway } from './payments.wechat.gateway.ts';
import './payments.tables.ts';

export { type Alipay, type AlipayConfig, createAlipay } from './payments.alipay.ts';
export { paymentAudits, paymentBook, paymentRefundBook } from './payments.audits.ts';
export { problemOf } from './payments.channels.ts';
export * as paymentErrors from './payments.errors.ts';
export {
  type LedgerBook,
  type LedgerChannel,
  type LedgerLine,
  ledgerLines,
  ledgerPage,
  ordersOfPayments,
} from './payments.ledger.ts';
export { createPaypal, type Paypal, type PaypalConfig, type PaypalMove, type PaypalMoves } from './payments.paypal.ts';
export { combiningOf, ratesOf } from './payments.policies.ts';
export { paymentRetention } from './payments.retention.ts';
export {
  createPayments,
  type OpenPayment,
  type PaymentDetails,
  type Payments,
  type RequestRefund,
} from './payments.service.ts';
export { shareOfTrade } from './payments.trades.ts';
export { type WechatPayConfig, WechatPayError } from './payments.wechat.client.ts';
export { createWechatPayGateway, type WechatPayGateway } from './payments.wechat.gateway.ts';

export interface PaymentDesk {
  sweeps: Sweep[];
  routes: (app: RouteApp) => void;
  /** Takes a payment under a contract that the shopper signed. */
  charge: PaymentFlow['charge'];
}

export interface PaymentDeskDeps
  extends Pick<
    PaymentFlowDeps,
    'appIds' | 'isCombining' | 'openidOf' | 'preparePayment' | 'cashierUrl' | 'rateOf' | 'isShared' | 'resultUrl'
  > {
  payments: Payments;
  gateway: WechatPayGateway;
  clearRefund: ClearRefund;
  surroundings: Surroundings;
  /** Whether this person may set what belongs to the whole install. */
  maySetInstall: (db: Executor, staffId: string) => Promise<boolean>;
  paypal?: Paypal | undefined;
  alipay?: Alipay | undefined;
  database: Pick<Database, 'db' | 'inTransaction'>;
  outbox: Outbox;
  clock: Clock;
  log: Logger;
  audit: AuditTrail;
}

/**
 * The part that talks to WeChat and the world. Apart from `createPayments`, because orders need that door while this part
 * needs orders (`preparePayment`).
 */
export function createPaymentDesk(deps: PaymentDeskDeps): PaymentDesk {
  const { payments, gateway, database, outbox, clock, log, audit } = deps;
  const settle = createSettle({ outbox, clock, log, mchId: gateway.mchId });
  const { paypal, alipay } = deps;
  const channels: Channels = {
    ...wechatChannels(gateway),
    wechat_papay: papayChannel(gateway, deps.surroundings.publicBaseUrl),
    ...(paypal && { paypal: paypal.adapter }),
    ...(alipay && { alipay: alipay.adapter }),
  };
  const goLive = createGoLive(deps);
  const flow = createPaymentFlow({ ...deps, channels, settle, mayTakeMoney: goLive.mayTakeMoney });
  const takeNotice = createTakeNotice({ gateway, settle, inTransaction: database.inTransaction, clock, log });
  const otherNotices = createOtherNotices({ database, flow, paypal, alipay, clock, log });
  const anomalies = createAnomalies({ clock });
  const decisions = createDecisions({ payments, outbox, clock });
  return {
    charge: flow.charge,
    sweeps: paymentSweeps({ ...deps, channels, flow, settle }),
    routes(app) {
      paymentsRoutes(app, { database, payments, flow, takeNotice, otherNotices, anomalies, decisions, audit });
      goLiveRoutes(app, { ...deps, goLive });
    },
  };
}
