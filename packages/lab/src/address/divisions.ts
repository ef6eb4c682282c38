/** The division tree with every spelling people use: full names, short names, former names. */
import { divisionLines } from './divisions.data.ts';

export type Level = 0 | 1 | 2; // province, city, district

export interface Division {
  code: string;
  name: string;
  level: Level;
  /** Name without its kind: 浙江, 杭州, 西湖. */
  short: string;
  province: Division;
  /** Itself for a city, undefined for a province. */
  city: Division | undefined;
  children: Division[];
}

export interface Spelling {
  text: string;
  division: Division;
  /** A short form could also be part of a road or a shop name. */
  isFull: boolean;
}

const ethnic =
  /(?:蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|普米|塔吉克|怒|鄂温克|德昂|保安|裕固|独龙|各)族/g;
const kinds = [
  /(?:特别行政区|(?:壮族|回族|维吾尔)?自治区|省|市)$/,
  /(?:自治州|地区|盟|市|县)$/,
  /(?:自治县|自治旗|新区|林区|矿区|区|县|市|旗)$/,
] as const;

function shortOf(name: string, level: Level): string {
  const bare = name.replace(kinds[level], '').replace(ethnic, '');
  return bare.length >= 2 ? bare : name;
}

/** Districts of yesterday that addresses still name: merged or renamed since about 2010. */
const former: readonly (readonly [cityCode: string, name: string])[] = [
  ['3301', '江干区'],
  ['3301', '下城区'],
  ['3206', '港闸区'],
  ['3206', '海门市'],
  ['3506', '长泰县'],
  ['3506', '龙海市'],
  ['4501', '横县'],
  ['4420', '民众镇'],
  ['4420', '东升镇'],
  ['4420', '南朗镇'],
  ['1101', '崇文区'],
  ['1101', '宣武区'],
  ['1101', '密云县'],
  ['1101', '延庆县'],
  ['3101', '卢湾区'],
  ['3101', '南汇区'],
  ['3101', '闸北区'],
  ['3101', '崇明县'],
  ['3201', '白下区'],
  ['3201', '下关区'],
  ['3201', '溧水县'],
  ['3201', '高淳县'],
  ['3205', '沧浪区'],
  ['3205', '平江区'],
  ['3205', '金阊区'],
  ['3205', '吴江市'],
  ['3202', '崇安区'],
  ['3202', '南长区'],
  ['3202', '北塘区'],
  ['3301', '富阳市'],
  ['3301', '临安市'],
  ['3301', '萧山市'],
  ['3302', '江东区'],
  ['3302', '奉化市'],
  ['3306', '绍兴县'],
  ['3306', '上虞市'],
  ['3702', '四方区'],
  ['3702', '胶南市'],
  ['3702', '即墨市'],
  ['3701', '章丘市'],
  ['3701', '济阳县'],
  ['4401', '萝岗区'],
  ['4401', '增城市'],
  ['4401', '从化市'],
  ['4403', '龙华新区'],
  ['4403', '光明新区'],
  ['4403', '坪山新区'],
  ['4406', '顺德市'],
  ['5101', '郫县'],
  ['5101', '双流县'],
  ['5101', '新津县'],
  ['6101', '户县'],
  ['6101', '高陵县'],
  ['6101', '长安县'],
  ['2102', '普兰店市'],
  ['2101', '辽中县'],
  ['2201', '九台市'],
  ['1301', '桥东区'],
  ['1301', '藁城市'],
  ['1301', '鹿泉市'],
  ['1301', '栾城县'],
  ['1306', '徐水县'],
  ['1306', '满城县'],
  ['1306', '清苑县'],
  ['1201', '静海县'],
  ['1201', '宁河县'],
  ['1201', '蓟县'],
  ['3207', '新浦区'],
  ['3207', '赣榆县'],
  ['3208', '清河区'],
  ['3208', '清浦区'],
  ['3209', '大丰市'],
  ['3210', '江都市'],
  ['3401', '巢湖市'],
  ['3611', '广丰县'],
  ['3611', '上饶县'],
  ['3601', '新建县'],
  ['3601', '湾里区'],
  ['4301', '望城县'],
  ['4301', '宁乡县'],
  ['4101', '中牟县'],
  ['5001', '大足县'],
  ['5001', '璧山县'],
  ['5001', '荣昌县'],
  ['5001', '铜梁县'],
  ['5001', '潼南县'],
  ['5001', '开县'],
  ['5001', '梁平县'],
  ['5001', '武隆县'],
  ['5301', '呈贡县'],
  ['5301', '晋宁县'],
  ['4501', '武鸣县'],
  ['3501', '长乐市'],
];

