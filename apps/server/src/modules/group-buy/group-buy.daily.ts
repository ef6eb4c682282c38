/** Every day at a time an activity of these terms begins: one for each day, made by whoever comes first. */
import type { DailyGroups, NewDailyGroup } from '@xiaopu/contracts/console';
import { sql } from 'kysely';
import type { Clock } from '#platform/clock.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import { AppError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import type { ActivityMaker, GroupActivities } from './group-buy.activities.ts';
import { dueOccurrence, minuteOf, nextStart, timeOf } from './group-buy.daily.domain.ts';
import { dailyRepeated, dailyUnknown } from './group-buy.errors.ts';
import type {} from './group-buy.tables.ts';

export interface DailyGroupsDeps {
  database: Pick<Database, 'db' | 'inTransaction'>;
  clock: Clock;
  activities: Pick<GroupActivities, 'create' | 'drawUp'>;
}

export type DailyGroupBuys = ReturnType<typeof createDailyGroups>;

const shownRuns = 7;
const most = 100;

export function createDailyGroups({ database, clock, activities }: DailyGroupsDeps) {
  const { db, inTransaction } = database;

  const dailies = (executor: Executor) => executor.selectFrom('groupBuy.daily').selectAll();

  /** The day's row first: of two workers one waits for the other, finds it there, and makes nothing. */
  const claimDay = (tx: Tx, dailyId: string, day: string, activityId: string) =>
    tx
      .insertInto('groupBuy.dailyRun')
      .values({ dailyId, day, activityId, problem: null, at: clock.now() })
      .onConflict((conflict) => conflict.doNothing())
      .returning('dailyId')
      .executeTakeFirst();

  return {
    async create(tx: Tx, maker: ActivityMaker, { dailyId, at, runsHours, terms }: NewDailyGroup): Promise<void> {
      // Nobody shall find out tomorrow that it cannot be.
      await activities.drawUp(tx, maker, terms);
      const { shopId, staffName, mayOverride } = maker;
      const { numInsertedOrUpdatedRows } = await tx
        .insertInto('groupBuy.daily')
        .values({
          dailyId,
          shopId,
          startsMinute: minuteOf(at),
          runsHours,
          terms: JSON.stringify(terms),
          mayOverride,
          createdBy: staffName,
          createdAt: clock.now(),
        })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows !== 1n) throw dailyRepeated();
    },

    async setState(tx: Tx, shopId: string, dailyId: string, paused: boolean): Promise<string> {
      const row = await tx
        .updateTable('groupBuy.daily')
        .set({ paused })
        .where('dailyId', '=', dailyId)
        .where('shopId', '=', shopId)
        .returning('terms')
        .executeTakeFirst();
      if (!row) throw dailyUnknown();
      return row.terms.name;
    },

    /** One statement. */
    async list(executor: Executor, shopId: string): Promise<DailyGroups> {
      const rows = await executor
        .selectFrom('groupBuy.daily as t')
        .selectAll('t')
        .select(
          sql<{ day: string; activityId: string | null; problem: string | null; at: string }[]>`(
            select coalesce(json_agg(json_build_object('day', r.day, 'activityId', r.activity_id, 'problem', r.problem, 'at', r.at)
              order by r.day desc), '[]'::json)
            from (select * from group_buy.daily_run where daily_id = t.daily_id order by day desc limit ${shownRuns}) r)`.as(
            'runs',
          ),
        )
        .where('t.shopId', '=', shopId)
        .orderBy('t.createdAt', 'desc')
        .limit(most)
        .execute();
      const now = clock.now();
      return {
        items: rows.map(({ dailyId, startsMinute, runsHours, terms, paused, createdBy, runs }) => ({
          dailyId,
          name: terms.name,
          at: timeOf(startsMinute),
          runsHours,
          paused,
          createdBy,
          nextAt: paused ? null : nextStart({ startsMinute, runsHours }, now).toISOString(),
          runs: runs.map((run) => ({ ...run, at: new Date(run.at).toISOString() })),
        })),
      };
    },

    /**
     * Makes what is due and not yet made; each in its own transaction. What the shop's rules refuse (goods off sale, a price
     * below the floor by now) is written down for that day instead, so the merchant sees it and nothing is tried in a loop.
     */
    async sweep(): Promise<number> {
      const now = clock.now();
      let made = 0;
      for (const daily of await dailies(db).where('paused', '=', false).execute()) {
        const due = dueOccurrence(daily, now);
        if (!due || daily.createdAt > due.endsAt) continue;
        const { dailyId, shopId, createdBy: staffName, mayOverride, terms } = daily;
        const { day, startsAt, endsAt } = due;
        const isKnown = await db
          .selectFrom('groupBuy.dailyRun')
          .select('day')
          .where('dailyId', '=', dailyId)
          .where('day', '=', day)
          .executeTakeFirst();
        if (isKnown) continue;
        const activityId = newId();
        try {
          made += await inTransaction(async (tx) => {
            if (!(await claimDay(tx, dailyId, day, activityId))) return 0;
            const window = { startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString() };
            await activities.create(tx, { shopId, staffName, mayOverride }, { ...terms, activityId, ...window });
            return 1;
          });
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          const { message } = error;
          await inTransaction(async (tx) => {
            await tx
              .insertInto('groupBuy.dailyRun')
              .values({ dailyId, day, activityId: null, problem: message, at: now })
              .onConflict((conflict) => conflict.doNothing())
              .execute();
          });
        }
      }
      return made;
    },
  };
}
