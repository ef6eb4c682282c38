/** Tags' rules in words, and the form's blanks. */
import type { ConsoleTag, SaveTag, TagCondition, TagGroup, TagMetric, TagRule } from '@xiaopu/contracts/console';

export const groupTitles: Record<TagGroup, string> = {
  spend: '消费能力',
  price: '价格偏好',
  activity: '活跃行为',
  lifecycle: '生命周期',
  category: '品类偏好',
  custom: '自定义',
};
export const groups = Object.keys(groupTitles) as TagGroup[];

interface MetricWords {
  title: string;
  unit: '元' | '单' | '件' | '%' | '次' | '分钟' | '天';
  /** May be asked of one category. */
  byCategory: boolean;
}
export const metrics: Record<TagMetric, MetricWords> = {
  spent: { title: '消费金额', unit: '元', byCategory: false },
  orders: { title: '付款订单', unit: '单', byCategory: false },
  average_order: { title: '客单价', unit: '元', byCategory: false },
  coupon_share: { title: '用券订单占比', unit: '%', byCategory: false },
  days_since_order: { title: '距上次下单', unit: '天', byCategory: false },
  units: { title: '购买件数', unit: '件', byCategory: true },
  views: { title: '浏览商品', unit: '次', byCategory: true },
  looked_minutes: { title: '浏览时长', unit: '分钟', byCategory: true },
  carts: { title: '加购', unit: '次', byCategory: true },
  favourites: { title: '收藏', unit: '次', byCategory: true },
  active_days: { title: '活跃天数', unit: '天', byCategory: true },
  category_share: { title: '品类兴趣占比', unit: '%', byCategory: true },
  days_since_seen: { title: '距上次来店', unit: '天', byCategory: true },
};
export const metricKeys = Object.keys(metrics) as TagMetric[];
export const isMoney = (metric: TagMetric): boolean => metrics[metric].unit === '元';

export function conditionText(
  { metric, op, value, days, categoryId, not }: TagCondition,
  categoryName: (categoryId: string) => string,
): string {
  const { title, unit } = metrics[metric];
  const of = categoryId === undefined ? '' : `「${categoryName(categoryId)}」`;
  const sign = (op === 'gte') === !not ? '≥' : '≤';
  const isOpposite = not === true;
  const amount = isMoney(metric) ? Number((value / 100).toFixed(2)) : value;
  return `近 ${days} 天${of}${title} ${isOpposite ? (op === 'gte' ? '<' : '>') : sign} ${amount} ${unit}`;
}
export const ruleText = (rule: TagRule | null, categoryName: (categoryId: string) => string): string =>
  rule === null
    ? '只由人工添加'
    : rule.conditions.map((one) => conditionText(one, categoryName)).join(rule.match === 'all' ? '，且 ' : '，或 ');

export const newCondition = (): TagCondition => ({ metric: 'views', op: 'gte', value: 3, days: 30 });
export const blankTag = (): SaveTag => ({
  ...{ name: '', group: 'custom', isOn: true, liftCategoryId: null, liftPrice: null },
  rule: { match: 'all', conditions: [newCondition()] },
});
export const formOf = ({ name, group, rule, isOn, liftCategoryId, liftPrice }: ConsoleTag): SaveTag =>
  structuredClone({ name, group, rule, isOn, liftCategoryId, liftPrice });

/** What is amiss, in words; undefined: nothing. */
export function problemOf({ name, rule }: SaveTag): string | undefined {
  if (name.trim() === '') return '请填写标签名称';
  const lost = rule?.conditions.find(
    ({ metric, categoryId }) => metric === 'category_share' && categoryId === undefined,
  );
  return lost ? '「品类兴趣占比」要选一个品类' : undefined;
}
