/** All SQL of hot pools. Holds: `pool.taken` is the sum of the pool's entries; the CHECK on it is the last line of defence. */
import { sql } from 'kysely';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import type {} from '../inventory.tables.ts';
import type { Pool, PoolStatus, Snapshot, Standing, Take } from './pool.types.ts';

export interface Committing extends Take {
  epoch: number;
}

const poolColumns = sql`sku_id, pool_id, spu_id, shop_id, name, status, size, taken, buyer_limit, hold_ms, epoch`;

// Array literals by hand: ids need no quoting, and the driver would look at each character of each.
const list = (values: readonly (string | number)[]): string => `{${values.join(',')}}`;

/**
 * One statement, one commit. The pool rows are locked first and must still be of the admission's epoch; a request that is in
 * the ledger already is left as it is. @returns new entries by pool; a pool that is missing was loaded anew meanwhile
 */
export async function commitTakes(
  { pool }: Pick<Database, 'pool'>,
  skuIds: ReadonlyMap<string, string>,
  takes: readonly Committing[],
  at: Date,
): Promise<Map<string, number>> {
  const index = new Map<string, number>();
  const pools: { poolId: string; epoch: number }[] = [];
  const indexes = takes.map(({ poolId, epoch }) => {
    const key = `${poolId}/${epoch}`;
    let known = index.get(key);
    if (known === undefined) {
      known = pools.push({ poolId, epoch });
      index.set(key, known);
    }
    return known;
  });
  const { rows } = await pool.query<{ index: number; written: number }>({
    name: 'inventory_commit_takes',
    text: `
      with wanted as materialized (
        select sku_id, pool_id, epoch, n::int as index
        from unnest($1::uuid[], $2::uuid[], $3::int[]) with ordinality as i (sku_id, pool_id, epoch, n)
      ), fresh as materialized (
        select p.sku_id, p.pool_id, w.index
        from inventory.pool p join wanted w on w.sku_id = p.sku_id and w.pool_id = p.pool_id
        where p.epoch = w.epoch and p.status = 'open'
        order by p.sku_id, p.pool_id
        for update of p
      ), open_by_index as materialized (
        -- An array instead of a join: a subscript costs the same however many pools one group has.
        select array_agg(f.pool_id order by w.index) as pools from wanted w left join fresh f on f.index = w.index
      ), entry as (
        insert into inventory.pool_entry (sku_id, request_id, step, pool_id, kind, buyer_id, quantity, at)
        select ($1::uuid[])[i.index], i.request_id, 0, o.pools[i.index], 'take', i.buyer_id, i.quantity, $8::timestamptz
        from open_by_index o,
          unnest($4::uuid[], $5::uuid[], $6::int[], $7::int[]) as i (request_id, buyer_id, quantity, index)
        where o.pools[i.index] is not null
        on conflict do nothing
        returning pool_id, quantity
      ), sums as (
        select pool_id, sum(quantity)::int as quantity, count(*)::int as written from entry group by pool_id
      ), moved as (
        update inventory.pool p set taken = p.taken + s.quantity
        from fresh f join sums s on s.pool_id = f.pool_id
        where p.sku_id = f.sku_id and p.pool_id = f.pool_id
      )
      select f.index, coalesce(s.written, 0) as written from fresh f left join sums s on s.pool_id = f.pool_id`,
    values: [
      list(pools.map(({ poolId }) => skuIds.get(poolId) as string)),
      list(pools.map(({ poolId }) => poolId)),
      list(pools.map(({ epoch }) => epoch)),
      list(takes.map(({ requestId }) => requestId)),
      list(takes.map(({ buyerId }) => buyerId)),
      list(takes.map(({ quantity }) => quantity)),
      list(indexes),
      at,
    ],
  });
  return new Map(
    rows.map(({ index: place, written }) => [`${pools[place - 1]?.poolId}/${pools[place - 1]?.epoch}`, written]),
  );
}

