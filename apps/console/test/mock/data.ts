/** Made-up shop for looking at the console without a server. Test use only. */
import type * as C from '@xiaopu/contracts/console';
import { allPermissions } from '@xiaopu/contracts/permissions';

let sequence = 1;
export const uuid = (): string => `01980000-0000-7000-8000-${String(sequence++).padStart(12, '0')}`;
let seed = 7;
export const random = (): number => {
  seed = (seed * 16_807) % 2_147_483_647;
  return seed / 2_147_483_647;
};
export const between = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1));
export const pick = <T>(items: readonly T[]): T => items[between(0, items.length - 1)] as T;
export const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

export function picture(hue: number, alt = ''): C.ConsoleProduct['gallery'][number] {
  const url = `/media/mock-${hue % 360}.svg`;
  return { mediaId: uuid(), url, webp: { w320: url, w750: url, w1080: url }, width: 800, height: 800, alt };
}

export const titles = [
  '福鼎白茶 2023 年寿眉饼茶 350g 日晒工艺',
  '手冲咖啡壶细口长嘴家用 304 不锈钢',
  '纯棉四件套 60 支长绒棉简约纯色床单被套',
  '北欧陶瓷餐具套装碗盘家用高颜值',
  '男士速干运动短袖圆领透气夏季薄款',
  '头层牛皮单肩斜挎包女通勤大容量托特',
  '无线蓝牙降噪耳机入耳式超长续航',
  '每日坚果混合果仁 750g 独立小包装',
  '儿童益智积木大颗粒拼装玩具 3-6 岁',
  '加湿器家用静音卧室大雾量桌面香薰',
  '新疆阿克苏冰糖心苹果 10 斤整箱',
  '氨基酸洁面乳温和清洁敏感肌可用 120g',
  '实木书桌电脑桌简约现代学生写字台',
  '人体工学椅电脑椅家用久坐舒适靠背',
  '不粘平底锅煎锅少油烟电磁炉通用 28cm',
  '云南鲜花饼礼盒 12 枚现烤玫瑰馅',
];

export const categories: C.ConsoleCategories['categories'] = [];
for (const [index, [name, children]] of Object.entries([
  ['食品茶饮', ['茶叶', '零食坚果', '生鲜水果']],
  ['家居家纺', ['床品', '餐具', '家具']],
  ['服饰箱包', ['男装', '女包']],
  ['数码家电', ['影音', '小家电']],
  ['个护母婴', ['护肤', '玩具']],
] as [string, string[]][])) {
  const parentId = uuid();
  categories.push({
    categoryId: parentId,
    parentId: null,
    name,
    icon: '',
    sort: Number(index),
    productCount: between(30, 90),
    attributeSchema: { type: 'object', properties: {} },
  });
  for (const [sort, child] of children.entries()) {
    categories.push({
      categoryId: uuid(),
      parentId,
      name: child,
      icon: '',
      sort,
      productCount: between(3, 40),
      attributeSchema: {
        type: 'object',
        required: ['brand', 'origin'],
        properties: {
          brand: { type: 'string', title: '品牌', maxLength: 30, 'x-filter': true },
          origin: { type: 'string', title: '产地', enum: ['福建', '云南', '浙江', '广东', '新疆'], 'x-filter': true },
          netWeight: { type: 'number', title: '净含量（克）', minimum: 1, maximum: 50_000 },
          shelfMonths: { type: 'integer', title: '保质期（月）', minimum: 1, maximum: 240 },
          gift: { type: 'boolean', title: '礼盒装' },
          note: { type: 'string', title: '储存方式', maxLength: 60, description: '印在商品参数里' },
        },
      },
    });
  }
}
const leaves = categories.filter((category) => category.parentId);

export const media: C.MediaPage['items'] = Array.from({ length: 46 }, (_, index) => ({
  mediaId: uuid(),
  picture: picture(index * 37),
  name: `商品图-${index + 1}.jpg`,
  bytes: between(80_000, 900_000),
  createdAt: ago(index * 90),
}));
for (const each of media) each.picture.mediaId = each.mediaId;

