/** The tags a shop begins with; it may switch them off, change them and add its own. */
import { createHash } from 'node:crypto';
import type { SaveTag, TagCondition, TagMetric } from '@xiaopu/contracts/console';

type Preset = Omit<SaveTag, 'isOn'> & { key: string };

const when = (metric: TagMetric, op: 'gte' | 'lte', value: number, days: number): TagCondition => ({
  ...{ metric, op, value, days },
});
const all = (...conditions: TagCondition[]) => ({ match: 'all' as const, conditions });
const plain = { liftCategoryId: null, liftPrice: null } as const;

const general: Preset[] = [
  {
    key: 'spend-s',
    name: '消费 100 元内',
    group: 'spend',
    rule: all(when('spent', 'gte', 1, 365), when('spent', 'lte', 9_999, 365)),
    ...plain,
  },
  {
    key: 'spend-m',
    name: '消费 100–500 元',
    group: 'spend',
    rule: all(when('spent', 'gte', 10_000, 365), when('spent', 'lte', 50_000, 365)),
    ...plain,
  },
  {
    key: 'spend-l',
    name: '消费 500–2000 元',
    group: 'spend',
    rule: all(when('spent', 'gte', 50_001, 365), when('spent', 'lte', 200_000, 365)),
    ...plain,
  },
  {
    key: 'spend-xl',
    name: '消费 2000 元以上',
    group: 'spend',
    rule: all(when('spent', 'gte', 200_001, 365)),
    ...plain,
  },
  { key: 'spend-90', name: '近期高消费', group: 'spend', rule: all(when('spent', 'gte', 100_000, 90)), ...plain },
  {
    key: 'basket-high',
    name: '高客单价',
    group: 'price',
    rule: all(when('average_order', 'gte', 30_000, 180)),
    liftCategoryId: null,
    liftPrice: 'high',
  },
  {
    key: 'basket-low',
    name: '低客单价',
    group: 'price',
    rule: all(when('average_order', 'lte', 8_000, 180)),
    liftCategoryId: null,
    liftPrice: 'low',
  },
  {
    key: 'price-sensitive',
    name: '价格敏感',
    group: 'price',
    rule: all(when('orders', 'gte', 2, 180), when('coupon_share', 'gte', 60, 180)),
    liftCategoryId: null,
    liftPrice: 'low',
  },
  {
    key: 'price-high-sensitive',
    name: '高客单价敏感型',
    group: 'price',
    rule: all(when('average_order', 'gte', 30_000, 180), when('coupon_share', 'gte', 60, 180)),
    ...plain,
  },
  {
    key: 'price-easy',
    name: '很少用券',
    group: 'price',
    rule: all(when('orders', 'gte', 3, 180), when('coupon_share', 'lte', 10, 180)),
    ...plain,
  },
  { key: 'active-high', name: '高活跃', group: 'activity', rule: all(when('active_days', 'gte', 8, 30)), ...plain },
  {
    key: 'active-mid',
    name: '中活跃',
    group: 'activity',
    rule: all(when('active_days', 'gte', 3, 30), when('active_days', 'lte', 7, 30)),
    ...plain,
  },
  {
    key: 'active-low',
    name: '低活跃',
    group: 'activity',
    rule: all(when('active_days', 'lte', 2, 30), when('active_days', 'gte', 1, 30)),
    ...plain,
  },
  { key: 'looks-long', name: '爱逛', group: 'activity', rule: all(when('looked_minutes', 'gte', 30, 30)), ...plain },
  {
    key: 'looks-only',
    name: '只看不买',
    group: 'activity',
    rule: all(when('views', 'gte', 20, 30), when('orders', 'lte', 0, 90)),
    ...plain,
  },
  {
    key: 'carts-unpaid',
    name: '加购未买',
    group: 'activity',
    rule: all(when('carts', 'gte', 1, 7), when('orders', 'lte', 0, 7)),
    ...plain,
  },
  { key: 'collects', name: '爱收藏', group: 'activity', rule: all(when('favourites', 'gte', 5, 90)), ...plain },
  {
    key: 'life-browsing',
    name: '潜在客户',
    group: 'lifecycle',
    rule: all(when('views', 'gte', 1, 90), when('orders', 'lte', 0, 365)),
    ...plain,
  },
  {
    key: 'life-new',
    name: '新客',
    group: 'lifecycle',
    rule: all(when('orders', 'gte', 1, 365), when('orders', 'lte', 1, 365), when('days_since_order', 'lte', 30, 365)),
    ...plain,
  },
  { key: 'life-repeat', name: '复购客', group: 'lifecycle', rule: all(when('orders', 'gte', 2, 365)), ...plain },
  {
    key: 'life-loyal',
    name: '忠实客户',
    group: 'lifecycle',
    rule: all(when('orders', 'gte', 5, 180), when('days_since_order', 'lte', 30, 365)),
    ...plain,
  },
  {
    key: 'life-sleeping',
    name: '沉睡客户',
    group: 'lifecycle',
    rule: all(when('days_since_order', 'gte', 60, 365), when('days_since_order', 'lte', 180, 365)),
    ...plain,
  },
  {
    key: 'life-lost',
    name: '流失客户',
    group: 'lifecycle',
    rule: all(when('days_since_order', 'gte', 181, 365)),
    ...plain,
  },
];

/** Of each category of the first level. */
function ofCategory(categoryId: string, name: string): Preset[] {
  const within = (condition: TagCondition): TagCondition => ({ ...condition, categoryId });
  const lift = { liftCategoryId: categoryId, liftPrice: null };
  return [
    {
      ...{ key: `prefers-${categoryId}`, name: `${name}偏好`, group: 'category', ...lift },
      rule: all(within(when('category_share', 'gte', 40, 90)), within(when('views', 'gte', 3, 90))),
    },
    {
      ...{ key: `carts-${categoryId}`, name: `${name}加购`, group: 'category', ...lift },
      rule: all(within(when('carts', 'gte', 2, 30))),
    },
    {
      ...{ key: `buys-${categoryId}`, name: `常买${name}`, group: 'category', ...lift },
      rule: all(within(when('units', 'gte', 3, 180))),
    },
  ];
}

export const presetsOf = (categories: readonly { categoryId: string; name: string }[]): Preset[] => [
  ...general,
  ...categories.flatMap(({ categoryId, name }) => ofCategory(categoryId, name)),
];

/** The same preset of a shop has the same id wherever it is laid out. */
export function presetId(shopId: string, key: string): string {
  const hex = createHash('sha256').update(`${shopId}/${key}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
