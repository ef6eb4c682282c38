import type { SaveAgent, SaveServiceDesk } from '@xiaopu/contracts/console';
import type { Executor, Tx } from '#platform/database/database.ts';
import type {} from './agents.tables.ts';

export const findDesk = (db: Executor, shopId: string) =>
  db.selectFrom('agents.desk').selectAll().where('shopId', '=', shopId).executeTakeFirst();

/** Whoever gives out places of this shop's agents waits here for the other. False: the shop has no desk. */
export async function lockDesk(tx: Tx, shopId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('agents.desk')
    .select('shopId')
    .where('shopId', '=', shopId)
    .forUpdate()
    .executeTakeFirst();
  return row !== undefined;
}
export async function ensureDesk(tx: Tx, shopId: string): Promise<void> {
  await tx
    .insertInto('agents.desk')
    .values({ shopId })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
export async function saveDesk(tx: Tx, shopId: string, desk: SaveServiceDesk): Promise<void> {
  await tx
    .insertInto('agents.desk')
    .values({ shopId, ...desk })
    .onConflict((conflict) => conflict.column('shopId').doUpdateSet(desk))
    .execute();
}

export async function listAgents(db: Executor, shopId: string) {
  const agents = await db
    .selectFrom('agents.agent')
    .selectAll()
    .where('shopId', '=', shopId)
    .orderBy('since')
    .orderBy('staffId')
    .execute();
  const loads = await db
    .selectFrom('agents.assignment')
    .select(['staffId', (eb) => eb.fn.countAll<number>().as('load')])
    .where('shopId', '=', shopId)
    .groupBy('staffId')
    .execute();
  const loadOf = new Map(loads.map(({ staffId, load }) => [staffId, Number(load)]));
  return agents.map((agent) => ({ ...agent, load: loadOf.get(agent.staffId) ?? 0 }));
}
export async function saveAgent(
  tx: Tx,
  { shopId, staffId, since }: { shopId: string; staffId: string; since: Date },
  agent: SaveAgent,
): Promise<void> {
  await tx
    .insertInto('agents.agent')
    .values({ shopId, staffId, since, ...agent })
    .onConflict((conflict) => conflict.columns(['shopId', 'staffId']).doUpdateSet(agent))
    .execute();
}
export async function removeAgent(tx: Tx, shopId: string, staffId: string): Promise<void> {
  await tx.deleteFrom('agents.agent').where('shopId', '=', shopId).where('staffId', '=', staffId).execute();
}
export async function setAway(tx: Tx, shopId: string, staffId: string, isAway: boolean): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('agents.agent')
    .set({ isAway })
    .where('shopId', '=', shopId)
    .where('staffId', '=', staffId)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export const findAssignment = (db: Executor, buyerId: string, shopId: string) =>
  db
    .selectFrom('agents.assignment')
    .select(['staffId', 'since', 'givenBy'])
    .where('buyerId', '=', buyerId)
    .where('shopId', '=', shopId)
    .executeTakeFirst();

interface NewAssignment {
  buyerId: string;
  shopId: string;
  staffId: string;
  givenBy: string;
  at: Date;
}
/** Puts somebody in place of whoever was there. */
export async function assign(tx: Tx, { at, ...row }: NewAssignment): Promise<void> {
  const { staffId, givenBy } = row;
  const set = { staffId, givenBy, since: at, checkedAt: at };
  await tx
    .insertInto('agents.assignment')
    .values({ ...row, since: at, checkedAt: at })
    .onConflict((conflict) => conflict.columns(['buyerId', 'shopId']).doUpdateSet(set))
    .execute();
}
export async function release(tx: Tx, buyerId: string, shopId: string): Promise<void> {
  await tx.deleteFrom('agents.assignment').where('buyerId', '=', buyerId).where('shopId', '=', shopId).execute();
}
export async function moveAll(
  tx: Tx,
  { shopId, from, to, givenBy, at }: { shopId: string; from: string; to: string; givenBy: string; at: Date },
): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('agents.assignment')
    .set({ staffId: to, givenBy, since: at })
    .where('shopId', '=', shopId)
    .where('staffId', '=', from)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** Who was looked at longest ago, taken by one worker. */
export const takeUnchecked = (tx: Tx, before: Date, limit: number) =>
  tx
    .selectFrom('agents.assignment')
    .select(['buyerId', 'shopId'])
    .where('checkedAt', '<', before)
    .orderBy('checkedAt')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
export async function setChecked(tx: Tx, buyerId: string, shopId: string, at: Date): Promise<void> {
  await tx
    .updateTable('agents.assignment')
    .set({ checkedAt: at })
    .where('buyerId', '=', buyerId)
    .where('shopId', '=', shopId)
    .execute();
}

export async function membersOf(
  db: Executor,
  { shopId, staffId }: { shopId: string; staffId: string },
  { offset, limit }: { offset: number; limit: number },
) {
  const query = db.selectFrom('agents.assignment').where('shopId', '=', shopId).where('staffId', '=', staffId);
  const rows = await query
    .select(['buyerId', 'since', 'givenBy'])
    .orderBy('since', 'desc')
    .orderBy('buyerId')
    .offset(offset)
    .limit(limit)
    .execute();
  const { total } = await query.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  return { rows, total: Number(total) };
}

/** Names shoppers read, of the agents who look after them: in one shop, or the newest of all. */
export const namesOf = (db: Executor, buyerIds: readonly string[], shopId?: string) =>
  db
    .selectFrom('agents.assignment as own')
    .innerJoin('agents.agent as agent', (join) =>
      join.onRef('agent.shopId', '=', 'own.shopId').onRef('agent.staffId', '=', 'own.staffId'),
    )
    .select(['own.buyerId', 'own.shopId', 'agent.name'])
    .where('own.buyerId', 'in', [...buyerIds])
    .$if(shopId !== undefined, (rows) => rows.where('own.shopId', '=', shopId ?? ''))
    .orderBy('own.since')
    .execute();
