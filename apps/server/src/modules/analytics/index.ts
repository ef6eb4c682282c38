export { type Analytics, createAnalytics, type DashboardDeps } from './analytics.dashboard.ts';
export { analyticsRoutes } from './analytics.routes.ts';
