/** Member days: kept by shops, in memory for prices and pages. */
import type { MemberDayList } from '@xiaopu/contracts';
import type { ConsoleMemberDay, NewMemberDay } from '@xiaopu/contracts/console';
import type { ActivityPrice } from '@xiaopu/pricing';
import { type Clock, minuteMs } from '#platform/clock.ts';
import type { Db, Executor, Tx } from '#platform/database/database.ts';
import { createDirectory } from '#platform/directory.ts';
import { newId } from '#platform/ids.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import { type DayRule, isRunning, nextWindow, runsFor, textOf } from './member-day.domain.ts';
import { badWindow, dayUnknown } from './member-day.errors.ts';
import type {} from './member-day.tables.ts';

export interface MemberDaysDeps {
  db: Db;
  clock: Clock;
  outbox: Outbox;
  tierOf(db: Executor, buyerId: string): Promise<string>;
  shopNames(db: Executor, shopIds: string[]): Promise<Map<string, string>>;
}

export type MemberDays = ReturnType<typeof createMemberDays>;

/** Longest a change made by another process stays unseen should its event be lost. */
const maxAgeMs = minuteMs;
const columns = [
  'dayId',
  'shopId',
  'name',
  'payRate',
  'tiers',
  'spuIds',
  'monthDays',
  'weekdays',
  'startsAt',
  'endsAt',
  'paused',
  'updatedBy',
] as const;

export function createMemberDays({ db, clock, outbox, tierOf, shopNames }: MemberDaysDeps) {
  let names = new Map<string, string>();

  const { all: live, forget } = createDirectory({
    maxAgeMs,
    read: (executor): Promise<DayRule[]> =>
      executor
        .selectFrom('memberDay.rule')
        .select(columns)
        .where('endsAt', '>', clock.now())
        .where('paused', '=', false)
        .orderBy('dayId')
        .execute(),
  });

  function view({ shopId: _shop, startsAt, endsAt, ...row }: DayRule): ConsoleMemberDay {
    const rule = { ...row, shopId: _shop, startsAt, endsAt };
    const now = clock.now();
    return {
      ...row,
      tiers: row.tiers as ConsoleMemberDay['tiers'],
      startsAt: startsAt.toISOString(),
      endsAt: endsAt.toISOString(),
      text: textOf(rule),
      isRunning: isRunning(rule, now),
      nextAt: nextWindow(rule, now)?.startsAt.toISOString() ?? null,
    };
  }

  /** For the price pipeline: no statement while the memory is fresh and no running day is for some tiers only. */
  async function offers(
    executor: Executor,
    {
      buyerId,
      at,
      lines,
    }: { buyerId: string; at: Date; lines: readonly { skuId: string; spuId: string; shopId: string }[] },
    tierAhead?: string,
  ): Promise<{ activities?: Map<string, ActivityPrice[]> }> {
    const running = (await live(executor)).filter(
      (rule) => isRunning(rule, at) && lines.some((line) => runsFor(rule, line)),
    );
    if (running.length === 0) return {};
    const tier = running.some(({ tiers }) => tiers.length > 0) ? (tierAhead ?? (await tierOf(executor, buyerId))) : '';
    const mine = running.filter(({ tiers }) => tiers.length === 0 || tiers.includes(tier));
    return {
      activities: new Map(
        lines.map((line) => [
          line.skuId,
          mine
            .filter((rule) => runsFor(rule, line))
            .map(({ dayId: id, name, payRate }) => ({ id, kind: 'memberDay' as const, name, payRate })),
        ]),
      ),
    };
  }

  return {
    forget,

    offers,
    /** The tier is asked ahead of the goods when a running day may need it. */
    async prepare(executor: Executor, { buyerId, at }: { buyerId: string; at: Date }) {
      const mayNeedTier = (await live(executor)).some((rule) => rule.tiers.length > 0 && isRunning(rule, at));
      const tier = mayNeedTier ? await tierOf(executor, buyerId) : undefined;
      return (question: Parameters<typeof offers>[1]) => offers(executor, question, tier);
    },

    /** Running ones first, then those to come. */
    async list(): Promise<MemberDayList> {
      const rules = await live(db);
      const shopIds = [...new Set(rules.map(({ shopId }) => shopId))];
      for (const shopId of shopIds) if (!names.has(shopId)) names = await shopNames(db, shopIds);
      const now = clock.now();
      const items = rules.flatMap((rule) => {
        const window = nextWindow(rule, now);
        if (!window) return [];
        const { dayId, shopId, name, payRate, tiers, spuIds } = rule;
        return [
          {
            dayId,
            shopId,
            shopName: names.get(shopId) ?? '',
            name,
            payRate,
            tiers,
            spuIds,
            text: textOf(rule),
            startsAt: window.startsAt.toISOString(),
            endsAt: window.endsAt.toISOString(),
            isRunning: isRunning(rule, now),
          },
        ];
      });
      items.sort((a, b) => Number(b.isRunning) - Number(a.isRunning) || (a.startsAt < b.startsAt ? -1 : 1));
      return { serverTime: now.toISOString(), items };
    },

    /** Days that reach these goods within a window, for the warnings of other activities. */
    async reaching(
      executor: Executor,
      goods: { shopId: string; spuId: string },
      from: Date,
      until: Date,
    ): Promise<DayRule[]> {
      return (await live(executor)).filter(
        (rule) => runsFor(rule, goods) && rule.startsAt < until && rule.endsAt > from,
      );
    },

    async ofShop(db: Executor, shopId: string): Promise<{ items: ConsoleMemberDay[] }> {
      const rows = await db
        .selectFrom('memberDay.rule')
        .select(columns)
        .where('shopId', '=', shopId)
        .orderBy('endsAt', 'desc')
        .limit(100)
        .execute();
      return { items: rows.map(view) };
    },

    async create(
      tx: Tx,
      { shopId, staffName }: { shopId: string; staffName: string },
      input: NewMemberDay,
    ): Promise<ConsoleMemberDay> {
      const [startsAt, endsAt] = [new Date(input.startsAt), new Date(input.endsAt)];
      const now = clock.now();
      if (endsAt <= startsAt || endsAt <= now) throw badWindow();
      const rule = { ...input, dayId: newId(), shopId, startsAt, endsAt, paused: false, updatedBy: staffName };
      await tx
        .insertInto('memberDay.rule')
        .values({ ...rule, updatedAt: now })
        .execute();
      await outbox.publish(tx, 'member_day.days_changed', { shopId });
      return view(rule);
    },

    async setPaused(tx: Tx, shopId: string, dayId: string, paused: boolean): Promise<ConsoleMemberDay> {
      const row = await tx
        .updateTable('memberDay.rule')
        .set({ paused, updatedAt: clock.now() })
        .where('dayId', '=', dayId)
        .where('shopId', '=', shopId)
        .returning(columns)
        .executeTakeFirst();
      if (!row) throw dayUnknown();
      await outbox.publish(tx, 'member_day.days_changed', { shopId });
      return view(row);
    },
  };
}
