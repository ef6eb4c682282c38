/** SKUs as carts, checkouts and orders ask for them: whoever asks in one moment shares the statement. */
import type { GoodsTerms } from '@xiaopu/contracts';
import type { Executor } from '#platform/database/database.ts';
import { ownPart, sharedRead } from '#platform/database/shared-reads.ts';
import type { PictureRef } from '#platform/picture.ts';
import { skuSpecText } from './catalog.domain.ts';
import { listSellable } from './catalog.repository.ts';

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
  /** The leaf category and all above it. */
  categoryIds: readonly string[];
  /** false once the product is unpublished or the SKU retired. */
  onSale: boolean;
  returnable: boolean;
  /** Of goods that are not sent; null: physical goods. */
  goods: GoodsTerms | null;
}

type NamesOf = (executor: Executor, shopIds: Iterable<string>) => Promise<(shopId: string) => string>;

/** What it finds is read by several: nobody changes it. */
export function readSellableBy(namesOf: NamesOf) {
  const read = sharedRead(async (executor, asked: readonly (readonly string[])[]) => {
    const rows = await listSellable(executor, [...new Set(asked.flat())]);
    const nameOf = await namesOf(
      executor,
      rows.map(({ shopId }) => shopId),
    );
    const found = new Map(
      rows.map(({ specNames, specs, rootCategoryId, ...row }): [string, SellableSku] => [
        row.skuId,
        {
          ...row,
          categoryIds: [...new Set([row.categoryId, rootCategoryId])],
          shopName: nameOf(row.shopId),
          specText: skuSpecText(specNames, specs),
        },
      ]),
    );
    return asked.map((skuIds) => ownPart(found, skuIds));
  });
  return async (executor: Executor, skuIds: readonly string[]): Promise<Map<string, SellableSku>> =>
    skuIds.length === 0 ? new Map() : read(executor, skuIds);
}
