/** A shop window on the demo catalogue, in memory: for looking at pages without the server. Not shipped. PORT, default 3999. */
import { createReadStream, existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  buildCatalogue,
  type DemoPicture,
  type DemoSpu,
  drawPicture,
} from '../../../../packages/demo-data/src/index.ts';

const catalogue = buildCatalogue();
const dist = process.env.DIST ?? fileURLToPath(new URL('../../dist/build/h5', import.meta.url));
const delayMs = Number(process.env.DELAY_MS ?? 0);

const picture = (from: DemoPicture) => {
  const url = `/media/${encodeURIComponent(from.key)}.svg`;
  const width = 1080;
  return {
    mediaId: from.key,
    url,
    webp: { w320: url, w750: url, w1080: url },
    width,
    height: Math.round(width / from.ratio),
    alt: from.alt,
  };
};
const available = (onHand: number) => (onHand > 20 ? 99 : onHand);
const card = (spu: DemoSpu, at = 0) => ({
  spuId: spu.id,
  shopId: spu.shopId,
  title: spu.title,
  brief: spu.brief,
  picture: picture(spu.pictures[0] as DemoPicture),
  salePrice: spu.salePrice,
  listPrice: spu.listPrice,
  soldCount: spu.salesCount,
  inStock: spu.skus.some((sku) => sku.onHand > 0),
  tags: at % 4 === 0 ? ['hot'] : at % 5 === 1 ? ['new'] : at % 7 === 3 ? ['scarce'] : [],
  soleSkuId: spu.skus.length === 1 ? spu.skus[0]?.id : null,
});
const shopOf = (shopId: string) => {
  const shop = catalogue.shops.find((one) => one.id === shopId) ?? catalogue.shops[0];
  if (shop === undefined) throw new Error('no shop');
  return {
    shopId: shop.id,
    name: shop.name,
    logo: picture(shop.logo),
    brandColor: shop.brandColour,
    slogan: shop.slogan,
    productCount: catalogue.spus.filter((spu) => spu.shopId === shop.id).length,
    stores: catalogue.stores
      .filter((store) => store.shopId === shop.id)
      .map((store) => ({
        storeId: store.id,
        name: store.name,
        address: `${store.city}${store.district}${store.address}`,
        phone: store.phone,
        hours: `${store.opensAt}-${store.closesAt}`,
        lat: store.latitude,
        lng: store.longitude,
      })),
  };
};
const reviewsOf = (spuId: string) =>
  catalogue.reviews
    .filter((review) => review.spuId === spuId)
    .map((review) => ({
      reviewId: review.id,
      nickname: review.nickname,
      avatarUrl: picture(review.avatar).url,
      rating: review.rating,
      text: review.text,
      specText: review.specText,
      pictures: review.pictures.map(picture),
      reply: review.reply,
      createdAt: review.createdAt,
    }));
