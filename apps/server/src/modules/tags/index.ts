import './tags.tables.ts';

export { tagsRoutes } from './tags.routes.ts';
export { createTags, type Tags } from './tags.service.ts';
export { tagsSubscribers } from './tags.subscribers.ts';
