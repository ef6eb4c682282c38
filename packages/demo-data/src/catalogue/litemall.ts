import { readFileSync } from 'node:fs';
import type { DemoGoods } from '../types.ts';

/** One row of the public titles; see source/NOTICE. */
interface Row {
  id: string;
  name: string;
  brief: string;
  keywords: string;
  category: string;
  category_l1: string;
  price: string;
}

export interface SeedGood {
  key: string;
  title: string;
  brief: string;
  categoryKey: string;
  family: string;
  price: number;
  template: string;
  colours: string[];
  pattern: string;
  /** Words of the public set that still describe the goods, for search. */
  keywords: string[];
  /** Left out: physical goods. */
  goods?: DemoGoods;
}

/** [words in the title, level-2 category, shape, spec template]; the first match decides. Order: narrow before wide. */
const rules: [RegExp, string, string, string][] = [
  [/猫砂/, 'petcare', 'litterbox', 'colour'],
  [/猫抓板/, 'petbed', 'scratcher', 'one'],
  [/宠物窝/, 'petbed', 'petbed', 'petsize'],
  [/牵引绳/, 'leash', 'leash', 'length'],
  [/牵引器/, 'leash', 'retractable', 'length'],
  [/拾便器/, 'leash', 'petpouch', 'colour'],
  [/按摩刷|清洁|护理|美容/, 'petcare', 'petbrush', 'one'],
  [/饮水器|喂水喂食/, 'petbowl', 'waterer', 'colour'],
  [/宠物.*(碗|盆)/, 'petbowl', 'petbowl', 'colour'],
  [/颈枕眼罩/, 'hobby', 'neckpillow', 'one'],
  [/床笠款|床褥|床垫/, 'mattress', 'mattress', 'mattress'],
  [/四件套|枕套|安睡组合/, 'bedset', 'bedset', 'bed'],
  [/床单|床笠/, 'bedset', 'sheet', 'sheet'],
  [/席/, 'summer', 'summermat', 'mat'],
  [/夏凉|空调被/, 'summer', 'quilt', 'duvet'],
  [/盖毯/, 'blanket', 'blanket', 'throw'],
  [/午睡枕|坐垫|皮垫|腰靠|暖手枕/, 'cushion', 'seatpad', 'colour'],
  [/抱枕/, 'cushion', 'cushion', 'cushion'],
  [/枕/, 'pillow', 'pillow', 'pillow'],
  [/被/, 'duvet', 'duvet', 'duvet'],
  [/地毯/, 'rug', 'rug', 'rug'],
  [/地垫|浴垫/, 'rug', 'bathmat', 'mat2'],
  [/窗帘|纱帘/, 'curtain', 'curtain', 'curtain'],
  [/懒人沙发/, 'seating', 'beanbag', 'colour'],
  [/沙发组合/, 'seating', 'sofa', 'colour'],
  [/转椅/, 'seating', 'officechair', 'colour'],
  [/休闲椅/, 'seating', 'armchair', 'colour'],
  [/餐椅/, 'furniture', 'chair', 'wood'],
  [/圆桌/, 'furniture', 'roundtable', 'wood'],
  [/餐桌|书桌/, 'furniture', 'table', 'table'],
  [/实木床头柜/, 'furniture', 'nightstand', 'wood'],
  [/实木床/, 'furniture', 'woodbed', 'wood'],
  [/五斗柜|多抽柜/, 'furniture', 'drawers', 'wood'],
  [/电视柜|茶几/, 'furniture', 'tvcabinet', 'wood'],
  [/落地灯/, 'lamp', 'floorlamp', 'colour'],
  [/台灯/, 'lamp', 'tablelamp', 'colour'],
  [/落地镜/, 'decor', 'mirror', 'wood'],
  [/永生花/, 'decor', 'flowerdome', 'one'],
  [/月光曲/, 'decor', 'vase', 'one'],
  [/挂钟|木钟/, 'decor', 'wallclock', 'colour'],
  [/电子钟/, 'decor', 'deskclock', 'colour'],
  [/风扇/, 'decor', 'fan', 'colour'],
  [/天鹅|收纳摆件/, 'decor', 'ornament', 'colour'],
  [/炒锅/, 'pan', 'wok', 'colour'],
  [/煎锅/, 'pan', 'pan', 'colour'],
  [/厨具组合/, 'pan', 'cookset', 'colour'],
  [/锅/, 'pan', 'pot', 'colour'],
  [/曲奇/, 'pastry', 'cookies', 'pack'],
  [/粽/, 'festival', 'zongzi', 'pack'],
  [/酥|糕/, 'pastry', 'pastry', 'pack'],
  [/女式.*内裤/, 'underwear', 'panties', 'briefs'],
  [/内裤/, 'underwear', 'briefs', 'briefs'],
  [/浴巾/, 'towel', 'bathtowel', 'towel'],
  [/毛巾|面巾/, 'towel', 'towel', 'towel'],
  [/娃娃裙|水手裙/, 'babywear', 'babydress', 'baby'],
  [/哈衣/, 'babywear', 'romper', 'baby'],
  [/海魂衫|衬衣/, 'babywear', 'babytop', 'baby'],
  [/礼盒（婴童）|百天礼盒/, 'babywear', 'babygift', 'one'],
  [/登机箱|拉杆箱/, 'luggage', 'suitcase', 'colour'],
  [/双肩包/, 'bag', 'backpack', 'one'],
  [/护腕/, 'fitness', 'wristband', 'one'],
  [/收纳盒/, 'hobby', 'fortress', 'one'],
  [/雨伞/, 'hobby', 'umbrella', 'one'],
  [/麻将/, 'hobby', 'mahjong', 'one'],
  [/钢笔/, 'stationery', 'fountainpen', 'nib'],
  [/笔记本/, 'stationery', 'notebook', 'ruled'],
  [/十四行诗/, 'stationery', 'stationerybox', 'one'],
  [/水晶笔|檀香/, 'stationery', 'fountainpen', 'colour'],
  [/笔/, 'stationery', 'pen', 'pens'],
];

