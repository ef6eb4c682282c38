/** The product page put together from what was read. Pure. */
import type { ProductDetail, ShopCard } from '@xiaopu/contracts';
import type { ToPicture } from '#platform/picture.ts';
import { isScarce, stockFlags, type TagRules, tagsOf } from './catalog.domain.ts';
import { goodsNotes } from './catalog.goods.ts';
import type { DetailRow } from './catalog.repository.ts';
import type { AttributeSchema, AttributeValue, ReviewHead } from './catalog.tables.ts';

export interface DetailContext {
  levels: ReadonlyMap<string, { available: number; safetyStock: number }>;
  shop: ShopCard;
  /** Plenty is shown as this many; what is scarce is shown exactly. */
  stockCap: number;
  toPicture: ToPicture;
  rules: TagRules;
  now: Date;
}

const noReviews: ReviewHead = { summary: { count: 0, average: 0, withPictures: 0 }, reviews: [] };
const noStock = { available: 0, safetyStock: 0 };

export function makeDetail(
  spu: DetailRow,
  { levels, shop, stockCap, toPicture, rules, now }: DetailContext,
): ProductDetail {
  const skus = spu.skus.map((sku) => {
    const level = levels.get(sku.skuId) ?? noStock;
    const scarce = isScarce(level);
    return {
      ...sku,
      available: Math.max(0, scarce ? level.available : Math.min(level.available, stockCap)),
      scarce,
      picture: sku.picture && toPicture(sku.picture),
    };
  });
  const { summary, reviews } = spu.reviewHead ?? noReviews;
  const flags = stockFlags(spu.skus.map(({ skuId }) => levels.get(skuId) ?? noStock));
  return {
    spuId: spu.spuId,
    categoryId: spu.categoryId,
    title: spu.title,
    brief: spu.brief,
    gallery: spu.gallery.map(toPicture),
    video: spu.video && { url: spu.video.url, poster: toPicture(spu.video.poster) },
    salePrice: spu.salePrice,
    salePriceMax: spu.salePriceMax,
    listPrice: spu.listPrice,
    soldCount: spu.soldCount,
    tags: tagsOf({ ...spu, ...flags }, rules, now),
    onSale: spu.status === 'on_sale',
    specs: spu.specNames.map((name, index) => ({
      name,
      values: [...new Set(skus.flatMap(({ specs }) => specs[index] ?? []))],
    })),
    skus,
    attributes: shownAttributes(spu.attributeSchema, spu.attributes),
    services: spu.services,
    detail: spu.detail.map((block) =>
      block.kind === 'picture' ? { kind: 'picture', picture: toPicture(block.picture) } : block,
    ),
    shop,
    reviewSummary: summary,
    reviews,
    shipsFrom: spu.shipsFrom,
    goods: spu.goods && goodsNotes(spu.goods),
  };
}

function shownAttributes(
  schema: AttributeSchema,
  attributes: Record<string, AttributeValue>,
): { name: string; value: string }[] {
  return Object.entries(schema.properties).flatMap(([key, property]) => {
    const value = attributes[key];
    if (value === undefined || value === '') return [];
    const shown = typeof value === 'boolean' ? (value ? '是' : '否') : `${value}${property['x-unit'] ?? ''}`;
    return [{ name: property.title, value: shown }];
  });
}