export const products: C.ConsoleProduct[] = Array.from({ length: 57 }, (_, index) => {
  const base = between(19, 399) * 100 - 10;
  const title = `${titles[index % titles.length]}${index >= titles.length ? ` 第 ${Math.floor(index / titles.length) + 1} 款` : ''}`;
  const colors = ['云白', '雾蓝', '陶土'];
  const sizes = ['小号', '中号', '大号'];
  const skus = colors.flatMap((color, a) =>
    sizes.map((size, b) => {
      const onHand = index % 9 === 4 ? 0 : between(0, 160);
      const reserved = Math.min(onHand, between(0, 4));
      return {
        skuId: uuid(),
        skuCode: `XP${1000 + index}-${a + 1}${b + 1}`,
        specs: [color, size],
        salePrice: base + b * 1000,
        listPrice: base + b * 1000 + 3000,
        cost: Math.round(base * 0.6),
        weightGrams: 400 + b * 200,
        barcode: '',
        picture: null,
        onHand,
        reserved,
        available: onHand - reserved,
      };
    }),
  );
  return {
    spuId: uuid(),
    shopId: 's',
    status: index % 11 === 3 ? 'draft' : index % 7 === 2 ? 'off_sale' : 'on_sale',
    version: 1,
    title,
    brief: '产地直发，七天无理由',
    categoryId: leaves[index % leaves.length]?.categoryId ?? '',
    gallery: [0, 1, 2].map((n) => media[(index * 3 + n) % media.length]?.picture ?? picture(0)),
    video: null,
    specNames: ['颜色', '规格'],
    skus,
    attributes: { brand: '山前', origin: '福建', netWeight: 350, gift: false },
    services: ['七天无理由退货', '48 小时内发货'],
    detail: [
      { kind: 'heading', text: '为什么选它' },
      { kind: 'paragraph', text: '选用当季原料，小批量制作，每一批都留样检测。' },
      {
        kind: 'picture',
        mediaId: media[index % media.length]?.mediaId ?? '',
        picture: media[index % media.length]?.picture ?? picture(1),
      },
      {
        kind: 'table',
        rows: [
          { name: '净含量', value: '350g' },
          { name: '保质期', value: '24 个月' },
        ],
      },
    ],
    shipsFrom: '浙江杭州',
    soldCount: between(0, 26_000),
    updatedAt: ago(between(5, 20_000)),
  } satisfies C.ConsoleProduct;
});

