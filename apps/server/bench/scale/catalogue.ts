/** Shops, categories and products of a made-up catalogue; what trade needs of them stays in typed arrays. */
import type pg from 'pg';
import { popularity } from '../../src/modules/catalog/catalog.domain.ts';
import { buildVector } from '../../src/modules/search/search.query.ts';
import { startCopy, textArray } from './copy.ts';
import { createRandom, idOf, scatter } from './random.ts';
import { brands, briefs, colours, materials, qualities, shelves, sizes } from './vocabulary.ts';

/** The instant the whole picture is drawn for. */
export const now = new Date('2026-11-20T04:00:00Z');
const dayMs = 86_400_000;
/** Products came over three years. */
const catalogueDays = 1_095;

export const shopCount = 50;
/** The n-th shop has a share of goods and orders by 1/n: the largest 22 %. */
const shopWeights = Array.from({ length: shopCount }, (_, index) => 1 / (index + 1));
const weightSum = shopWeights.reduce((sum, weight) => sum + weight, 0);
const shopShares = shopWeights.map((weight) => weight / weightSum);

const epoch = now.getTime() - catalogueDays * dayMs;
export const shopIdOf = (shop: number): string => idOf('shop', shop, epoch);
export const shopNameOf = (shop: number): string => `${brands[shop * 7] ?? '小铺'}旗舰店`;
export const categoryIdOf = (root: number, leaf?: number): string =>
  idOf('category', leaf === undefined ? root : 100 + root * 20 + leaf, epoch);

export const pictureOf = (number: number, alt: string): string => {
  const hash = scatter(number).toString(16).padStart(8, '0').repeat(4);
  return `{"mediaId":"${idOf('other', number, epoch)}","hash":"${hash}","width":1080,"height":1080,"alt":"${alt}"}`;
};

export interface Catalogue {
  spuCount: number;
  skuCount: number;
  /** By product number. */
  shop: Uint8Array;
  firstSku: Uint32Array;
  skus: Uint8Array;
  price: Uint32Array;
  titles: string[];
  /** By SKU number. */
  spuOfSku: Uint32Array;
  /** Product numbers of a shop, best seller first. */
  ofShop: Uint32Array[];
  skuIdOf(sku: number): string;
  spuIdOf(spu: number): string;
}

/** Draws a shop by its share. */
export function drawShop(roll: number): number {
  let left = roll;
  for (let shop = 0; shop < shopCount; shop += 1) {
    left -= shopShares[shop] ?? 0;
    if (left < 0) return shop;
  }
  return shopCount - 1;
}

/** Place of a product among its shop's by sales: the cube makes the first of a thousand sell a tenth of everything. */
export const placeOf = (roll: number, count: number): number => Math.min(count - 1, Math.floor(roll ** 3 * count));
const shareOfPlace = (place: number, count: number): number =>
  Math.cbrt((place + 1) / count) - Math.cbrt(place / count);

export function planCatalogue(skuTotal: number): Catalogue {
  const random = createRandom(1);
  const most = skuTotal;
  const shop = new Uint8Array(most);
  const firstSku = new Uint32Array(most);
  const skus = new Uint8Array(most);
  const price = new Uint32Array(most);
  const spuOfSku = new Uint32Array(skuTotal);
  let spuCount = 0;
  let skuCount = 0;
  while (skuCount < skuTotal) {
    const roll = random();
    // Half have one SKU, the rest two to six: two on the average.
    const wanted = roll < 0.5 ? 1 : 2 + Math.floor((roll - 0.5) * 2 * random() * 6);
    const count = Math.min(wanted, 6, skuTotal - skuCount);
    shop[spuCount] = drawShop(random());
    firstSku[spuCount] = skuCount;
    skus[spuCount] = count;
    // 9.90 to about 3,000 yuan, most below 200.
    price[spuCount] = 990 + Math.floor(random() ** 4 * 300_000);
    spuOfSku.fill(spuCount, skuCount, skuCount + count);
    skuCount += count;
    spuCount += 1;
  }
  const members: number[][] = Array.from({ length: shopCount }, () => []);
  for (let spu = 0; spu < spuCount; spu += 1) members[shop[spu] ?? 0]?.push(spu);
  // Sales do not follow age: the best sellers lie anywhere.
  const ofShop = members.map((list) => Uint32Array.from(list.sort((a, b) => scatter(a) - scatter(b))));
  return {
    spuCount,
    skuCount,
    shop,
    firstSku,
    skus,
    price,
    titles: new Array<string>(spuCount),
    spuOfSku,
    ofShop,
    skuIdOf: (sku) => idOf('sku', sku, epoch + Math.floor((sku / skuTotal) * catalogueDays) * dayMs),
    spuIdOf: (spu) => idOf('spu', spu, epoch + Math.floor((spu / spuCount) * catalogueDays) * dayMs),
  };
}

