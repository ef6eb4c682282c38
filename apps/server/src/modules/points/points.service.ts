/** The shopper's points: what there is, the daily sign-in, tasks, the ledger. */
import type { GrowthQuery, PointsHome, PointsPage, SignedIn } from '@xiaopu/contracts';
import { type SqlBool, sql } from 'kysely';
import { type Clock, dayMs, shanghaiDay } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { FieldCipher } from '#platform/field-cipher.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import type { Policies } from '#platform/policy.ts';
import { createAccounts } from './points.accounts.ts';
import { createPointsDesk } from './points.desk.ts';
import * as domain from './points.domain.ts';
import { cursorInvalid } from './points.errors.ts';
import { createLottery } from './points.lottery.ts';
import { createMall, type Recipient } from './points.mall.ts';
import { createOrderPoints } from './points.orders.ts';
import * as rules from './points.policies.ts';
import { createReferrals, type ReferralDeps } from './points.referral.ts';

export interface PointsDeps {
  clock: Clock;
  outbox: Outbox;
  policies: Policies;
  cipher: Pick<FieldCipher, 'encrypt' | 'decrypt' | 'blindIndex'>;
  kinship: ReferralDeps['kinship'];
  findAddress(db: Executor, buyerId: string, addressId: string): Promise<Recipient | undefined>;
  isPatron(db: Executor, shopId: string, buyerId: string): Promise<boolean>;
  /** 0 … below − 1, fair; tests bring their own. */
  roll?: (below: number) => number;
}
export type Points = ReturnType<typeof createPoints>;

const expiryBatch = 200;

/** Those of them who earned or spent points in a time: what reports call users of points. */
async function movedAmong(db: Executor, buyerIds: string[], from: Date, until: Date): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('points.ledger')
    .select('buyerId')
    .distinct()
    .where(sql<SqlBool>`buyer_id = any(${buyerIds})`)
    .where('at', '>=', from)
    .where('at', '<', until)
    .execute();
  return new Set(rows.map(({ buyerId }) => buyerId));
}

