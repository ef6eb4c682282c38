/** What a distributor sees: figures, commissions, earnings, customers, goods to promote. Names of customers are masked. */
import type {
  CommissionPage,
  CommissionQuery,
  CursorQuery,
  DistributionCentre,
  DistributionCustomerPage,
  EarningsPage,
  GoodsToPromoteList,
  MyProgram,
  MyPrograms,
} from '@xiaopu/contracts';
import { sql } from 'kysely';
import { dayMs, shanghaiDay, startOfShanghaiDay } from '#platform/clock.ts';
import type { Executor } from '#platform/database/database.ts';
import { maskName } from '#platform/field-cipher.ts';
import type { Accounts } from './distribution.accounts.ts';
import { nobody } from './distribution.bindings.ts';
import { decodeCursor, encodeCursor } from './distribution.cursor.ts';
import { commissionOf, rateFor } from './distribution.domain.ts';
import { shopUnknown } from './distribution.errors.ts';
import type { DistributionDeps } from './distribution.ports.ts';
import type { Program } from './distribution.program.ts';
import type { Distributor, Roster } from './distribution.roster.ts';

export type Centre = ReturnType<typeof createCentre>;
type Deps = Pick<DistributionDeps, 'clock' | 'toPicture' | 'faces' | 'shopNames' | 'goodsOf' | 'cards'>;

const trendDays = 14;
const shownGoods = 60;

