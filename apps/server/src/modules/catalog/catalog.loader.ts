/** Whole catalogues at once, for seeds and migrations from other systems: multi-row inserts, no events, nothing checked twice. */
import type { BannerLink, GoodsTerms } from '@xiaopu/contracts';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { PictureRef } from '#platform/picture.ts';
import { popularity, type StockFlags } from './catalog.domain.ts';
import type { TextPort } from './catalog.ports.ts';
import type { AttributeSchema, AttributeValue, ReviewHead, StoredDetailBlock } from './catalog.tables.ts';

export interface LoadCategory {
  categoryId: string;
  parentId: string | null;
  name: string;
  icon: string;
  sort: number;
  picture: PictureRef | null;
  attributeSchema: AttributeSchema;
  returnable: boolean;
}
export interface LoadSku {
  skuId: string;
  skuCode: string;
  specs: string[];
  salePrice: number;
  listPrice: number;
  cost: number;
  weightGrams: number;
  barcode: string;
  picture: PictureRef | null;
}
export interface LoadSpu {
  spuId: string;
  shopId: string;
  spuCode: string;
  categoryId: string;
  title: string;
  brief: string;
  keywords: string[];
  gallery: PictureRef[];
  video: { url: string; poster: PictureRef } | null;
  specNames: string[];
  skus: LoadSku[];
  attributes: Record<string, AttributeValue>;
  services: string[];
  detail: StoredDetailBlock[];
  shipsFrom: string;
  returnable: boolean;
  goods?: GoodsTerms | null;
  soldCount: number;
  publishedAt: Date;
  reviewHead: ReviewHead | null;
  stock: StockFlags;
}
export interface LoadBanner {
  bannerId: string;
  title: string;
  subtitle: string;
  picture: PictureRef;
  link: BannerLink;
  sort: number;
}

const batch = 300;
const slices = <T>(rows: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(rows.length / batch) }, (_, index) => rows.slice(index * batch, (index + 1) * batch));

export const isEmpty = async (db: Executor): Promise<boolean> =>
  (await db.selectFrom('catalog.category').select('categoryId').limit(1).executeTakeFirst()) === undefined;

export async function loadCatalogue(
  tx: Tx,
  { categories, spus, banners }: { categories: LoadCategory[]; spus: LoadSpu[]; banners: LoadBanner[] },
  vectorOf: TextPort['vectorOf'],
): Promise<void> {
  const categoryRows = categories.map((category) => ({
    ...category,
    picture: category.picture && JSON.stringify(category.picture),
    attributeSchema: JSON.stringify(category.attributeSchema),
  }));
  const roots = categoryRows.filter(({ parentId }) => parentId === null);
  const leaves = categoryRows.filter(({ parentId }) => parentId !== null);
  for (const level of [roots, leaves])
    if (level.length > 0) await tx.insertInto('catalog.category').values(level).execute();
  const known = await tx.selectFrom('catalog.category').select(['categoryId', 'parentId']).execute();
  const parents = new Map(known.map(({ categoryId, parentId }) => [categoryId, parentId]));
  for (const rows of slices(spus)) {
    await tx
      .insertInto('catalog.spu')
      .values(rows.map((spu) => toRow(spu, parents.get(spu.categoryId) ?? spu.categoryId, vectorOf)))
      .execute();
  }
  const skus = spus.flatMap(({ spuId, shopId, skus: own }) =>
    own.map((sku, position) => ({
      ...sku,
      spuId,
      shopId,
      position,
      picture: sku.picture && JSON.stringify(sku.picture),
      retiredAt: null,
    })),
  );
  for (const rows of slices(skus)) await tx.insertInto('catalog.sku').values(rows).execute();
  if (banners.length > 0) {
    await tx
      .insertInto('catalog.banner')
      .values(
        banners.map((banner) => ({
          ...banner,
          picture: JSON.stringify(banner.picture),
          link: JSON.stringify(banner.link),
        })),
      )
      .execute();
  }
}

function toRow(spu: LoadSpu, rootCategoryId: string, vectorOf: TextPort['vectorOf']) {
  const { skus, stock, goods, gallery, video, attributes, detail, reviewHead, ...rest } = spu;
  const cheapest = skus.reduce((low, sku) => (sku.salePrice < low.salePrice ? sku : low));
  return {
    ...rest,
    ...stock,
    rootCategoryId,
    status: 'on_sale' as const,
    goods: goods ? JSON.stringify(goods) : null,
    gallery: JSON.stringify(gallery),
    video: video && JSON.stringify(video),
    attributes: JSON.stringify(attributes),
    detail: JSON.stringify(detail),
    reviewHead: reviewHead && JSON.stringify(reviewHead),
    version: 1,
    skuCount: skus.length,
    soleSkuId: skus.length === 1 ? (skus[0]?.skuId ?? null) : null,
    salePrice: cheapest.salePrice,
    salePriceMax: Math.max(...skus.map(({ salePrice }) => salePrice)),
    listPrice: cheapest.listPrice,
    score: popularity(spu.soldCount, spu.publishedAt),
    searchVector: vectorOf(spu),
    createdAt: spu.publishedAt,
    updatedAt: spu.publishedAt,
  };
}
