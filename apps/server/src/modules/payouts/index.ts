/** The door of payouts. */
import type { AuditTrail } from '#platform/audit.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import { createPayoutFlow, type PayoutFlowDeps } from './payouts.flow.ts';
import { createPayoutGateway, type ProblemOf, type WechatPayClient } from './payouts.gateway.ts';
import { payoutRoutes } from './payouts.routes.ts';
import type { Payouts } from './payouts.service.ts';
import './payouts.tables.ts';

export * as payoutErrors from './payouts.errors.ts';
export type { ProblemOf, WechatPayClient } from './payouts.gateway.ts';
export { createPayouts, type Payouts, type RequestPayout } from './payouts.service.ts';

export interface PayoutDeskDeps extends Omit<PayoutFlowDeps, 'gateway'> {
  payouts: Payouts;
  client: WechatPayClient;
  problemOf: ProblemOf;
  publicBaseUrl: string;
  audit: AuditTrail;
}

/** The part that talks to WeChat and the world. */
export function createPayoutDesk(deps: PayoutDeskDeps): { sweeps: Sweep[]; routes: (app: RouteApp) => void } {
  const { payouts, database, audit } = deps;
  const gateway = createPayoutGateway(deps);
  const flow = createPayoutFlow({ ...deps, gateway });
  return {
    sweeps: [flow.sweep],
    routes: (app) => payoutRoutes(app, { database, payouts, flow, audit }),
  };
}
