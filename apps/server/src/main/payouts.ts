/** Wires what leaves the shop: transfers to buyers, shares to partners. */
import type { Identity } from '../modules/identity/index.ts';
import type { Orders } from '../modules/orders/index.ts';
import { createPayScore, createScoreDesk } from '../modules/pay-score/index.ts';
import { type Payments, problemOf } from '../modules/payments/index.ts';
import { createPayoutDesk, createPayouts, createShareSelling, createShares } from '../modules/payouts/index.ts';
import type { Stores } from '../modules/stores/index.ts';
import type { RouteApp } from '../platform/http/app.ts';
import type { Infrastructure } from './infrastructure.ts';
import type { Outside } from './outside.ts';

/** Any does for the sandbox. */
const demoServiceId = '500001';

export interface PayoutParts {
  infrastructure: Infrastructure;
  outside: Outside;
  stores: Stores;
  identity: Identity;
  orders: Pick<Orders, 'returnable'>;
  payments: Pick<Payments, 'trade'>;
}

export function composePayouts({ infrastructure, outside, stores, identity, orders, payments }: PayoutParts) {
  const { config, log, clock, database, messaging, sweeps, policies, cipher } = infrastructure;
  const payouts = createPayouts({
    clock,
    policies,
    cipher,
    appId: outside.wechat.miniAppId,
    mchId: outside.wechat.mchId,
    sandboxUrl: outside.wechat.isSandbox ? `${config.publicBaseUrl}/sandbox` : undefined,
    // Shop ids grow with time: the smallest is the shop the install began with.
    firstShop: async (db) => [...(await stores.shops(db)).keys()].sort()[0] ?? '',
  });
  const shares = createShares({ clock, policies, cipher });
  const selling = createShareSelling({
    shares,
    policies,
    clock,
    orderOf: orders.returnable,
    async tradeOf(db, buyerId, paymentId) {
      const trade = await payments.trade(db, buyerId, paymentId);
      if (!trade?.transactionId) return undefined;
      const { transactionId, paidTotal, amount, isShared } = trade;
      return { transactionId, paid: paidTotal ?? amount, isShared };
    },
  });
  const desk = createPayoutDesk({
    payouts,
    shares,
    appId: outside.wechat.miniAppId,
    client: outside.pay,
    problemOf,
    publicBaseUrl: config.publicBaseUrl,
    database,
    cipher,
    outbox: messaging.outbox,
    clock,
    log,
    audit: identity.audit,
  });
  const score = createPayScore({ clock, policies, isSandbox: outside.wechat.isSandbox });
  const scoreDesk = createScoreDesk({
    score,
    client: outside.pay,
    problemOf,
    appId: outside.wechat.miniAppId,
    serviceId: process.env.WECHAT_PAY_SCORE_SERVICE_ID ?? demoServiceId,
    publicBaseUrl: config.publicBaseUrl,
    database,
    outbox: messaging.outbox,
    clock,
    log,
  });
  for (const sweep of [...desk.sweeps, selling.sweep(database.inTransaction), ...scoreDesk.sweeps]) sweeps.add(sweep);
  messaging.subscribers.on('orders.order_completed', 'payouts.share', (tx, { payload }) =>
    selling.orderCompleted(tx, payload),
  );
  return {
    payouts,
    shares,
    selling,
    score,
    mount(app: RouteApp) {
      desk.routes(app);
      scoreDesk.routes(app);
    },
  };
}
