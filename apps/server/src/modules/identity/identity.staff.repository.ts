import { type Selectable, sql } from 'kysely';
import type { Executor, Tables, Tx } from '#platform/database/database.ts';
import { newId } from '#platform/ids.ts';
import type { BuiltInRole } from './identity.tables.ts';

export type StaffRow = Selectable<Tables['identity.staff']>;

export interface SessionStaff {
  staffId: string;
  name: string;
  lastSeenAt: Date;
  memberships: { shopId: string; builtIn: BuiltInRole | null; permissions: string[] }[];
}

/** Who a console token stands for and where they work now: one statement. */
export async function findSessionStaff(db: Executor, tokenHash: string): Promise<SessionStaff | undefined> {
  const { rows } = await sql<SessionStaff>`
    select s.staff_id, s.name, t.last_seen_at,
      coalesce((
        select jsonb_agg(jsonb_build_object('shopId', m.shop_id, 'builtIn', r.built_in, 'permissions', r.permissions)
          order by m.created_at, m.shop_id)
        from identity.membership m join identity.role r on r.role_id = m.role_id
        where m.staff_id = s.staff_id and m.is_active), '[]'::jsonb) as memberships
    from identity.staff_session t join identity.staff s on s.staff_id = t.staff_id
    where t.token_hash = ${tokenHash}`.execute(db);
  return rows[0];
}

export async function insertStaffSession(
  tx: Tx,
  row: { tokenHash: string; staffId: string },
  now: Date,
): Promise<void> {
  await tx
    .insertInto('identity.staffSession')
    .values({ ...row, createdAt: now, lastSeenAt: now })
    .execute();
}

export async function touchStaffSession(db: Executor, tokenHash: string, now: Date): Promise<void> {
  await db.updateTable('identity.staffSession').set({ lastSeenAt: now }).where('tokenHash', '=', tokenHash).execute();
}

export async function deleteStaffSession(tx: Tx, tokenHash: string): Promise<void> {
  await tx.deleteFrom('identity.staffSession').where('tokenHash', '=', tokenHash).execute();
}

/** All sessions of one person, but for `keep`. */
export async function deleteStaffSessions(tx: Tx, staffId: string, keep?: string): Promise<void> {
  const query = tx.deleteFrom('identity.staffSession').where('staffId', '=', staffId);
  await (keep === undefined ? query : query.where('tokenHash', '!=', keep)).execute();
}

export const findStaffByAccount = (db: Executor, account: string): Promise<StaffRow | undefined> =>
  db.selectFrom('identity.staff').selectAll().where('account', '=', account).executeTakeFirst();

export const findStaff = (db: Executor, staffId: string): Promise<StaffRow | undefined> =>
  db.selectFrom('identity.staff').selectAll().where('staffId', '=', staffId).executeTakeFirst();

export async function insertStaff(
  tx: Tx,
  row: { staffId: string; account: string; name: string; passwordHash: string },
  now: Date,
): Promise<void> {
  await tx
    .insertInto('identity.staff')
    .values({ ...row, totpSecret: null, totpPending: null, totpLastStep: null, lastLoginAt: null, createdAt: now })
    .execute();
}

export async function updateStaff(
  tx: Tx,
  staffId: string,
  set: Partial<
    Pick<StaffRow, 'account' | 'name' | 'passwordHash' | 'totpSecret' | 'totpPending' | 'totpLastStep' | 'lastLoginAt'>
  >,
): Promise<void> {
  await tx.updateTable('identity.staff').set(set).where('staffId', '=', staffId).execute();
}

/** A code's step is spent once: two requests with one code, and the later loses. */
export async function spendTotpStep(tx: Tx, staffId: string, step: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('identity.staff')
    .set({ totpLastStep: step })
    .where('staffId', '=', staffId)
    .where((where) => where.or([where('totpLastStep', 'is', null), where('totpLastStep', '<', step)]))
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Attempts of one account and of one address queue here, so that parallel guesses are counted one by one. */
export async function lockAttempts(tx: Tx, account: string, ip: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(7801, hashtext(${account}))`.execute(tx);
  await sql`select pg_advisory_xact_lock(7802, hashtext(${ip}))`.execute(tx);
}

/** Instants of the newest attempts since `since`, newest first. */
export async function recentAttempts(
  tx: Tx,
  by: { account: string } | { ip: string },
  since: Date,
  limit: number,
): Promise<Date[]> {
  const query = tx
    .selectFrom('identity.loginAttempt')
    .select('attemptedAt')
    .where('attemptedAt', '>', since)
    .orderBy('attemptedAt', 'desc')
    .limit(limit);
  const rows = await ('account' in by
    ? query.where('account', '=', by.account)
    : query.where('ip', '=', by.ip)
  ).execute();
  return rows.map(({ attemptedAt }) => attemptedAt);
}

export async function insertAttempt(
  tx: Tx,
  row: { attemptId: string; account: string; ip: string },
  now: Date,
): Promise<void> {
  await tx
    .insertInto('identity.loginAttempt')
    .values({ ...row, attemptedAt: now })
    .execute();
}

export async function deleteAttempts(tx: Tx, of: { attemptId: string } | { account: string }): Promise<void> {
  const query = tx.deleteFrom('identity.loginAttempt');
  await ('attemptId' in of
    ? query.where('attemptId', '=', of.attemptId)
    : query.where('account', '=', of.account)
  ).execute();
}

export async function hasActiveMembership(db: Executor, staffId: string): Promise<boolean> {
  const row = await db
    .selectFrom('identity.membership')
    .select('shopId')
    .where('staffId', '=', staffId)
    .where('isActive', '=', true)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The roles somebody holds, one a shop, where they are active. */
export const listMemberships = (db: Executor, staffId: string) =>
  db
    .selectFrom('identity.membership as m')
    .innerJoin('identity.role as r', 'r.roleId', 'm.roleId')
    .select(['m.shopId', 'r.builtIn', 'r.permissions'])
    .where('m.staffId', '=', staffId)
    .where('m.isActive', '=', true)
    .execute();

export async function ensureBuiltInRole(
  tx: Tx,
  role: { shopId: string; builtIn: BuiltInRole; name: string; permissions: string[] },
  now: Date,
): Promise<string> {
  await tx
    .insertInto('identity.role')
    .values({ ...role, roleId: newId(), createdAt: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await tx
    .selectFrom('identity.role')
    .select('roleId')
    .where('shopId', '=', role.shopId)
    .where('builtIn', '=', role.builtIn)
    .executeTakeFirstOrThrow();
  return row.roleId;
}

export async function saveMembership(
  tx: Tx,
  row: { staffId: string; shopId: string; roleId: string; isActive: boolean },
  now: Date,
): Promise<void> {
  const { roleId, isActive } = row;
  await tx
    .insertInto('identity.membership')
    .values({ ...row, createdAt: now })
    .onConflict((conflict) => conflict.columns(['staffId', 'shopId']).doUpdateSet({ roleId, isActive }))
    .execute();
}
