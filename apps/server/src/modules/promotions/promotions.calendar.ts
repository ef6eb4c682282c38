/** A shop's reductions within a time, as the calendar lays them beside other activities. One statement. */
import type { PlannedOffer } from '@xiaopu/pricing';
import type { Executor } from '#platform/database/database.ts';
import { deepestRate, type Rule, textOf } from './promotions.domain.ts';
import type {} from './promotions.tables.ts';

const most = 200;

export function planOf({
  ruleId,
  shopId,
  name,
  body,
  scope,
  startsAt,
  endsAt,
  stacks,
  paused,
}: Omit<Rule, 'priority' | 'audiences'>): PlannedOffer {
  const payRate = deepestRate(body);
  return {
    id: ruleId,
    kind: 'reduction',
    name,
    scope: { ...scope, shopId },
    ...(payRate !== undefined && { payRate }),
    ...(body.kind === 'bundle' && body.items && { set: { price: body.price, items: body.items } }),
    stacks,
    text: textOf(body),
    isPaused: paused,
    windows: [{ startsAt, endsAt, activityId: ruleId }],
  };
}

export async function reductionsWithin(
  db: Executor,
  shopId: string,
  { from, until, only }: { from: Date; until: Date; only?: string },
): Promise<PlannedOffer[]> {
  const rules = await db
    .selectFrom('promotions.rule')
    .select(['ruleId', 'shopId', 'name', 'body', 'scope', 'startsAt', 'endsAt', 'stacks', 'paused'])
    .where('shopId', '=', shopId)
    .where('startsAt', '<', until)
    .where('endsAt', '>', from)
    .$if(only !== undefined, (rows) => rows.where('ruleId', '=', only ?? ''))
    .orderBy('startsAt')
    .limit(most)
    .execute();
  return rules.map(planOf);
}
