/** Who serves which physical store. */
import { sql } from 'kysely';
import type { Executor, Tx } from '#platform/database/database.ts';
import type {} from './stores.tables.ts';

/** Store ids. */
export async function storesOfClerk(db: Executor, shopId: string, staffId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('stores.storeClerk')
    .select('storeId')
    .where('shopId', '=', shopId)
    .where('staffId', '=', staffId)
    .execute();
  return rows.map(({ storeId }) => storeId);
}

/** Staff ids by store. */
export async function clerksOf(db: Executor, shopId: string): Promise<Map<string, string[]>> {
  const rows = await db.selectFrom('stores.storeClerk').selectAll().where('shopId', '=', shopId).execute();
  const found = new Map<string, string[]>();
  for (const { storeId, staffId } of rows) found.set(storeId, [...(found.get(storeId) ?? []), staffId]);
  return found;
}

export async function setClerks(
  tx: Tx,
  { shopId, storeId }: { shopId: string; storeId: string },
  staffIds: readonly string[],
): Promise<void> {
  await tx.deleteFrom('stores.storeClerk').where('shopId', '=', shopId).where('storeId', '=', storeId).execute();
  if (staffIds.length === 0) return;
  await sql`
    insert into stores.store_clerk (shop_id, store_id, staff_id)
    select distinct ${shopId}::uuid, ${storeId}::uuid, i.staff_id from unnest(${[...staffIds]}::uuid[]) as i (staff_id)`.execute(
    tx,
  );
}
