import { buildReviews } from '../reviews.ts';
import { barcodeOf, idOf, randomOf, seedOf } from '../seeded.ts';
import type { DemoCatalogue, DemoPicture, DemoSku, DemoSpu } from '../types.ts';
import { attributesOf } from './attribute-values.ts';
import { buildBanners, hotWords } from './banners.ts';
import { buildCategories, level2Of } from './categories.ts';
import { detailOf } from './detail.ts';
import { coloursFor, patternOf, readLitemall, type SeedGood } from './litemall.ts';
import { ownGoods } from './own-goods.ts';
import { buildShops, buildStores } from './shops.ts';
import { type Combination, combine } from './spec-templates.ts';
import { unsentGoods, unsentServices, unsentUnits } from './unsent-goods.ts';

const DAY_MS = 86_400_000;
const PUBLISHED_OVER_DAYS = 120;
/** Used when the caller gives no day of its own, so that two builds are equal byte for byte. */
export const DEFAULT_AS_OF = '2026-11-20T02:00:00.000Z';

export const galleryViews = ['front', 'angle', 'detail', 'scene', 'group'] as const;
export type GalleryView = (typeof galleryViews)[number];
const viewNames: Record<GalleryView, string> = {
  front: '正面',
  angle: '侧面',
  detail: '细节',
  scene: '场景',
  group: '全家福',
};

const roundToPrice = (fen: number): number => {
  // Shops price on 9 above ten yuan, and to the tenth of a yuan below.
  if (fen < 3000) return Math.max(90, Math.round(fen / 10) * 10);
  return Math.max(2900, Math.round(fen / 1000) * 1000 - 100);
};

function seedGoods(): SeedGood[] {
  const fromLitemall = readLitemall().map((good, index) => ({
    ...good,
    // A word of the title may name a colour that the palette brings again: twice would make two SKUs of one.
    colours: [
      ...new Set(coloursFor(good.title, level2Of(good.categoryKey).parent.key, index, 2 + (seedOf(good.key) % 3))),
    ],
  }));
  const own = ownGoods
    .trim()
    .split('\n')
    .map((line): SeedGood => {
      const [categoryKey, family, title, brief, price, template, colours] = line.split('|') as [
        string,
        string,
        string,
        string,
        string,
        string,
        string,
      ];
      return {
        key: `own-${seedOf(title).toString(36)}`,
        title,
        brief,
        categoryKey,
        family,
        template,
        price: Math.round(Number(price) * 100),
        colours: colours.split(','),
        pattern: patternOf(title),
        keywords: [],
      };
    });
  return [...fromLitemall, ...own, ...unsentGoods()];
}

const onHandOf = (roll: number, spread: number): number => {
  if (roll < 0.05) return 0;
  if (roll < 0.13) return 1 + Math.floor(spread * 5);
  if (roll < 0.3) return 6 + Math.floor(spread * 30);
  return 40 + Math.floor(spread * 460);
};

function buildSkus(good: SeedGood, spuCode: string, combinations: Combination[], firstSerial: number): DemoSku[] {
  const { child } = level2Of(good.categoryKey);
  const random = randomOf(`${good.key}:sku`);
  const markUp = random.pick([1, 1.15, 1.2, 1.25, 1.3, 1.4]);
  return combinations.map(({ specs, factor, colour }, index) => {
    const salePrice = factor === 1 ? good.price : roundToPrice(good.price * factor);
    const listPrice = markUp === 1 ? salePrice : Math.max(salePrice, roundToPrice(salePrice * markUp));
    const specText = Object.values(specs).join('·');
    const skuCode = `${spuCode}-${String(index + 1).padStart(2, '0')}`;
    return {
      id: idOf('sku', `${good.key}:${specText}`),
      skuCode,
      specs,
      salePrice,
      listPrice,
      cost: Math.min(salePrice - 1, Math.round(salePrice * child.costShare * random.between(0.94, 1.06))),
      weightGrams: Math.max(10, Math.round((child.weightGrams * random.between(0.85, 1.15) * factor) / 10) * 10),
      onHand: good.goods ? unsentUnits : onHandOf(random.next(), random.next()),
      barcode: barcodeOf(firstSerial + index),
      picture: { key: `spu/${good.key}/sku/${colour ?? good.colours[0]}`, ratio: 1, alt: `${good.title} ${specText}` },
    };
  });
}

