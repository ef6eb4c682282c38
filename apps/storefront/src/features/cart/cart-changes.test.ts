import type { Cart, CartLine } from '@xiaopu/contracts';
import { expect, it } from 'vitest';
import { allTicked, withoutLines, withQuantity, withSelection } from './cart-changes.ts';

const line = (lineId: string, more: Partial<CartLine> = {}): CartLine => ({
  lineId,
  spuId: `spu-${lineId}`,
  skuId: `sku-${lineId}`,
  title: '杯子',
  specText: '',
  picture: { mediaId: 'm', url: '/m', webp: { w320: '', w750: '', w1080: '' }, width: 1, height: 1, alt: '' },
  quantity: 1,
  selected: false,
  salePrice: 1_000,
  listPrice: 1_500,
  priceWhenAdded: 1_000,
  available: 9,
  scarce: false,
  state: 'ok',
  ...more,
});
const cart = (): Cart => ({
  groups: [
    { shopId: 'a', shopName: '甲', lines: [line('1'), line('2', { state: 'sold_out', quantity: 12, available: 0 })] },
    { shopId: 'b', shopName: '乙', lines: [line('3', { selected: true, quantity: 2 })] },
  ],
  invalidLines: [line('4', { state: 'off_sale' })],
  lineCount: 4,
  unitCount: 15,
  selectedUnitCount: 2,
  selectedListTotal: 3_000,
  selectedTotal: 2_000,
  progress: [],
});
const totals = ({ lineCount, unitCount, selectedUnitCount, selectedListTotal, selectedTotal }: Cart) => [
  lineCount,
  unitCount,
  selectedUnitCount,
  selectedListTotal,
  selectedTotal,
];

it('C05-PATH-09 ticks one shop: only its orderable lines, totals follow', () => {
  const ticked = withSelection(cart(), { selected: true, shopId: 'a' });
  expect(
    ticked.groups.flatMap(({ lines }) => lines.filter(({ selected }) => selected).map(({ lineId }) => lineId)),
  ).toEqual(['1', '3']);
  expect(totals(ticked)).toEqual([4, 15, 3, 4_500, 3_000]);
  expect(allTicked(ticked.groups[0]?.lines ?? [])).toBe(true);
  expect(allTicked(cart().invalidLines)).toBe(false);
});

it('ticks all and none', () => {
  expect(withSelection(cart(), { selected: true }).selectedUnitCount).toBe(3);
  expect(totals(withSelection(cart(), { selected: false }))).toEqual([4, 15, 0, 0, 0]);
});

it('changes a quantity and its totals; a short line within stock is whole again', () => {
  expect(totals(withQuantity(cart(), '3', 5))).toEqual([4, 18, 5, 7_500, 5_000]);
  const short = {
    ...cart(),
    groups: [{ shopId: 'a', shopName: '甲', lines: [line('2', { state: 'short', quantity: 12 })] }],
  };
  expect(withQuantity(short, '2', 9).groups[0]?.lines[0]).toMatchObject({ quantity: 9, state: 'ok' });
  expect(withQuantity(short, '2', 11).groups[0]?.lines[0]?.state).toBe('short');
});

it('takes lines out, empty shops with them, and leaves the given cart alone', () => {
  const before = cart();
  const left = withoutLines(before, ['3', '4']);
  expect(left.groups.map(({ shopId }) => shopId)).toEqual(['a']);
  expect(left.invalidLines).toEqual([]);
  expect(totals(left)).toEqual([2, 13, 0, 0, 0]);
  expect(before).toEqual(cart());
});