const detail = (spu: DemoSpu) => ({
  spuId: spu.id,
  categoryId: spu.categoryId,
  title: spu.title,
  brief: spu.brief,
  gallery: spu.pictures.map(picture),
  video: spu.videoPoster ? { url: '/media/none.mp4', poster: picture(spu.videoPoster) } : null,
  salePrice: spu.salePrice,
  salePriceMax: Math.max(...spu.skus.map((sku) => sku.salePrice)),
  listPrice: spu.listPrice,
  soldCount: spu.salesCount,
  tags: card(spu).tags,
  onSale: true,
  specs: spu.specs,
  skus: spu.skus.map((sku) => ({
    skuId: sku.id,
    specs: spu.specs.map((spec) => sku.specs[spec.name]),
    salePrice: sku.salePrice,
    listPrice: sku.listPrice,
    available: available(sku.onHand),
    scarce: sku.onHand > 0 && sku.onHand <= 5,
    picture: picture(sku.picture),
  })),
  attributes: Object.entries(spu.attributes).map(([name, value]) => ({ name, value: String(value) })),
  services: spu.services,
  detail: spu.detail.map((block) =>
    block.kind === 'picture' ? { kind: 'picture', picture: picture(block.picture) } : block,
  ),
  shop: shopOf(spu.shopId),
  reviewSummary: { count: spu.rating.count, average: spu.rating.average, withPictures: 3 },
  reviews: reviewsOf(spu.id).slice(0, 3),
  shipsFrom: spu.shipsFrom,
});
const page = <T>(all: T[], query: URLSearchParams) => {
  const from = Number(query.get('cursor') ?? 0);
  const limit = Number(query.get('limit') ?? 20);
  return { items: all.slice(from, from + limit), nextCursor: from + limit < all.length ? String(from + limit) : null };
};
const childrenOf = (id: string) => catalogue.categories.filter((category) => category.parentId === id);
const within = (categoryId: string) => new Set([categoryId, ...childrenOf(categoryId).map((child) => child.id)]);
function products(query: URLSearchParams): DemoSpu[] {
  const q = query.get('q');
  const categoryId = query.get('categoryId');
  const shopId = query.get('shopId');
  const sort = query.get('sort');
  const inside = categoryId ? within(categoryId) : undefined;
  const found = catalogue.spus.filter(
    (spu) =>
      (!q || spu.title.includes(q)) && (!inside || inside.has(spu.categoryId)) && (!shopId || spu.shopId === shopId),
  );
  if (sort === 'price_asc') found.sort((a, b) => a.salePrice - b.salePrice);
  if (sort === 'price_desc') found.sort((a, b) => b.salePrice - a.salePrice);
  if (sort === 'sales') found.sort((a, b) => b.salesCount - a.salesCount);
  return found;
}
const cards = (spus: DemoSpu[]) => spus.map(card);
const favourites = new Set<string>();
let units = 0;

