/** Points as the merchant sees them: a member's ledger, adjustments with a reason, what is still out there. */
import type { PageQuery } from '@xiaopu/contracts';
import type { AdjustPoints, MemberPointsPage, PointsReport } from '@xiaopu/contracts/console';
import { type SqlBool, sql } from 'kysely';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { Policies } from '#platform/policy.ts';
import type { Accounts } from './points.accounts.ts';
import { memberNotFound } from './points.errors.ts';
import { offsetPerYuan } from './points.policies.ts';

const outlookMonths = 18;
/** Frozen for an order, given back, or spent at once: all of it is paying with points. */
const sourceTitles: Readonly<Record<string, string>> = {
  sign_in: '签到',
  order: '购物',
  review: '评价',
  task: '任务',
  invite: '邀请好友',
  birthday: '生日',
  prize: '抽奖奖品',
  adjust: '人工调整',
  redeem: '积分商城兑换',
  lottery: '抽奖',
  freeze: '下单抵扣',
  release: '取消退回',
  spend: '补扣抵扣',
  reverse: '退款收回',
  owed: '补扣欠积分',
  expire: '过期',
};

interface Deps {
  policies: Policies;
  accounts: Accounts;
  isPatron(db: Executor, shopId: string, buyerId: string): Promise<boolean>;
}

export function createPointsDesk({ policies, accounts, isPatron }: Deps) {
  async function mustKnow(db: Executor, shopId: string, buyerId: string): Promise<void> {
    if (!(await isPatron(db, shopId, buyerId))) throw memberNotFound();
  }
  return {
    async balances(db: Executor, buyerIds: readonly string[]): Promise<Map<string, number>> {
      const rows = await db
        .selectFrom('points.account')
        .select(['buyerId', 'balance'])
        .where(sql<SqlBool>`buyer_id = any(${buyerIds}::uuid[])`)
        .execute();
      return new Map(rows.map(({ buyerId, balance }) => [buyerId, balance]));
    },

    async ledgerOf(
      db: Executor,
      shopId: string,
      buyerId: string,
      { page, pageSize }: PageQuery,
    ): Promise<MemberPointsPage> {
      await mustKnow(db, shopId, buyerId);
      const rows = await db
        .selectFrom('points.ledger')
        .select(['entryId', 'kind', 'amount', 'balanceAfter', 'note', 'at'])
        .where('buyerId', '=', buyerId)
        .orderBy('entryId', 'desc')
        .offset((page - 1) * pageSize)
        .limit(pageSize)
        .execute();
      const { count } = await db
        .selectFrom('points.ledger')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('buyerId', '=', buyerId)
        .executeTakeFirstOrThrow();
      const items = rows.map(({ at, ...row }) => ({ ...row, at: at.toISOString() }));
      return { items, total: Math.min(count, 10_000), page, pageSize };
    },

    /** By hand, with a reason; `adjustmentId` makes a repeat harmless. */
    async adjust(
      tx: Tx,
      shopId: string,
      buyerId: string,
      { points, reason, adjustmentId }: AdjustPoints & { adjustmentId: string },
    ): Promise<void> {
      await mustKnow(tx, shopId, buyerId);
      const movement = { sourceKey: `adjust:${adjustmentId}`, kind: 'adjust', note: reason };
      if (points > 0) await accounts.credit(tx, buyerId, points, movement);
      else await accounts.debit(tx, buyerId, -points, movement);
    },

    /** Issued is what came in for good, used what was redeemed, drawn or paid with (C06-PTS-07). */
    async report(db: Executor): Promise<PointsReport> {
      const { rows } = await sql<{ month: string; issued: number; used: number; expired: number }>`
        select to_char(at at time zone 'Asia/Shanghai', 'YYYY-MM') as month,
          coalesce(sum(amount) filter (where amount > 0 and kind <> 'release'), 0)::bigint
            + coalesce(sum(amount) filter (where kind in ('reverse', 'owed')), 0)::bigint as issued,
          (coalesce(-sum(amount) filter (where amount < 0 and kind in ('redeem', 'lottery', 'adjust')), 0)
            + coalesce(-sum(frozen) filter (where kind = 'spend'), 0)
            + coalesce(-sum(amount) filter (where kind = 'spend'), 0)
            - coalesce(sum(amount) filter (where kind = 'release' and frozen = 0), 0))::bigint as used,
          coalesce(-sum(amount) filter (where kind = 'expire'), 0)::bigint as expired
        from points.ledger group by 1 order by 1`.execute(db);
      const { rows: sums } = await sql<{ liability: number; accounts: number }>`
        select coalesce(sum(balance + frozen), 0)::bigint as liability, count(*)::int as accounts from points.account`.execute(
        db,
      );
      const { rows: outlook } = await sql<{ month: string; points: number }>`
        select to_char(expires_at at time zone 'Asia/Shanghai', 'YYYY-MM') as month, sum(remaining)::bigint as points
        from points.lot where remaining > 0 group by 1 order by 1 limit ${outlookMonths}`.execute(db);
      const { rows: sources } = await sql<{ kind: string; earned: number; spent: number }>`
        select kind, coalesce(sum(amount) filter (where amount > 0), 0)::bigint as earned,
          coalesce(sum(-amount) filter (where amount < 0), 0)::bigint as spent
        from points.ledger group by kind order by sum(abs(amount)) desc`.execute(db);
      const worthOf = (points: number) => Math.floor((points * 100) / policies.get(offsetPerYuan));
      const total = (key: 'issued' | 'used' | 'expired') => rows.reduce((sum, row) => sum + row[key], 0);
      const issued = total('issued');
      const used = total('used');
      const liability = sums[0]?.liability ?? 0;
      return {
        issued,
        used,
        expired: total('expired'),
        liability,
        liabilityWorth: worthOf(liability),
        redemptionRate: issued === 0 ? 0 : Math.round((used * 10_000) / issued),
        accounts: sums[0]?.accounts ?? 0,
        months: rows.slice(-12),
        outlook: outlook.map(({ month, points }) => ({ month, points, worth: worthOf(points) })),
        sources: sources
          .filter(({ earned, spent }) => earned + spent > 0)
          .map((row) => ({ ...row, title: sourceTitles[row.kind] ?? row.kind })),
      };
    },
  };
}
