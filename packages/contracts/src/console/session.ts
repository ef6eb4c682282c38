/** Console sign-in: password, then TOTP when the account has it. The session is an HttpOnly cookie. */
import { type Static, Type } from 'typebox';
import { type AuditArea, auditAreas } from '../audit-areas.ts';
import { CalendarDate, Id, Instant, Nullable, NumberedPage, PageQuery } from '../common.ts';

export const StaffLogin = Type.Object({
  account: Type.String({ minLength: 1, maxLength: 60 }),
  password: Type.String({ minLength: 1, maxLength: 128 }),
  totp: Type.Optional(Type.String({ pattern: '^[0-9]{6}$' })),
});
export type StaffLogin = Static<typeof StaffLogin>;

export const StaffShop = Type.Object({ shopId: Id, name: Type.String(), permissions: Type.Array(Type.String()) });
export const StaffSession = Type.Object({
  staffId: Id,
  account: Type.String(),
  name: Type.String(),
  totpEnabled: Type.Boolean(),
  shops: Type.Array(StaffShop),
  /** The shop all console calls act on; chosen by header `x-shop-id`, default the first. */
  currentShopId: Id,
});
export type StaffSession = Static<typeof StaffSession>;

export const ChangePassword = Type.Object({
  current: Type.String({ minLength: 1, maxLength: 128 }),
  next: Type.String({ minLength: 10, maxLength: 128 }),
});
export type ChangePassword = Static<typeof ChangePassword>;
export const TotpEnrolment = Type.Object({ secret: Type.String(), otpauthUrl: Type.String() });
export type TotpEnrolment = Static<typeof TotpEnrolment>;
export const TotpConfirm = Type.Object({ totp: Type.String({ pattern: '^[0-9]{6}$' }) });
export type TotpConfirm = Static<typeof TotpConfirm>;

export const Role = Type.Object({
  roleId: Id,
  name: Type.String({ minLength: 1, maxLength: 20 }),
  permissions: Type.Array(Type.String()),
  isBuiltIn: Type.Boolean(),
  staffCount: Type.Integer(),
});
export const RoleList = Type.Object({ roles: Type.Array(Role) });
export type RoleList = Static<typeof RoleList>;
export const RoleInput = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 20 }),
  permissions: Type.Array(Type.String(), { maxItems: 100 }),
});
export type RoleInput = Static<typeof RoleInput>;

export const Staff = Type.Object({
  staffId: Id,
  account: Type.String(),
  name: Type.String(),
  roleId: Id,
  roleName: Type.String(),
  isActive: Type.Boolean(),
  totpEnabled: Type.Boolean(),
  lastLoginAt: Nullable(Instant),
});
export const StaffPage = NumberedPage(Staff);
export type StaffPage = Static<typeof StaffPage>;
export const StaffInput = Type.Object({
  account: Type.String({ pattern: '^[a-zA-Z0-9._@-]{3,60}$' }),
  name: Type.String({ minLength: 1, maxLength: 20 }),
  roleId: Id,
  password: Type.Optional(Type.String({ minLength: 10, maxLength: 128 })),
  isActive: Type.Boolean({ default: true }),
});
export type StaffInput = Static<typeof StaffInput>;

export const AuditQuery = Type.Intersect([
  PageQuery,
  Type.Object({
    area: Type.Optional(Type.Enum(Object.keys(auditAreas) as AuditArea[])),
    /** Who, the number or id of what was touched, or words of what was done. */
    q: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
    from: Type.Optional(CalendarDate),
    to: Type.Optional(CalendarDate),
  }),
]);
export type AuditQuery = Static<typeof AuditQuery>;
export const AuditEntry = Type.Object({
  auditId: Id,
  at: Instant,
  staffName: Type.String(),
  action: Type.String(),
  target: Type.String(),
  summary: Type.String(),
  ip: Type.String(),
});
export const AuditPage = NumberedPage(AuditEntry);
export type AuditPage = Static<typeof AuditPage>;
