import { type Selectable, sql } from 'kysely';
import type { Executor, Tables, Tx } from '#platform/database/database.ts';
import type { HourFigures, Sold } from '../orders/index.ts';
import type {} from './analytics.tables.ts';

export type Rolled = Selectable<Tables['analytics.rolled']>;

/** What is kept of a shop, and the hours of it: one statement, so both are of one moment. */
export async function hoursRolled(
  db: Executor,
  shopId: string,
  from: Date,
): Promise<{ rolled: Rolled; hours: HourFigures[] } | undefined> {
  const { rows } = await sql<Rolled & { hours: (Omit<HourFigures, 'hour'> & { hour: string })[] | null }>`
    select r.*, (
      select json_agg(json_build_object('hour', hour, 'gmv', gmv, 'orders', orders, 'newPayers', new_payers, 'refunds', refunds,
        'plays', plays))
      from analytics.shop_hour h where h.shop_id = r.shop_id and h.hour >= ${from}) as hours
    from analytics.rolled r where r.shop_id = ${shopId}`.execute(db);
  const [row] = rows;
  if (!row) return undefined;
  const { hours, ...rolled } = row;
  return { rolled, hours: (hours ?? []).map(({ hour, ...figures }) => ({ ...figures, hour: new Date(hour) })) };
}

/** The most sold of what is kept and, whatever they sold, these; with until when that is. */
export async function sellersRolled(
  db: Executor,
  shopId: string,
  { count, spuIds }: { count: number; spuIds: readonly string[] },
): Promise<{ until: Date; sold: Sold[] } | undefined> {
  const { rows } = await sql<{ until: Date; sold: Sold[] | null }>`
    select r.until, (
      select json_agg(json_build_object('spuId', spu_id, 'title', title, 'picture', picture, 'units', units, 'sales', sales))
      from analytics.shop_seller s where s.shop_id = r.shop_id and s.spu_id = any(array(
        (select spu_id from analytics.shop_seller where shop_id = ${shopId} order by units desc, sales desc, spu_id limit ${count})
        union
        (select unnest(${[...spuIds]}::uuid[]))))) as sold
    from analytics.rolled r where r.shop_id = ${shopId}`.execute(db);
  return rows[0] && { until: rows[0].until, sold: rows[0].sold ?? [] };
}

export const findRolled = (db: Executor, shopId: string): Promise<Rolled | undefined> =>
  db.selectFrom('analytics.rolled').selectAll().where('shopId', '=', shopId).executeTakeFirst();

/** Held until the transaction ends: two sweeps do not sum the same shop. undefined: another does. */
export async function claim(tx: Tx, shopId: string): Promise<boolean> {
  const { rows } = await sql<{ isMine: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended(${`analytics.rolled:${shopId}`}, 0)) as is_mine`.execute(tx);
  return rows[0]?.isMine ?? false;
}

export async function replaceHours(
  tx: Tx,
  shopId: string,
  { from, until }: { from: Date; until: Date },
  hours: readonly HourFigures[],
): Promise<void> {
  await tx
    .deleteFrom('analytics.shopHour')
    .where('shopId', '=', shopId)
    .where('hour', '>=', from)
    .where('hour', '<', until)
    .execute();
  if (hours.length === 0) return;
  await tx
    .insertInto('analytics.shopHour')
    .values(hours.map(({ plays, ...figures }) => ({ ...figures, shopId, plays: JSON.stringify(plays) })))
    .execute();
}

export async function replaceSellers(tx: Tx, shopId: string, sold: readonly Sold[]): Promise<void> {
  await tx.deleteFrom('analytics.shopSeller').where('shopId', '=', shopId).execute();
  await sql`
    insert into analytics.shop_seller (shop_id, spu_id, title, picture, units, sales)
    select ${shopId}::uuid, s.* from unnest(
      ${sold.map(({ spuId }) => spuId)}::uuid[], ${sold.map(({ title }) => title)}::text[],
      ${sold.map(({ picture }) => JSON.stringify(picture))}::text[]::jsonb[], ${sold.map(({ units }) => units)}::int[],
      ${sold.map(({ sales }) => sales)}::bigint[]) as s`.execute(tx);
}

export async function saveRolled(tx: Tx, row: Rolled): Promise<void> {
  const { shopId: _, ...change } = row;
  await tx
    .insertInto('analytics.rolled')
    .values(row)
    .onConflict((conflict) => conflict.column('shopId').doUpdateSet(change))
    .execute();
}

/** Hours before these are asked for no more. */
export const dropHoursBefore = async (tx: Tx, shopId: string, from: Date): Promise<void> => {
  await tx.deleteFrom('analytics.shopHour').where('shopId', '=', shopId).where('hour', '<', from).execute();
};
export async function forget(tx: Tx, shopId: string): Promise<void> {
  for (const table of ['analytics.shopHour', 'analytics.shopSeller', 'analytics.rolled'] as const)
    await tx.deleteFrom(table).where('shopId', '=', shopId).execute();
}
