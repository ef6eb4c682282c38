/** Pure rules: whether a tag's rule holds of what a buyer did, and the reason in words. */
import type { TagCondition, TagMetric, TagRule } from '@xiaopu/contracts/console';
import { dayMs } from '#platform/clock.ts';

export const wholeOrders = '00000000-0000-0000-0000-000000000000';

export interface DayFact {
  /** Shanghai day, `2026-11-22`. */
  day: string;
  rootCategoryId: string;
  views: number;
  lookedMs: number;
  carts: number;
  favourites: number;
  units: number;
  orders: number;
  couponOrders: number;
  spent: number;
}

const dayNumber = (day: string): number => Date.parse(`${day}T00:00:00Z`) / dayMs;
/** What a look, a cart and a purchase weigh beside each other when interest is split among categories. */
const interestOf = ({ views, carts, favourites, units }: DayFact): number =>
  views + 5 * carts + 4 * favourites + 6 * units;

/** Money given back is nothing the buyer did. */
const isActive = (fact: DayFact): boolean =>
  fact.views + fact.lookedMs + fact.carts + fact.favourites + fact.units + fact.orders > 0;

/** undefined: there is nothing to measure, and no condition holds of it. */
export function measure(
  { metric, days, categoryId }: Pick<TagCondition, 'metric' | 'days' | 'categoryId'>,
  facts: readonly DayFact[],
  today: string,
): number | undefined {
  const now = dayNumber(today);
  const within = facts.filter(({ day }) => now - dayNumber(day) < days && day <= today);
  const own = categoryId === undefined ? within : within.filter(({ rootCategoryId }) => rootCategoryId === categoryId);
  const sum = (of: (fact: DayFact) => number, among = own) => among.reduce((total, fact) => total + of(fact), 0);
  const sinceLast = (among: readonly DayFact[]) =>
    among.length === 0 ? undefined : now - Math.max(...among.map(({ day }) => dayNumber(day)));
  const orders = () => sum((fact) => fact.orders, within);
  switch (metric) {
    case 'spent':
      // What was given back may lie within the days, and what it was paid for before them.
      return Math.max(
        0,
        sum((fact) => fact.spent, within),
      );
    case 'orders':
      return orders();
    case 'average_order':
      return orders() > 0
        ? Math.floor(
            Math.max(
              0,
              sum((fact) => fact.spent, within),
            ) / orders(),
          )
        : undefined;
    case 'coupon_share':
      return orders() > 0 ? Math.floor((100 * sum((fact) => fact.couponOrders, within)) / orders()) : undefined;
    case 'units':
      return sum((fact) => fact.units);
    case 'views':
      return sum((fact) => fact.views);
    case 'looked_minutes':
      return Math.floor(sum((fact) => fact.lookedMs) / 60_000);
    case 'carts':
      return sum((fact) => fact.carts);
    case 'favourites':
      return sum((fact) => fact.favourites);
    case 'active_days':
      return new Set(own.filter(isActive).map(({ day }) => day)).size;
    case 'category_share': {
      const all = sum(interestOf, within);
      return all > 0 ? Math.floor((100 * sum(interestOf)) / all) : undefined;
    }
    case 'days_since_order':
      return sinceLast(within.filter((fact) => fact.orders > 0));
    case 'days_since_seen':
      return sinceLast(within.filter(isActive));
  }
}

const words: Record<TagMetric, { title: string; unit: string }> = {
  spent: { title: '消费', unit: '元' },
  orders: { title: '订单', unit: '单' },
  average_order: { title: '客单价', unit: '元' },
  units: { title: '购买', unit: '件' },
  coupon_share: { title: '用券订单占', unit: '%' },
  views: { title: '浏览', unit: '次' },
  looked_minutes: { title: '浏览', unit: '分钟' },
  carts: { title: '加购', unit: '次' },
  favourites: { title: '收藏', unit: '次' },
  active_days: { title: '活跃', unit: '天' },
  category_share: { title: '兴趣占', unit: '%' },
  days_since_order: { title: '距上次下单', unit: '天' },
  days_since_seen: { title: '距上次来店', unit: '天' },
};
const isMoney = (metric: TagMetric) => metric === 'spent' || metric === 'average_order';
const isSince = (metric: TagMetric) => metric === 'days_since_order' || metric === 'days_since_seen';
const shown = (metric: TagMetric, value: number): string =>
  `${isMoney(metric) ? Number((value / 100).toFixed(2)) : value} ${words[metric].unit}`;

export interface Verdict {
  holds: boolean;
  reason: string;
}

/** @param categoryName of an id; unknown ones have none */
export function decide(
  { match, conditions }: TagRule,
  facts: readonly DayFact[],
  today: string,
  categoryName: (categoryId: string) => string,
): Verdict {
  const verdicts = conditions.map((condition) => {
    const { metric, op, value, days, categoryId, not = false } = condition;
    const found = measure(condition, facts, today);
    // Nothing to measure holds nothing, nor its opposite: who never ordered is no one who stopped.
    const holds = found !== undefined && (op === 'gte' ? found >= value : found <= value) !== not;
    const of = categoryId === undefined ? '' : `「${categoryName(categoryId)}」`;
    const when = isSince(metric) ? '' : `近 ${days} 天`;
    const said = `${when}${of}${words[metric].title} ${found === undefined ? '—' : shown(metric, found)}`;
    return { holds, said };
  });
  const holds = match === 'all' ? verdicts.every((one) => one.holds) : verdicts.some((one) => one.holds);
  return {
    holds,
    reason: verdicts
      .filter((one) => one.holds)
      .map(({ said }) => said)
      .join('，'),
  };
}
