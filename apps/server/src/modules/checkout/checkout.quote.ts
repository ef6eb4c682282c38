/** What an order would cost right now. Pure; preview shows it, placement charges it: one calculation for both. */
import { sumFen } from '@xiaopu/money';
import type { PricedLine } from '@xiaopu/pricing';
import { type SellableSku, type StockFigures, stateOf } from '../cart/index.ts';

export interface WantedLine {
  skuId: string;
  quantity: number;
}

export type LineProblem = 'sold_out' | 'short' | 'off_sale';

export interface QuoteLine {
  sku: SellableSku;
  quantity: number;
  payable: number;
  /** What the price pipeline made of it. */
  priced?: PricedLine;
  available: number;
  problem: LineProblem | null;
}

export interface QuoteShop {
  shopId: string;
  /** Where it is handed over; left out when it is sent. */
  storeId?: string;
  shopName: string;
  lines: QuoteLine[];
  listTotal: number;
  goodsTotal: number;
  freight: number;
  freightNote: string;
  discount: number;
  payable: number;
}

export interface Quote {
  shops: QuoteShop[];
  listTotal: number;
  goodsTotal: number;
  freight: number;
  discount: number;
  payable: number;
}

export type FreightOf = (parcel: { shopId: string; goodsTotal: number; weightGrams: number; province: string }) => {
  freight: number;
  note: string;
};

/** What is picked up travels free. */
export const pickupFreight =
  (freightOf: FreightOf, pickups: { has(shopId: string): boolean }): FreightOf =>
  (parcel) =>
    pickups.has(parcel.shopId) ? { freight: 0, note: '到店自提，免运费' } : freightOf(parcel);

/** The same SKU named twice is one line. */
export function mergeWanted(lines: readonly WantedLine[]): WantedLine[] {
  const bySku = new Map<string, number>();
  for (const { skuId, quantity } of lines) bySku.set(skuId, (bySku.get(skuId) ?? 0) + quantity);
  return [...bySku].map(([skuId, quantity]) => ({ skuId, quantity }));
}

/**
 * @param stock undefined: stock is not judged here, the reservation will
 * Lines whose SKU no longer exists are left out.
 */
export function buildQuote(
  wanted: readonly WantedLine[],
  skus: ReadonlyMap<string, SellableSku>,
  stock: ReadonlyMap<string, StockFigures> | undefined,
  {
    freightOf,
    province,
    storeOf,
  }: { freightOf: FreightOf; province: string; storeOf?: (shopId: string) => string | undefined },
): Quote {
  const byShop = new Map<string, QuoteLine[]>();
  for (const { skuId, quantity } of mergeWanted(wanted)) {
    const sku = skus.get(skuId);
    if (!sku) continue;
    const available = stock ? Math.max(0, stock.get(skuId)?.available ?? 0) : quantity;
    const state = stateOf(quantity, sku, available);
    const line = {
      sku,
      quantity,
      payable: sku.salePrice * quantity,
      available,
      problem: state === 'ok' ? null : state,
    };
    byShop.set(sku.shopId, [...(byShop.get(sku.shopId) ?? []), line]);
  }
  const shops = [...byShop].map(([shopId, lines]): QuoteShop => {
    const goodsTotal = sumFen(lines.map(({ payable }) => payable));
    // What is delivered by itself or used in a place travels not at all, and counts for no free freight.
    const sent = lines.filter(({ sku }) => !sku.goods);
    const weightGrams = sent.reduce((sum, { sku, quantity }) => sum + sku.weightGrams * quantity, 0);
    const { freight, note } =
      sent.length === 0
        ? { freight: 0, note: '' }
        : freightOf({ shopId, goodsTotal: sumFen(sent.map(({ payable }) => payable)), weightGrams, province });
    const storeId = storeOf?.(shopId);
    return {
      shopId,
      ...(storeId !== undefined && { storeId }),
      shopName: lines[0]?.sku.shopName ?? '',
      lines,
      listTotal: sumFen(lines.map(({ sku, quantity }) => sku.listPrice * quantity)),
      goodsTotal,
      freight,
      freightNote: note,
      discount: 0,
      payable: sumFen([goodsTotal, freight]),
    };
  });
  const total = (pick: (shop: QuoteShop) => number) => sumFen(shops.map(pick));
  return {
    shops,
    listTotal: total((shop) => shop.listTotal),
    goodsTotal: total((shop) => shop.goodsTotal),
    freight: total((shop) => shop.freight),
    discount: total((shop) => shop.discount),
    payable: total((shop) => shop.payable),
  };
}
