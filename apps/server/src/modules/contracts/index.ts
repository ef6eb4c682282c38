/** The door of contracts. */
import type { RouteApp } from '#platform/http/app.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import { type ContractFlow, type ContractFlowDeps, createContractFlow } from './contracts.flow.ts';
import { contractRoutes } from './contracts.routes.ts';
import './contracts.tables.ts';

export * as contractErrors from './contracts.errors.ts';
export { type Contracts, createContracts } from './contracts.service.ts';

/** The part that talks to WeChat and the world. */
export function createContractDesk(deps: ContractFlowDeps): {
  announce: ContractFlow['announce'];
  sweeps: Sweep[];
  routes: (app: RouteApp) => void;
} {
  const flow = createContractFlow(deps);
  return { announce: flow.announce, sweeps: [flow.sweep], routes: (app) => contractRoutes(app, { flow }) };
}
