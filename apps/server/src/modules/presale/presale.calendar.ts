/** A shop's presales by the time they take deposits, as the calendar lays them beside other activities. One statement. */
import { formatYuan } from '@xiaopu/money';
import type { PlannedOffer } from '@xiaopu/pricing';
import type { Executor } from '#platform/database/database.ts';
import { activitiesWithin } from './presale.repository.ts';

export async function presalesWithin(
  db: Executor,
  shopId: string,
  { from, until, only }: { from: Date; until: Date; only?: string },
  now: Date,
): Promise<PlannedOffer[]> {
  const rows = await activitiesWithin(db, shopId, from, until, only);
  return rows
    .filter(({ endsAt }) => endsAt > from)
    .map(({ activityId, skuId, name, price, deposit, depositWorth, startsAt, endsAt, status }) => ({
      id: activityId,
      kind: 'presale',
      name,
      scope: { shopId, skuIds: [skuId] },
      unitPrice: price - (depositWorth - deposit),
      text: `定金 ¥${formatYuan(deposit)}，共付 ¥${formatYuan(price - (depositWorth - deposit))}`,
      isPaused: status === 'cancelled' || (status === 'ended' && endsAt > now),
      windows: [{ startsAt, endsAt, activityId }],
    }));
}
