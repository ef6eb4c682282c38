/** A small shop that answers the storefront's requests in memory: two products, one with a choice. Extend it per test. */
import type { Home, Picture, ProductCard, ProductDetail } from '@xiaopu/contracts';
import type { WxReply, WxRequest } from './wx.ts';

const id = (n: number): string => `0198f2c1-0000-7000-8000-${String(n).padStart(12, '0')}`;

export const picture = (n: number): Picture => {
  const hash = String(n).padStart(16, '0');
  return {
    mediaId: id(9_000 + n),
    url: `/media/${hash}.jpg`,
    webp: { w320: `/media/${hash}-320.webp`, w750: `/media/${hash}-750.webp`, w1080: `/media/${hash}-1080.webp` },
    width: 1080,
    height: 1080,
    alt: `商品图 ${n}`,
  };
};
export const shopId = id(1);
export const card = (n: number, more: Partial<ProductCard> = {}): ProductCard => ({
  spuId: id(100 + n),
  shopId,
  title: `柔软亲肤全棉四件套第 ${n} 款`,
  brief: '好睡的一夜',
  picture: picture(n),
  salePrice: 19_900 + n,
  listPrice: 25_900,
  soldCount: 1_200 + n,
  inStock: true,
  tags: n % 2 === 0 ? ['hot'] : [],
  soleSkuId: null,
  ...more,
});
export const home = (): Home => ({
  version: 'v1',
  generatedAt: '2026-11-22T12:00:00Z',
  hotWords: ['四件套', '保温杯'],
  banners: [1, 2, 3, 4, 5].map((n) => ({
    bannerId: id(800 + n),
    title: `横幅 ${n}`,
    subtitle: '今晚睡个好觉',
    picture: picture(500 + n),
    link: { kind: 'product', spuId: id(101) },
  })),
  categories: Array.from({ length: 10 }, (_, at) => ({ categoryId: id(300 + at), name: `分类${at + 1}`, icon: 'bed' })),
  hot: Array.from({ length: 8 }, (_, at) => card(20 + at)),
  newest: Array.from({ length: 8 }, (_, at) => card(40 + at)),
  feed: { items: Array.from({ length: 20 }, (_, at) => card(at)), nextCursor: 'page-2' },
});
export const skuIds = { white: id(701), grey: id(702), gone: id(703) };
export const product = (spuId: string): ProductDetail => ({
  spuId,
  categoryId: id(300),
  title: '柔软亲肤全棉四件套',
  brief: '好睡的一夜',
  gallery: [picture(1), picture(2), picture(3)],
  video: null,
  salePrice: 19_900,
  salePriceMax: 21_900,
  listPrice: 25_900,
  soldCount: 1_200,
  tags: ['hot'],
  onSale: true,
  specs: [{ name: '颜色', values: ['奶白', '浅灰', '雾蓝'] }],
  skus: [
    {
      skuId: skuIds.white,
      specs: ['奶白'],
      salePrice: 19_900,
      listPrice: 25_900,
      available: 3,
      scarce: true,
      picture: null,
    },
    {
      skuId: skuIds.grey,
      specs: ['浅灰'],
      salePrice: 21_900,
      listPrice: 25_900,
      available: 99,
      scarce: false,
      picture: null,
    },
    {
      skuId: skuIds.gone,
      specs: ['雾蓝'],
      salePrice: 21_900,
      listPrice: 25_900,
      available: 0,
      scarce: false,
      picture: null,
    },
  ],
  attributes: [{ name: '材质', value: '全棉' }],
  services: ['7天无理由', '包邮'],
  detail: [
    { kind: 'heading', text: '细节' },
    { kind: 'picture', picture: picture(4) },
  ],
  shop: {
    shopId,
    name: '一舍家居',
    logo: picture(9),
    brandColor: '#8a3b12',
    slogan: '好好住',
    productCount: 175,
    stores: [],
  },
  reviewSummary: { count: 0, average: 0, withPictures: 0 },
  reviews: [],
  shipsFrom: '浙江杭州',
  goods: null,
});

const emptyCart = {
  groups: [],
  invalidLines: [],
  lineCount: 0,
  unitCount: 0,
  selectedUnitCount: 0,
  selectedListTotal: 0,
  selectedTotal: 0,
};

/** Answers by "METHOD /path"; a test adds or replaces entries. */
export function createShop(own: Record<string, (request: WxRequest) => WxReply> = {}) {
  const routes: Record<string, (request: WxRequest) => WxReply> = {
    'POST /api/session/guest': () => ({
      body: {
        token: 'guest-token',
        expiresAt: '2027-01-01T00:00:00Z',
        buyer: { buyerId: id(2), isGuest: true, nickname: '游客', avatarUrl: null, maskedPhone: null },
      },
    }),
    'GET /api/home': () => ({ body: home() }),
    'GET /api/home/feed': () => ({
      body: { items: Array.from({ length: 10 }, (_, at) => card(60 + at)), nextCursor: null },
    }),
    'GET /api/cart': () => ({ body: emptyCart }),
    'POST /api/cart/lines': ({ body }) => ({
      body: { ...emptyCart, lineCount: 1, unitCount: (body as { quantity: number }).quantity },
    }),
    'GET /api/products/:id': ({ path }) => ({ body: product(path.split('/').at(-1) as string) }),
    'PUT /api/footprints/:id': () => ({ body: null }),
    'GET /api/favourites/:id': () => ({ body: { isFavourite: false } }),
    ...own,
  };
  return (request: WxRequest): WxReply => {
    const path = request.path.replace(/\/[0-9a-f-]{36}/g, '/:id').replace(/\/\d{20}/g, '/:no');
    const answer = routes[`${request.method} ${path}`];
    return answer
      ? answer(request)
      : { status: 404, body: { error: { code: 'http.not_found', message: '没有找到', requestId: 'stub' } } };
  };
}

/** A price without any cut, for orders; and for the checkout, where nothing could be chosen either. */
export const noCuts = {
  breakdown: { activity: 0, member: 0, reduction: 0, coupon: 0, points: 0, freightDiscount: 0 },
  notes: [],
};
export const noOffers = { ...noCuts, coupons: { candidates: [], best: { couponIds: [], saving: 0 } }, points: null };