export function createCentre(
  { clock, toPicture, faces, shopNames, goodsOf, cards }: Deps,
  { program, roster, accounts }: { program: Program; roster: Roster; accounts: Accounts },
) {
  async function programOf(
    db: Executor,
    shop: { shopId: string; shopName: string },
    buyerId: string,
    distributor: Distributor | undefined,
  ): Promise<MyProgram> {
    const { shopId } = shop;
    const isActive = distributor?.state === 'active';
    return {
      ...shop,
      isOn: program.isOn(shopId),
      state: distributor?.state ?? 'none',
      reason: distributor?.reason ?? '',
      code: isActive ? await roster.linkOf(db, { shopId, buyerId, spuId: null, channel: 'chat' }) : null,
      terms: program.terms(shopId, await program.noteOf(db, shopId)),
    };
  }

  async function myProgram(db: Executor, shopId: string, buyerId: string): Promise<MyProgram> {
    const shopName = (await shopNames(db, [shopId])).get(shopId);
    if (shopName === undefined) throw shopUnknown();
    return programOf(db, { shopId, shopName }, buyerId, await roster.find(db, shopId, buyerId));
  }

  const names = async (db: Executor, buyerIds: string[]) => {
    const people = await faces(db, [...new Set(buyerIds)]);
    return (buyerId: string) => ({
      name: maskName(people.get(buyerId)?.nickname || nobody),
      avatarUrl: people.get(buyerId)?.avatarUrl ?? null,
    });
  };

  return {
    myProgram,

    /** Shops that have a programme, and those where the buyer is somebody. */
    async programs(db: Executor, buyerId: string): Promise<MyPrograms> {
      const mine = new Map((await roster.ofBuyer(db, buyerId)).map((row) => [row.shopId, row]));
      const shops = [...(await shopNames(db))].filter(([shopId]) => program.isOn(shopId) || mine.has(shopId));
      const rank = { active: 0, suspended: 1, applied: 2, refused: 3, none: 4 };
      const items = [];
      for (const [shopId, shopName] of shops)
        items.push(await programOf(db, { shopId, shopName }, buyerId, mine.get(shopId)));
      items.sort((one, other) => rank[one.state] - rank[other.state]);
      return { items };
    },

    async centre(db: Executor, shopId: string, buyerId: string): Promise<DistributionCentre> {
      await roster.need(db, shopId, buyerId);
      const now = clock.now();
      const today = startOfShanghaiDay(shanghaiDay(now));
      const since = new Date(today.getTime() - (trendDays - 1) * dayMs);
      const { rows } = await sql<{
        estimated: number;
        frozen: number;
        commission: number;
        orders: number;
        sales: number;
        todayCommission: number;
        todayOrders: number;
      }>`
        select coalesce(sum(amount) filter (where status = 'estimated'), 0)::bigint as estimated,
          coalesce(sum(amount) filter (where status = 'frozen'), 0)::bigint as frozen,
          coalesce(sum(amount), 0)::bigint as commission, count(*) filter (where status <> 'void')::int as orders,
          coalesce(sum(kept), 0)::bigint as sales,
          coalesce(sum(amount) filter (where ordered_at >= ${today}), 0)::bigint as today_commission,
          count(*) filter (where ordered_at >= ${today} and status <> 'void')::int as today_orders
        from distribution.commission where buyer_id = ${buyerId} and shop_id = ${shopId}`.execute(db);
      const figures = rows[0] as (typeof rows)[number];
      const { rows: days } = await sql<{ day: string; commission: number; orders: number }>`
        select to_char(ordered_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD') as day, sum(amount)::bigint as commission,
          count(*)::int as orders
        from distribution.commission
        where buyer_id = ${buyerId} and shop_id = ${shopId} and ordered_at >= ${since} and status <> 'void'
        group by 1`.execute(db);
      const { rows: customers } = await sql<{ total: number; today: number }>`
        select count(*)::int as total, count(*) filter (where bound_at >= ${today})::int as today
        from distribution.binding where distributor_id = ${buyerId} and shop_id = ${shopId} and ended_at is null`.execute(
        db,
      );
      const { rows: withdrawals } = await sql<{ withdrawing: number; withdrawn: number }>`
        select coalesce(sum(amount) filter (where status in ('reviewing', 'paying')), 0)::bigint as withdrawing,
          coalesce(sum(amount) filter (where status = 'paid'), 0)::bigint as withdrawn
        from distribution.withdrawal where buyer_id = ${buyerId} and shop_id = ${shopId}`.execute(db);
      const byDay = new Map(days.map((row) => [row.day, row]));
      return {
        program: await myProgram(db, shopId, buyerId),
        balance: await accounts.balance(db, { buyerId, shopId }),
        estimated: figures.estimated,
        frozen: figures.frozen,
        withdrawing: withdrawals[0]?.withdrawing ?? 0,
        withdrawn: withdrawals[0]?.withdrawn ?? 0,
        today: {
          orders: figures.todayOrders,
          commission: figures.todayCommission,
          customers: customers[0]?.today ?? 0,
        },
        total: {
          orders: figures.orders,
          sales: figures.sales,
          commission: figures.commission,
          customers: customers[0]?.total ?? 0,
        },
        trend: Array.from({ length: trendDays }, (_day, at) => {
          const day = shanghaiDay(new Date(since.getTime() + at * dayMs));
          const known = byDay.get(day);
          return { day, commission: known?.commission ?? 0, orders: known?.orders ?? 0 };
        }),
        serverTime: now.toISOString(),
      };
    },

    async commissions(
      db: Executor,
      shopId: string,
      buyerId: string,
      { status, cursor, limit }: CommissionQuery,
    ): Promise<CommissionPage> {
      await roster.need(db, shopId, buyerId);
      const after = decodeCursor(cursor);
      let query = db
        .selectFrom('distribution.commission')
        .selectAll()
        .where('buyerId', '=', buyerId)
        .where('shopId', '=', shopId);
      if (status) query = query.where('status', '=', status);
      if (after)
        query = query.where(
          sql<boolean>`(ordered_at, order_no || '/' || level) < (${after.at}::timestamptz, ${after.key})`,
        );
      const rows = await query
        .orderBy('orderedAt', 'desc')
        .orderBy(sql`order_no || '/' || level`, 'desc')
        .limit(limit + 1)
        .execute();
      const shown = rows.slice(0, limit);
      const who = await names(
        db,
        shown.map(({ customerId }) => customerId),
      );
      const last = shown.at(-1);
      return {
        items: shown.map((row) => ({
          orderNo: row.orderNo,
          level: row.level,
          title: row.title,
          picture: toPicture(row.picture),
          customerName: who(row.customerId).name,
          kept: row.kept,
          amount: row.amount,
          status: row.status,
          orderedAt: row.orderedAt.toISOString(),
          settleAt: row.settleAt?.toISOString() ?? null,
        })),
        nextCursor:
          rows.length > limit && last
            ? encodeCursor({ at: last.orderedAt, key: `${last.orderNo}/${last.level}` })
            : null,
      };
    },

    async earnings(
      db: Executor,
      shopId: string,
      buyerId: string,
      { cursor, limit }: CursorQuery,
    ): Promise<EarningsPage> {
      await roster.need(db, shopId, buyerId);
      const after = decodeCursor(cursor);
      let query = db
        .selectFrom('distribution.ledger')
        .selectAll()
        .where('buyerId', '=', buyerId)
        .where('shopId', '=', shopId);
      if (after) query = query.where('entryNo', '<', Number(after.key));
      const rows = await query
        .orderBy('entryNo', 'desc')
        .limit(limit + 1)
        .execute();
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return {
        items: shown.map(({ entryNo, kind, amount, balance, orderNo, at }) => ({
          entryNo,
          kind,
          amount,
          balance,
          orderNo,
          at: at.toISOString(),
        })),
        nextCursor: rows.length > limit && last ? encodeCursor({ at: last.at, key: String(last.entryNo) }) : null,
      };
    },

    async customers(
      db: Executor,
      shopId: string,
      buyerId: string,
      { cursor, limit }: CursorQuery,
    ): Promise<DistributionCustomerPage> {
      await roster.need(db, shopId, buyerId);
      const after = decodeCursor(cursor);
      let query = db
        .selectFrom('distribution.binding')
        .selectAll()
        .where('distributorId', '=', buyerId)
        .where('shopId', '=', shopId)
        .where('endedAt', 'is', null);
      if (after)
        query = query.where(sql<boolean>`(bound_at, binding_id) < (${after.at}::timestamptz, ${after.key}::uuid)`);
      const rows = await query
        .orderBy('boundAt', 'desc')
        .orderBy('bindingId', 'desc')
        .limit(limit + 1)
        .execute();
      const shown = rows.slice(0, limit);
      const ids = shown.map((row) => row.buyerId);
      const who = await names(db, ids);
      const { rows: bought } = await sql<{ customerId: string; orders: number; sales: number; commission: number }>`
        select customer_id, count(*) filter (where status <> 'void')::int as orders, sum(kept)::bigint as sales,
          sum(amount)::bigint as commission
        from distribution.commission
        where buyer_id = ${buyerId} and shop_id = ${shopId} and level = 1 and customer_id = any(${ids}::uuid[])
        group by 1`.execute(db);
      const byCustomer = new Map(bought.map((row) => [row.customerId, row]));
      const last = shown.at(-1);
      return {
        items: shown.map((row) => ({
          bindingId: row.bindingId,
          ...who(row.buyerId),
          boundAt: row.boundAt.toISOString(),
          protectedUntil: row.protectedUntil.toISOString(),
          orders: byCustomer.get(row.buyerId)?.orders ?? 0,
          sales: byCustomer.get(row.buyerId)?.sales ?? 0,
          commission: byCustomer.get(row.buyerId)?.commission ?? 0,
          allowsLook: row.allowsLookAt !== null,
        })),
        nextCursor: rows.length > limit && last ? encodeCursor({ at: last.boundAt, key: last.bindingId }) : null,
      };
    },

    /** What earns most a piece first; sold out goods are left out. */
    async goods(db: Executor, shopId: string, buyerId: string): Promise<GoodsToPromoteList> {
      await roster.needActive(db, shopId, buyerId);
      const goods = new Map((await goodsOf(db, { shopId })).map((one) => [one.spuId, one]));
      const [shown, rules] = [await cards(db, [...goods.keys()]), await program.rules(db, shopId)];
      const [levels, cap] = [program.levels(shopId), program.rateCap()];
      const items = [...goods.values()].flatMap(({ spuId, categoryIds }) => {
        const card = shown.get(spuId);
        const { firstRate } = rateFor({ spuId, categoryIds }, rules, levels, cap);
        const commission = commissionOf(card?.salePrice ?? 0, firstRate);
        if (!card?.inStock || commission === 0) return [];
        const { title, picture, salePrice, inStock, soldCount } = card;
        return [{ spuId, title, picture, salePrice, inStock, soldCount, firstRate, commission }];
      });
      items.sort((one, other) => other.commission - one.commission);
      return { items: items.slice(0, shownGoods) };
    },
  };
}
