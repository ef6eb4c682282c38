/** Fills an empty install with the demo shops in one transaction; a second start finds them and does nothing. */
import { createHash } from 'node:crypto';
import {
  buildCatalogue,
  type DemoCatalogue,
  type DemoPicture,
  type DemoReview,
  type DemoSpu,
  videoFiles,
} from '@xiaopu/demo-data';
import type { Clock } from '#platform/clock.ts';
import type { Database, Tx } from '#platform/database/database.ts';
import type { PictureRef } from '#platform/picture.ts';
import { type Catalog, type LoadSpu, type ReviewHead, stockFlags } from '../modules/catalog/index.ts';
import type { Inventory } from '../modules/inventory/index.ts';
import type { Media } from '../modules/media/index.ts';
import type { Search } from '../modules/search/index.ts';
import type { Stores } from '../modules/stores/index.ts';
import { demoVideoPrefix, drawingsOf, mediaIdOf } from './demo-pictures.ts';

/** A shown review as the reviews module is asked to keep it. */
export interface SeedReview {
  reviewId: string;
  spuId: string;
  skuId: string;
  shopId: string;
  nickname: string;
  avatarUrl: string | null;
  rating: number;
  text: string;
  productTitle: string;
  specText: string;
  pictures: PictureRef[];
  reply: string | null;
  createdAt: Date;
}

export interface SeedTargets {
  database: Database;
  clock: Clock;
  catalog: Pick<Catalog, 'isEmpty' | 'load' | 'forgetCategories' | 'forgetShops'>;
  search: Pick<Search, 'declareHotWords' | 'refresh'>;
  media: Pick<Media, 'addDrawings' | 'toPicture'>;
  inventory: Pick<Inventory, 'createLevels' | 'openShelves'>;
  stores: Pick<Stores, 'saveShop' | 'savePhysicalStore'>;
  /** reviews: keeps them as shown */
  /** Card codes bring their units with them. */
  addCodes?: (tx: Tx, shopId: string, codes: { skuId: string; codes: string[] }) => Promise<unknown>;
  /** The demo's staff, coupons, reductions, points and plans. */
  addStaff?: (tx: Tx, shopIds: string[]) => Promise<void>;
  loadReviews?: (tx: Tx, reviews: SeedReview[]) => Promise<void>;
}

export interface SeedResult {
  /** false: the install already had a catalogue. */
  seeded: boolean;
  shopIds: string[];
  spus: number;
  skus: number;
  pictures: number;
  tookMs: number;
}

const safetyStock = 5;

/** @param asOf the day the catalogue's dates count from; the clock may stand earlier, where a demo with a past begins */
export async function seedDemo(targets: SeedTargets, asOf: Date = targets.clock.now()): Promise<SeedResult> {
  const startedAt = performance.now();
  const { database, catalog, search } = targets;
  const nothing = { seeded: false, shopIds: [], spus: 0, skus: 0, pictures: 0 };
  if (!(await catalog.isEmpty(database.db))) return { ...nothing, tookMs: performance.now() - startedAt };
  const demo = buildCatalogue({ asOf: asOf.toISOString() });
  const drawings = drawingsOf(demo);
  await database.inTransaction(async (tx) => {
    const refs = await targets.media.addDrawings(tx, drawings);
    await fill(tx, targets, demo, refs);
  });
  catalog.forgetCategories();
  catalog.forgetShops();
  await search.refresh();
  return {
    seeded: true,
    shopIds: demo.shops.map(({ id }) => id),
    spus: demo.spus.length,
    skus: demo.spus.reduce((sum, { skus }) => sum + skus.length, 0),
    pictures: drawings.length,
    tookMs: performance.now() - startedAt,
  };
}

