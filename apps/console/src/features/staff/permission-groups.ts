import { type Permission, permissions } from '@xiaopu/contracts/permissions';

export interface PermissionGroup {
  title: string;
  items: { key: Permission; title: string }[];
}

const titles: Record<string, string> = {
  dashboard: '概览',
  catalog: '商品',
  storefront: '装修',
  inventory: '库存',
  media: '素材',
  orders: '订单',
  fulfilment: '发货',
  pickup: '门店自提',
  bookings: '预约',
  refunds: '退款',
  after_sales: '售后',
  complaints: '支付投诉',
  reviews: '评价',
  payments: '收款',
  payouts: '付款与分账',
  settings: '设置',
  staff: '员工',
  members: '会员',
  points: '积分',
  promotions: '优惠',
  distribution: '分销',
  messages: '消息触达',
  audit: '审计',
  operations: '系统',
};

/** The permission list of the contracts, grouped by what comes before the dot; a new one shows up by itself. */
export function permissionGroups(): PermissionGroup[] {
  const groups = new Map<string, PermissionGroup>();
  for (const [key, title] of Object.entries(permissions) as [Permission, string][]) {
    const domain = key.split('.')[0] ?? key;
    const group = groups.get(domain) ?? { title: titles[domain] ?? domain, items: [] };
    group.items.push({ key, title });
    groups.set(domain, group);
  }
  return [...groups.values()];
}
