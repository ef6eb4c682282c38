export { createNoteSearch, searchRoutes } from './search.routes.ts';
export { createSearch, type Search, type SearchDependencies } from './search.service.ts';
export { searchSubscribers } from './search.subscribers.ts';