/** Claims no shop could stand behind (sales figures, royal use, makers of other brands, health) and what is said instead. */
const titleFixes: Record<string, string> = {
  皇室御用超柔毛巾: '超柔长绒棉毛巾',
  皇室御用超柔毛巾80s: '超柔长绒棉毛巾80s',
  '100年传世珐琅锅 全家系列': '铸铁珐琅锅 全家系列',
  '100年传世珐琅锅': '铸铁珐琅锅',
  '100年传世珐琅锅 马卡龙系列': '铸铁珐琅锅 马卡龙系列',
  宫廷奢华真丝四件套: '桑蚕丝真丝四件套',
  奢华植鞣头层水牛皮席三件套: '植鞣头层水牛皮席三件套',
  可水洗抗菌防螨丝羽绒枕: '可水洗防螨丝羽绒枕',
  宠物合金钢安全除菌指甲护理组合: '宠物合金钢指甲护理组合',
  多功能封闭式环保除菌猫砂盆: '多功能封闭式环保猫砂盆',
};
const briefFixes: Record<string, string> = {
  '1006051': '至柔至软，亲肤吸水',
  '1009009': '蓬松保暖，一条被子过冬',
  '1009013': '进口防螨面料，蓬松回弹',
  '1019006': '植物填充，草木清香',
  '1020000': '人体工学曲线，久坐更舒服',
  '1006007': '澳洲进口羊毛，蓬松保暖',
  '1006010': '细腻绵羊毛，轻盈保暖',
  '1037012': '高山苦荞填充，软硬适中',
  '1044012': '羊羔毛的细腻触感',
  '1046044': '设计师联合款，垂顺亲肤',
  '1036002': '原生苦荞，贴合颈部曲线',
  '1064021': '木铁结合，灯臂可调节',
  '1071006': '圆润不藏污，冲洗方便',
  '1092025': '独立包装，差旅一次一换',
  '1108031': '15°倾斜设计，低头更省力',
  '1109008': '模块自由组合，坐感松软',
  '1109034': '大字清晰，三面可读',
  '1113010': '亲肤贴合，垂顺透气',
  '1113011': '顺滑亲肤，轻若无物',
  '1113019': '静音万向轮，通勤短途刚好',
  '1114011': '加大容量，长途一箱装下',
  '1116004': 'A类面料，无荧光承诺',
  '1116032': '敦厚包裹感，陷进去就放松',
  '1116033': '腰背贴合，久坐有支撑',
  '1110013': '承重50公斤，乐享自由',
  '1127003': '双面可用，独立弹簧静音',
  '1135053': '复古山形纹，立体提花',
  '1127025': '蚕丝面料，蝶翼花边',
  '1128011': '单面纱布，透气瞬吸',
  '1129015': '瞬吸亲肤，不易掉毛',
  '1134056': '竹纤维混纺，爽滑透气',
  '1086052': '金属箱身，利落耐用',
  '1130056': '头层水牛皮，夏夜清凉',
  '1152097': '可以背在身上的长柄雨伞',
  '1155000': '条纹绿格，清新活泼',
  '1135002': '100%桑蚕丝，丝滑亲肤',
  '1135050': '全封闭防外带，异味不外溢',
  '1092005': '黑檀与黄铜的结合',
  '1129016': '瞬间吸水，亲肤不易掉毛',
  '1130049': '天丝面料，清凉透气',
  '1036013': '色纺纱线，亲肤舒适',
  '1143015': '龙眉草编织，清凉透气',
  '1110019': '圆头刀口，修剪更安心',
  '1152004': '大容量分区，通勤也能背',
  '1181000': '床垫、枕头与被子一次配齐',
  '1085019': '铝质包角，牢固抗摔',
};