function reply(method: string, url: URL): unknown {
  const { pathname: path, searchParams: query } = url;
  const spu = catalogue.spus.find((one) => path.includes(one.id));
  if (path === '/api/session/guest')
    return {
      token: 'guest',
      expiresAt: new Date().toISOString(),
      buyer: { buyerId: 'b', isGuest: true, nickname: '游客', avatarUrl: null, maskedPhone: null },
    };
  if (path === '/api/home') {
    const bySales = [...catalogue.spus].sort((a, b) => b.salesCount - a.salesCount);
    return {
      version: '1',
      generatedAt: new Date().toISOString(),
      hotWords: catalogue.hotWords,
      banners: catalogue.banners.map((banner) => ({
        bannerId: banner.id,
        title: banner.title,
        subtitle: banner.subtitle,
        ink: banner.ink,
        picture: picture(banner.picture),
        link: { ...banner.link },
      })),
      categories: catalogue.categories
        .filter((category) => category.level === 1)
        .map((category) => ({ categoryId: category.id, name: category.name, icon: category.icon })),
      hot: cards(bySales.slice(0, 8)),
      newest: cards(catalogue.spus.slice(40, 48)),
      feed: page(cards(catalogue.spus), query),
    };
  }
  if (path === '/api/home/feed') return page(cards(catalogue.spus), query);
  if (path === '/api/categories')
    return {
      categories: catalogue.categories
        .filter((one) => one.level === 1)
        .map((one) => ({
          categoryId: one.id,
          name: one.name,
          icon: one.icon,
          picture: picture(one.picture),
          children: childrenOf(one.id).map((child) => ({
            categoryId: child.id,
            name: child.name,
            picture: picture(child.picture),
          })),
        })),
    };
  if (path === '/api/products') return page(cards(products(query)), query);
  if (path === '/api/products/facets')
    return {
      facets: [
        {
          key: 'material',
          title: '材质',
          values: [
            { value: '纯棉', count: 23 },
            { value: '亚麻', count: 8 },
            { value: '不锈钢', count: 5 },
          ],
        },
        {
          key: 'origin',
          title: '产地',
          values: [
            { value: '浙江', count: 12 },
            { value: '广东', count: 9 },
          ],
        },
      ],
      priceMin: 990,
      priceMax: 199900,
      total: products(query).length,
    };
  if (path.endsWith('/reviews') && spu) return page(reviewsOf(spu.id), query);
  if (path.startsWith('/api/products/') && spu) return detail(spu);
  if (path.startsWith('/api/shops/')) return shopOf(path.split('/').at(-1) as string);
  if (path === '/api/search/suggestions')
    return {
      suggestions: catalogue.hotWords
        .filter((word) => word.includes(query.get('q') ?? ''))
        .concat(
          catalogue.spus
            .filter((one) => one.title.includes(query.get('q') ?? ''))
            .slice(0, 6)
            .map((one) => one.title.slice(0, 12)),
        ),
    };
  if (path === '/api/search/hot-words') return { hotWords: catalogue.hotWords };
  if (path === '/api/search/history') return { words: ['四件套', '保温杯', '儿童拖鞋'] };
  if (path === '/api/cart/lines') units += 1;
  if (path.startsWith('/api/cart'))
    return {
      groups: [],
      invalidLines: [],
      lineCount: 0,
      unitCount: units,
      selectedUnitCount: 0,
      selectedListTotal: 0,
      selectedTotal: 0,
    };
  if (path === '/api/favourites')
    return page(
      [...favourites, ...catalogue.spus.slice(0, 5).map((one) => one.id)].map((id, at) => ({
        product: card(catalogue.spus.find((one) => one.id === id) as DemoSpu),
        addedAt: new Date(Date.now() - at * 86_400_000).toISOString(),
        priceWhenAdded: 19900,
      })),
      query,
    );
  if (path.startsWith('/api/favourites/') && spu) {
    if (method === 'PUT') favourites.add(spu.id);
    if (method === 'DELETE') favourites.delete(spu.id);
    return { isFavourite: favourites.has(spu.id) };
  }
  if (path === '/api/footprints')
    return page(
      cards(catalogue.spus.slice(10, 40)).map((product, at) => ({
        product,
        viewedAt: new Date(Date.now() - at * 20_000_000).toISOString(),
      })),
      query,
    );
  if (path.startsWith('/api/footprints')) return null;
  return undefined;
}

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
function placeholder(key: string): string {
  const hue = [...key].reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) % 360, 7);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" preserveAspectRatio="none"><rect width="100" height="100" fill="hsl(${hue} 40% 88%)"/><circle cx="50" cy="52" r="24" fill="hsl(${hue} 50% 66%)"/></svg>`;
}
function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://mock');
  if (url.pathname.startsWith('/media/')) {
    const key = decodeURIComponent(url.pathname.slice('/media/'.length)).replace(/\.svg$/, '');
    response.setHeader('content-type', 'image/svg+xml');
    let svg = placeholder(key);
    try {
      svg = drawPicture(catalogue, key);
    } catch {
      // not drawn yet
    }
    response.end(svg);
    return;
  }
  if (url.pathname.startsWith('/api/')) {
    const body = reply(request.method ?? 'GET', url);
    response.setHeader('content-type', 'application/json');
    setTimeout(() => {
      response.statusCode = body === undefined ? 404 : 200;
      response.end(
        JSON.stringify(
          body === undefined ? { error: { code: 'http.not_found', message: '没有找到', requestId: 'mock' } } : body,
        ),
      );
    }, delayMs);
    return;
  }
  const file = join(dist, url.pathname === '/' ? 'index.html' : url.pathname);
  if (!existsSync(file)) {
    response.statusCode = 404;
    response.end();
    return;
  }
  response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream');
  createReadStream(file).pipe(response);
}
const port = Number(process.env.PORT ?? 3999);
createServer(answer).listen(port, () => console.log(`http://localhost:${port}`));
