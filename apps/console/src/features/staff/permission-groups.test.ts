import { allPermissions } from '@xiaopu/contracts/permissions';
import { expect, it } from 'vitest';
import { permissionGroups } from './permission-groups.ts';

it('shows every permission exactly once, under a Chinese heading', () => {
  const groups = permissionGroups();
  expect(groups.flatMap((group) => group.items.map((item) => item.key)).sort()).toEqual([...allPermissions].sort());
  for (const group of groups) expect(group.title).toMatch(/^[一-龥]+$/);
});
