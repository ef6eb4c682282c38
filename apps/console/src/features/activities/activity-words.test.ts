import { describe, expect, it } from 'vitest';
import {
  bargainProblem,
  groupProblem,
  parseDays,
  presaleProblem,
  profitText,
  progressText,
  repeatText,
  stepOf,
  stepsText,
  tierText,
} from './activity-words.ts';

it('says how far an activity is and what a piece earns', () => {
  expect([progressText(6, 20), progressText(0, 0)]).toEqual(['6/20（30%）', '—']);
  expect(profitText(9_900, 6_000)).toBe('每件毛利 ¥39.00（39%）');
  expect(profitText(5_000, 6_000)).toBe('每件毛利 -¥10.00（-20%）');
  expect(profitText(5_000, 0)).toBeNull();
});

it('C07-BRG-02 does not take a bargain that could not be shared out', () => {
  const good = { skuId: 'a', name: '帮砍', floorPrice: 9_990, helpsNeeded: 10, salePrice: 10_000 };
  expect(bargainProblem(good)).toBe('');
  expect(bargainProblem({ ...good, helpsNeeded: 11 })).toContain('至少砍 1 分');
  expect(bargainProblem({ ...good, floorPrice: null })).toBe('请填写底价');
  expect(bargainProblem({ ...good, skuId: '' })).toBe('请选择商品规格');
});

it('reads days of the month as people write them', () => {
  expect(parseDays('28，8、18 8')).toEqual([8, 18, 28]);
  expect([parseDays(''), parseDays('32'), parseDays('8.5'), parseDays('x')]).toEqual([[], null, null, null]);
});

it('says when a repeating sale is and for whom', () => {
  const rule = { monthDays: [18, 8], weekdays: [], startMinute: 1_200, minutes: 120 };
  expect(repeatText(rule)).toBe('每月 8、18 日 20:00–22:00');
  expect(repeatText({ ...rule, monthDays: [], minutes: 240 })).toBe('每天 20:00–24:00');
  expect(repeatText({ ...rule, monthDays: [], weekdays: [7, 1], minutes: 300 })).toBe('每周一、日 20:00–次日 01:00');
  expect([tierText([]), tierText(['gold', 'silver'])]).toEqual(['所有人', '银卡、金卡']);
});

describe('a group purchase in the wizard', () => {
  const steps = [
    { size: 2, rate: 9, price: null },
    { size: 5, rate: 7, price: null },
  ];
  const form = { skuIds: ['a'], name: '拼', kind: 'rate' as const, steps, quota: 10 };
  it('C07-GRP-01 C03-SCN-02 says 9折 as the wire does', () => {
    expect(steps.map((step) => stepOf(step, 'rate'))).toEqual([
      { size: 2, payRate: 9_000 },
      { size: 5, payRate: 7_000 },
    ]);
    expect(stepOf({ size: 3, rate: 8.85, price: 700 }, 'rate')).toEqual({ size: 3, payRate: 8_850 });
    expect(stepOf({ size: 3, rate: null, price: 700 }, 'price')).toEqual({ size: 3, price: 700 });
    expect(
      stepsText([
        { size: 2, payRate: 9_000 },
        { size: 5, price: 7_000 },
      ]),
    ).toBe('2 人 9折，5 人 ¥70.00');
  });

  it.each([
    [{}, ''],
    [{ skuIds: [] }, '请选择商品规格'],
    [{ quota: 4 }, '名额至少要够最大的一个团'],
    [{ steps: [steps[1], steps[0]] as typeof steps }, '人数要一档比一档多'],
    [
      {
        steps: [
          { size: 2, rate: 7, price: null },
          { size: 3, rate: 8, price: null },
        ],
      },
      '人数越多价格要越低',
    ],
    [{ kind: 'price' as const }, '请填写每一档的价格'],
  ])('finds what is missing: %o', (changes, problem) => {
    expect(groupProblem({ ...form, ...changes })).toBe(problem);
  });
});

it('says what a presale’s form misses', () => {
  const day = (at: number) => new Date(at * 86_400_000);
  const form = {
    ...{ skuId: 'a', name: '预售', price: 10_000, deposit: 1_000, depositWorth: null },
    ...{ window: [day(0), day(1)] as const, balance: [day(1), day(2)] as const, shipsBy: day(3) },
  };
  expect(presaleProblem(form, 10_001)).toBe('');
  expect(presaleProblem(form, 10_000)).toBe('到手价要低于售价');
  expect(presaleProblem({ ...form, depositWorth: 2_000 }, 9_500)).toBe('');
  expect(presaleProblem({ ...form, depositWorth: 999 }, null)).toContain('不能低于定金');
  expect(presaleProblem({ ...form, balance: [day(0), day(2)] }, null)).toContain('付尾款');
  expect(presaleProblem({ ...form, shipsBy: day(1) }, null)).toContain('最晚发货');
});
