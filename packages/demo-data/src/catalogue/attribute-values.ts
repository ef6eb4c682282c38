import { randomOf } from '../seeded.ts';
import { attributeSets } from './attributes.ts';
import type { SeedGood } from './litemall.ts';

type Values = Record<string, string | number | boolean>;

/** What a title says outright, per property; the first match that is also in the property's list is taken. */
const said: Record<string, [RegExp, string][]> = {
  material: [
    [/天丝/, '天丝'],
    [/真丝|蚕丝/, '真丝'],
    [/羊毛|羊羔毛|长毛|羊绒/, '羊毛'],
    [/亚麻/, '亚麻'],
    [/纱布|泡泡纱/, '纱布'],
    [/法兰绒/, '法兰绒'],
    [/莫代尔/, '莫代尔'],
    [/蔺草/, '蔺草'],
    [/竹语|竹凉/, '竹'],
    [/牛皮/, '皮革'],
    [/牛皮|软皮|乐福|板鞋/, '牛皮'],
    [/长绒棉/, '长绒棉'],
    [/彩棉/, '彩棉'],
    [/棉/, '纯棉'],
    [/纱/, '纱布'],
    [/胡桃/, '胡桃木'],
    [/原素|实木|木质/, '橡木'],
    [/木钟/, '榉木'],
    [/永生花/, '鲜花'],
    [/月光曲/, '仿真花材'],
    [/珐琅|铸铁|手工铁锅/, '铸铁'],
    [/不锈钢/, '不锈钢'],
    [/钻石/, '铝合金'],
    [/木铁/, '木铁结合'],
    [/玻璃/, '玻璃'],
    [/陶|瓷|釉/, '陶瓷'],
    [/铝镁|铝合金/, '铝镁合金'],
    [/PC|魔兽.*拉杆箱/, '聚碳酸酯'],
    [/铝合金/, '铝合金'],
    [/牛仔/, '牛仔'],
    [/帆布/, '帆布'],
    [/桐木/, '桐木'],
    [/剑麻/, '剑麻'],
    [/高密材质猫抓板/, '瓦楞纸'],
    [/硅胶/, '硅胶'],
    [/榉木|木质|实木/, '榉木'],
    [/水晶/, '水晶'],
    [/黄铜|金属/, '金属'],
    [/笔记本|手账|纸/, '纸'],
    [/檀|菜板|鸡翅木/, '木'],
    [/橡胶/, '橡胶'],
    [/尼龙|牵引/, '尼龙'],
    [/编织/, '尼龙编织'],
    [/皮革/, '皮革'],
  ],
  filling: [
    [/羽绒/, '羽绒'],
    [/蚕丝/, '蚕丝'],
    [/羊毛|澳毛|驼绒/, '羊毛'],
    [/记忆/, '记忆绵'],
    [/荞麦/, '荞麦'],
    [/乳胶/, '乳胶'],
    [/羽丝/, '聚酯纤维'],
    [/棉/, '棉'],
  ],
  season: [
    [/秋冬|加厚|法兰绒|羽绒|毛衣|围巾|冷帽|加绒|开衫/, '冬季'],
    [/夏|凉|席|空调|T恤|防晒|草编/, '夏季'],
    [/衬衫|打底|休闲裤/, '春秋'],
  ],
  style: [
    [/日式|悦己|清欢/, '日式'],
    [/北欧/, '北欧'],
    [/法式/, '法式'],
    [/美式/, '美式'],
    [/古风|中式/, '新中式'],
    [/简/, '现代简约'],
  ],
  people: [
    [/男/, '男'],
    [/女|裙|连衣/, '女'],
    [/婴|童/, '儿童'],
  ],
  lightColour: [
    [/三档|挂灯/, '三档可调'],
    [/暖|露营|吊灯/, '暖光'],
  ],
  stove: [[/铸铁|珐琅|钻石|铁锅/, '明火/电磁炉通用']],
  taste: [
    [/海盐|坚果|巴旦木|肉脯|海苔/, '咸'],
    [/粽|流心|蛋黄/, '咸甜'],
    [/茶|咖啡|抹茶/, '茶香'],
    [/莓|橙|苹果|梨|葡萄|凤梨|花/, '果香'],
    [/酥|糕|曲奇|蜜/, '甜'],
  ],
  form: [
    [/课/, '课程'],
    [/会员/, '会员'],
    [/卡/, '卡密'],
  ],
  storage: [
    [/蛋糕|草莓|葡萄/, '冷藏'],
    [/橙|苹果|梨|茶|咖啡/, '阴凉干燥'],
  ],
  skin: [
    [/茶树|清爽/, '油性'],
    [/滋润|山茶/, '干性'],
    [/舒缓|神经酰胺/, '敏感'],
  ],
  scent: [
    [/松|木质/, '木质'],
    [/花|茉莉|樱/, '花香'],
    [/茶/, '茶香'],
    [/无硅油|氨基酸|玻尿酸|防晒/, '无香'],
  ],
  interface: [
    [/无线|蓝牙|三模|收音机/, '无线'],
    [/有线/, '3.5mm'],
    [/充电|数据线|电源|扩展/, 'Type-C'],
    [/壳|支架|桌垫/, '无'],
  ],
  occasion: [
    [/礼盒|水晶|檀/, '礼赠'],
    [/魔兽|摆件|麻将/, '收藏'],
    [/手账|活页|中性|中油|笔袋|水彩/, '学习'],
    [/钢笔/, '办公'],
  ],
  cabin: [
    [/登机|20寸|18寸|双肩|手袋|托特|方包/, '可登机'],
    [/拉杆箱/, '需托运'],
  ],
  pet: [
    [/猫砂|猫抓|猫咪|猫爬|逗猫|猫粮|猫咪独享/, '猫'],
    [/狗|牵引|拾便/, '狗'],
  ],
  size: [[/牵引|窝/, '通用']],
  scene: [
    [/瑜伽|泡沫/, '瑜伽'],
    [/哑铃/, '力量'],
    [/跳绳|护腕/, '日常'],
    [/帐篷|露营|椅/, '露营'],
    [/水杯/, '跑步'],
    [/保温/, '徒步'],
  ],
  washing: [[/羊毛|羊羔毛|毛皮|窗帘/, '手洗']],
  dishwasher: [
    [/木|保温|便当/, '不可用'],
    [/陶|瓷|玻璃|硅胶/, '可用'],
  ],
  assembly: [
    [/餐桌|书桌|圆桌|书架|床/, '上门安装'],
    [/椅|柜|茶几/, '简单组装'],
    [/沙发/, '免安装'],
  ],
  safety: [[/./, 'A类']],
};

