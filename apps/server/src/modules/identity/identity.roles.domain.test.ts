import { allPermissions } from '@xiaopu/contracts';
import { describe, expect, it } from 'vitest';
import { beyond, builtInRoles, permissionsOf, unknownPermissions } from './identity.roles.domain.ts';

describe('roles', () => {
  it('the owner may do everything, nobody else may manage staff or settings', () => {
    expect(permissionsOf({ builtIn: 'owner', permissions: [] })).toEqual(allPermissions);
    for (const role of ['operator', 'service', 'warehouse', 'finance'] as const) {
      expect(builtInRoles[role].permissions).not.toContain('staff.write');
      expect(builtInRoles[role].permissions).not.toContain('settings.write');
    }
  });

  it('a stored permission that no longer exists gives nothing', () => {
    expect(permissionsOf({ builtIn: null, permissions: ['orders.read', 'gone.power'] })).toEqual(['orders.read']);
    expect(unknownPermissions(['orders.read', 'gone.power'])).toEqual(['gone.power']);
  });

  it('names what goes beyond one’s own permissions', () => {
    expect(beyond(new Set(['orders.read']), ['orders.read', 'staff.write'])).toEqual(['staff.write']);
    expect(beyond(new Set(['orders.read']), ['orders.read'])).toEqual([]);
  });
});
