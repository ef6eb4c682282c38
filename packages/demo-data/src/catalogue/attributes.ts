import type { AttributeProperty, AttributeSchema } from '../types.ts';

const choice = (title: string, values: string, filter = true): AttributeProperty => ({
  type: 'string',
  title,
  enum: values.split(' '),
  ...(filter ? { 'x-filter': true } : {}),
});
const amount = (title: string, unit: string, minimum: number, maximum: number): AttributeProperty => ({
  type: 'integer',
  title,
  minimum,
  maximum,
  'x-unit': unit,
});

const material = (values: string) => choice('材质', values);
const origin = choice('产地', '浙江 江苏 广东 福建 山东 新疆 云南 四川', true);
const season = choice('适用季节', '四季 春秋 夏季 冬季');
const style = choice('风格', '日式 北欧 现代简约 法式 美式 新中式');
const cloth = material('纯棉 亚麻 天丝 真丝 羊毛 纱布 法兰绒 莫代尔 聚酯纤维 蔺草 竹 皮革');

/** Named groups of properties; a level-2 category picks one. The order is the order in the console's form. */
export const attributeSets: Record<string, Record<string, AttributeProperty>> = {
  bedding: { material: cloth, season, style, threadCount: amount('支数', '支', 40, 120), origin },
  filling: {
    material: cloth,
    filling: choice('填充物', '羽绒 蚕丝 羊毛 聚酯纤维 记忆绵 荞麦 乳胶 棉'),
    season,
    origin,
  },
  textile: { material: cloth, style, washing: choice('洗涤方式', '可机洗 手洗 干洗'), origin },
  furniture: {
    material: material('橡木 胡桃木 榉木 松木 布艺 金属 网布'),
    style,
    assembly: choice('安装方式', '免安装 简单组装 上门安装'),
    loadKg: amount('承重', 'kg', 20, 300),
    origin,
  },
  lamp: {
    material: material('金属 木铁结合 玻璃 陶瓷 布艺'),
    style,
    lightColour: choice('光色', '暖光 中性光 三档可调'),
    watts: amount('功率', 'W', 3, 36),
  },
  ornament: { material: material('榉木 橡木 金属 玻璃 陶瓷 树脂 鲜花 仿真花材 塑料'), style, origin },
  cookware: {
    material: material('铸铁 不锈钢 铝合金 钛 木 硅胶'),
    stove: choice('适用灶具', '明火 电磁炉 明火/电磁炉通用'),
    diameterCm: amount('口径', 'cm', 10, 40),
    origin,
  },
  tableware: {
    material: material('陶瓷 玻璃 不锈钢 木 硅胶 竹'),
    capacityMl: amount('容量', 'ml', 50, 3000),
    dishwasher: choice('洗碗机', '可用 不可用', false),
    origin,
  },
  rights: { form: choice('形式', '卡密 课程 会员') },
  visit: { people: choice('适合', '成人 亲子 通用') },
  food: {
    taste: choice('口味', '甜 咸 咸甜 原味 茶香 果香 混合'),
    netGrams: amount('净含量', 'g', 30, 6000),
    shelfLifeDays: amount('保质期', '天', 3, 720),
    storage: choice('贮存', '常温 冷藏 阴凉干燥'),
    origin,
  },
  clothing: {
    material: material('纯棉 莫代尔 真丝 羊毛 亚麻 牛仔 聚酯纤维 帆布 牛皮'),
    season,
    fit: choice('版型', '修身 合身 宽松'),
    people: choice('适用人群', '男 女 通用'),
  },
  towel: { material: material('长绒棉 纯棉 纱布 竹纤维'), people: choice('适用人群', '成人 儿童 通用'), origin },
  cosmetics: {
    skin: choice('适合肤质', '各种肤质 干性 油性 混合 敏感'),
    netMl: amount('净含量', 'ml', 2, 1000),
    shelfLifeDays: amount('保质期', '天', 365, 1095),
    scent: choice('香型', '无香 花香 果香 木质 茶香'),
  },
  baby: {
    material: material('纯棉 彩棉 纱布 硅胶 榉木 聚酯纤维 食品级PP'),
    age: choice('适用年龄', '0-6个月 6-12个月 1-3岁 3-6岁'),
    safety: choice('安全类别', 'A类 B类', false),
    origin,
  },
  pet: {
    material: material('棉麻 不锈钢 硅胶 尼龙 塑料 桐木 剑麻 瓦楞纸'),
    pet: choice('适用宠物', '猫 狗 猫狗通用'),
    size: choice('体型', '小型 中型 通用'),
  },
  digital: {
    interface: choice('接口', 'Type-C 无线 USB-A 3.5mm 无'),
    material: material('铝合金 硅胶 塑料 尼龙编织 皮革'),
    watts: amount('功率', 'W', 1, 140),
    warrantyMonths: amount('质保', '个月', 6, 24),
  },
  stationery: {
    material: material('纸 金属 木 塑料 水晶 树脂 布艺'),
    occasion: choice('场景', '办公 学习 礼赠 收藏'),
    origin,
  },
  luggage: {
    material: material('聚碳酸酯 铝镁合金 尼龙 帆布 牛皮 聚酯纤维'),
    litres: amount('容量', 'L', 1, 120),
    cabin: choice('登机', '可登机 需托运'),
  },
  sport: {
    material: material('橡胶 尼龙 铝合金 铸铁 聚酯纤维 硅胶 不锈钢'),
    scene: choice('场景', '瑜伽 力量 跑步 露营 徒步 日常'),
    people: choice('适用人群', '入门 进阶 通用'),
  },
};

export function schemaOf(set: string): AttributeSchema {
  const properties = attributeSets[set];
  if (!properties) throw new Error(`unknown attribute set ${set}`);
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}
