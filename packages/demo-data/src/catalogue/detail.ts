import { randomOf } from '../seeded.ts';
import type { DemoPicture, DetailBlock } from '../types.ts';
import { attributeSets } from './attributes.ts';
import type { SeedGood } from './litemall.ts';
import { specTemplates } from './spec-templates.ts';

type MakePicture = (view: string, ratio: number, alt: string) => DemoPicture;

/** Headings and sentences by level-1 category; each tells one true-sounding thing about choosing, using, keeping. */
const copy: Record<string, { why: string[]; how: string[]; keep: string[] }> = {
  bedding: {
    why: [
      '睡眠占去一天的三分之一，贴身的东西值得慢慢挑。我们从面料的手感选起，再看缝线与填充。',
      '不求花哨，只求每晚躺下时那一下的放松。颜色取自亚麻、雾和清晨的窗帘。',
    ],
    how: ['新品先过一遍清水，晾干后使用更蓬松。', '铺平后轻拍四角，让填充均匀散开。'],
    keep: ['30℃ 以下轻柔机洗，避免漂白，通风处晾干。', '换季收纳前晒半日，放入透气收纳袋。'],
  },
  living: {
    why: ['家具不必抢眼，耐看就好。线条收得干净，边角磨得圆润。', '光线、织物和木头，是让房间安静下来的三样东西。'],
    how: ['收货后请先检查外包装，安装时两人配合更稳。', '远离暖气与阳光直晒，能用得更久。'],
    keep: ['日常用微湿软布顺纹理擦拭，再用干布收干。', '布艺可拆洗部分请按洗标操作。'],
  },
  kitchen: {
    why: ['每天要用三次的东西，手感要对，清洗要省事。', '一口好锅、一只顺手的杯子，是下厨的底气。'],
    how: ['首次使用前用温水清洗，擦干后使用。', '中小火即可，避免空烧和骤冷骤热。'],
    keep: ['用海绵与中性清洁剂清洗，避免钢丝球。', '洗后擦干存放，久置请保持通风。'],
  },
  food: {
    why: [
      '配料表短一点，味道就真一点。我们只留下自己会给家人买的那些。',
      '从产地到餐桌，每一批都留样，包装上写清生产日期。',
    ],
    how: ['开封后请尽快食用，分享时味道更好。', '可搭配一壶清茶，甜度刚刚好。'],
    keep: ['请置于阴凉干燥处，避免阳光直射。', '开封后密封冷藏，并在三日内食用完毕。'],
  },
  apparel: {
    why: [
      '一件衣服能不能常穿，看的是领口、肩线和洗过三次之后的样子。',
      '基础款不等于随便，面料克重和走线都要经得起看。',
    ],
    how: ['尺码为平铺测量，允许 1–2 厘米误差，两码之间建议选大一码。', '深色首次请单独洗涤。'],
    keep: ['反面洗涤，平铺晾干，低温熨烫。', '针织类请折叠存放，避免衣架变形。'],
  },
  care: {
    why: ['贴着皮肤用的东西，成分和触感一样重要。', '每天早晚各十分钟，把这段时间过得舒服一点。'],
    how: ['初次使用请先在耳后或手腕内侧试用。', '取适量轻轻推开，配合按压吸收更好。'],
    keep: ['请存放于阴凉干燥处，开封后建议十二个月内用完。', '毛巾类每周煮洗一次，阳光下晾晒。'],
  },
  baby: {
    why: [
      '宝宝用的东西，先问安全，再问好看。面料与部件均按婴幼儿标准选择。',
      '圆角、无荧光、好清洗，爸爸妈妈才能放心交到小手里。',
    ],
    how: ['使用前请清洗或消毒，并在成人看护下使用。', '尺码按身高选择，生长期可适当放宽。'],
    keep: ['中性洗涤剂手洗，充分漂净后晾干。', '定期检查是否有松动或破损。'],
  },
  pet: {
    why: ['它不会说话，所以我们替它多想一点：材质、边缘、气味。', '耐抓耐咬，也要好看，毕竟它就摆在你的客厅里。'],
    how: ['初到新环境，可放一件带主人气味的旧物帮助适应。', '请按体型选择尺寸，量好胸围或身长。'],
    keep: ['可拆洗部分建议每两周清洗一次。', '食具每日清水冲洗，避免残留。'],
  },
  digital: {
    why: ['每天都在手边的东西，要好用，也要安静。', '把线收好，把桌面留给自己。'],
    how: ['首次使用请充满电，并阅读说明书。', '配对时长按按键三秒，指示灯闪烁即可连接。'],
    keep: ['避免接触液体与高温环境。', '长期不用请每三个月充电一次。'],
  },
  outdoor: {
    why: ['出门这件事，轻一点、稳一点，就能走远一点。', '拉链、轮子、缝线，都在看不见的地方多做了一步。'],
    how: ['首次使用前请检查配件是否齐全。', '按身体状况循序渐进，不要勉强。'],
    keep: ['使用后擦干通风，避免暴晒。', '箱体划痕可用软布蘸清水擦拭。'],
  },
};

const unsentWords = {
  virtual:
    '付款后自动发放，不用填写收货地址。在订单里点「查看内容」领取，只有你能看到；领取后请妥善保存，不要转发给别人。',
  service:
    '下单时选好门店和时段，付款后名额就为你留着。到店出示订单里的核销码，店员核对后即可开始。改期请先退款再重新预约。',
};

export function detailOf(
  good: SeedGood,
  child: { name: string; attributes: string; unit: string },
  parent: { key: string },
  attributes: Record<string, string | number | boolean>,
  picture: MakePicture,
): DetailBlock[] {
  const words = copy[parent.key];
  if (!words) throw new Error(`no detail copy for ${parent.key}`);
  const random = randomOf(`${good.key}:detail`);
  const rows = [
    { name: '品名', value: good.title },
    { name: '分类', value: child.name },
    ...Object.entries(attributeSets[child.attributes] ?? {}).map(([name, property]) => ({
      name: property['x-unit'] ? `${property.title}（${property['x-unit']}）` : property.title,
      value: String(attributes[name]),
    })),
    ...(specTemplates[good.template]?.plain ? [] : [{ name: '可选颜色', value: good.colours.join('、') }]),
  ];
  if (good.goods)
    return [
      { kind: 'picture', picture: picture('detail-cover', 3 / 4, `${good.title} 主视觉`) },
      { kind: 'heading', text: good.brief },
      { kind: 'paragraph', text: unsentWords[good.goods.kind] },
      { kind: 'heading', text: '购买须知' },
      { kind: 'table', rows },
      { kind: 'picture', picture: picture('detail-scene', 3 / 4, `${good.title} 使用场景`) },
    ];
  return [
    { kind: 'picture', picture: picture('detail-cover', 3 / 4, `${good.title} 主视觉`) },
    { kind: 'heading', text: good.brief },
    { kind: 'paragraph', text: random.pick(words.why) },
    { kind: 'picture', picture: picture('detail-material', 1, `${good.title} 材质细节`) },
    { kind: 'heading', text: '规格参数' },
    { kind: 'table', rows },
    { kind: 'picture', picture: picture('detail-scene', 3 / 4, `${good.title} 使用场景`) },
    { kind: 'heading', text: '使用与保养' },
    { kind: 'paragraph', text: `${random.pick(words.how)}${random.pick(words.keep)}` },
    { kind: 'picture', picture: picture('detail-colours', 1, `${good.title} 颜色与款式`) },
    { kind: 'paragraph', text: '手工测量略有误差；拍摄光线与屏幕显示不同，颜色请以实物为准。' },
  ];
}
