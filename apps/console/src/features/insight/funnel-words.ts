/** The steps of the funnel with what is left at each. */
import type { FunnelReport } from '@xiaopu/contracts/console';

export type StepKey = keyof FunnelReport['total'];
export interface FunnelStep {
  key: StepKey;
  title: string;
  note: string;
  people: number;
  /** Of those of the step before, and of all who came; null where there is nobody to divide by. */
  ofLast: number | null;
  ofAll: number | null;
}

const titles: [StepKey, string, string][] = [
  ['visit', '访问', '打开过商城'],
  ['browse', '浏览', '看过本店商品'],
  ['cart', '加购', '加购或立即购买'],
  ['pay', '支付', '付款成功'],
];

export const stepsOf = (total: FunnelReport['total']): FunnelStep[] =>
  titles.map(([key, title, note], at) => {
    const people = total[key];
    const before = at === 0 ? undefined : total[(titles[at - 1] as [StepKey, string, string])[0]];
    return {
      ...{ key, title, note, people },
      ofLast: before ? people / before : null,
      ofAll: total.visit > 0 ? people / total.visit : null,
    };
  });

export const rateText = (rate: number | null): string => (rate === null ? '—' : `${Number((rate * 100).toFixed(1))}%`);
