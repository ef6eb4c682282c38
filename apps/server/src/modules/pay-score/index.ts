/** The door of Pay Score. */
import type { RouteApp } from '#platform/http/app.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import { createScoreFlow, type ScoreFlowDeps } from './pay-score.flow.ts';
import { scoreRoutes } from './pay-score.routes.ts';
import type { PayScore } from './pay-score.service.ts';
import './pay-score.tables.ts';

export { createPayScore, type OpenScore, type PayScore } from './pay-score.service.ts';

/** The part that talks to WeChat and the world. */
export function createScoreDesk(deps: ScoreFlowDeps & { score: PayScore }): {
  sweeps: Sweep[];
  routes: (app: RouteApp) => void;
} {
  const flow = createScoreFlow(deps);
  return { sweeps: [flow.sweep], routes: (app) => scoreRoutes(app, { ...deps, flow }) };
}
