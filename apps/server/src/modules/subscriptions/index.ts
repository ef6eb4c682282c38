import './subscriptions.tables.ts';

export * as subscriptionErrors from './subscriptions.errors.ts';
export { createRenewals, type RenewalDeps, type Renewals } from './subscriptions.renewals.ts';
export { subscriptionRoutes } from './subscriptions.routes.ts';
export { createSubscriptions, type Subscriptions, type SubscriptionsDeps } from './subscriptions.service.ts';
export { renewalSweeps, subscriptionSubscribers, subscriptionSweeps } from './subscriptions.subscribers.ts';
