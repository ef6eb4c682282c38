import { describe, expect, it } from 'vitest';
import { parsePercent, percent, taxCsv } from './distribution-words.ts';

describe('percentages', () => {
  it('reads what it writes', () => {
    for (const basisPoints of [0, 1, 50, 800, 1_250, 10_000])
      expect(parsePercent(percent(basisPoints))).toBe(basisPoints);
  });
  it('refuses what is none', () => {
    expect(['', '-1', '1.234', '100.01', 'abc', '1,5'].map(parsePercent)).toEqual(Array(6).fill(null));
  });
});

it('the tax record keeps long numbers as text and quotes names', () => {
  const csv = taxCsv([
    { realName: '林"夏', idNumber: '11010519491231002X', payments: 2, amount: 12_345, taxable: 10_000, withheld: 300 },
  ]);
  expect(csv.split('\r\n')[1]).toBe('"林""夏","\t11010519491231002X","2","123.45","100.00","3.00","120.45"');
});
