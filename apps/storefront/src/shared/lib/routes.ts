/** Every page's address in one place, so that a moved page is found by the compiler. */
const withQuery = (path: string, query: Record<string, string | undefined> = {}): string => {
  const pairs = Object.entries(query).filter(
    (pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '',
  );
  if (pairs.length === 0) return path;
  return `${path}?${pairs.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&')}`;
};

export const tabs = {
  home: '/pages/home/index',
  category: '/pages/category/index',
  cart: '/pages/cart/index',
  me: '/pages/me/index',
} as const;

export const routes = {
  /** `d`: whose link it is, so that what it brings is theirs. */
  product: (spuId: string, d?: string) => withQuery('/pages/product/index', { spuId, d }),
  list: (query: { categoryId?: string; title?: string; sort?: string; q?: string }) =>
    withQuery('/packages/browse/list/index', query),
  search: (query: { q?: string; hint?: string } = {}) => withQuery('/packages/browse/search/index', query),
  reviews: (spuId: string) => withQuery('/packages/browse/reviews/index', { spuId }),
  shop: (shopId: string, d?: string) => withQuery('/packages/browse/shop/index', { shopId, d }),
  /** Physical stores around. */
  nearby: () => '/packages/browse/nearby/index',
  favourites: () => '/packages/collection/favourites/index',
  footprints: () => '/packages/collection/footprints/index',
  /** `pickup`: the store it is to be picked up in. */
  checkout: (
    query: {
      skuId?: string;
      quantity?: string;
      entryKind?: string;
      entryId?: string;
      until?: string;
      pickup?: string;
    } = {},
  ) => withQuery('/packages/checkout/index', query),
  /** 扫码购 in a store. */
  scan: () => '/packages/checkout/scan',
  payResult: (paymentId: string) => withQuery('/packages/checkout/result', { paymentId }),
  orders: (tab?: string) => withQuery('/packages/orders/list', tab === undefined ? {} : { tab }),
  /** The second payment of a presale. */
  balance: (orderNo: string) => withQuery('/packages/orders/balance', { orderNo }),
  order: (orderNo: string) => withQuery('/packages/orders/detail', { orderNo }),
  addresses: (query: { pick?: '1' } = {}) => withQuery('/packages/addresses/list', query),
  track: (orderNo: string) => withQuery('/packages/orders/track', { orderNo }),
  review: (orderNo: string) => withQuery('/packages/orders/review', { orderNo }),
  afterSaleApply: (orderNo: string, caseNo?: string) => withQuery('/packages/after-sale/apply', { orderNo, caseNo }),
  afterSale: (caseNo: string) => withQuery('/packages/after-sale/detail', { caseNo }),
  afterSales: () => '/packages/after-sale/list',
  addressForm: (addressId?: string, pick?: '1') => withQuery('/packages/addresses/edit', { addressId, pick }),
  couponCentre: () => '/packages/coupons/centre',
  myCoupons: () => '/packages/coupons/mine',
  packet: (packetId: string) => withQuery('/packages/coupons/packet', { packetId }),
  settings: () => '/packages/account/settings',
  profile: () => '/packages/account/profile',
  messages: () => '/packages/account/messages',
  noticeSettings: () => '/packages/account/notices',
  memberCentre: () => '/packages/growth/centre',
  memberCode: () => '/packages/growth/code',
  service: (shopId?: string, orderNo?: string) => withQuery('/packages/growth/service', { shopId, orderNo }),
  points: (invite?: string) => withQuery('/packages/growth/points', { invite }),
  pointsMall: () => '/packages/growth/mall',
  lottery: () => '/packages/growth/lottery',
  trials: () => '/packages/growth/trials',
  plans: () => '/packages/growth/plans',
  flashSales: () => '/packages/flash-sale/list',
  /** `from`: whose share it is. */
  flashSale: (saleId: string, from?: string, d?: string) =>
    withQuery('/packages/flash-sale/detail', { saleId, from, d }),
  groupBuys: () => '/packages/group-buy/list',
  groupOffer: (activityId: string, d?: string) => withQuery('/packages/group-buy/offer', { activityId, d }),
  group: (groupId: string, invite?: string, d?: string) =>
    withQuery('/packages/group-buy/group', { groupId, invite, d }),
  groupOfOrder: (orderNo: string) => withQuery('/packages/group-buy/group', { orderNo }),
  distribution: (shopId?: string) => withQuery('/packages/distribution/centre', { shopId }),
  distributionApply: (shopId: string) => withQuery('/packages/distribution/apply', { shopId }),
  distributionCommissions: (shopId: string) => withQuery('/packages/distribution/commissions', { shopId }),
  distributionCustomers: (shopId: string) => withQuery('/packages/distribution/customers', { shopId }),
  distributionGoods: (shopId: string) => withQuery('/packages/distribution/goods', { shopId }),
  distributionWithdraw: (shopId: string) => withQuery('/packages/distribution/withdraw', { shopId }),
  myGuides: () => '/packages/distribution/guides',
  bargains: () => '/packages/bargain/list',
  bargain: (bargainId: string, d?: string) => withQuery('/packages/bargain/detail', { bargainId, d }),
} as const;

export function go(url: string): void {
  uni.navigateTo({ url, fail: () => uni.redirectTo({ url }) });
}
export function goTab(tab: keyof typeof tabs): void {
  uni.switchTab({ url: tabs[tab] });
}

/** Back, or home when this page was opened from outside. */
export function goBack(): void {
  if (getCurrentPages().length > 1) uni.navigateBack();
  else goTab('home');
}
