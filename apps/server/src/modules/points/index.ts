import './points.tables.ts';

export { pointsAudits } from './points.audits.ts';
export { pointsConsoleRoutes } from './points.console.routes.ts';
export * as pointsErrors from './points.errors.ts';
export { pointsRoutes } from './points.routes.ts';
export { createPoints, type Points, type PointsDeps } from './points.service.ts';
export { pointsSubscribers, pointsSweeps } from './points.subscribers.ts';
