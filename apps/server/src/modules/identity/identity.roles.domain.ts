/** What the built-in roles may do, and who may hand out what. */
import { allPermissions, type Permission } from '@xiaopu/contracts';
import type { BuiltInRole } from './identity.tables.ts';

export const builtInRoles: Record<BuiltInRole, { name: string; permissions: readonly Permission[] }> = {
  owner: { name: '店主', permissions: allPermissions },
  operator: {
    name: '运营',
    permissions: [
      'dashboard.read',
      'catalog.read',
      'catalog.write',
      'catalog.publish',
      'storefront.read',
      'storefront.write',
      'inventory.read',
      'inventory.adjust',
      'orders.read',
      'orders.remark',
      'reviews.read',
      'reviews.moderate',
      'media.write',
      'settings.read',
      'members.read',
      'members.write',
      'points.read',
      'points.write',
      'promotions.read',
      'promotions.write',
      'distribution.read',
      'distribution.write',
      'messages.read',
      'messages.write',
    ],
  },
  service: {
    name: '客服',
    permissions: [
      'dashboard.read',
      'catalog.read',
      'inventory.read',
      'orders.read',
      'orders.remark',
      'refunds.read',
      'refunds.decide',
      'after_sales.read',
      'after_sales.decide',
      'complaints.read',
      'complaints.answer',
      'reviews.read',
      'reviews.moderate',
      'members.read',
      'points.read',
    ],
  },
  warehouse: {
    name: '仓库',
    permissions: [
      'catalog.read',
      'inventory.read',
      'inventory.adjust',
      'orders.read',
      'fulfilment.ship',
      'after_sales.read',
    ],
  },
  clerk: {
    name: '店员',
    permissions: ['pickup.serve', 'bookings.serve'],
  },
  finance: {
    name: '财务',
    permissions: [
      'dashboard.read',
      'orders.read',
      'refunds.read',
      'refunds.decide',
      'after_sales.read',
      'payments.read',
      'payouts.read',
      'distribution.read',
      'distribution.pay',
      'audit.read',
    ],
  },
};

const known: ReadonlySet<string> = new Set(allPermissions);
export const unknownPermissions = (wanted: readonly string[]): string[] => wanted.filter((one) => !known.has(one));

/** Built-in roles follow the code, so that a new permission reaches owners without a data change. */
export const permissionsOf = (role: { builtIn: BuiltInRole | null; permissions: readonly string[] }): Permission[] =>
  (role.builtIn === null
    ? role.permissions.filter((one) => known.has(one))
    : builtInRoles[role.builtIn].permissions) as Permission[];

/** What somebody would give or touch without having it. */
export const beyond = (mine: ReadonlySet<string>, wanted: readonly string[]): string[] =>
  wanted.filter((one) => !mine.has(one));
