import { expect, it } from 'vitest';
import { bargainProblem, parseDays, profitText, progressText, repeatText, tierText } from './activity-words.ts';

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
