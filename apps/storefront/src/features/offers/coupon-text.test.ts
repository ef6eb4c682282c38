import { describe, expect, it } from 'vitest';
import { conditionText, faceText, shortText } from './coupon-text.ts';

const face = { name: '', threshold: 10_000, off: 2_000, payRate: null, cap: null, quantity: null, scopeText: '' };

describe('what a coupon says', () => {
  it('tells amount, percent, exchange and freight apart', () => {
    expect([faceText({ ...face, kind: 'amount' }), shortText({ ...face, kind: 'amount' })]).toEqual([
      '¥20',
      '满 ¥100 减 ¥20',
    ]);
    const percent = { ...face, kind: 'percent' as const, off: null, payRate: 8_500, cap: 3_000 };
    expect([faceText(percent), conditionText(percent)]).toEqual(['8.5折', '满 ¥100 可用，最多减 ¥30']);
    expect(faceText({ ...face, kind: 'freight', off: null })).toBe('免运费');
    expect(conditionText({ ...face, kind: 'exchange', threshold: 0, quantity: 2 })).toBe('2 件');
  });
});
