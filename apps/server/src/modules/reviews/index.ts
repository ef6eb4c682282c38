export { moderateText } from './reviews.moderation.ts';
export { type ReviewRoutesDeps, reviewRoutes } from './reviews.routes.ts';
export { createReviews, type Reviews, type ReviewsDeps, type SeededReview } from './reviews.service.ts';