/** How people write what the table calls otherwise. */
const habits: readonly (readonly [districtCode: string, text: string])[] = [
  ['310115', '浦东区'],
  ['310115', '浦东'],
  ['320114', '雨花区'],
  ['320571', '工业园区'],
  ['320576', '工业园区'],
  ['330109', '肖山区'],
  ['320104', '奏淮区'],
  ['429021', '神农架'],
];

export interface Divisions {
  provinces: Division[];
  /** Spellings by their first two characters, longest first. */
  spellings: ReadonlyMap<string, readonly Spelling[]>;
}

function build(): Divisions {
  const provinces: Division[] = [];
  const byCode = new Map<string, Division>();
  const add = (parent: Division | undefined, code: string, name: string): Division => {
    const level = (parent === undefined ? 0 : parent.level + 1) as Level;
    const division: Division = {
      code,
      name,
      level,
      short: shortOf(name, level),
      province: undefined as never,
      city: undefined,
      children: [],
    };
    division.province = parent === undefined ? division : parent.province;
    division.city = level === 0 ? undefined : level === 1 ? division : parent;
    parent?.children.push(division);
    byCode.set(code, division);
    return division;
  };
  let province: Division | undefined;
  for (const line of divisionLines.trim().split('\n')) {
    const [code = '', name = '', ...districts] = line.split(' ');
    if (code.length === 2) {
      province = add(undefined, code, name);
      provinces.push(province);
      continue;
    }
    const city = add(province, code, name);
    for (const entry of districts) {
      const [, district = '', tail = ''] = /^(\D+)(\d+)$/.exec(entry) ?? [];
      add(city, `${code}${tail}`, district);
    }
  }
  for (const [cityCode, name] of former) {
    const city = byCode.get(cityCode);
    if (city && !city.children.some((district) => district.name === name)) add(city, `${cityCode}00`, name);
  }
  return { provinces, spellings: index(provinces, byCode) };
}

function index(provinces: Division[], byCode: Map<string, Division>): Map<string, Spelling[]> {
  const spellings = new Map<string, Spelling[]>();
  const put = (text: string, division: Division, isFull: boolean) => {
    const key = text.slice(0, 2);
    const list = spellings.get(key) ?? [];
    if (text.length < 2 || list.some((known) => known.text === text && known.division === division)) return;
    list.push({ text, division, isFull });
    spellings.set(key, list);
  };
  const putAll = (division: Division) => {
    const { name, short, level } = division;
    if (!isPseudoCity(division)) {
      put(name, division, true);
      const bare = name.replace(ethnic, '');
      put(bare.replace(/自治(?=[州县旗区])/, ''), division, true);
      const isTown = /[镇乡]|街道$/.test(name);
      if (short !== name && !isTown) put(short, division, false);
      if (level === 0 && /自治区$/.test(name)) put(`${short}自治区`, division, true);
      if (level === 2 && /高新技术(?:产业)?开发区$/.test(name)) put('高新区', division, true);
      if (level === 2 && /经济(?:技术)?开发区$/.test(name)) put('经开区', division, true);
    }
    for (const child of division.children) putAll(child);
  };
  for (const province of provinces) putAll(province);
  for (const [code, text] of habits) {
    const division = byCode.get(code);
    if (division) put(text, division, text.endsWith('区'));
  }
  for (const list of spellings.values()) list.sort((a, b) => b.text.length - a.text.length);
  return spellings;
}

/** Rows that only stand between a province and its districts. */
export const isPseudoCity = ({ name, level }: Division): boolean =>
  level === 1 && /^(?:市辖区|县|.*直辖县级行政区划)$/.test(name);

const municipalities = new Set(['11', '12', '31', '50']);

/** The code couriers' systems take: of a municipality named alone, its urban part. */
export const deepestCode = ({ code }: Division): string =>
  (municipalities.has(code) ? `${code}01` : code).padEnd(6, '0');

/** As couriers print it: 上海市 is its own city. */
export const cityName = (division: Division): string => {
  const { city, province } = division;
  if (!city) return municipalities.has(province.code) ? province.name : '';
  return city.name === '市辖区' || city.name === '县' ? province.name : city.name;
};

let built: Divisions | undefined;
/** Parsed at first use: whoever never recognises an address does not pay for the table. */
export const divisions = (): Divisions => {
  built ??= build();
  return built;
};
