import './daily-activities.tables.ts';

export { dailyActivityRoutes } from './daily-activities.routes.ts';
export { createDailyActivities, type Dailies, type DailyMaking } from './daily-activities.service.ts';