/** Ends holds; one that is bound or has ended stays as it is. The pool row comes last: an order being placed may hold up the entries. */
export async function commitReleases(
  db: Executor,
  { skuId, poolId }: Pick<Pool, 'skuId' | 'poolId'>,
  requestIds: readonly string[],
  at: Date,
): Promise<string[]> {
  const { rows } = await sql<{ requestId: string }>`
    with entry as (
      insert into inventory.pool_entry (sku_id, request_id, step, pool_id, kind, buyer_id, quantity, at)
      select e.sku_id, e.request_id, 1, e.pool_id, 'release', e.buyer_id, -e.quantity, ${at}::timestamptz
      from inventory.pool_entry e
      where e.sku_id = ${skuId} and e.pool_id = ${poolId} and e.request_id = any(${list(requestIds)}::uuid[])
        and e.step = 0 and e.kind = 'take'
      on conflict do nothing
      returning request_id, quantity
    ), moved as (
      update inventory.pool set taken = taken + (select coalesce(sum(quantity), 0)::int from entry)
      where sku_id = ${skuId} and pool_id = ${poolId} and exists (select from entry)
    )
    select request_id from entry`.execute(db);
  return rows.map(({ requestId }) => requestId);
}

/** Closes the door on admissions that never reached the ledger: their commit, should it still come, finds this row. */
export async function commitVoids(
  db: Executor,
  { skuId, poolId }: Pick<Pool, 'skuId' | 'poolId'>,
  requestIds: readonly string[],
  at: Date,
): Promise<void> {
  await sql`
    insert into inventory.pool_entry (sku_id, request_id, step, pool_id, kind, buyer_id, quantity, at)
    select ${skuId}::uuid, i.id, 0, ${poolId}::uuid, 'void', ${poolId}::uuid, 0, ${at}::timestamptz
    from unnest(${list(requestIds)}::uuid[]) as i (id)
    on conflict do nothing`.execute(db);
}

/** Where requests stand; those the ledger does not know are left out. */
export async function standingsOf(
  db: Executor,
  { skuId, poolId }: Pick<Pool, 'skuId' | 'poolId'>,
  requestIds?: readonly string[],
): Promise<Standing[]> {
  const only = requestIds ? sql`and e.request_id = any(${list(requestIds)}::uuid[])` : sql``;
  const { rows } = await sql<Standing>`
    select e.request_id, e.buyer_id, e.quantity, e.at + p.hold_ms * interval '1 millisecond' as until,
      case when e.kind = 'void' or b.kind = 'release' or r.kind = 'return' then 'ended'
           when b.kind = 'bind' then 'bound' else 'held' end as state
    from inventory.pool_entry e
    join inventory.pool p on p.sku_id = e.sku_id and p.pool_id = e.pool_id
    left join inventory.pool_entry b on b.sku_id = e.sku_id and b.request_id = e.request_id and b.step = 1
    left join inventory.pool_entry r on r.sku_id = e.sku_id and r.request_id = e.request_id and r.step = 2
    where e.sku_id = ${skuId} and e.pool_id = ${poolId} and e.step = 0 ${only}`.execute(db);
  return rows;
}

export async function findPool(db: Executor, poolId: string): Promise<Pool | undefined> {
  const { rows } = await sql<Pool>`select ${poolColumns} from inventory.pool where pool_id = ${poolId}`.execute(db);
  return rows[0];
}

export async function livePools(db: Executor): Promise<Pool[]> {
  const { rows } =
    await sql<Pool>`select ${poolColumns} from inventory.pool where status <> 'closed' order by pool_id`.execute(db);
  return rows;
}

export async function lockPool(tx: Tx, { skuId, poolId }: Pick<Pool, 'skuId' | 'poolId'>): Promise<Pool | undefined> {
  const { rows } = await sql<Pool>`
    select ${poolColumns} from inventory.pool where sku_id = ${skuId} and pool_id = ${poolId} for update`.execute(tx);
  return rows[0];
}

/**
 * A new epoch, and the pool as the ledger has it under that lock. With an owner: only when nobody else's lease runs.
 * @returns undefined: another process owns it, or there is no such pool
 */
