import './members.tables.ts';

export type { PlainAddress } from './members.addresses.ts';
export * as membersErrors from './members.errors.ts';
export { membersRoutes } from './members.routes.ts';
export { createMembers, type Members, type MembersDeps } from './members.service.ts';
export { membersSubscribers } from './members.subscribers.ts';
