/** What the cart asks of its siblings: narrow on purpose, so that a test needs two functions. */
import type { GoodsTerms } from '@xiaopu/contracts';
import type { Executor } from '#platform/database/database.ts';
import type { PictureRef } from '#platform/picture.ts';

/** A SKU as it can be bought right now; the server's price is the only price. */
export interface SellableSku {
  skuId: string;
  spuId: string;
  shopId: string;
  shopName: string;
  title: string;
  specText: string;
  picture: PictureRef;
  salePrice: number;
  listPrice: number;
  cost: number;
  weightGrams: number;
  skuCode: string;
  categoryId: string;
  /** The leaf category and all above it, for rules that name a parent. */
  categoryIds: readonly string[];
  onSale: boolean;
  returnable: boolean;
  /** Of goods that are not sent; null or absent: physical goods. */
  goods?: GoodsTerms | null;
}

export interface StockFigures {
  available: number;
  scarce: boolean;
}

/** One statement each. */
export type FindSkus = (db: Executor, skuIds: string[]) => Promise<Map<string, SellableSku>>;
export type FindStock = (db: Executor, skuIds: string[]) => Promise<Map<string, StockFigures>>;