const states = [
  'paid',
  'shipped',
  'completed',
  'pending_payment',
  'cancelled',
  'refunding',
  'refunded',
  'paid',
  'completed',
  'shipped',
] as const;
export const statusTexts: Record<string, string> = {
  pending_payment: '待付款',
  paid: '待发货',
  shipped: '已发货',
  completed: '已完成',
  cancelled: '已取消',
  refunding: '退款中',
  refunded: '已退款',
};
export const orders: C.ConsoleOrder[] = Array.from({ length: 143 }, (_, index) => {
  const status = states[index % states.length] ?? 'paid';
  const createdMinutes = index * 47 + 4;
  const lines = Array.from({ length: between(1, 3) }, () => {
    const product = pick(products);
    const sku = pick(product.skus);
    const quantity = between(1, 3);
    return {
      lineId: uuid(),
      spuId: product.spuId,
      skuId: sku.skuId,
      skuCode: sku.skuCode,
      title: product.title,
      specText: sku.specs.join(' / '),
      picture: product.gallery[0] ?? picture(2),
      quantity,
      shippedQuantity: ['shipped', 'completed'].includes(status) ? quantity : 0,
      salePrice: sku.salePrice,
      payable: sku.salePrice * quantity,
    };
  });
  const goodsTotal = lines.reduce((sum, line) => sum + line.payable, 0);
  const freight = goodsTotal >= 9900 ? 0 : 800;
  const unpaid = status === 'pending_payment' || status === 'cancelled';
  const shipped = status === 'shipped' || status === 'completed';
  const upload = pick(['uploaded', 'uploaded', 'failed', 'pending'] as const);
  return {
    orderNo: `2026112217${String(index * 7919 + 1000000000).slice(0, 10)}`,
    status,
    statusText: statusTexts[status] ?? status,
    buyer: {
      buyerId: uuid(),
      nickname: pick(['山茶', '阿哲', '小满', 'Mia', '老陈', '橙子汽水']),
      maskedPhone: '138****2277',
    },
    recipient: {
      name: pick(['王*', '李*华', '陈*']),
      maskedPhone: '138****2277',
      text: '浙江省杭州市西湖区文三路 *** 号',
    },
    remark: index % 4 === 0 ? '麻烦周末送，放门口就行' : '',
    shopRemark: index % 6 === 0 ? '老客户，多放一份试吃' : '',
    lines,
    listTotal: goodsTotal + 3000,
    goodsTotal,
    freight,
    discount: 0,
    payable: goodsTotal + freight,
    payment: {
      paymentId: uuid(),
      status: unpaid ? (status === 'cancelled' ? 'closed' : 'prepaid') : 'succeeded',
      amount: goodsTotal + freight,
      outTradeNo: `P20261122${100000 + index}`,
      transactionId: unpaid ? null : `42000028${10000000 + index}202611221234`,
      paidAt: unpaid ? null : ago(createdMinutes - 2),
    },
    refunds:
      status === 'refunding' || status === 'refunded'
        ? [
            {
              refundNo: `R20261122${1000 + index}`,
              status: status === 'refunded' ? 'succeeded' : index % 20 === 5 ? 'failed' : 'processing',
              amount: goodsTotal + freight,
              reason: '不想要了',
              requestedAt: ago(createdMinutes - 10),
              settledAt: status === 'refunded' ? ago(createdMinutes - 15) : null,
            },
          ]
        : [],
    parcels: shipped
      ? [
          {
            parcelId: uuid(),
            carrierCode: 'SF',
            carrierName: '顺丰速运',
            waybillNo: `SF${1000000000 + index}`,
            shippedAt: ago(Math.max(createdMinutes - 100, 1)),
            shippedBy: '小林',
            lines: lines.map((line) => ({ lineId: line.lineId, quantity: line.quantity })),
            upload: {
              state: upload,
              attempts: upload === 'failed' ? 5 : 1,
              lastError: upload === 'failed' ? '微信返回 10060001：支付单不存在' : null,
              uploadedAt: upload === 'uploaded' ? ago(10) : null,
            },
            track: [
              { at: ago(60), text: '快件已到达 杭州转运中心', place: '杭州' },
              { at: ago(200), text: '顺丰速运 已收取快件', place: '杭州' },
            ],
          },
        ]
      : [],
    timeline: [
      { at: ago(createdMinutes), text: '买家提交订单', actor: '买家' },
      ...(unpaid ? [] : [{ at: ago(createdMinutes - 2), text: '微信支付成功', actor: '系统' }]),
      ...(shipped ? [{ at: ago(Math.max(createdMinutes - 100, 1)), text: '已发货：顺丰速运', actor: '小林' }] : []),
    ],
    canShip: status === 'paid',
    canRefund: status === 'paid',
    createdAt: ago(createdMinutes),
  } satisfies C.ConsoleOrder;
});

export const reviews: C.ConsoleReviewPage['items'] = Array.from({ length: 38 }, (_, index) => {
  const product = products[index % products.length] as C.ConsoleProduct;
  const status = (['held', 'shown', 'held', 'shown', 'rejected'] as const)[index % 5] ?? 'held';
  return {
    reviewId: uuid(),
    spuId: product.spuId,
    productTitle: product.title,
    orderNo: orders[index]?.orderNo ?? null,
    nickname: pick(['山**', '阿*', '匿名买家']),
    rating: pick([5, 5, 5, 4, 3, 1]),
    text: pick([
      '茶汤很干净，甜度高，回购第三次了。包装也用心，送人拿得出手。',
      '物流很快，颜色比图片略深一点，整体满意。',
      '一般般吧。',
      '用了一周，质量不错，就是少了一个配件，客服很快补发了。加微信 xxx 领红包',
    ]),
    pictures: index % 3 === 0 ? [picture(index * 20), picture(index * 40)] : [],
    status,
    rejectReason: status === 'rejected' ? '含有引流信息' : null,
    reply: index % 4 === 1 ? '谢谢喜欢，欢迎常来。' : null,
    createdAt: ago(index * 130),
  };
});

