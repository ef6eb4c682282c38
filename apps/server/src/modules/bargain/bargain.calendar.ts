/** A shop's bargains within a time, as the calendar lays them beside other activities. One statement. */
import { formatYuan } from '@xiaopu/money';
import type { PlannedOffer } from '@xiaopu/pricing';
import type { Executor } from '#platform/database/database.ts';
import type {} from './bargain.tables.ts';

const most = 500;

export async function bargainsWithin(
  db: Executor,
  shopId: string,
  { from, until, only }: { from: Date; until: Date; only?: string },
  now: Date,
): Promise<PlannedOffer[]> {
  const rows = await db
    .selectFrom('bargain.activity')
    .select(['activityId', 'skuId', 'name', 'floorPrice', 'helpsNeeded', 'startsAt', 'endsAt', 'status'])
    .where('shopId', '=', shopId)
    .where('startsAt', '<', until)
    .where('endsAt', '>', from)
    .$if(only !== undefined, (rows) => rows.where('activityId', '=', only ?? ''))
    .orderBy('startsAt')
    .limit(most)
    .execute();
  return rows.map(({ activityId, skuId, name, floorPrice, helpsNeeded, startsAt, endsAt, status }) => ({
    id: activityId,
    kind: 'bargain',
    name,
    scope: { shopId, skuIds: [skuId] },
    unitPrice: floorPrice,
    text: `${helpsNeeded} 位好友砍到 ¥${formatYuan(floorPrice)}`,
    isPaused: status === 'ended' && endsAt > now,
    windows: [{ startsAt, endsAt, activityId }],
  }));
}
