import { type RawBuilder, sql } from 'kysely';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { StoredAct, Week } from './events.domain.ts';
import type {} from './events.tables.ts';

/**
 * New ones only. By `unnest`, one statement of one shape however many: COPY would be quicker by a little and knows no ON CONFLICT,
 * and that each act counts once is what this table is for.
 */
export async function store(tx: Tx, acts: readonly StoredAct[], receivedAt: Date): Promise<Set<string>> {
  const column = <Key extends keyof StoredAct>(key: Key) => acts.map((act) => act[key]);
  const { rows } = await sql<{ buyerId: string; eventId: string }>`
    insert into events.act (buyer_id, at, event_id, kind, spu_id, shop_id, origin, amount, received_at)
    select *, ${receivedAt}::timestamptz from unnest(${column('buyerId')}::uuid[], ${column('at')}::timestamptz[],
      ${column('eventId')}::uuid[], ${column('kind')}::text[], ${column('spuId')}::uuid[], ${column('shopId')}::uuid[],
      ${column('origin')}::text[], ${column('amount')}::bigint[])
    on conflict do nothing returning buyer_id, event_id`.execute(tx);
  return new Set(rows.map(({ buyerId, eventId }) => `${buyerId}/${eventId}`));
}

/** Rows cannot change their partition's key in a cluster: they leave and come again. */
export async function merge(tx: Tx, guestId: string, buyerId: string): Promise<void> {
  await sql`
    with left_behind as (delete from events.act where buyer_id = ${guestId} returning *)
    insert into events.act (buyer_id, at, event_id, kind, spu_id, shop_id, origin, amount, received_at)
    select ${buyerId}::uuid, at, event_id, kind, spu_id, shop_id, origin, amount, received_at from left_behind
    on conflict do nothing`.execute(tx);
}

export const forget = (tx: Tx, buyerId: string): Promise<unknown> =>
  tx.deleteFrom('events.act').where('buyerId', '=', buyerId).execute();

/** Filled first and attached then: attaching takes a lock that lets acts be written meanwhile. */
export async function makeWeek(tx: Tx, { name, from, until }: Week): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext(${`events.${name}`}))`.execute(tx);
  const known = await sql`select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'events' and c.relname = ${name}`.execute(tx);
  if (known.rows.length > 0) return;
  const table = sql.id('events', name);
  await sql`create table ${table} (like events.act including defaults including constraints)`.execute(tx);
  await sql`alter table events.act attach partition ${table} for values from (${literal(from)}) to (${literal(until)})`.execute(
    tx,
  );
}
const literal = (at: Date): RawBuilder<unknown> => sql.lit(at.toISOString());

export async function weeks(db: Executor): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'events.act'::regclass order by 1`.execute(db);
  return rows.map(({ name }) => name);
}
export async function dropWeek(tx: Tx, name: string): Promise<void> {
  await sql`set local lock_timeout = '2s'`.execute(tx);
  await sql`drop table if exists ${sql.id('events', name)}`.execute(tx);
}

/** What counts as a step: a purchase without the cart counts as wanting it all the same. */
const stepKinds = { visit: ['visit'], browse: ['view'], cart: ['cart', 'buy_now'], pay: ['pay'] } as const;
const kinds = Object.values(stepKinds).flat();
const isKind = (of: keyof typeof stepKinds) => sql`kind = any(${[...stepKinds[of]]}::text[])`;

export interface FunnelRow {
  /** '': the whole time */
  day: string;
  visit: number;
  browse: number;
  cart: number;
  pay: number;
}

/**
 * Unique people who took the steps in this order: the earliest of each step after the earliest of the one before, by person over the
 * whole time and by person and Shanghai day. One statement.
 */
export async function funnel(
  db: Executor,
  { shopId, from, until }: { shopId: string; from: Date; until: Date },
): Promise<FunnelRow[]> {
  const { rows } = await sql<FunnelRow>`
    with acts as (
      select buyer_id, kind, at, to_char(at at time zone 'Asia/Shanghai', 'YYYY-MM-DD') as of_day from events.act
      where kind = any(${kinds}::text[]) and at >= ${from} and at < ${until} and (shop_id = ${shopId} or kind = 'visit')),
    scoped as (
      select buyer_id, kind, at, of_day as day from acts union all select buyer_id, kind, at, '' from acts),
    visited as (select day, buyer_id, min(at) as at from scoped where ${isKind('visit')} group by 1, 2),
    browsed as (select s.day, s.buyer_id, min(s.at) as at from scoped s join visited p
      on p.buyer_id = s.buyer_id and p.day = s.day and s.at >= p.at where ${isKind('browse')} group by 1, 2),
    carted as (select s.day, s.buyer_id, min(s.at) as at from scoped s join browsed p
      on p.buyer_id = s.buyer_id and p.day = s.day and s.at >= p.at where ${isKind('cart')} group by 1, 2),
    paid as (select s.day, s.buyer_id, min(s.at) as at from scoped s join carted p
      on p.buyer_id = s.buyer_id and p.day = s.day and s.at >= p.at where ${isKind('pay')} group by 1, 2),
    steps as (
      select day, 1 as step from visited union all select day, 2 from browsed
      union all select day, 3 from carted union all select day, 4 from paid)
    select day, count(*) filter (where step = 1)::int as visit, count(*) filter (where step = 2)::int as browse,
      count(*) filter (where step = 3)::int as cart, count(*) filter (where step = 4)::int as pay
    from steps group by day order by day`.execute(db);
  return rows;
}
