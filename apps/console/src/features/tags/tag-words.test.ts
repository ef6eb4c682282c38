import { expect, it } from 'vitest';
import { blankTag, problemOf, ruleText } from './tag-words.ts';

const name = (id: string) => (id === 'baby' ? '母婴' : '其他');

it('C02-CPT-07 says a rule in words', () => {
  expect(
    ruleText(
      {
        match: 'all',
        conditions: [
          { metric: 'category_share', op: 'gte', value: 40, days: 90, categoryId: 'baby' },
          { metric: 'spent', op: 'lte', value: 9_990, days: 365 },
          { metric: 'orders', op: 'gte', value: 2, days: 30, not: true },
        ],
      },
      name,
    ),
  ).toBe('近 90 天「母婴」品类兴趣占比 ≥ 40 %，且 近 365 天消费金额 ≤ 99.9 元，且 近 30 天付款订单 < 2 单');
  expect(ruleText(null, name)).toBe('只由人工添加');
});

it('asks for a name, and for a category where the measure needs one', () => {
  const tag = blankTag();
  expect(problemOf(tag)).toBe('请填写标签名称');
  expect(problemOf({ ...tag, name: '爱逛' })).toBeUndefined();
  const lost = {
    match: 'any' as const,
    conditions: [{ metric: 'category_share' as const, op: 'gte' as const, value: 1, days: 1 }],
  };
  expect(problemOf({ ...tag, name: '偏好', rule: lost })).toContain('品类');
});
