import { sql } from 'kysely';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { BuiltInRole } from './identity.tables.ts';

export interface TeamRow {
  staffId: string;
  account: string;
  name: string;
  roleId: string;
  roleName: string;
  isActive: boolean;
  totpEnabled: boolean;
  lastLoginAt: Date | null;
}
export interface RoleRow {
  roleId: string;
  name: string;
  builtIn: BuiltInRole | null;
  permissions: string[];
}

export const activeNames = (db: Executor, shopId: string): Promise<{ staffId: string; name: string }[]> =>
  db
    .selectFrom('identity.membership as m')
    .innerJoin('identity.staff as s', 's.staffId', 'm.staffId')
    .where('m.shopId', '=', shopId)
    .where('m.isActive', '=', true)
    .select(['s.staffId', 's.name'])
    .orderBy('m.createdAt')
    .execute();

export async function listTeam(
  db: Executor,
  shopId: string,
  { page, pageSize }: { page: number; pageSize: number },
): Promise<{ items: TeamRow[]; total: number }> {
  const rows = db
    .selectFrom('identity.membership as m')
    .innerJoin('identity.staff as s', 's.staffId', 'm.staffId')
    .innerJoin('identity.role as r', 'r.roleId', 'm.roleId')
    .where('m.shopId', '=', shopId);
  const { total } = await rows.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  const items = await rows
    .select(['s.staffId', 's.account', 's.name', 'm.roleId', 'r.name as roleName', 'm.isActive', 's.lastLoginAt'])
    .select(sql<boolean>`s.totp_secret is not null`.as('totpEnabled'))
    .orderBy('m.createdAt')
    .orderBy('s.staffId')
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute();
  return { items, total };
}

/** A member of this shop's team with the role they hold; undefined for anybody else's staff. */
export const findMember = (tx: Tx, shopId: string, staffId: string) =>
  tx
    .selectFrom('identity.membership as m')
    .innerJoin('identity.staff as s', 's.staffId', 'm.staffId')
    .innerJoin('identity.role as r', 'r.roleId', 'm.roleId')
    .select(['s.account', 's.name', 'm.roleId', 'm.isActive', 'r.builtIn', 'r.permissions'])
    .where('m.shopId', '=', shopId)
    .where('m.staffId', '=', staffId)
    .executeTakeFirst();

/** Whether the person works for a shop other than this one. */
export async function worksElsewhere(tx: Tx, staffId: string, shopId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('identity.membership')
    .select('shopId')
    .where('staffId', '=', staffId)
    .where('shopId', '!=', shopId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Locks the shop's owners in one order, so that two owners cannot step down at the same time. */
export async function lockActiveOwners(tx: Tx, shopId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('identity.membership as m')
    .innerJoin('identity.role as r', 'r.roleId', 'm.roleId')
    .select('m.staffId')
    .where('m.shopId', '=', shopId)
    .where('m.isActive', '=', true)
    .where('r.builtIn', '=', 'owner')
    .orderBy('m.staffId')
    .forUpdate('m')
    .execute();
  return rows.map(({ staffId }) => staffId);
}

export async function listRoles(db: Executor, shopId: string): Promise<(RoleRow & { staffCount: number })[]> {
  return db
    .selectFrom('identity.role as r')
    .select(['r.roleId', 'r.name', 'r.builtIn', 'r.permissions'])
    .select(({ selectFrom }) =>
      selectFrom('identity.membership as m')
        .whereRef('m.roleId', '=', 'r.roleId')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .as('staffCount'),
    )
    .where('r.shopId', '=', shopId)
    .orderBy('r.createdAt')
    .orderBy('r.roleId')
    .execute()
    .then((rows) => rows.map((row) => ({ ...row, staffCount: row.staffCount ?? 0 })));
}

export const findRole = (tx: Tx, shopId: string, roleId: string): Promise<RoleRow | undefined> =>
  tx
    .selectFrom('identity.role')
    .select(['roleId', 'name', 'builtIn', 'permissions'])
    .where('shopId', '=', shopId)
    .where('roleId', '=', roleId)
    .forShare()
    .executeTakeFirst();

export async function insertRole(
  tx: Tx,
  role: { roleId: string; shopId: string; name: string; permissions: string[] },
  now: Date,
): Promise<void> {
  await tx
    .insertInto('identity.role')
    .values({ ...role, builtIn: null, createdAt: now })
    .execute();
}

export async function updateRole(
  tx: Tx,
  { shopId, roleId, name, permissions }: { shopId: string; roleId: string; name: string; permissions: string[] },
): Promise<void> {
  await tx
    .updateTable('identity.role')
    .set({ name, permissions })
    .where('shopId', '=', shopId)
    .where('roleId', '=', roleId)
    .execute();
}