async function fill(
  tx: Tx,
  targets: SeedTargets,
  demo: DemoCatalogue,
  refs: ReadonlyMap<string, PictureRef>,
): Promise<void> {
  const { catalog, search, inventory, stores, media, clock } = targets;
  const refOf = (picture: DemoPicture): PictureRef => {
    const ref = refs.get(mediaIdOf(picture));
    if (!ref) throw new Error(`no drawing for ${picture.key}`);
    return { ...ref, alt: picture.alt };
  };
  for (const { id, name, slogan, brandColour, logo, servicePhone, shipsFrom } of demo.shops) {
    await stores.saveShop(tx, {
      shopId: id,
      name,
      slogan,
      brandColor: brandColour,
      logo: refOf(logo),
      servicePhone,
      shipsFrom,
    });
  }
  for (const store of demo.stores) {
    await stores.savePhysicalStore(tx, {
      shopId: store.shopId,
      storeId: store.id,
      name: store.name,
      address: `${store.province}${store.city}${store.district}${store.address}`.replace(/^(.+?市)\1/, '$1'),
      phone: store.phone,
      hours: `${store.opensAt}–${store.closesAt}`,
      lat: store.latitude,
      lng: store.longitude,
    });
  }
  const avatarUrl = (review: DemoReview) => media.toPicture(refOf(review.avatar)).webp.w320;
  const bySpu = Map.groupBy(demo.reviews, ({ spuId }) => spuId);
  await catalog.load(tx, {
    categories: demo.categories.map(({ id, parentId, name, icon, sort, picture, attributeSchema, returnable }) => ({
      categoryId: id,
      parentId,
      name,
      icon: icon ?? '',
      sort,
      picture: refOf(picture),
      attributeSchema: attributeSchema ?? { type: 'object', properties: {} },
      returnable,
    })),
    spus: demo.spus.map((spu) => toSpu(spu, refOf, reviewHead(bySpu.get(spu.id) ?? [], refOf, avatarUrl, media))),
    banners: demo.banners.map(({ id, title, subtitle, picture, link }, sort) => ({
      bannerId: id,
      title,
      subtitle,
      picture: refOf(picture),
      link,
      sort,
    })),
  });
  await inventory.createLevels(
    tx,
    demo.spus.flatMap((spu) =>
      spu.skus.map(({ id, onHand }) => ({
        ...{ skuId: id, spuId: spu.id, shopId: spu.shopId, safetyStock },
        onHand: hasCodes(spu) ? 0 : onHand,
      })),
    ),
  );
  await inventory.openShelves(
    tx,
    demo.stores.flatMap((store, place) =>
      demo.spus
        .filter(({ shopId, goods }) => shopId === store.shopId && goods === null)
        .flatMap((spu, at) =>
          spu.skus.map(({ id }, index) => ({
            ...{ skuId: id, spuId: spu.id, shopId: spu.shopId, storeId: store.id },
            onHand: shelfStock(place, at, index),
          })),
        ),
    ),
  );
  for (const spu of demo.spus.filter(hasCodes))
    for (const { id, onHand } of spu.skus)
      await targets.addCodes?.(tx, spu.shopId, {
        skuId: id,
        codes: Array.from({ length: onHand }, (_, at) => demoCode(id, at)),
      });
  // The flags that follow stock were loaded right and no cache is warm: thousands of events would only repeat it.
  await tx
    .updateTable('platform.outbox')
    .set({ deliveredAt: clock.now() })
    .where('name', '=', 'inventory.stock_changed')
    .where('deliveredAt', 'is', null)
    .execute();
  await search.declareHotWords(tx, demo.hotWords);
  const spuOf = new Map(demo.spus.map((spu) => [spu.id, spu]));
  await targets.loadReviews?.(
    tx,
    demo.reviews.map((review) => ({
      reviewId: review.id,
      spuId: review.spuId,
      skuId: review.skuId,
      shopId: spuOf.get(review.spuId)?.shopId ?? '',
      productTitle: spuOf.get(review.spuId)?.title ?? '',
      nickname: review.nickname,
      avatarUrl: avatarUrl(review),
      rating: review.rating,
      text: review.text,
      specText: review.specText,
      pictures: review.pictures.map(refOf),
      reply: review.reply,
      createdAt: new Date(review.createdAt),
    })),
  );
  await targets.addStaff?.(
    tx,
    demo.shops.map(({ id }) => id),
  );
}

