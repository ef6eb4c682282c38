/** A shop's member days within a time, each run of days one window, as the calendar lays them beside other activities. One statement. */
import type { PlannedOffer, PlannedWindow } from '@xiaopu/pricing';
import type { Executor } from '#platform/database/database.ts';
import { type DayRule, textOf, windowsWithin } from './member-day.domain.ts';
import type {} from './member-day.tables.ts';

const most = 200;

export const planOf = (
  rule: Pick<DayRule, 'dayId' | 'shopId' | 'name' | 'payRate' | 'spuIds' | 'monthDays' | 'weekdays' | 'paused'>,
  windows: PlannedWindow[],
): PlannedOffer => ({
  id: rule.dayId,
  kind: 'memberDay',
  name: rule.name,
  scope: { shopId: rule.shopId, ...(rule.spuIds.length > 0 && { spuIds: rule.spuIds }) },
  payRate: rule.payRate,
  text: textOf(rule),
  isPaused: rule.paused,
  windows,
});

export async function memberDaysWithin(
  db: Executor,
  shopId: string,
  { from, until, only }: { from: Date; until: Date; only?: string },
): Promise<PlannedOffer[]> {
  const rules = await db
    .selectFrom('memberDay.rule')
    .selectAll()
    .where('shopId', '=', shopId)
    .where('startsAt', '<', until)
    .where('endsAt', '>', from)
    .$if(only !== undefined, (rows) => rows.where('dayId', '=', only ?? ''))
    .orderBy('startsAt')
    .limit(most)
    .execute();
  return rules.map((rule) =>
    planOf(
      rule,
      windowsWithin(rule, from, until).map((window) => ({ ...window, activityId: rule.dayId })),
    ),
  );
}
