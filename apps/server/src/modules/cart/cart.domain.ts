/** Pure: stored lines beside live price and stock become the page's cart. */
import type { Cart, CartLine, CartLineState } from '@xiaopu/contracts';
import { sumFen } from '@xiaopu/money';
import type { ToPicture } from '#platform/picture.ts';
import { definePolicy } from '#platform/policy.ts';
import type { SellableSku, StockFigures } from './cart.ports.ts';
import type { StoredLine } from './cart.tables.ts';

export const lineLimit = definePolicy({
  key: 'cart.line_limit',
  scope: 'install',
  title: '购物车最多商品种数',
  unit: '种',
  defaultValue: 120,
  minimum: 20,
  maximum: 200,
});

export const maxQuantity = 999;

export function stateOf(quantity: number, sku: SellableSku, available: number): CartLineState {
  if (!sku.onSale) return 'off_sale';
  if (available <= 0) return 'sold_out';
  return available < quantity ? 'short' : 'ok';
}

/** Can be bought, perhaps in a lower quantity. */
export const isValid = (state: CartLineState): boolean => state === 'ok' || state === 'short';

export function buildCart(
  stored: readonly StoredLine[],
  skus: ReadonlyMap<string, SellableSku>,
  stock: ReadonlyMap<string, StockFigures>,
  toPicture: ToPicture,
): Omit<Cart, 'progress'> {
  const groups = new Map<string, { shopId: string; shopName: string; lines: CartLine[] }>();
  const invalidLines: CartLine[] = [];
  let lineCount = 0;
  for (const { lineId, spuId, skuId, quantity, selected, priceWhenAdded } of stored) {
    const sku = skus.get(skuId);
    // Deleted for good: there is nothing left to show.
    if (!sku) continue;
    const { available = 0, scarce = false } = stock.get(skuId) ?? {};
    const state = stateOf(quantity, sku, available);
    const { title, specText, salePrice, listPrice, shopId, shopName } = sku;
    const line: CartLine = {
      lineId,
      spuId,
      skuId,
      title,
      specText,
      picture: toPicture(sku.picture),
      quantity,
      selected: selected && isValid(state),
      salePrice,
      listPrice,
      priceWhenAdded,
      available: Math.max(0, available),
      scarce,
      state,
    };
    lineCount += 1;
    if (!isValid(state)) invalidLines.push(line);
    else {
      const group = groups.get(shopId) ?? { shopId, shopName, lines: [] };
      group.lines.push(line);
      groups.set(shopId, group);
    }
  }
  const valid = [...groups.values()].flatMap(({ lines }) => lines);
  const chosen = valid.filter(({ selected }) => selected);
  const units = (lines: CartLine[]) => lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return {
    groups: [...groups.values()],
    invalidLines,
    lineCount,
    unitCount: units(valid),
    selectedUnitCount: units(chosen),
    selectedListTotal: sumFen(chosen.map(({ listPrice, quantity }) => listPrice * quantity)),
    selectedTotal: sumFen(chosen.map(({ salePrice, quantity }) => salePrice * quantity)),
  };
}
