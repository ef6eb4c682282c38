import './visits.tables.ts';

export { visitsRoutes } from './visits.routes.ts';
export { createVisits, type Visits } from './visits.service.ts';
export { visitsSubscribers } from './visits.subscribers.ts';
