/** 搭配购 as the product page shows it: what each part may be, what it costs apart and together. */
import type { ProductDetail, ReductionTag } from '@xiaopu/contracts';

export type BundleTerms = NonNullable<ReductionTag['set']>;
type Sku = ProductDetail['skus'][number];

export interface BundlePart {
  product: ProductDetail;
  quantity: number;
  /** What can be bought as this part. */
  skus: Sku[];
}

/** A part without anything to buy makes the whole set one that cannot be had: undefined. */
export function partsOf(items: BundleTerms['items'], products: readonly ProductDetail[]): BundlePart[] | undefined {
  const parts = items.map(({ skuId, spuId, quantity }) => {
    const product = products.find((one) =>
      spuId === undefined ? one.skus.some((sku) => sku.skuId === skuId) : one.spuId === spuId,
    );
    const skus = (product?.skus ?? []).filter(
      (sku) => sku.available >= quantity && (skuId === undefined || sku.skuId === skuId),
    );
    return product && skus.length > 0 ? { product, quantity, skus } : undefined;
  });
  return parts.every((part) => part !== undefined) ? parts : undefined;
}

/** Together and apart, for the SKUs chosen; `saved` never below 0. */
export function sumsOf(price: number, parts: readonly BundlePart[], skuIds: readonly string[]) {
  const apart = parts.reduce((sum, { skus, quantity }, at) => {
    const sku = skus.find(({ skuId }) => skuId === skuIds[at]) ?? skus[0];
    return sum + (sku?.salePrice ?? 0) * quantity;
  }, 0);
  return { apart, together: Math.min(price, apart), saved: Math.max(0, apart - price) };
}