const numberSaid: Record<string, RegExp> = {
  netGrams: /(\d+)\s*克/,
  diameterCm: /(\d+)cm/,
  litres: /(\d+)升/,
};

/** Numbers that must look right for the goods, where a random one within the schema's bounds would not. */
const numberBounds: Record<string, [number, number, number]> = {
  threadCount: [40, 80, 20],
  loadKg: [80, 200, 20],
  watts: [5, 30, 5],
  diameterCm: [18, 32, 2],
  capacityMl: [300, 900, 50],
  netGrams: [120, 600, 20],
  shelfLifeDays: [365, 1095, 365],
  netMl: [30, 300, 10],
  warrantyMonths: [12, 24, 12],
  litres: [12, 40, 4],
};
const foodShelfLife = (category: string): [number, number, number] =>
  category === 'fruit' ? [5, 12, 1] : category === 'pastry' ? [30, 90, 30] : [180, 540, 90];

/** Fills every property of the category's schema: from the title where it says so, else a plausible seeded choice. */
export function attributesOf(good: SeedGood, set: string): Values {
  const random = randomOf(`${good.key}:attributes`);
  const text = `${good.title} ${good.brief}`;
  const values: Values = {};
  for (const [name, property] of Object.entries(attributeSets[set] ?? {})) {
    if (property.enum) {
      const options = property.enum;
      const hit = said[name]?.find(([words, value]) => words.test(text) && options.includes(value));
      values[name] = hit ? hit[1] : random.pick(options);
    } else {
      const [low, high, step] =
        set === 'food' && name === 'shelfLifeDays'
          ? foodShelfLife(good.categoryKey)
          : (numberBounds[name] ?? [property.minimum ?? 1, property.maximum ?? 100, 1]);
      const found = numberSaid[name]?.exec(text)?.[1];
      const value = found ? Number(found) : low + step * random.integer(0, Math.floor((high - low) / step));
      values[name] = Math.min(property.maximum ?? value, Math.max(property.minimum ?? value, value));
    }
  }
  return values;
}
