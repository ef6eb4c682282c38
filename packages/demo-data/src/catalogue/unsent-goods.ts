/** Goods that are not sent: card codes, access and services booked in a store. */
import type { DemoGoods } from '../types.ts';
import type { SeedGood } from './litemall.ts';
import { buildStores } from './shops.ts';

/** So many codes, or places, a product starts with. */
export const unsentUnits = 60;

const code = (days: number | null, content: string): DemoGoods => ({
  kind: 'virtual',
  delivery: 'code',
  days,
  content,
});
const access = (days: number | null, content: string): DemoGoods => ({
  ...{ kind: 'virtual', delivery: 'access', days, content },
});
const inStores = (minutes: number, capacity: number): DemoGoods => ({
  kind: 'service',
  places: buildStores().map(({ name, district, address }) => ({ name, address: `${district}${address}` })),
  ...{ weekdays: [1, 2, 3, 4, 5, 6, 7], opens: '10:00', closes: '20:00', minutes, capacity },
  ...{ daysAhead: 14, leadHours: 2, refundHours: 24 },
});

const goods: [
  categoryKey: string,
  family: string,
  title: string,
  brief: string,
  yuan: number,
  colours: string[],
  DemoGoods,
][] = [
  [
    'rights',
    'giftcard',
    '有声书会员季卡',
    '通勤路上，听完一整个书架',
    68,
    ['藏青', '姜黄'],
    code(90, '在「万物有声」里点「我的 - 兑换会员」，输入卡密即可。兑换后 90 天内有效。'),
  ],
  [
    'rights',
    'giftcard',
    '云相册空间年卡 200GB',
    '手机里的照片，换个地方好好放',
    128,
    ['雾蓝', '纯白'],
    code(365, '打开云相册「设置 - 空间 - 兑换」，输入卡密，空间即时到账。'),
  ],
  [
    'rights',
    'giftcard',
    '手机摄影入门课 24讲',
    '一部手机，也能拍出想留住的光',
    99,
    ['苔绿', '奶白'],
    access(
      null,
      '课程地址：https://example.com/course/photo\n口令：guang-24\n每周更新两讲，已更新的可反复观看，长期有效。',
    ),
  ],
  ['visit', 'vase', '周末花艺课 到店体验', '两小时，带一瓶自己插的花回家', 168, ['豆沙', '苔绿'], inStores(120, 6)],
  [
    'visit',
    'coffeebag',
    '手冲咖啡体验课 60分钟',
    '三支豆子一把壶，学会自己的那一杯',
    99,
    ['陶土红', '咖啡'],
    inStores(60, 4),
  ],
];

export const unsentGoods = (): SeedGood[] =>
  goods.map(([categoryKey, family, title, brief, yuan, colours, terms], index) => ({
    key: `unsent-${index + 1}`,
    ...{ categoryKey, family, title, brief, colours, goods: terms },
    template: 'one',
    price: yuan * 100,
    pattern: 'plain',
    keywords: [terms.kind === 'virtual' ? '虚拟商品' : '预约'],
  }));

export const unsentServices = (goods: DemoGoods): string[] =>
  goods.kind === 'virtual'
    ? [goods.delivery === 'code' ? '付款后自动发放' : '付款后立即开通', '不支持退换']
    : ['到店核销', `开始前 ${goods.refundHours} 小时可退`];
