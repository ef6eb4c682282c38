import { expect, it } from 'vitest';
import { costPerPayer, newLinkCode, shareText } from './visit-words.ts';

it('C01-ECO-01 C03-SCN-03 compare what a new buyer cost, and say nothing where there is nothing', () => {
  expect(costPerPayer({ cost: 50_000, payers: 7 })).toBe(7_143);
  expect([costPerPayer({ cost: 0, payers: 7 }), costPerPayer({ cost: 50_000, payers: 0 })]).toEqual([
    undefined,
    undefined,
  ]);
  expect([shareText(1, 3), shareText(0, 5), shareText(0, 0)]).toEqual(['33.3%', '0%', '—']);
  expect(newLinkCode()).toMatch(/^[2-9a-hjkmnp-z]{8}$/);
});
