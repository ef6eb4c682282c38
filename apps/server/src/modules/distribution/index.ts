import './distribution.tables.ts';

export { distributionAudits } from './distribution.audits.ts';
export { distributionConsoleRoutes } from './distribution.console.routes.ts';
export type { DistributionDeps, Face, FollowedOrder } from './distribution.ports.ts';
export { createPosters, type Posters } from './distribution.poster.ts';
export { distributionRoutes } from './distribution.routes.ts';
export { createDistribution, type Distribution } from './distribution.service.ts';
export { distributionSubscribers, distributionSweeps } from './distribution.subscribers.ts';
