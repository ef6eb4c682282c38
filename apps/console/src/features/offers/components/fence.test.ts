import { expect, it } from 'vitest';
import { fenceForm, fenceOf, fenceProblem } from './fence.ts';

it('C03-SCN-05 a fence goes into the form and out again as it was', () => {
  const fence = { storeIds: ['s1'], metres: 1_500, from: '11:00', until: '14:00', inStoreOnly: true };
  expect(fenceOf(fenceForm(fence))).toEqual(fence);
  const allDay = { storeIds: ['s1', 's2'], metres: 300, inStoreOnly: false };
  expect(fenceOf(fenceForm(allDay))).toEqual(allDay);
});

it('C03-SCN-05 says what is missing before the shop is asked', () => {
  expect(fenceProblem(fenceOf(fenceForm(undefined)))).toBe('请选择在哪些门店附近可领');
  expect(fenceProblem({ storeIds: ['s1'], metres: 500, from: '14:00', until: '11:00', inStoreOnly: true })).not.toBe(
    '',
  );
  expect(fenceProblem({ storeIds: ['s1'], metres: 500, inStoreOnly: true })).toBe('');
});
