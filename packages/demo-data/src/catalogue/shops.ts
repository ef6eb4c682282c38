import { idOf } from '../seeded.ts';
import type { DemoShop, DemoStore } from '../types.ts';
import type { ShopCode } from './categories.ts';

const shop = (
  code: ShopCode,
  name: string,
  slogan: string,
  brandColour: string,
  servicePhone: string,
  shipsFrom: string,
  services: string[],
  serviceText: string,
): DemoShop => ({
  id: idOf('shop', code),
  code,
  name,
  slogan,
  brandColour,
  logo: { key: `shop/${code}/logo`, ratio: 1, alt: `${name}标志` },
  cover: { key: `shop/${code}/cover`, ratio: 16 / 7, alt: `${name}店铺封面` },
  servicePhone,
  shipsFrom,
  services,
  serviceText,
});

export const buildShops = (): DemoShop[] => [
  shop('yishe', '一舍家居', '好好住，慢慢来', '#B4532F', '400-000-0571', '浙江杭州', ['7天无理由', '满99包邮', '运费险', '大件送货上楼'],
    '人工客服每天 9:00–22:00 在线。床品家具支持 7 天无理由退货，大件商品送货上楼，安装请提前一天预约。'),
  shop('qinghe', '青禾集', '把四季带回家', '#3F7A4F', '400-000-0512', '浙江嘉兴', ['满69包邮', '门店自提', '坏单包赔', '48小时发货'],
    '人工客服每天 8:30–21:30 在线。鲜果坏单请在签收 24 小时内拍照联系我们，核实后直接赔付；杭州三家门店可到店自提。'),
  shop('wanwu', '玩物志', '有趣的东西，认真地做', '#35507A', '400-000-0755', '广东深圳', ['7天无理由', '满59包邮', '一年质保', '24小时发货'],
    '人工客服工作日 9:30–21:00、周末 10:00–18:00 在线。数码配件一年质保，非人为故障换新，来回运费我们承担。'),
];

const store = (
  key: string,
  name: string,
  district: string,
  address: string,
  latitude: number,
  longitude: number,
  opensAt: string,
  closesAt: string,
  phone: string,
): DemoStore => ({
  id: idOf('store', key),
  shopId: idOf('shop', 'qinghe'),
  name,
  province: '浙江省',
  city: '杭州市',
  district,
  address,
  latitude,
  longitude,
  opensAt,
  closesAt,
  phone,
  cover: { key: `store/${key}`, ratio: 16 / 9, alt: name },
});

export const buildStores = (): DemoStore[] => [
  store('xihu', '青禾集·文三路店', '西湖区', '文三路 388 号钱江科技大厦 1 层 103 室', 30.2779, 120.1245, '09:00', '21:30', '0571-00000103'),
  store('shangcheng', '青禾集·湖滨店', '上城区', '平海路 124 号湖滨天地 B1 层 B107', 30.2551, 120.1672, '10:00', '22:00', '0571-00000107'),
  store('gongshu', '青禾集·大兜路店', '拱墅区', '大兜路历史街区 76 号', 30.3153, 120.1389, '09:30', '21:00', '0571-00000076'),
];
