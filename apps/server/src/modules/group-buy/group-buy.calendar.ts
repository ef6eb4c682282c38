/** A shop's group purchases and daily ones within a time, as the calendar lays them beside other activities. Two statements. */
import type { GroupStep } from '@xiaopu/contracts';
import { formatYuan } from '@xiaopu/money';
import type { PlannedOffer, PlannedWindow } from '@xiaopu/pricing';
import { sql } from 'kysely';
import { dayMs, hourMs, shanghaiDay } from '#platform/clock.ts';
import type { Executor } from '#platform/database/database.ts';
import { nextStart } from './group-buy.daily.domain.ts';
import { lastOf } from './group-buy.domain.ts';
import type {} from './group-buy.tables.ts';

const most = 500;

const stepText = ({ size, payRate, price }: GroupStep): string =>
  `${size} 人 ${price === undefined ? `${(payRate ?? 0) / 1_000} 折` : `¥${formatYuan(price)}`}`;

export async function groupBuysWithin(
  db: Executor,
  shopId: string,
  { from, until, only }: { from: Date; until: Date; only?: string },
  now: Date,
): Promise<PlannedOffer[]> {
  const activities = await db
    .selectFrom('groupBuy.activity as a')
    .select(['a.activityId', 'a.skuIds', 'a.name', 'a.steps', 'a.startsAt', 'a.endsAt', 'a.status'])
    .select(({ selectFrom }) =>
      selectFrom('groupBuy.dailyRun as r')
        .select('r.dailyId')
        .whereRef('r.activityId', '=', 'a.activityId')
        .limit(1)
        .as('dailyId'),
    )
    .where('a.shopId', '=', shopId)
    .where('a.startsAt', '<', until)
    .where('a.endsAt', '>', from)
    .$if(only !== undefined, (rows) =>
      rows.where((where) =>
        where.or([
          where('a.activityId', '=', only ?? ''),
          where(
            'a.activityId',
            'in',
            where
              .selectFrom('groupBuy.dailyRun')
              .select('activityId')
              .where('dailyId', '=', only ?? '')
              .$narrowType<{ activityId: string }>(),
          ),
        ]),
      ),
    )
    .orderBy('a.startsAt')
    .limit(most)
    .execute();
  const dailies = await db
    .selectFrom('groupBuy.daily')
    .select(['dailyId', 'startsMinute', 'runsHours', 'terms', 'paused', 'createdAt'])
    .where('shopId', '=', shopId)
    .where('createdAt', '<', until)
    .$if(only !== undefined, (rows) => rows.where('dailyId', '=', only ?? ''))
    .orderBy(sql`created_at`)
    .limit(most)
    .execute();
  // The deepest step is what the margin and other prices are compared with.
  const offerOf = ({ name, skuIds, steps }: { name: string; skuIds: string[]; steps: GroupStep[] }) => {
    const { payRate, price } = lastOf(steps);
    return {
      kind: 'group' as const,
      name,
      scope: { shopId, skuIds },
      ...(price === undefined ? { payRate } : { unitPrice: price }),
      text: steps.map(stepText).join('，'),
    };
  };
  const windowOf = ({ activityId, startsAt, endsAt }: (typeof activities)[number]): PlannedWindow => ({
    ...{ startsAt, endsAt, activityId },
  });
  const known = new Set(dailies.map(({ dailyId }) => dailyId));
  return [
    ...activities
      .filter(({ dailyId }) => dailyId === null || !known.has(dailyId))
      .map((activity) => ({
        ...offerOf(activity),
        id: activity.activityId,
        isPaused: activity.status === 'ended' && activity.endsAt > now,
        windows: [windowOf(activity)],
      })),
    ...dailies.map((daily) => {
      const made = activities.filter(({ dailyId }) => dailyId === daily.dailyId).map(windowOf);
      const days = new Set(made.map(({ startsAt }) => shanghaiDay(startsAt)));
      const coming: PlannedWindow[] = [];
      const first = Math.max(from.getTime(), now.getTime(), daily.createdAt.getTime());
      for (let at = new Date(first); !daily.paused && coming.length < most; at = new Date(at.getTime() + dayMs)) {
        const startsAt = nextStart(daily, at);
        if (startsAt >= until) break;
        if (!days.has(shanghaiDay(startsAt)))
          coming.push({ startsAt, endsAt: new Date(startsAt.getTime() + daily.runsHours * hourMs) });
      }
      return { ...offerOf(daily.terms), id: daily.dailyId, isPaused: daily.paused, windows: [...made, ...coming] };
    }),
  ];
}
