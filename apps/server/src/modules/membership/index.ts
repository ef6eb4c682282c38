import './membership.tables.ts';

export { tierNames, tierOrder } from './membership.domain.ts';
export * as membershipErrors from './membership.errors.ts';
export { membershipRoutes } from './membership.routes.ts';
export { createMembership, type Membership, type MembershipDeps } from './membership.service.ts';
export { membershipSubscribers, membershipSweeps } from './membership.subscribers.ts';
