import { idOf } from '../seeded.ts';
import type { DemoCategory } from '../types.ts';
import { schemaOf } from './attributes.ts';

interface Level2 {
  key: string;
  name: string;
  attributes: string;
  /** Shape drawn for the category and for products with no better match. */
  family: string;
  unit: string;
  weightGrams: number;
  /** Cost as a share of the sale price. */
  costShare: number;
  shop: ShopCode;
  returnable?: false;
  perishable?: true;
}
export type ShopCode = 'yishe' | 'qinghe' | 'wanwu';

const row = (
  key: string,
  name: string,
  attributes: string,
  family: string,
  unit: string,
  weightGrams: number,
  costShare: number,
  shop: ShopCode,
  flags: Pick<Level2, 'returnable' | 'perishable'> = {},
): Level2 => ({ key, name, attributes, family, unit, weightGrams, costShare, shop, ...flags });

const fresh = { returnable: false, perishable: true } as const;
const intimate = { returnable: false } as const;
const notReturned = { returnable: false } as const;

/** Ten level-1 categories: the home grid is 5 × 2. */
export const categoryTree: { key: string; name: string; icon: string; children: Level2[] }[] = [
  {
    key: 'bedding',
    name: '床品家纺',
    icon: 'bed',
    children: [
      row('bedset', '床品套件', 'bedding', 'bedset', '套', 2600, 0.48, 'yishe'),
      row('duvet', '被子', 'filling', 'duvet', '条', 2800, 0.5, 'yishe'),
      row('pillow', '枕头', 'filling', 'pillow', '只', 1100, 0.46, 'yishe'),
      row('blanket', '盖毯', 'textile', 'blanket', '条', 1400, 0.5, 'yishe'),
      row('summer', '夏凉寝具', 'filling', 'quilt', '件', 1700, 0.5, 'yishe'),
      row('mattress', '床垫床褥', 'filling', 'mattress', '张', 9000, 0.55, 'yishe'),
    ],
  },
  {
    key: 'living',
    name: '家居家具',
    icon: 'sofa',
    children: [
      row('furniture', '实木家具', 'furniture', 'table', '件', 28000, 0.58, 'yishe'),
      row('seating', '沙发座椅', 'furniture', 'sofa', '件', 24000, 0.58, 'yishe'),
      row('lamp', '灯具', 'lamp', 'tablelamp', '盏', 2400, 0.5, 'yishe'),
      row('cushion', '抱枕坐垫', 'textile', 'cushion', '个', 700, 0.45, 'yishe'),
      row('rug', '地毯地垫', 'textile', 'rug', '张', 6200, 0.52, 'yishe'),
      row('curtain', '窗帘', 'textile', 'curtain', '片', 2200, 0.46, 'yishe'),
      row('decor', '家饰摆件', 'ornament', 'vase', '件', 1200, 0.46, 'yishe'),
      row('visit', '到店体验', 'visit', 'vase', '次', 10, 0.35, 'qinghe', notReturned),
    ],
  },
  {
    key: 'kitchen',
    name: '餐厨水具',
    icon: 'pot',
    children: [
      row('pan', '锅具', 'cookware', 'pan', '口', 2600, 0.5, 'yishe'),
      row('cup', '杯壶', 'tableware', 'mug', '个', 480, 0.42, 'yishe'),
      row('tableware', '碗盘餐具', 'tableware', 'bowl', '件', 620, 0.42, 'yishe'),
      row('cooktool', '刀具厨具', 'cookware', 'knife', '件', 540, 0.44, 'yishe'),
    ],
  },
  {
    key: 'food',
    name: '食品茶饮',
    icon: 'cake',
    children: [
      row('pastry', '糕点饼干', 'food', 'cookies', '盒', 420, 0.52, 'qinghe'),
      row('snack', '坚果零食', 'food', 'snackbag', '袋', 300, 0.55, 'qinghe'),
      row('tea', '茶与咖啡', 'food', 'teatin', '罐', 320, 0.48, 'qinghe'),
      row('festival', '节令礼盒', 'food', 'giftbox', '盒', 900, 0.52, 'qinghe'),
      row('fruit', '新鲜果蔬', 'food', 'fruitbox', '箱', 2600, 0.62, 'qinghe', fresh),
    ],
  },
  {
    key: 'apparel',
    name: '服饰鞋袜',
    icon: 'shirt',
    children: [
      row('tops', '上衣', 'clothing', 'tee', '件', 280, 0.44, 'qinghe'),
      row('bottoms', '裤裙', 'clothing', 'trousers', '件', 420, 0.44, 'qinghe'),
      row('underwear', '内裤', 'clothing', 'briefs', '条', 60, 0.42, 'qinghe', intimate),
      row('shoes', '鞋袜', 'clothing', 'shoes', '双', 700, 0.48, 'qinghe'),
      row('wearable', '帽巾配饰', 'clothing', 'scarf', '件', 180, 0.44, 'qinghe'),
    ],
  },
  {
    key: 'care',
    name: '美妆洗护',
    icon: 'bottle',
    children: [
      row('towel', '毛巾浴巾', 'towel', 'towel', '条', 320, 0.45, 'qinghe'),
      row('skincare', '面部护肤', 'cosmetics', 'serum', '瓶', 180, 0.38, 'qinghe'),
      row('makeup', '彩妆', 'cosmetics', 'lipstick', '支', 60, 0.36, 'qinghe'),
      row('bodycare', '身体洗护', 'cosmetics', 'shampoo', '瓶', 620, 0.42, 'qinghe'),
    ],
  },
  {
    key: 'baby',
    name: '母婴',
    icon: 'stroller',
    children: [
      row('babywear', '婴童服饰', 'baby', 'romper', '件', 180, 0.44, 'qinghe'),
      row('feeding', '喂养用品', 'baby', 'babybottle', '件', 220, 0.42, 'qinghe'),
      row('toy', '玩具绘本', 'baby', 'blocks', '件', 560, 0.44, 'qinghe'),
      row('nursery', '婴童出行', 'baby', 'pram', '件', 3200, 0.52, 'qinghe'),
    ],
  },
  {
    key: 'pet',
    name: '宠物',
    icon: 'paw',
    children: [
      row('petbed', '窝垫抓板', 'pet', 'petbed', '个', 1100, 0.45, 'wanwu'),
      row('petbowl', '食具水具', 'pet', 'petbowl', '个', 380, 0.42, 'wanwu'),
      row('leash', '牵引出行', 'pet', 'leash', '条', 220, 0.42, 'wanwu'),
      row('petcare', '清洁玩具', 'pet', 'petbrush', '件', 360, 0.44, 'wanwu'),
    ],
  },
  {
    key: 'digital',
    name: '数码文具',
    icon: 'headphones',
    children: [
      row('charging', '充电配件', 'digital', 'charger', '个', 180, 0.5, 'wanwu'),
      row('audio', '影音耳机', 'digital', 'earphones', '副', 220, 0.52, 'wanwu'),
      row('desktop', '桌面外设', 'digital', 'keyboard', '件', 620, 0.52, 'wanwu'),
      row('stationery', '笔与本册', 'stationery', 'pen', '件', 120, 0.4, 'wanwu'),
      row('hobby', '志趣周边', 'stationery', 'figure', '件', 800, 0.5, 'wanwu'),
      row('rights', '数字权益', 'rights', 'giftcard', '份', 10, 0.3, 'wanwu', notReturned),
    ],
  },
  {
    key: 'outdoor',
    name: '箱包运动',
    icon: 'suitcase',
    children: [
      row('luggage', '行李箱', 'luggage', 'suitcase', '只', 3600, 0.52, 'wanwu'),
      row('bag', '背包手袋', 'luggage', 'backpack', '只', 820, 0.48, 'wanwu'),
      row('fitness', '运动健身', 'sport', 'yogamat', '件', 1500, 0.48, 'wanwu'),
      row('camping', '露营徒步', 'sport', 'tent', '件', 2400, 0.5, 'wanwu'),
    ],
  },
];

const level2ByKey = new Map(
  categoryTree.flatMap((parent) => parent.children.map((child) => [child.key, { parent, child }])),
);

export function level2Of(key: string) {
  const found = level2ByKey.get(key);
  if (!found) throw new Error(`unknown category ${key}`);
  return found;
}

export function buildCategories(): DemoCategory[] {
  return categoryTree.flatMap((parent, parentIndex) => [
    {
      id: idOf('category', parent.key),
      key: parent.key,
      parentId: null,
      level: 1 as const,
      name: parent.name,
      sort: parentIndex + 1,
      icon: parent.icon,
      picture: { key: `category/${parent.key}`, ratio: 1, alt: parent.name },
      attributeSchema: null,
      returnable: true,
      perishable: false,
    },
    ...parent.children.map((child, index) => ({
      id: idOf('category', child.key),
      key: child.key,
      parentId: idOf('category', parent.key),
      level: 2 as const,
      name: child.name,
      sort: index + 1,
      icon: null,
      picture: { key: `category/${child.key}`, ratio: 1, alt: child.name },
      attributeSchema: schemaOf(child.attributes),
      returnable: child.returnable ?? true,
      perishable: child.perishable ?? false,
    })),
  ]);
}