export const roles: C.RoleList['roles'] = [
  { roleId: uuid(), name: '店主', permissions: [...allPermissions], isBuiltIn: true, staffCount: 1 },
  {
    roleId: uuid(),
    name: '运营',
    permissions: allPermissions.filter((each) => !each.startsWith('staff') && !each.startsWith('settings')),
    isBuiltIn: false,
    staffCount: 3,
  },
  {
    roleId: uuid(),
    name: '仓库',
    permissions: ['orders.read', 'fulfilment.ship', 'inventory.read', 'inventory.adjust'],
    isBuiltIn: false,
    staffCount: 2,
  },
];
export const staff: C.StaffPage['items'] = ['店长小周', '小林', '阿梅', '仓库老李'].map((name, index) => ({
  staffId: uuid(),
  account: ['admin', 'lin', 'amei', 'laoli'][index] ?? 'x',
  name,
  roleId: roles[Math.min(index, 2)]?.roleId ?? '',
  roleName: roles[Math.min(index, 2)]?.name ?? '',
  isActive: index !== 2,
  totpEnabled: index === 0,
  lastLoginAt: index === 3 ? null : ago(index * 300 + 5),
}));
export const policies: C.PolicySettings = {
  settings: [
    {
      key: 'orders.hold_minutes',
      title: '库存保留时长',
      unit: '分钟',
      value: 15,
      defaultValue: 15,
      minimum: 5,
      maximum: 60,
      history: [],
    },
    {
      key: 'orders.close_minutes',
      title: '未付款自动关闭',
      unit: '分钟',
      value: 30,
      defaultValue: 30,
      minimum: 10,
      maximum: 120,
      history: [
        { value: 45, at: ago(90_000), by: '店长小周' },
        { value: 30, at: ago(40_000), by: '店长小周' },
      ],
    },
    {
      key: 'orders.auto_receive_days',
      title: '发货后自动确认收货',
      unit: '天',
      value: 10,
      defaultValue: 7,
      minimum: 3,
      maximum: 30,
      history: [{ value: 10, at: ago(2000), by: '小林' }],
    },
    {
      key: 'freight.free_from',
      title: '包邮门槛',
      unit: '分',
      value: 9900,
      defaultValue: 9900,
      minimum: 0,
      maximum: 1_000_000,
      history: [],
    },
    {
      key: 'freight.base',
      title: '基础运费',
      unit: '分',
      value: 800,
      defaultValue: 1000,
      minimum: 0,
      maximum: 10_000,
      history: [],
    },
  ],
};
const spark = (top: number) => Array.from({ length: 14 }, () => between(top * 0.4, top));
export const dashboard = (): C.Dashboard => ({
  todo: {
    toShip: 29,
    refunds: 15,
    reviewsHeld: 16,
    lowStock: 41,
    outOfStock: 54,
    uploadsFailed: 3,
    paymentAnomalies: 0,
  },
  gmv: { today: 1_284_530, yesterday: 1_102_200, sameWeekday: 1_410_000, spark: spark(1_400_000) },
  orders: { today: 86, yesterday: 79, sameWeekday: 86, spark: spark(100) },
  payers: { today: 74, yesterday: 70, sameWeekday: 77, spark: spark(90) },
  averageOrder: { today: 17_358, yesterday: 15_745, sameWeekday: 18_311, spark: spark(18_000) },
  refunds: { today: 25_900, yesterday: 0, sameWeekday: 41_200, spark: spark(50_000) },
  byHour: Array.from({ length: 24 }, (_, hour) => ({
    hour,
    today: hour > 7 ? between(20_000, 130_000) : between(0, 9000),
    yesterday: hour > 7 ? between(20_000, 110_000) : between(0, 8000),
  })),
  bestSellers: products.slice(0, 6).map((product, index) => ({
    spuId: product.spuId,
    title: product.title,
    picture: product.gallery[0] ?? null,
    units: 60 - index * 7,
    sales: 1_230_000 - index * 190_000,
  })),
  generatedAt: new Date().toISOString(),
});
