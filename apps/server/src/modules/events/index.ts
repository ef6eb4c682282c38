import './events.tables.ts';

export type { StoredAct } from './events.domain.ts';
export { eventsRoutes } from './events.routes.ts';
export { createEvents, type Events } from './events.service.ts';
export { eventsSubscribers } from './events.subscribers.ts';