export function createPoints(deps: PointsDeps) {
  const { clock, outbox, policies } = deps;
  const accounts = createAccounts(deps);
  const referrals = createReferrals({ ...deps, accounts });
  const signInRule = () => ({
    base: policies.get(rules.signInBase),
    step: policies.get(rules.signInStep),
    steps: policies.get(rules.signInSteps),
  });

  async function streakBefore(db: Executor, buyerId: string, day: string): Promise<number> {
    const row = await db
      .selectFrom('points.signIn')
      .select('streak')
      .where('buyerId', '=', buyerId)
      .where(sql<SqlBool>`day = ${domain.dayBefore(day)}::date`)
      .executeTakeFirst();
    return row?.streak ?? 0;
  }
  const signedOn = (db: Executor, buyerId: string, day: string) =>
    db
      .selectFrom('points.signIn')
      .select(['streak', 'points'])
      .where('buyerId', '=', buyerId)
      .where(sql<SqlBool>`day = ${day}::date`)
      .executeTakeFirst();

  return {
    movedAmong,
    accounts,
    orders: createOrderPoints({ ...deps, accounts, referrals }),
    referrals,
    mall: createMall({ ...deps, accounts }),
    lottery: createLottery({ ...deps, accounts }),
    desk: createPointsDesk({ ...deps, accounts }),

    async home(db: Executor, buyerId: string): Promise<PointsHome> {
      const now = clock.now();
      const today = shanghaiDay(now);
      const account = await db
        .selectFrom('points.account')
        .select('frozen')
        .where('buyerId', '=', buyerId)
        .executeTakeFirst();
      const lots = await db
        .selectFrom('points.lot')
        .select(['remaining', 'expiresAt'])
        .where('buyerId', '=', buyerId)
        .where('remaining', '>', 0)
        .where('expiresAt', '>', now)
        .orderBy('expiresAt')
        .execute();
      const { rows: days } = await sql<{ day: string; streak: number }>`
        select to_char(day, 'YYYY-MM-DD') as day, streak from points.sign_in
        where buyer_id = ${buyerId} and day >= (${`${today.slice(0, 7)}-01`}::date - 1) order by day desc`.execute(db);
      const isSigned = days[0]?.day === today;
      const yesterday = domain.dayBefore(today);
      const streak = isSigned || days[0]?.day === yesterday ? (days[0]?.streak ?? 0) : 0;
      const balance = lots.reduce((sum, { remaining }) => sum + remaining, 0);
      const soon = new Date(now.getTime() + policies.get(rules.expiryNoticeDays) * dayMs);
      const going = lots.filter(({ expiresAt }) => expiresAt <= soon);
      const perYuan = policies.get(rules.offsetPerYuan);
      const first = await accounts.isDone(db as Tx, buyerId, 'task:first_order');
      return {
        balance,
        frozen: account?.frozen ?? 0,
        worth: { amount: Math.floor((balance * 100) / perYuan), perYuan },
        expiring: going[0]
          ? {
              points: going.reduce((sum, { remaining }) => sum + remaining, 0),
              at: going[0].expiresAt.toISOString(),
            }
          : null,
        signIn: {
          today,
          isSigned,
          streak,
          days: days.map(({ day }) => day).filter((day) => day.startsWith(today.slice(0, 7))),
          coming: Array.from({ length: 7 }, (_, index) => domain.signInPoints(streak + 1 + index, signInRule())),
        },
        tasks: [
          {
            task: 'first_order',
            title: '完成首单',
            hint: '第一笔订单确认收货后到账',
            points: policies.get(rules.firstOrderPoints),
            done: first ? 1 : 0,
            limit: 1,
          },
          {
            task: 'review',
            title: '发表评价',
            hint: '收货后说说真实感受',
            points: policies.get(rules.reviewPoints),
            done: await referrals.countToday(db, buyerId, 'review'),
            limit: policies.get(rules.reviewsPerDay),
          },
          {
            task: 'invite',
            title: '邀请好友',
            hint: '好友注册并完成首单后到账，只分享不计分',
            points: policies.get(rules.invitePoints),
            done: await referrals.countToday(db, buyerId, 'invite'),
            limit: policies.get(rules.invitesPerDay),
          },
        ],
      };
    },

    /** Once a Shanghai day by the server's clock; a second one the same day changes nothing. */
    async signIn(tx: Tx, buyerId: string): Promise<SignedIn> {
      const now = clock.now();
      const day = shanghaiDay(now);
      const account = await accounts.lock(tx, buyerId);
      const before = await signedOn(tx, buyerId, day);
      if (before) return { isNew: false, ...before, balance: account.balance };
      const streak = (await streakBefore(tx, buyerId, day)) + 1;
      const points = domain.signInPoints(streak, signInRule());
      await tx.insertInto('points.signIn').values({ buyerId, day, streak, points, at: now }).execute();
      const note = streak > 1 ? `连续签到 ${streak} 天` : '每日签到';
      await accounts.credit(tx, buyerId, points, { sourceKey: `sign_in:${day}`, kind: 'sign_in', note });
      await outbox.publish(tx, 'points.signed_in', { buyerId, day, streak });
      return { isNew: true, points, streak, balance: await accounts.usable(tx, buyerId) };
    },

    async reviewed(tx: Tx, buyerId: string, reviewId: string): Promise<void> {
      await accounts.lock(tx, buyerId);
      if ((await referrals.countToday(tx, buyerId, 'review')) >= policies.get(rules.reviewsPerDay)) return;
      const movement = { sourceKey: `review:${reviewId}`, kind: 'review', note: '发表评价' };
      await accounts.credit(tx, buyerId, policies.get(rules.reviewPoints), movement);
    },

    async birthday(
      tx: Tx,
      { buyerId, year, points }: { buyerId: string; year: number; points: number },
    ): Promise<void> {
      await accounts.credit(tx, buyerId, points, { sourceKey: `birthday:${year}`, kind: 'birthday', note: '生日礼包' });
    },

    async ledger(db: Executor, buyerId: string, { cursor, limit }: GrowthQuery): Promise<PointsPage> {
      const after = cursor === undefined ? undefined : domain.decodeCursor(cursor);
      if (cursor !== undefined && !after) throw cursorInvalid();
      const rows = await db
        .selectFrom('points.ledger')
        .select(['entryId', 'kind', 'amount', 'balanceAfter', 'note', 'at'])
        .where('buyerId', '=', buyerId)
        .where('amount', '<>', 0)
        .$if(after !== undefined, (query) => query.where('entryId', '<', after?.id ?? ''))
        .orderBy('entryId', 'desc')
        .limit(limit + 1)
        .execute();
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return {
        items: shown.map(({ at, ...row }) => ({ ...row, at: at.toISOString() })),
        nextCursor: rows.length > limit && last ? domain.encodeCursor({ at: last.at, id: last.entryId }) : null,
      };
    },

    /** Tells of points about to end, once for each day of theirs. @returns notices given */
    async noticeExpiring(tx: Tx): Promise<number> {
      const now = clock.now();
      const until = new Date(now.getTime() + policies.get(rules.expiryNoticeDays) * dayMs);
      const { rows } = await sql<{ buyerId: string; day: string; points: number }>`
        with due as (
          select buyer_id, (expires_at at time zone 'Asia/Shanghai')::date as day, sum(remaining)::int as points
          from points.lot where remaining > 0 and expires_at > ${now} and expires_at <= ${until}
          group by 1, 2
        ), told as (
          insert into points.expiry_notice (buyer_id, day, noticed_at)
          select buyer_id, day, ${now} from due d
          where not exists (select 1 from points.expiry_notice n where n.buyer_id = d.buyer_id and n.day = d.day)
          order by buyer_id, day limit ${expiryBatch}
          on conflict do nothing returning buyer_id, day
        )
        select d.buyer_id, to_char(d.day, 'YYYY-MM-DD') as day, d.points
        from due d join told t on t.buyer_id = d.buyer_id and t.day = d.day`.execute(tx);
      for (const { buyerId, day, points } of rows)
        await outbox.publish(tx, 'points.expiring', { buyerId, day, points });
      return rows.length;
    },

    /** The sweep of lots past their day, buyer by buyer. @returns buyers seen */
    async expireDue(tx: Tx): Promise<number> {
      const due = await tx
        .selectFrom('points.lot')
        .select('buyerId')
        .distinct()
        .where('remaining', '>', 0)
        .where('expiresAt', '<=', clock.now())
        .orderBy('buyerId')
        .limit(expiryBatch)
        .execute();
      for (const { buyerId } of due) await accounts.expire(tx, buyerId);
      return due.length;
    },
  };
}
