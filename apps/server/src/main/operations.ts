/** Wires what watches the install: figures, alerts, the slow list, dead letters. */
import type { Identity } from '../modules/identity/index.ts';
import {
  createAlerts,
  createSlowList,
  createWatch,
  healthRoutes,
  operationsRoutes,
} from '../modules/operations/index.ts';
import type { RouteAccess } from '../platform/http/access.ts';
import type { App } from '../platform/http/app.ts';
import { metricsRoutes } from '../platform/metrics.ts';
import { currentTraceId } from '../platform/tracing.ts';
import type { Infrastructure } from './infrastructure.ts';
import type { Outside } from './outside.ts';

/** Before the app is there: what others ask of it. */
export function composeOperations(infrastructure: Infrastructure, { states }: Pick<Outside, 'states'>) {
  const { database, clock, policies, log, messaging, sweeps, config } = infrastructure;
  const alerts = createAlerts({ database, clock, policies, log });
  const slow = createSlowList({ database, clock });
  return {
    countAlerts: alerts.countOpen,
    report: alerts.report,
    /** Before all other routes: it measures them. */
    mount(app: App & { routeAccess: RouteAccess[] }, { audit }: Pick<Identity, 'audit'>): void {
      const { subscribers } = messaging;
      const { apiP95 } = metricsRoutes(app, {
        ...infrastructure,
        subscribers,
        outside: states,
        token: config.metricsToken,
      });
      const watch = createWatch({
        database,
        policies,
        alerts,
        slow,
        apiP95,
        outside: states,
        traceId: currentTraceId,
        log,
      });
      watch.attach(app);
      for (const sweep of watch.sweeps) sweeps.add(sweep);
      healthRoutes(app, { database, alerts, slow, watch, audit });
      operationsRoutes(app, { database, clock, audit });
    },
  };
}