export async function copyShops(client: pg.Client): Promise<void> {
  const at = new Date(epoch).toISOString();
  const shops = startCopy(client, 'stores.shop', ['shop_id', 'name', 'brand_color', 'created_at', 'updated_at']);
  for (let shop = 0; shop < shopCount; shop += 1) shops.add([shopIdOf(shop), shopNameOf(shop), '#3a6b5a', at, at]);
  await shops.end();
}

export async function copyCategories(client: pg.Client): Promise<void> {
  const copy = startCopy(client, 'catalog.category', [
    ...['category_id', 'parent_id', 'name', 'icon', 'sort', 'picture', 'attribute_schema', 'returnable'],
  ]);
  const filter = (title: string, values: readonly string[]) => ({
    ...{ type: 'string', title, enum: values, 'x-filter': true },
  });
  const schema = JSON.stringify({
    type: 'object',
    properties: {
      brand: { type: 'string', title: '品牌', 'x-filter': true },
      material: filter('材质', materials),
      colour: filter('颜色', colours),
      size: filter('尺码', sizes),
    },
  });
  for (const [root, { name }] of shelves.entries()) {
    copy.add([categoryIdOf(root), null, name, 'box', root, null, '{"type":"object","properties":{}}', true]);
  }
  for (const [root, { kinds }] of shelves.entries()) {
    for (const [leaf, kind] of kinds.entries())
      copy.add([categoryIdOf(root, leaf), categoryIdOf(root), kind, '', leaf, null, schema, true]);
  }
  await copy.end();
}

const pick = <T>(values: readonly T[], roll: number): T =>
  values[Math.min(values.length - 1, Math.floor(roll * values.length))] as T;

const spuColumns =
  'spu_id shop_id spu_code category_id root_category_id status title brief keywords gallery spec_names attributes services detail ships_from returnable version sku_count sole_sku_id sale_price sale_price_max list_price sold_count available in_stock scarce score review_head search_vector published_at created_at updated_at'.split(
    ' ',
  );