export async function beginEpoch(
  tx: Tx,
  { skuId, poolId }: Pick<Pool, 'skuId' | 'poolId'>,
  lease: { owner: string; now: Date; until: Date } | undefined,
): Promise<Snapshot | undefined> {
  const { rows } = await sql<Pool>`
    update inventory.pool set epoch = epoch + 1, owner = ${lease?.owner ?? null}::uuid, owner_until = ${lease?.until ?? null}::timestamptz
    where sku_id = ${skuId} and pool_id = ${poolId} and status <> 'closed'
      ${lease ? sql`and (owner is null or owner = ${lease.owner} or owner_until <= ${lease.now})` : sql``}
    returning ${poolColumns}`.execute(tx);
  const [pool] = rows;
  if (!pool) return undefined;
  const standings = await standingsOf(tx, pool);
  return { pool, standings: standings.filter(({ state }) => state !== 'ended') };
}

/** Keeps what this process owns. @returns the pools that are still its own */
export async function renewLeases(db: Executor, owner: string, until: Date): Promise<string[]> {
  const { rows } = await sql<{ poolId: string }>`
    update inventory.pool set owner_until = ${until} where owner = ${owner} and status <> 'closed' returning pool_id`.execute(
    db,
  );
  return rows.map(({ poolId }) => poolId);
}
export async function endLeases(db: Executor, owner: string): Promise<void> {
  await sql`update inventory.pool set owner = null, owner_until = null where owner = ${owner}`.execute(db);
}

export async function insertPool(tx: Tx, pool: Omit<Pool, 'epoch' | 'taken' | 'status'>, at: Date): Promise<boolean> {
  const { rows } = await sql`
    insert into inventory.pool (sku_id, pool_id, spu_id, shop_id, name, status, size, buyer_limit, hold_ms, opened_at)
    values (${pool.skuId}, ${pool.poolId}, ${pool.spuId}, ${pool.shopId}, ${pool.name}, 'open', ${pool.size}, ${pool.buyerLimit}, ${pool.holdMs}, ${at})
    on conflict do nothing returning 1`.execute(tx);
  return rows.length > 0;
}

/** What is free leaves the pool. The new epoch refuses every take that was admitted before. */
export async function shrinkPool(
  tx: Tx,
  { skuId, poolId }: Pick<Pool, 'skuId' | 'poolId'>,
  to: { size: number; status: PoolStatus; at: Date },
): Promise<void> {
  await sql`
    update inventory.pool set size = ${to.size}, status = ${to.status}, epoch = epoch + 1,
      closed_at = ${to.status === 'closed' ? to.at : null}::timestamptz
    where sku_id = ${skuId} and pool_id = ${poolId}`.execute(tx);
}

/** An order takes a hold over. Waits for a release under way and loses to it, or wins. @returns whether it did */
export async function bindEntry(
  tx: Tx,
  hold: { skuId: string; poolId: string; requestId: string; buyerId: string; quantity: number },
  at: Date,
): Promise<boolean> {
  const { rows } = await sql`
    insert into inventory.pool_entry (sku_id, request_id, step, pool_id, kind, buyer_id, quantity, at)
    select e.sku_id, e.request_id, 1, e.pool_id, 'bind', e.buyer_id, 0, ${at}::timestamptz
    from inventory.pool_entry e join inventory.pool p on p.sku_id = e.sku_id and p.pool_id = e.pool_id
    where e.sku_id = ${hold.skuId} and e.request_id = ${hold.requestId} and e.step = 0 and e.kind = 'take'
      and e.pool_id = ${hold.poolId} and e.buyer_id = ${hold.buyerId} and e.quantity = ${hold.quantity}
      and e.at + p.hold_ms * interval '1 millisecond' > ${at}
    on conflict do nothing returning 1`.execute(tx);
  return rows.length > 0;
}

/** Units set apart leave the pool with an order; they stay reserved, now for it. @returns false: too few, or not open */
export async function takeApart(
  tx: Tx,
  { skuId, poolId, quantity }: { skuId: string; poolId: string; quantity: number },
): Promise<boolean> {
  const { rows } = await sql`
    update inventory.pool set size = size - ${quantity}
    where sku_id = ${skuId} and pool_id = ${poolId} and status = 'open' and size - taken >= ${quantity} returning 1`.execute(
    tx,
  );
  return rows.length > 0;
}
/** And come back with a cancelled one. @returns false when the pool is open no more: they belong to general stock */
export async function putApart(
  tx: Tx,
  { skuId, poolId, quantity }: { skuId: string; poolId: string; quantity: number },
): Promise<boolean> {
  const { rows } = await sql`
    update inventory.pool set size = size + ${quantity}
    where sku_id = ${skuId} and pool_id = ${poolId} and status = 'open' returning 1`.execute(tx);
  return rows.length > 0;
}

