import './recommendation.tables.ts';

export { recommendationRoutes } from './recommendation.routes.ts';
export { createRecommendation, type Recommendation } from './recommendation.service.ts';
export { recommendationSubscribers } from './recommendation.subscribers.ts';
