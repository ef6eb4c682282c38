import type { Tier } from '@xiaopu/contracts';
import { type Selectable, type SqlBool, sql } from 'kysely';
import type { Executor, Tx } from '#platform/database/database.ts';
import { fixedQuery, fixedWrite } from '#platform/database/hot-query.ts';
import { isShared, sharedRead } from '#platform/database/shared-reads.ts';
import type { StandingTable } from './membership.tables.ts';

export type Standing = Selectable<StandingTable>;

/** The row everyone who changes this buyer's growth waits for; made at first sight. */
export async function lockStanding(tx: Tx, buyerId: string, now: Date): Promise<Standing> {
  const find = () =>
    tx.selectFrom('membership.standing').selectAll().where('buyerId', '=', buyerId).forUpdate().executeTakeFirst();
  const found = await find();
  if (found) return found;
  await tx
    .insertInto('membership.standing')
    .values({
      buyerId,
      tierSince: now,
      planId: null,
      planName: null,
      planPayRate: null,
      planUntil: null,
      birthday: null,
      birthdayChangedYear: null,
      createdAt: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const made = await find();
  if (!made) throw new Error('a standing vanished');
  return made;
}

const readStandings = fixedQuery<Standing, [buyerIds: readonly string[]]>(
  'select * from membership.standing where buyer_id = any($1::uuid[])',
);
const readStanding = sharedRead(async (db, buyerIds: readonly string[]) => {
  const found = new Map((await readStandings(db, buyerIds)).map((row) => [row.buyerId, row]));
  return buyerIds.map((buyerId) => found.get(buyerId));
});
const reading = new WeakMap<Executor, Map<string, Promise<Standing | undefined>>>();

/** What several ask on one connection before the answer is there (benefits, the days of a tier) is asked once. */
export function findStanding(db: Executor, buyerId: string): Promise<Standing | undefined> {
  // In company it is one statement anyway, and another request's answer may be older than this question.
  if (isShared(db)) return readStanding(db, buyerId);
  const asked = reading.get(db) ?? new Map<string, Promise<Standing | undefined>>();
  const running = asked.get(buyerId);
  if (running) return running;
  const answer = readStanding(db, buyerId);
  asked.set(buyerId, answer);
  reading.set(db, asked);
  const forget = () => asked.delete(buyerId);
  answer.then(forget, forget);
  return answer;
}

export interface PriceStanding extends Standing {
  /** When they last bought in any shop, and how often. */
  lastBoughtAt: Date | null;
  orders: number;
  /** When this year's birthday pack was given, if it was. */
  packGivenAt: Date | null;
}

const readPriceStandings = fixedQuery<
  PriceStanding & { askedYear: number },
  [buyerIds: readonly string[], years: readonly number[]]
>(
  `select s.*, asked.year as asked_year, p.last_bought_at, p.orders,
     (select given_at from membership.birthday_pack b where b.buyer_id = s.buyer_id and b.year = asked.year) as pack_given_at
   from (select distinct * from unnest($1::uuid[], $2::int[]) as each (buyer_id, year)) as asked
   join membership.standing s using (buyer_id)
   cross join lateral (
     select max(last_bought_at) as last_bought_at, coalesce(sum(orders), 0)::int as orders
     from membership.patron where buyer_id = s.buyer_id
   ) p`,
);

/** All that prices need to know of a member, in one statement; undefined for somebody new to all shops. */
export const findPriceStanding = sharedRead(async (db, asked: readonly { buyerId: string; year: number }[]) => {
  const rows = await readPriceStandings(
    db,
    asked.map(({ buyerId }) => buyerId),
    asked.map(({ year }) => year),
  );
  const found = new Map(rows.map((row): [string, PriceStanding] => [`${row.buyerId} ${row.askedYear}`, row]));
  return asked.map(({ buyerId, year }) => found.get(`${buyerId} ${year}`));
});

const readKeptOut = fixedQuery<{ spuId: string }, [spuIds: readonly string[]]>(
  'select spu_id from membership.kept_out where spu_id = any($1::uuid[])',
);
/** Of these goods, those kept out of member prices. */
export const keptOutAmong = sharedRead(async (db, asked: readonly (readonly string[])[]) => {
  const found = new Set((await readKeptOut(db, [...new Set(asked.flat())])).map(({ spuId }) => spuId));
  return asked.map((spuIds) => new Set(spuIds.filter((spuId) => found.has(spuId))));
});

export async function changeStanding(tx: Tx, buyerId: string, change: Partial<Standing>): Promise<void> {
  await tx.updateTable('membership.standing').set(change).where('buyerId', '=', buyerId).execute();
}

/** @returns false when this source was counted before */
export async function addGrowthEntry(
  tx: Tx,
  entry: {
    buyerId: string;
    sourceKey: string;
    kind: 'spend' | 'active' | 'interaction';
    amount: number;
    day: string;
    note: string;
    at: Date;
  },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('membership.growthEntry')
    .values(entry)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export async function countEntries(tx: Tx, buyerId: string, kind: 'interaction', day: string): Promise<number> {
  const { count } = await tx
    .selectFrom('membership.growthEntry')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('buyerId', '=', buyerId)
    .where('kind', '=', kind)
    .where(sql<SqlBool>`day = ${day}::date`)
    .executeTakeFirstOrThrow();
  return count;
}

export async function lockOrderSpend(tx: Tx, buyerId: string, orderNo: string, shopId: string) {
  await tx
    .insertInto('membership.orderSpend')
    .values({ buyerId, orderNo, shopId, paid: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return tx
    .selectFrom('membership.orderSpend')
    .selectAll()
    .where('buyerId', '=', buyerId)
    .where('orderNo', '=', orderNo)
    .forUpdate()
    .executeTakeFirstOrThrow();
}

const makeStandings = fixedWrite<[buyerIds: readonly string[], now: Date]>(
  `insert into membership.standing (buyer_id, tier_since, created_at)
   select distinct unnest($1::uuid[]), $2::timestamptz, $2::timestamptz order by 1 on conflict do nothing`,
);
const lockStandings = fixedWrite<[buyerIds: readonly string[]]>(
  'select 1 from membership.standing where buyer_id = any($1::uuid[]) order by buyer_id for update',
);
const insertPaidOrders = fixedQuery<
  { orderNo: string },
  [
    buyerIds: readonly string[],
    orderNos: readonly string[],
    shopIds: readonly string[],
    paid: readonly number[],
    now: Date,
  ]
>(
  `with said as (
     select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::bigint[]) as s (buyer_id, order_no, shop_id, paid)
   ), first as (
     insert into membership.order_spend (buyer_id, order_no, shop_id, paid, version)
     select buyer_id, order_no, shop_id, paid, 1 from said order by buyer_id, order_no
     on conflict do nothing returning buyer_id, order_no, shop_id
   ), patron as (
     insert into membership.patron as p (buyer_id, shop_id, orders, spent, first_at, last_at, last_bought_at)
     select buyer_id, shop_id, count(*), 0, $5::timestamptz, $5::timestamptz, $5::timestamptz from first
     group by buyer_id, shop_id order by buyer_id, shop_id
     on conflict (buyer_id, shop_id) do update
       set orders = p.orders + excluded.orders, last_at = excluded.last_at, last_bought_at = excluded.last_bought_at
   )
   select order_no from first`,
);

/** @returns the order numbers nothing was known of; the others are left as they are */
export async function addPaidOrders(
  tx: Tx,
  orders: readonly { buyerId: string; orderNo: string; shopId: string; payable: number }[],
  now: Date,
): Promise<Set<string>> {
  const buyerIds = orders.map(({ buyerId }) => buyerId);
  // The buyer's row first, as everybody does who counts an order.
  await makeStandings(tx, buyerIds, now);
  await lockStandings(tx, buyerIds);
  const rows = await insertPaidOrders(
    tx,
    buyerIds,
    orders.map(({ orderNo }) => orderNo),
    orders.map(({ shopId }) => shopId),
    orders.map(({ payable }) => payable),
    now,
  );
  return new Set(rows.map(({ orderNo }) => orderNo));
}

export async function saveOrderSpend(
  tx: Tx,
  { buyerId, orderNo }: { buyerId: string; orderNo: string },
  change: {
    paid: number | null;
    isCompleted: boolean;
    refunds: string;
    countedSpent: number;
    countedGrowth: number;
    version: number;
  },
): Promise<void> {
  await tx
    .updateTable('membership.orderSpend')
    .set(change)
    .where('buyerId', '=', buyerId)
    .where('orderNo', '=', orderNo)
    .execute();
}

export async function addPatron(
  tx: Tx,
  { buyerId, shopId, orders, spent, at }: { buyerId: string; shopId: string; orders: number; spent: number; at: Date },
): Promise<void> {
  await sql`
    insert into membership.patron (buyer_id, shop_id, orders, spent, first_at, last_at, last_bought_at)
    values (${buyerId}, ${shopId}, ${orders}, ${Math.max(0, spent)}, ${at}, ${at}, ${orders > 0 ? at : null})
    on conflict (buyer_id, shop_id) do update
    set orders = membership.patron.orders + ${orders}, spent = membership.patron.spent + ${spent}, last_at = excluded.last_at,
      last_bought_at = coalesce(excluded.last_bought_at, membership.patron.last_bought_at)`.execute(tx);
}

export async function addTierChange(
  tx: Tx,
  row: { buyerId: string; changeId: string; fromTier: Tier; toTier: Tier; growth: number; at: Date },
): Promise<void> {
  await tx.insertInto('membership.tierChange').values(row).execute();
}

export const listGrowth = (
  db: Executor,
  buyerId: string,
  { after, limit }: { after: { at: Date; key: string } | undefined; limit: number },
) =>
  db
    .selectFrom('membership.growthEntry')
    .select(['sourceKey', 'amount', 'note', 'at'])
    .where('buyerId', '=', buyerId)
    .$if(after !== undefined, (query) =>
      query.where(sql<SqlBool>`(at, source_key) < (${after?.at ?? null}, ${after?.key ?? null})`),
    )
    .orderBy('at', 'desc')
    .orderBy('sourceKey', 'desc')
    .limit(limit)
    .execute();

export const listTierChanges = (db: Executor, buyerId: string) =>
  db
    .selectFrom('membership.tierChange')
    .select(['fromTier', 'toTier', 'growth', 'at'])
    .where('buyerId', '=', buyerId)
    .orderBy('changeId', 'desc')
    .limit(50)
    .execute();

/** Members of whom a day is the birthday and who had no pack this year. */
export const listBirthdays = (tx: Tx, monthDays: readonly string[], year: number, limit: number): Promise<Standing[]> =>
  tx
    .selectFrom('membership.standing as standing')
    .selectAll()
    .where('birthday', 'in', monthDays)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('membership.birthdayPack as pack')
            .select('pack.year')
            .whereRef('pack.buyerId', '=', 'standing.buyerId')
            .where('pack.year', '=', year),
        ),
      ),
    )
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();

/** @returns false when this year's pack was given before */
export async function addBirthdayPack(
  tx: Tx,
  row: { buyerId: string; year: number; tier: Tier; points: number; givenAt: Date },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('membership.birthdayPack')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** A step of the member code counts once. @returns false when it, or a later one, was used */
export async function spendCardStep(tx: Tx, buyerId: string, step: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('membership.standing')
    .set({ cardStep: step })
    .where('buyerId', '=', buyerId)
    .where('cardStep', '<', step)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

const patrons = (db: Executor, shopId: string) =>
  db
    .selectFrom('membership.patron as patron')
    .innerJoin('membership.standing as standing', 'standing.buyerId', 'patron.buyerId')
    .where('patron.shopId', '=', shopId);

const knownShops = 50;
export const patronShops = async (db: Executor, buyerId: string): Promise<string[]> =>
  (
    await db
      .selectFrom('membership.patron')
      .select('shopId')
      .where('buyerId', '=', buyerId)
      .orderBy('lastAt', 'desc')
      .limit(knownShops)
      .execute()
  ).map(({ shopId }) => shopId);

export async function listPatrons(
  db: Executor,
  shopId: string,
  filter: { tier: Tier | undefined; paidAt: Date | undefined; offset: number; limit: number },
) {
  const query = patrons(db, shopId)
    .$if(filter.tier !== undefined, (q) => q.where('standing.tier', '=', filter.tier as Tier))
    .$if(filter.paidAt !== undefined, (q) => q.where('standing.planUntil', '>', filter.paidAt as Date));
  const rows = await query
    .selectAll('standing')
    .select(['patron.orders', 'patron.spent as spentHere', 'patron.lastAt'])
    .orderBy('patron.lastAt', 'desc')
    .orderBy('patron.buyerId')
    .offset(filter.offset)
    .limit(filter.limit)
    .execute();
  const { count } = await query.select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow();
  return { rows, total: Math.min(count, 10_000) };
}

/** Patrons whose last purchase here is that long ago, each told of once; whoever is longer away was told of then, or never was. */
export async function takeLapsed(
  tx: Tx,
  { until, from, limit }: { until: Date; from: Date; limit: number },
): Promise<{ buyerId: string; shopId: string; since: Date }[]> {
  const { rows } = await sql<{ buyerId: string; shopId: string; since: Date }>`
    with due as (
      select buyer_id, shop_id from membership.patron
      where last_bought_at <= ${until} and last_bought_at > ${from}
        and (lapse_told_for is null or lapse_told_for < last_bought_at)
      order by last_bought_at limit ${limit} for update skip locked
    )
    update membership.patron p set lapse_told_for = p.last_bought_at from due
    where p.buyer_id = due.buyer_id and p.shop_id = due.shop_id
    returning p.buyer_id, p.shop_id, p.last_bought_at as since`.execute(tx);
  return rows;
}

/** Ids in order, so that whoever goes through them can stop and go on. */
export async function patronIds(
  db: Executor,
  shopId: string,
  { tiers, after, limit }: { tiers: readonly string[]; after: string | null; limit: number },
): Promise<string[]> {
  const rows = await patrons(db, shopId)
    .select('patron.buyerId')
    .$if(tiers.length > 0, (q) => q.where('standing.tier', 'in', tiers as Tier[]))
    .$if(after !== null, (q) => q.where('patron.buyerId', '>', after as string))
    .orderBy('patron.buyerId')
    .limit(limit)
    .execute();
  return rows.map(({ buyerId }) => buyerId);
}

export const findPatron = (db: Executor, shopId: string, buyerId: string) =>
  patrons(db, shopId)
    .selectAll('standing')
    .select(['patron.orders', 'patron.spent as spentHere', 'patron.lastAt'])
    .where('patron.buyerId', '=', buyerId)
    .executeTakeFirst();

export const keptOutOf = (db: Executor, shopId: string) =>
  db
    .selectFrom('membership.keptOut')
    .select(['spuId', 'keptBy', 'keptAt'])
    .where('shopId', '=', shopId)
    .orderBy('keptAt', 'desc')
    .orderBy('spuId')
    .limit(500)
    .execute();
export const keepOut = (tx: Tx, row: { shopId: string; spuId: string; keptBy: string; keptAt: Date }) =>
  tx
    .insertInto('membership.keptOut')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
export const letIn = (tx: Tx, shopId: string, spuId: string) =>
  tx.deleteFrom('membership.keptOut').where('shopId', '=', shopId).where('spuId', '=', spuId).execute();
