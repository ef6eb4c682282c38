/** What is made anew every day: templates of activities, and one activity for each of their days. */
import type { DailyActivities, NewDailyActivity } from '@xiaopu/contracts/console';
import { sql } from 'kysely';
import type { Clock } from '#platform/clock.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import { AppError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { dueOccurrence, minuteOf, nextStart, timeOf } from './daily-activities.domain.ts';
import { templateRepeated, templateUnknown } from './daily-activities.errors.ts';
import type {} from './daily-activities.tables.ts';

export interface DailyMaking {
  shopId: string;
  staffName: string;
  mayOverride: boolean;
  activityId: string;
  terms: NewDailyActivity['terms'];
  startsAt: Date;
  endsAt: Date;
}
export interface DailyActivitiesDeps {
  database: Pick<Database, 'db' | 'inTransaction'>;
  clock: Clock;
  /** Refuses terms that could not be made now, so that nobody finds out tomorrow. */
  check(tx: Tx, making: Pick<DailyMaking, 'shopId' | 'staffName' | 'mayOverride' | 'terms'>): Promise<void>;
  /** Makes the activity in the caller's transaction, under the rules it would be made by in the console. */
  make(tx: Tx, making: DailyMaking): Promise<void>;
}

export type Dailies = ReturnType<typeof createDailyActivities>;

const shownRuns = 7;
const mostTemplates = 100;

export function createDailyActivities({ database, clock, check, make }: DailyActivitiesDeps) {
  const { db, inTransaction } = database;

  const templates = (executor: Executor) => executor.selectFrom('dailyActivities.template').selectAll();

  /** The day's row first: of two workers one waits for the other, finds it there, and makes nothing. */
  const claimDay = (tx: Tx, templateId: string, day: string, activityId: string) =>
    tx
      .insertInto('dailyActivities.run')
      .values({ templateId, day, activityId, problem: null, at: clock.now() })
      .onConflict((conflict) => conflict.doNothing())
      .returning('templateId')
      .executeTakeFirst();

  return {
    async create(
      tx: Tx,
      { shopId, staffName, mayOverride }: { shopId: string; staffName: string; mayOverride: boolean },
      { templateId, name, at, runsHours, terms }: NewDailyActivity,
    ): Promise<void> {
      await check(tx, { shopId, staffName, mayOverride, terms });
      const { numInsertedOrUpdatedRows } = await tx
        .insertInto('dailyActivities.template')
        .values({
          templateId,
          shopId,
          name,
          startsMinute: minuteOf(at),
          runsHours,
          terms: JSON.stringify(terms),
          mayOverride,
          createdBy: staffName,
          createdAt: clock.now(),
        })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows !== 1n) throw templateRepeated();
    },

    async setState(tx: Tx, shopId: string, templateId: string, paused: boolean): Promise<string> {
      const row = await tx
        .updateTable('dailyActivities.template')
        .set({ paused })
        .where('templateId', '=', templateId)
        .where('shopId', '=', shopId)
        .returning('name')
        .executeTakeFirst();
      if (!row) throw templateUnknown();
      return row.name;
    },

    /** One statement. */
    async list(executor: Executor, shopId: string): Promise<DailyActivities> {
      const rows = await executor
        .selectFrom('dailyActivities.template as t')
        .selectAll('t')
        .select(
          sql<{ day: string; activityId: string | null; problem: string | null; at: string }[]>`(
            select coalesce(json_agg(json_build_object('day', r.day, 'activityId', r.activity_id, 'problem', r.problem, 'at', r.at)
              order by r.day desc), '[]'::json)
            from (select * from daily_activities.run where template_id = t.template_id order by day desc limit ${shownRuns}) r)`.as(
            'runs',
          ),
        )
        .where('t.shopId', '=', shopId)
        .orderBy('t.createdAt', 'desc')
        .limit(mostTemplates)
        .execute();
      const now = clock.now();
      return {
        items: rows.map(({ templateId, name, startsMinute, runsHours, terms, paused, createdBy, runs }) => ({
          templateId,
          name,
          kind: terms.kind,
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
      for (const template of await templates(db).where('paused', '=', false).execute()) {
        const due = dueOccurrence(template, now);
        if (!due || template.createdAt > due.endsAt) continue;
        const { templateId, shopId, createdBy: staffName, mayOverride, terms } = template;
        const { day, startsAt, endsAt } = due;
        const isKnown = await db
          .selectFrom('dailyActivities.run')
          .select('day')
          .where('templateId', '=', templateId)
          .where('day', '=', day)
          .executeTakeFirst();
        if (isKnown) continue;
        const activityId = newId();
        try {
          made += await inTransaction(async (tx) => {
            if (!(await claimDay(tx, templateId, day, activityId))) return 0;
            await make(tx, { shopId, staffName, mayOverride, activityId, terms, startsAt, endsAt });
            return 1;
          });
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          const { message } = error;
          await inTransaction(async (tx) => {
            await tx
              .insertInto('dailyActivities.run')
              .values({ templateId, day, activityId: null, problem: message, at: now })
              .onConflict((conflict) => conflict.doNothing())
              .execute();
          });
        }
      }
      return made;
    },
  };
}
