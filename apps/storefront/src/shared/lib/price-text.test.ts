import { expect, it } from 'vitest';
import { priceText, roughCount, yuan } from './price-text.ts';

it('turns fen into text without ever computing in floats', () => {
  expect(priceText(1990)).toEqual({ integer: '19', decimals: '.9', spoken: '19.90元' });
  expect(priceText(1999)).toEqual({ integer: '19', decimals: '.99', spoken: '19.99元' });
  expect(priceText(1905)).toEqual({ integer: '19', decimals: '.05', spoken: '19.05元' });
  expect(priceText(45900)).toEqual({ integer: '459', decimals: '', spoken: '459.00元' });
  expect(priceText(0)).toEqual({ integer: '0', decimals: '', spoken: '0.00元' });
  expect(priceText(1)).toEqual({ integer: '0', decimals: '.01', spoken: '0.01元' });
  expect(priceText(12_345_678_900).integer).toBe('123456789');
});

it('keeps two decimals where totals are compared', () => {
  expect(priceText(45900, { fixed: true }).decimals).toBe('.00');
  expect(priceText(45990, { fixed: true }).decimals).toBe('.90');
  expect(yuan(1990)).toBe('¥19.9');
  expect(yuan(1990, { fixed: true })).toBe('¥19.90');
  expect(yuan(-500)).toBe('-¥5');
});

it('refuses what is no amount in fen', () => {
  expect(() => priceText(19.9)).toThrow(RangeError);
  expect(() => priceText(Number.NaN)).toThrow(RangeError);
});

it('shortens counts the way shops do, never rounding up', () => {
  expect(roughCount(9_999)).toBe('9999');
  expect(roughCount(10_000)).toBe('1万');
  expect(roughCount(12_999)).toBe('1.2万');
  expect(roughCount(1_234_567)).toBe('123万');
});