const hasCodes = ({ goods }: DemoSpu): boolean => goods?.kind === 'virtual' && goods.delivery === 'code';
/** Looks like a card code, and is the same at each build. */
const demoCode = (skuId: string, at: number): string =>
  createHash('sha256')
    .update(`${skuId} ${at}`)
    .digest('hex')
    .slice(0, 16)
    .toUpperCase()
    .replace(/(.{4})(?=.)/g, '$1-');

/** A few of most things: each store lacks another part of them. */
const shelfStock = (place: number, spu: number, sku: number): number => {
  const mark = (spu * 7 + sku * 3 + place * 5) % 11;
  return mark < 2 ? 0 : mark;
};

function toSpu(spu: DemoSpu, refOf: (picture: DemoPicture) => PictureRef, head: ReviewHead | null): LoadSpu {
  const specNames = spu.specs.map(({ name }) => name);
  return {
    spuId: spu.id,
    shopId: spu.shopId,
    spuCode: spu.spuCode,
    categoryId: spu.categoryId,
    title: spu.title,
    brief: spu.brief,
    keywords: spu.keywords,
    gallery: spu.pictures.map(refOf),
    video: videoOf(spu, refOf),
    specNames,
    skus: spu.skus.map((sku) => ({
      skuId: sku.id,
      skuCode: sku.skuCode,
      specs: specNames.map((name) => sku.specs[name] ?? ''),
      salePrice: sku.salePrice,
      listPrice: sku.listPrice,
      cost: sku.cost,
      weightGrams: sku.weightGrams,
      barcode: sku.barcode,
      picture: refOf(sku.picture),
    })),
    attributes: spu.attributes,
    services: spu.services,
    detail: spu.detail.map((block) =>
      block.kind === 'picture' ? { kind: 'picture', picture: refOf(block.picture) } : block,
    ),
    shipsFrom: spu.shipsFrom,
    returnable: spu.returnable,
    goods: spu.goods,
    soldCount: spu.salesCount,
    publishedAt: new Date(spu.publishedAt),
    reviewHead: head,
    stock: stockFlags(spu.skus.map(({ onHand }) => ({ available: onHand, safetyStock }))),
  };
}

function videoOf({ spuCode, pictures }: DemoSpu, refOf: (picture: DemoPicture) => PictureRef): LoadSpu['video'] {
  const file = videoFiles.get(spuCode);
  const [first] = pictures;
  return file === undefined || first === undefined ? null : { url: `${demoVideoPrefix}${file}`, poster: refOf(first) };
}

function reviewHead(
  reviews: DemoReview[],
  refOf: (picture: DemoPicture) => PictureRef,
  avatarUrl: (review: DemoReview) => string,
  media: Pick<Media, 'toPicture'>,
): ReviewHead | null {
  if (reviews.length === 0) return null;
  const average = reviews.reduce((sum, { rating }) => sum + rating, 0) / reviews.length;
  const newest = [...reviews].sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1)).slice(0, 3);
  return {
    summary: {
      count: reviews.length,
      average: Math.round(average * 10) / 10,
      withPictures: reviews.filter(({ pictures }) => pictures.length > 0).length,
    },
    reviews: newest.map((review) => ({
      reviewId: review.id,
      nickname: review.nickname,
      avatarUrl: avatarUrl(review),
      rating: review.rating,
      text: review.text,
      specText: review.specText,
      pictures: review.pictures.map((picture) => media.toPicture(refOf(picture))),
      reply: review.reply,
      createdAt: review.createdAt,
    })),
  };
}
