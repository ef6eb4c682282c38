import './analytics.tables.ts';

export { activityRoutes } from './analytics.activities.routes.ts';
export { judgeKeptHour, keptHourBook } from './analytics.audits.ts';
export { type ActivityCalendars, createActivityCalendar } from './analytics.calendar.ts';
export { type Analytics, createAnalytics, type DashboardDeps } from './analytics.dashboard.ts';
export { createActivityResults } from './analytics.results.ts';
export { createRolledFigures, rolledSweep } from './analytics.rolled.ts';
export { analyticsRoutes } from './analytics.routes.ts';
