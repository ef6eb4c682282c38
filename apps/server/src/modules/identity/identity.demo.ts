/** The demo's staff: one owner of every shop, and one person for each kind of work in the first. */
import type { Tx } from '#platform/database/database.ts';
import type { BuiltInRole } from './identity.tables.ts';
import type { Team } from './identity.team.service.ts';

export const demoPassword = 'xiaopu-demo-2026';

const people: { account: string; name: string; role: BuiltInRole }[] = [
  { account: 'admin', name: '周店主', role: 'owner' },
  { account: 'operator', name: '林运营', role: 'operator' },
  { account: 'service', name: '陈客服', role: 'service' },
  { account: 'warehouse', name: '吴仓管', role: 'warehouse' },
];

/** Running again changes nothing: changed passwords stay. */
export async function demoStaff(tx: Tx, team: Team, shopIds: readonly string[]): Promise<void> {
  for (const shopId of shopIds) await team.ensureRoles(tx, shopId);
  for (const person of people) await team.ensureStaff(tx, { ...person, password: demoPassword, shopIds });
}

/** Works in the shops that have a physical store. */
export const demoClerk = (tx: Tx, team: Team, shopIds: readonly string[]): Promise<string> =>
  team.ensureStaff(tx, { account: 'clerk', name: '何店员', role: 'clerk', password: demoPassword, shopIds });