function servicesOf(good: SeedGood, returnable: boolean, perishable: boolean): string[] {
  if (good.goods) return unsentServices(good.goods);
  const services = [returnable ? '7天无理由' : '不支持7天无理由'];
  if (perishable) services.push('坏单包赔', '冷链配送');
  if (good.price >= 9900) services.push('包邮');
  if (returnable && good.price >= 5000) services.push('运费险');
  if (/charging|audio|desktop/.test(good.categoryKey)) services.push('一年质保');
  return services;
}

const searchWords = (title: string): string[] =>
  title.split(/[\s·（）()*]+/).filter((word) => word.length >= 2 && word.length <= 8 && !/^\d/.test(word));

/** The whole demo shop, the same at each call with the same `asOf`: ids, codes and prices do not depend on it, dates do. */
export function buildCatalogue({ asOf = DEFAULT_AS_OF }: { asOf?: string } = {}): DemoCatalogue {
  const now = Date.parse(asOf);
  const shops = buildShops();
  const shopByCode = new Map(shops.map((shop) => [shop.code, shop]));
  let serial = 1;
  const spus = seedGoods().map((good, index): DemoSpu => {
    const { child, parent } = level2Of(good.categoryKey);
    const shop = shopByCode.get(child.shop);
    if (!shop) throw new Error(`unknown shop ${child.shop}`);
    const random = randomOf(good.key);
    const spuCode = `XP${String(index + 1).padStart(4, '0')}`;
    const { specs, combinations } = combine(good.template, good.colours);
    const skus = buildSkus(good, spuCode, combinations, serial);
    serial += skus.length;
    const cheapest = skus.reduce((low, sku) => (sku.salePrice < low.salePrice ? sku : low));
    const returnable = child.returnable ?? true;
    const perishable = child.perishable ?? false;
    const picture = (view: string, ratio: number, alt: string): DemoPicture => ({
      key: `spu/${good.key}/${view}`,
      ratio,
      alt,
    });
    const look = {
      family: good.family,
      colours: good.colours,
      pattern: good.pattern,
      accent: random.pick(good.colours),
      hue: random.integer(0, 359),
      seed: seedOf(good.key),
    };
    const attributes = attributesOf(good, child.attributes);
    return {
      id: idOf('spu', good.key),
      spuCode,
      shopId: shop.id,
      categoryId: idOf('category', child.key),
      title: good.title,
      brief: good.brief,
      keywords: [...new Set([...good.keywords, child.name, parent.name, ...searchWords(good.title)])],
      salePrice: cheapest.salePrice,
      listPrice: cheapest.listPrice,
      specs,
      skus,
      attributes,
      services: servicesOf(good, returnable, perishable),
      returnable,
      goods: good.goods ?? null,
      perishable,
      shipsFrom: shop.shipsFrom,
      unit: child.unit,
      // Long-tailed, as sales are: many small, few large.
      salesCount: good.goods ? random.integer(1, 9) : Math.round(12 + 2400 * random.next() ** 4),
      rating: { average: 5, count: 0 },
      publishedAt: new Date(now - Math.floor(random.next() * PUBLISHED_OVER_DAYS * DAY_MS)).toISOString(),
      pictures: galleryViews.map((view) => picture(view, 1, `${good.title} ${viewNames[view]}`)),
      videoPoster: !good.goods && random.chance(0.12) ? picture('video', 1, `${good.title} 视频封面`) : null,
      detail: detailOf(good, child, parent, attributes, picture),
      look,
    };
  });
  const reviews = buildReviews(
    spus.filter(({ goods }) => goods === null),
    now,
  );
  const scores = new Map<string, number[]>();
  for (const review of reviews) scores.set(review.spuId, [...(scores.get(review.spuId) ?? []), review.rating]);
  for (const spu of spus) {
    const ratings = scores.get(spu.id);
    if (ratings) {
      const sum = ratings.reduce((total, rating) => total + rating, 0);
      spu.rating = { average: Math.round((sum / ratings.length) * 10) / 10, count: ratings.length };
    }
    // Nobody reviews what was not sold.
    spu.salesCount = Math.max(spu.salesCount, spu.rating.count * 3);
  }
  return {
    shops,
    stores: buildStores(),
    categories: buildCategories(),
    spus,
    banners: buildBanners(spus),
    hotWords: hotWords(),
    reviews,
  };
}
