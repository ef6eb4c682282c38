import { describe, expect, it } from 'vitest';
import { barHeights, percentText, ruleTexts } from './distribution-texts.ts';

const terms = {
  levels: 1,
  firstRate: 500,
  secondRate: 100,
  bindingRule: 'first_link' as const,
  protectionDays: 30,
  ownPurchases: false,
  windowDays: 15,
  minimumWithdrawal: 1_000,
  reviewFrom: 100_000,
  secondFactorFrom: 100_000,
  tax: { isOn: false, deduction: 0, rate: 0 },
  withholdingNote: '代扣代缴个人所得税',
};

describe('the words of distribution', () => {
  it('X-04 says that joining costs nothing and that there are two levels at most', () => {
    const [first = '', second = ''] = ruleTexts(terms, (fen: number) => `¥${fen / 100}`);
    expect(first).toContain('无入门费');
    expect(first).toContain('最多两级');
    expect(second).not.toContain('二级');
    expect(ruleTexts({ ...terms, levels: 2 }, String)[1]).toContain('二级 1%');
  });
  it('tells the protection only where there is one', () => {
    expect(ruleTexts(terms, String).join('')).toContain('30 天保护期');
    expect(ruleTexts({ ...terms, bindingRule: 'last_link' }, String).join('')).not.toContain('保护期');
  });
  it('percent and bars', () => {
    expect(percentText(1_250)).toBe('12.5%');
    expect(barHeights([0, 1, 50, 100])).toEqual([0, 6, 50, 100]);
    expect(barHeights([0, 0])).toEqual([0, 0]);
  });
});
