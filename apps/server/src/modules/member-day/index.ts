import './member-day.tables.ts';

export { memberDayRoutes } from './member-day.routes.ts';
export { createMemberDays, type MemberDays, type MemberDaysDeps } from './member-day.service.ts';
