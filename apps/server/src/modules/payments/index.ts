/** The door of payments. */
import type { AuditTrail } from '#platform/audit.ts';
import type { Clock } from '#platform/clock.ts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Logger } from '#platform/logger.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import { createAnomalies } from './payments.anomalies.ts';
import { createPaymentFlow, type PaymentFlowDeps } from './payments.flow.ts';
import { createTakeNotice } from './payments.notices.ts';
import { paymentsRoutes } from './payments.routes.ts';
import type { Payments } from './payments.service.ts';
import { createSettle } from './payments.settle.ts';
import { paymentSweeps } from './payments.sweeps.ts';
import type { WechatPayGateway } from './payments.wechat.gateway.ts';
import './payments.tables.ts';

export { paymentAudits, paymentBook, paymentRefundBook } from './payments.audits.ts';
export * as paymentErrors from './payments.errors.ts';
export { type LedgerBook, type LedgerLine, ledgerLines, ledgerPage, ordersOfPayments } from './payments.ledger.ts';
export {
  createPayments,
  type OpenPayment,
  type PaymentDetails,
  type Payments,
  type RequestRefund,
} from './payments.service.ts';
export {
  createWechatPayGateway,
  problemOf,
  type WechatPayConfig,
  WechatPayError,
  type WechatPayGateway,
} from './payments.wechat.gateway.ts';

export interface PaymentDesk {
  sweeps: Sweep[];
  routes: (app: RouteApp) => void;
}

export interface PaymentDeskDeps
  extends Pick<PaymentFlowDeps, 'appIds' | 'openidOf' | 'preparePayment' | 'cashierUrl'> {
  payments: Payments;
  gateway: WechatPayGateway;
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
  const flow = createPaymentFlow({ ...deps, settle });
  const takeNotice = createTakeNotice({ gateway, settle, inTransaction: database.inTransaction, clock, log });
  const anomalies = createAnomalies({ clock });
  return {
    sweeps: paymentSweeps({ database, gateway, flow, settle, clock, log }),
    routes: (app) => paymentsRoutes(app, { database, payments, flow, takeNotice, anomalies, audit }),
  };
}
