import './member-day.tables.ts';

export { memberDaysWithin } from './member-day.calendar.ts';
export { isNamedDay, windowsWithin } from './member-day.domain.ts';
export { memberDayRoutes } from './member-day.routes.ts';
export { createMemberDays, type MemberDays, type MemberDaysDeps } from './member-day.service.ts';
