/** What the shop sees: its distributors, what they earned, and what it all brought. */
import type {
  ConsoleCommissionPage,
  ConsoleCommissionQuery,
  ConsoleDistributorPage,
  ConsoleWithdrawalPage,
  ConsoleWithdrawalQuery,
  DistributionResults,
  DistributorQuery,
  ResultsQuery,
} from '@xiaopu/contracts/console';
import { sql } from 'kysely';
import { dayMs, shanghaiDay, startOfShanghaiDay } from '#platform/clock.ts';
import type { Executor } from '#platform/database/database.ts';
import { maskName } from '#platform/field-cipher.ts';
import { nobody } from './distribution.bindings.ts';
import { maskIdNumber } from './distribution.domain.ts';
import type { DistributionDeps } from './distribution.ports.ts';
import { withdrawalTexts } from './distribution.withdrawals.ts';

export type ShopDesk = ReturnType<typeof createShopDesk>;
type Deps = Pick<DistributionDeps, 'cipher' | 'faces'>;

const countedRows = 10_000;
const topDistributors = 10;
const channels = ['chat', 'group', 'moments', 'poster', 'official'] as const;

export function createShopDesk({ cipher, faces }: Deps) {
  const nicknames = async (db: Executor, buyerIds: (string | null)[]) => {
    const people = await faces(db, [...new Set(buyerIds.filter((one) => one !== null))]);
    return (buyerId: string) => people.get(buyerId)?.nickname || nobody;
  };

  return {
    async distributors(
      db: Executor,
      shopId: string,
      { state, page, pageSize }: DistributorQuery,
    ): Promise<ConsoleDistributorPage> {
      let query = db.selectFrom('distribution.distributor').where('shopId', '=', shopId);
      if (state) query = query.where('state', '=', state);
      const rows = await query
        .selectAll()
        .orderBy(sql`state = 'applied'`, 'desc')
        .orderBy('appliedAt', 'desc')
        .orderBy('buyerId')
        .offset((page - 1) * pageSize)
        .limit(pageSize)
        .execute();
      const { total } = await query.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
      const ids = rows.map(({ buyerId }) => buyerId);
      const { rows: figures } = await sql<{
        buyerId: string;
        orders: number;
        sales: number;
        commission: number;
        customers: number;
        balance: number;
      }>`
        select d.buyer_id, c.orders, c.sales, c.commission,
          (select count(*)::int from distribution.binding b
            where b.distributor_id = d.buyer_id and b.shop_id = ${shopId} and b.ended_at is null) as customers,
          coalesce((select a.balance from distribution.account a
            where a.buyer_id = d.buyer_id and a.shop_id = ${shopId}), 0)::bigint as balance
        from unnest(${ids}::uuid[]) as d (buyer_id)
        cross join lateral (
          select count(*) filter (where status <> 'void')::int as orders,
            coalesce(sum(kept) filter (where level = 1), 0)::bigint as sales, coalesce(sum(amount), 0)::bigint as commission
          from distribution.commission where buyer_id = d.buyer_id and shop_id = ${shopId}) c`.execute(db);
      const byId = new Map(figures.map((row) => [row.buyerId, row]));
      const people = await faces(db, [
        ...ids,
        ...rows.flatMap(({ parentId }) => (parentId === null ? [] : [parentId])),
      ]);
      return {
        items: rows.map((row) => {
          const found = byId.get(row.buyerId);
          const parent = row.parentId === null ? null : people.get(row.parentId);
          return {
            distributorId: row.buyerId,
            nickname: people.get(row.buyerId)?.nickname || nobody,
            realName: maskName(cipher.decrypt(row.realName)),
            idNumber: maskIdNumber(cipher.decrypt(row.idNumber)),
            phone: people.get(row.buyerId)?.maskedPhone ?? null,
            state: row.state,
            parentName: parent === null ? null : parent?.nickname || nobody,
            customers: found?.customers ?? 0,
            orders: found?.orders ?? 0,
            sales: found?.sales ?? 0,
            commission: found?.commission ?? 0,
            balance: found?.balance ?? 0,
            reason: row.reason,
            appliedAt: row.appliedAt.toISOString(),
            decidedAt: row.decidedAt?.toISOString() ?? null,
            decidedBy: row.decidedBy,
          };
        }),
        total,
        page,
        pageSize,
      };
    },

    async commissions(
      db: Executor,
      shopId: string,
      { status, distributorId, page, pageSize }: ConsoleCommissionQuery,
    ): Promise<ConsoleCommissionPage> {
      let query = db.selectFrom('distribution.commission').where('shopId', '=', shopId);
      if (status) query = query.where('status', '=', status);
      if (distributorId) query = query.where('buyerId', '=', distributorId);
      const rows = await query
        .selectAll()
        .orderBy('orderedAt', 'desc')
        .orderBy('orderNo')
        .orderBy('level')
        .offset((page - 1) * pageSize)
        .limit(pageSize)
        .execute();
      const { rows: counts } = await sql<{ total: number }>`
        select count(*)::int as total from (${query.select('orderNo').limit(countedRows)}) counted`.execute(db);
      const nameOf = await nicknames(
        db,
        rows.flatMap((row) => [row.buyerId, row.customerId]),
      );
      return {
        items: rows.map((row) => ({
          orderNo: row.orderNo,
          level: row.level,
          distributorName: nameOf(row.buyerId),
          customerName: maskName(nameOf(row.customerId)),
          title: row.title,
          kept: row.kept,
          amount: row.amount,
          status: row.status,
          orderedAt: row.orderedAt.toISOString(),
          settleAt: row.settleAt?.toISOString() ?? null,
          settledAt: row.settledAt?.toISOString() ?? null,
        })),
        total: counts[0]?.total ?? 0,
        page,
        pageSize,
      };
    },

    async withdrawals(
      db: Executor,
      shopId: string,
      { status, page, pageSize }: ConsoleWithdrawalQuery,
    ): Promise<ConsoleWithdrawalPage> {
      let query = db.selectFrom('distribution.withdrawal').where('shopId', '=', shopId);
      if (status) query = query.where('status', '=', status);
      const rows = await query
        .selectAll()
        .orderBy(sql`status = 'reviewing'`, 'desc')
        .orderBy('requestedAt', 'desc')
        .orderBy('withdrawalId')
        .offset((page - 1) * pageSize)
        .limit(pageSize)
        .execute();
      const { total } = await query.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
      const nameOf = await nicknames(
        db,
        rows.map(({ buyerId }) => buyerId),
      );
      return {
        items: rows.map((row) => ({
          withdrawalId: row.withdrawalId,
          distributorId: row.buyerId,
          distributorName: nameOf(row.buyerId),
          payeeName: maskName(cipher.decrypt(row.payeeName)),
          payeeIdNumber: maskIdNumber(cipher.decrypt(row.payeeIdNumber)),
          amount: row.amount,
          taxable: row.taxable,
          taxDeduction: row.taxDeduction,
          taxRate: row.taxRate,
          withheld: row.withheld,
          status: row.status,
          statusText: withdrawalTexts[row.status],
          reason: row.reason,
          requestedAt: row.requestedAt.toISOString(),
          decidedBy: row.decidedBy,
          decidedAt: row.decidedAt?.toISOString() ?? null,
          endedAt: row.endedAt?.toISOString() ?? null,
        })),
        total,
        page,
        pageSize,
      };
    },

    /** By Shanghai days, both included. An order counts once, whichever levels earn of it. */
    async results(db: Executor, shopId: string, { from, to }: ResultsQuery): Promise<DistributionResults> {
      const since = startOfShanghaiDay(from);
      const until = new Date(startOfShanghaiDay(to).getTime() + dayMs);
      const { rows: days } = await sql<{ day: string; orders: number; sales: number; commission: number }>`
        select to_char(at at time zone 'Asia/Shanghai', 'YYYY-MM-DD') as day, sum(orders)::int as orders,
          sum(sales)::bigint as sales, sum(commission)::bigint as commission
        from (
          select placed_at as at, 1 as orders, kept as sales, 0 as commission from distribution.attribution
          where shop_id = ${shopId} and placed_at >= ${since} and placed_at < ${until}
            and status in ('estimated', 'frozen', 'settled')
          union all
          select ordered_at, 0, 0, amount from distribution.commission
          where shop_id = ${shopId} and ordered_at >= ${since} and ordered_at < ${until}
        ) parts
        group by 1`.execute(db);
      const { rows: byChannel } = await sql<{
        channel: string;
        visits: number;
        visitors: number;
        bound: number;
        orders: number;
        sales: number;
        firstTouchOrders: number;
      }>`
        select channel, sum(visits)::int as visits, sum(visitors)::int as visitors, sum(bound)::int as bound,
          sum(orders)::int as orders, sum(sales)::bigint as sales, sum(first_touch)::int as first_touch_orders
        from (
          select channel, count(*) as visits, count(distinct buyer_id) as visitors, 0 as bound, 0 as orders, 0 as sales,
            0 as first_touch
          from distribution.visit where shop_id = ${shopId} and at >= ${since} and at < ${until} group by 1
          union all
          select channel, 0, 0, count(*), 0, 0, 0 from distribution.binding
          where shop_id = ${shopId} and bound_at >= ${since} and bound_at < ${until} group by 1
          union all
          select last_channel, 0, 0, 0, count(*), sum(kept), 0 from distribution.attribution
          where shop_id = ${shopId} and placed_at >= ${since} and placed_at < ${until} and last_channel is not null
            and status in ('estimated', 'frozen', 'settled') group by 1
          union all
          select first_channel, 0, 0, 0, 0, 0, count(*) from distribution.attribution
          where shop_id = ${shopId} and placed_at >= ${since} and placed_at < ${until} and first_channel is not null
            and status in ('estimated', 'frozen', 'settled') group by 1
        ) parts group by 1`.execute(db);
      const { rows: sums } = await sql<{
        customers: number;
        newCustomers: number;
        active: number;
        applied: number;
        balance: number;
        reviewing: number;
        paying: number;
        paidOut: number;
      }>`
        select
          (select count(*)::int from distribution.binding where shop_id = ${shopId} and ended_at is null) as customers,
          (select count(distinct buyer_id)::int from distribution.binding
            where shop_id = ${shopId} and bound_at >= ${since} and bound_at < ${until}) as new_customers,
          (select count(*)::int from distribution.distributor where shop_id = ${shopId} and state = 'active') as active,
          (select count(*)::int from distribution.distributor where shop_id = ${shopId} and state = 'applied') as applied,
          (select coalesce(sum(balance), 0)::bigint from distribution.account where shop_id = ${shopId}) as balance,
          (select coalesce(sum(amount), 0)::bigint from distribution.withdrawal
            where shop_id = ${shopId} and status = 'reviewing') as reviewing,
          (select coalesce(sum(amount), 0)::bigint from distribution.withdrawal
            where shop_id = ${shopId} and status = 'paying') as paying,
          (select coalesce(sum(amount), 0)::bigint from distribution.withdrawal
            where shop_id = ${shopId} and status = 'paid' and ended_at >= ${since} and ended_at < ${until}) as paid_out`.execute(
        db,
      );
      const { rows: top } = await sql<{ buyerId: string; orders: number; sales: number; commission: number }>`
        select buyer_id, count(*)::int as orders, coalesce(sum(kept) filter (where level = 1), 0)::bigint as sales,
          sum(amount)::bigint as commission
        from distribution.commission
        where shop_id = ${shopId} and ordered_at >= ${since} and ordered_at < ${until} and status <> 'void'
        group by 1 order by 3 desc, 1 limit ${topDistributors}`.execute(db);
      const nameOf = await nicknames(
        db,
        top.map(({ buyerId }) => buyerId),
      );
      const sum = sums[0] as (typeof sums)[number];
      const total = (of: 'orders' | 'sales' | 'commission') => days.reduce((all, day) => all + day[of], 0);
      const [sales, commission] = [total('sales'), total('commission')];
      const dayCount = Math.round((until.getTime() - since.getTime()) / dayMs);
      const known = new Map(days.map((row) => [row.day, row]));
      const seen = new Map(byChannel.map((row) => [row.channel, row]));
      return {
        orders: total('orders'),
        sales,
        commission,
        roi: commission === 0 ? null : Math.round((sales / commission) * 100) / 100,
        customers: sum.customers,
        newCustomers: sum.newCustomers,
        distributors: { active: sum.active, applied: sum.applied },
        owed: { balance: sum.balance, reviewing: sum.reviewing, paying: sum.paying },
        paidOut: sum.paidOut,
        channels: channels.map((channel) => ({
          ...{ visits: 0, visitors: 0, bound: 0, orders: 0, sales: 0, firstTouchOrders: 0 },
          ...seen.get(channel),
          channel,
        })),
        days: Array.from({ length: Math.max(0, dayCount) }, (_day, at) => {
          const day = shanghaiDay(new Date(since.getTime() + at * dayMs));
          return { day, sales: known.get(day)?.sales ?? 0, commission: known.get(day)?.commission ?? 0 };
        }),
        top: top.map(({ buyerId, ...row }) => ({ name: nameOf(buyerId), ...row })),
      };
    },
  };
}
