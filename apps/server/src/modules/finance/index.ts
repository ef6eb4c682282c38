/** The door of finance. */
import './finance.tables.ts';

export { financeAudits } from './finance.audits.ts';
export { BillError, readBill, unpack } from './finance.bill.ts';
export * as financeErrors from './finance.errors.ts';
export { type FinanceRoutesDeps, financeRoutes } from './finance.routes.ts';
export type { Ledger } from './finance.run.ts';
export { createReconciliation, type Reconciliation, type ReconciliationDeps } from './finance.service.ts';
export type { BillSource } from './finance.sources.ts';