export async function freeOf(db: Executor, poolIds: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ poolId: string; free: number }>`
    select pool_id, case when status = 'open' then size - taken else 0 end as free
    from inventory.pool where pool_id = any(${list(poolIds)}::uuid[])`.execute(db);
  return new Map(rows.map(({ poolId, free }) => [poolId, free]));
}

/** Units an order had and gives back. @returns false when they came back before */
export async function returnEntry(
  tx: Tx,
  back: { skuId: string; poolId: string; requestId: string; quantity: number },
  at: Date,
): Promise<boolean> {
  const { rows } = await sql`
    with entry as (
      insert into inventory.pool_entry (sku_id, request_id, step, pool_id, kind, buyer_id, quantity, at)
      select e.sku_id, e.request_id, 2, e.pool_id, 'return', e.buyer_id, ${-back.quantity}::int, ${at}::timestamptz
      from inventory.pool_entry e
      where e.sku_id = ${back.skuId} and e.request_id = ${back.requestId} and e.step = 1 and e.kind = 'bind'
      on conflict do nothing returning quantity
    )
    update inventory.pool set taken = taken - ${back.quantity}
    where sku_id = ${back.skuId} and pool_id = ${back.poolId} and exists (select from entry)
    returning 1`.execute(tx);
  return rows.length > 0;
}

export interface Balance {
  skuId: string;
  poolId: string;
  shopId: string;
  size: number;
  taken: number;
  entries: number;
  bound: number;
  reserved: number;
  expectedReserved: number;
}

/** Each live pool beside its ledger, and its SKU's level beside everything that reserves units of it. */
export async function balances(db: Executor): Promise<Balance[]> {
  const { rows } = await sql<Balance>`
    with live as (
      select p.*, coalesce(sum(e.quantity), 0)::int as entries,
        coalesce(sum(t.quantity) filter (where e.kind = 'bind'), 0)::int + coalesce(sum(e.quantity) filter (where e.kind = 'return'), 0)::int as bound
      from inventory.pool p
      left join inventory.pool_entry e on e.sku_id = p.sku_id and e.pool_id = p.pool_id
      left join inventory.pool_entry t on e.kind = 'bind' and t.sku_id = e.sku_id and t.request_id = e.request_id and t.step = 0
      where p.status <> 'closed' group by p.sku_id, p.pool_id
    ), apart as (
      select sku_id, sum(size - bound)::int as units from live group by sku_id
    )
    select p.sku_id, p.pool_id, p.shop_id, p.size, p.taken, p.entries, p.bound, l.reserved,
      (a.units + coalesce((select sum(r.quantity - r.shipped_quantity) from inventory.reservation_line r
        where r.sku_id = p.sku_id and r.status <> 'released'), 0))::int as expected_reserved
    from live p join apart a on a.sku_id = p.sku_id join inventory.stock_level l on l.sku_id = p.sku_id`.execute(db);
  return rows;
}

/** Units kept without an order, and units that orders have, of each pool. */
export async function talliesOf(
  db: Executor,
  pools: readonly { skuId: string; poolId: string }[],
): Promise<{ poolId: string; held: number; ordered: number }[]> {
  const { rows } = await sql<{ poolId: string; held: number; ordered: number }>`
    select t.pool_id, coalesce(sum(t.quantity) filter (where e.kind is null), 0)::int as held,
      (coalesce(sum(t.quantity) filter (where e.kind = 'bind'), 0) + coalesce(sum(r.quantity), 0))::int as ordered
    from inventory.pool_entry t
    left join inventory.pool_entry e on e.sku_id = t.sku_id and e.request_id = t.request_id and e.step = 1
    left join inventory.pool_entry r on r.sku_id = t.sku_id and r.request_id = t.request_id and r.step = 2
    where t.step = 0 and t.kind = 'take' and t.sku_id = any(${pools.map(({ skuId }) => skuId)}::uuid[])
      and t.pool_id = any(${pools.map(({ poolId }) => poolId)}::uuid[])
    group by t.pool_id`.execute(db);
  return rows;
}
