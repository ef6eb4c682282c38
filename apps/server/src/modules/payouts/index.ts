/** The door of payouts. */
import type { AuditTrail } from '#platform/audit.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import { createPayoutFlow, type PayoutFlowDeps } from './payouts.flow.ts';
import { createPayoutGateway, type ProblemOf, type WechatPayClient } from './payouts.gateway.ts';
import { payoutRoutes } from './payouts.routes.ts';
import type { Payouts } from './payouts.service.ts';
import { createShareGateway } from './payouts.shares.gateway.ts';
import { shareRoutes } from './payouts.shares.routes.ts';
import type { Shares } from './payouts.shares.service.ts';
import { shareSweeps } from './payouts.shares.sweeps.ts';
import './payouts.shares.tables.ts';
import './payouts.tables.ts';

export * as payoutErrors from './payouts.errors.ts';
export type { ProblemOf, WechatPayClient } from './payouts.gateway.ts';
export { maximumPayout as payoutLimit } from './payouts.policies.ts';
export { createPayouts, type Payouts, type RequestPayout } from './payouts.service.ts';
export { createShareSelling, type ShareSelling } from './payouts.shares.selling.ts';
export { createShares, type RefundClearance, type RequestShare, type Shares } from './payouts.shares.service.ts';

export interface PayoutDeskDeps extends Omit<PayoutFlowDeps, 'gateway'> {
  payouts: Payouts;
  shares: Shares;
  /** Of the mini program: profit sharing is asked for in its name. */
  appId: string;
  client: WechatPayClient;
  problemOf: ProblemOf;
  publicBaseUrl: string;
  audit: AuditTrail;
}

/** The part that talks to WeChat and the world. */
export function createPayoutDesk(deps: PayoutDeskDeps): { sweeps: Sweep[]; routes: (app: RouteApp) => void } {
  const { payouts, shares, database, audit } = deps;
  const gateway = createPayoutGateway(deps);
  const flow = createPayoutFlow({ ...deps, gateway });
  return {
    sweeps: [flow.sweep, ...shareSweeps({ ...deps, gateway: createShareGateway(deps) })],
    routes(app) {
      payoutRoutes(app, { database, payouts, flow, audit });
      shareRoutes(app, { database, shares, audit });
    },
  };
}
