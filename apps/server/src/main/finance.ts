/** Wires finance: bills by each channel's gateway, our books by the payments' door. */
import { createReconciliation, financeRoutes } from '../modules/finance/index.ts';
import type { Identity } from '../modules/identity/index.ts';
import {
  type Alipay,
  ledgerLines,
  ledgerPage,
  ordersOfPayments,
  type Paypal,
  type WechatPayGateway,
} from '../modules/payments/index.ts';
import type { Stores } from '../modules/stores/index.ts';
import { minuteMs } from '../platform/clock.ts';
import type { RouteApp } from '../platform/http/app.ts';
import type { Infrastructure } from './infrastructure.ts';

interface FinanceNeeds {
  infrastructure: Infrastructure;
  app: RouteApp;
  outside: { pay: WechatPayGateway; alipay?: Alipay | undefined; paypal?: Paypal | undefined };
  identity: Pick<Identity, 'audit' | 'hasPermissionIn'>;
  stores: Pick<Stores, 'shops'>;
}

export function composeFinance({ infrastructure, app, outside, identity, stores }: FinanceNeeds): void {
  const { database, clock, policies, log, sweeps } = infrastructure;
  const reconciliation = createReconciliation({
    database,
    clock,
    policies,
    log,
    bills: outside.pay,
    alipay: outside.alipay,
    paypal: outside.paypal,
    ledger: { page: ledgerPage, lines: ledgerLines, ordersOf: ordersOfPayments },
  });
  financeRoutes(app, {
    database,
    reconciliation,
    audit: identity.audit,
    hasInEveryShop: async (db, staffId, permission) =>
      identity.hasPermissionIn(db, staffId, permission, [...(await stores.shops(db)).keys()]),
  });
  sweeps.add({ name: 'finance.reconcile', everyMs: 5 * minuteMs, run: reconciliation.sweep });
}
