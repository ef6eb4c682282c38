import './subscriptions.tables.ts';

export * as subscriptionErrors from './subscriptions.errors.ts';
export { subscriptionRoutes } from './subscriptions.routes.ts';
export { createSubscriptions, type Subscriptions, type SubscriptionsDeps } from './subscriptions.service.ts';
export { subscriptionSubscribers, subscriptionSweeps } from './subscriptions.subscribers.ts';
