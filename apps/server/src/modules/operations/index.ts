export { type Alerts, createAlerts } from './operations.alerts.ts';
export { healthRoutes } from './operations.health.routes.ts';
export { retentionRoutes } from './operations.retention.routes.ts';
export { operationsRoutes } from './operations.routes.ts';
export { createSlowList } from './operations.slow.ts';
export { createWatch } from './operations.watch.ts';
