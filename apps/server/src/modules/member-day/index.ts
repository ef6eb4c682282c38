import './member-day.tables.ts';

export { isNamedDay } from './member-day.domain.ts';
export { memberDayRoutes } from './member-day.routes.ts';
export { createMemberDays, type MemberDays, type MemberDaysDeps } from './member-day.service.ts';