/** @param unitsSold of all products together */
export async function copyProducts(client: pg.Client, catalogue: Catalogue, unitsSold: number): Promise<void> {
  const { spuCount, shop, firstSku, skus, price, titles, ofShop, spuIdOf, skuIdOf } = catalogue;
  const random = createRandom(2);
  const sold = new Float64Array(spuCount);
  for (const [number, spus] of ofShop.entries()) {
    for (const [place, spu] of spus.entries())
      sold[spu] = unitsSold * (shopShares[number] ?? 0) * shareOfPlace(place, spus.length);
  }
  const copy = startCopy(client, 'catalog.spu', spuColumns);
  for (let spu = 0; spu < spuCount; spu += 1) {
    // A few shelves have most of the goods.
    const root = Math.floor(random() ** 1.5 * shelves.length);
    const shelf = shelves[root] as (typeof shelves)[number];
    const leaf = Math.floor(random() ** 1.3 * shelf.kinds.length);
    const kind = shelf.kinds[leaf] as string;
    const brand = pick(brands, random() ** 2);
    const [first, second] = [pick(qualities, random() ** 2), pick(qualities, random())];
    const material = pick(materials, random() ** 1.3);
    const [colour, size] = [pick(colours, random()), pick(sizes, random())];
    const title = `${brand} ${first}${second}${material}${kind} ${colour}${random() < 0.3 ? ` A${scatter(spu) % 900}` : ''}`;
    const brief = pick(briefs, random());
    titles[spu] = title;
    const keywords = [shelf.name, kind];
    const publishedAt = new Date(epoch + (spu / spuCount) * catalogueDays * dayMs);
    const at = publishedAt.toISOString();
    const state = random();
    const status = state < 0.9 ? 'on_sale' : state < 0.97 ? 'off_sale' : 'draft';
    const stock = random();
    const soldCount = Math.floor(sold[spu] ?? 0);
    const salePrice = price[spu] ?? 990;
    const count = skus[spu] ?? 1;
    const pictures = [0, 1, 2].map((turn) => pictureOf(spu * 3 + turn, kind));
    copy.add([
      spuIdOf(spu),
      shopIdOf(shop[spu] ?? 0),
      `P${spu}`,
      categoryIdOf(root, leaf),
      categoryIdOf(root),
      status,
      title,
      brief,
      textArray(keywords),
      `[${pictures.join(',')}]`,
      count > 1 ? '{"款式"}' : '{}',
      `{"brand":"${brand}","material":"${material}","colour":"${colour}","size":"${size}"}`,
      '{"七天无理由"}',
      `[{"kind":"heading","text":"${brief}"},{"kind":"picture","picture":${pictures[1]}},{"kind":"table","rows":[{"name":"材质","value":"${material}"},{"name":"颜色","value":"${colour}"}]}]`,
      '杭州',
      true,
      1,
      count,
      count === 1 ? skuIdOf(firstSku[spu] ?? 0) : null,
      salePrice,
      salePrice + (count - 1) * 500,
      Math.floor(salePrice * 1.2),
      soldCount,
      stock < 0.04 ? 0 : 200,
      stock >= 0.04,
      stock >= 0.04 && stock < 0.1,
      popularity(soldCount, publishedAt),
      `{"summary":{"count":${soldCount >> 5},"average":4.8,"withPictures":0},"reviews":[]}`,
      buildVector({ title, keywords, brief }),
      status === 'draft' ? null : at,
      at,
      at,
    ]);
    if (spu % 50 === 0) await copy.flush();
  }
  await copy.end();
}

export async function copySkus(client: pg.Client, catalogue: Catalogue): Promise<void> {
  const { skuCount, spuOfSku, shop, firstSku, skus, price, skuIdOf, spuIdOf } = catalogue;
  const copy = startCopy(client, 'catalog.sku', [
    ...['spu_id', 'sku_id', 'shop_id', 'sku_code', 'position', 'specs', 'sale_price', 'list_price', 'cost'],
    ...['weight_grams', 'barcode'],
  ]);
  for (let sku = 0; sku < skuCount; sku += 1) {
    const spu = spuOfSku[sku] ?? 0;
    const position = sku - (firstSku[spu] ?? 0);
    const salePrice = (price[spu] ?? 990) + position * 500;
    const specs = (skus[spu] ?? 1) > 1 ? `{"款${position + 1}"}` : '{}';
    copy.add([
      ...[spuIdOf(spu), skuIdOf(sku), shopIdOf(shop[spu] ?? 0), `S${sku}`, position, specs, salePrice],
      ...[Math.floor(salePrice * 1.2), Math.floor(salePrice * 0.6), 300, `69${String(sku).padStart(11, '0')}`],
    ]);
    if (sku % 200 === 0) await copy.flush();
  }
  await copy.end();
}