const palettes: Record<string, string[]> = {
  bedding: ['燕麦', '雾蓝', '藕粉', '豆绿', '浅灰', '奶白', '姜黄', '藏青'],
  living: ['燕麦', '雾灰', '苔绿', '陶土红', '雾蓝', '焦糖', '奶白', '墨绿'],
  kitchen: ['炭黑', '奶白', '薄荷', '陶土红', '雾蓝'],
  apparel: ['炭黑', '浅灰', '雾蓝', '藏青', '豆沙'],
  care: ['奶白', '樱粉', '天青', '燕麦', '雾蓝'],
  baby: ['天青', '樱粉', '鹅黄'],
  pet: ['燕麦', '雾蓝', '樱粉', '豆绿', '炭黑', '焦糖'],
  digital: ['炭黑', '雾蓝', '奶白', '豆沙'],
  outdoor: ['炭黑', '银色', '雾蓝', '樱粉', '墨绿'],
  food: ['焦糖', '苔绿', '藕粉', '姜黄'],
};

/** A colour said in the title wins over the palette of the category. */
const titleColours: [RegExp, string[]][] = [
  [/星空蓝/, ['星空蓝']],
  [/素雅灰/, ['素雅灰']],
  [/胭脂粉/, ['胭脂粉']],
  [/青粉拼接/, ['青粉']],
  [/条纹绿格/, ['绿格']],
  [/灰黄/, ['灰黄']],
  [/条纹间粉/, ['藕粉']],
  [/蓝粉/, ['蓝粉']],
  [/蓝灰/, ['蓝灰']],
  [/中国红/, ['中国红']],
  [/莹白/, ['莹白']],
  [/铝镁|铝合金|不锈钢/, ['银色']],
  [/彩棉/, ['驼色']],
  [/羊毛|羊羔毛|蚕丝|羽绒|驼绒|莹/, ['奶白', '燕麦', '浅灰']],
  [/黄铜|檀香/, ['胡桃']],
  [/水晶/, ['星空蓝']],
  [/海魂|水手/, ['藏青', '朱红']],
  [/迷彩/, ['橄榄']],
  [/木纹/, ['原木']],
  [/粉彩|趣粉/, ['樱粉', '天青']],
  [/淡墨/, ['雾灰']],
  [/实木|木质|桐木/, ['原木']],
  [/部落/, ['酒红']],
  [/联盟/, ['藏青']],
  [/魔兽/, ['墨绿']],
  [/蔺草|竹/, ['豆绿', '原木']],
  [/牛皮/, ['焦糖']],
  [/珐琅锅|牛排/, ['朱红', '墨绿', '奶白', '雾蓝']],
];

const patterns: [RegExp, string][] = [
  [/条纹|海魂|水手/, 'stripe'],
  [/格纹|格子|AB格|纱格|绿格|蓝灰格|织格/, 'plaid'],
  [/华夫/, 'waffle'],
  [/绞花|麻花|针织抱枕套/, 'cable'],
  [/针织|毛衣|冷帽/, 'knit'],
  [/波点/, 'dots'],
  [/几何|山形|三角|印花/, 'geo'],
  [/绣球|刺绣|绣花|蜻蜓|流星|提花|田园|森林/, 'sprig'],
  [/渐变/, 'ombre'],
  [/拼接|撞色|间粉|蓝粉|灰黄/, 'block'],
  [/羊羔毛|长毛|珊瑚绒|法兰绒|羊毛/, 'fleece'],
  [/泡泡纱|纱布|水洗/, 'crinkle'],
  [/迷彩/, 'camo'],
];

export const patternOf = (title: string): string => patterns.find(([words]) => words.test(title))?.[1] ?? 'plain';

export function ruleOf(title: string): { categoryKey: string; family: string; template: string } {
  const rule = rules.find(([words]) => words.test(title));
  if (!rule) throw new Error(`no rule for ${title}`);
  return { categoryKey: rule[1], family: rule[2], template: rule[3] };
}

export function coloursFor(title: string, level1: string, offset: number, count: number): string[] {
  const said = titleColours.find(([words]) => words.test(title));
  if (said) return said[1];
  const palette = palettes[level1] ?? ['燕麦', '雾蓝'];
  return Array.from({ length: count }, (_, index) => palette[(offset + index) % palette.length] as string);
}

const sourceFile = (name: string) => readFileSync(new URL(`../../source/${name}`, import.meta.url), 'utf8');

export const litemallHotWords = (): string[] => JSON.parse(sourceFile('litemall-hot-keywords.json'));

/** The public titles with false or forbidden claims taken out. */
export function readLitemall(): Omit<SeedGood, 'colours'>[] {
  return sourceFile('litemall-goods.jsonl')
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const row = JSON.parse(line) as Row;
      const title = (titleFixes[row.name] ?? row.name)
        .replaceAll('“', '')
        .replaceAll('”', '')
        .replace(/（非全铝）/, '');
      const { categoryKey, family, template } = ruleOf(title);
      return {
        key: `litemall-${row.id}`,
        title,
        brief: (briefFixes[row.id] ?? row.brief).replace(/。$/, '').replace(/,/g, '，').replace(/\s+/g, ' '),
        categoryKey,
        family,
        template,
        price: Math.round(Number(row.price) * 100),
        pattern: patternOf(title),
        keywords: [...new Set([row.category, row.category_l1])],
      };
    });
}
