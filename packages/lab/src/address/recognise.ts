/**
 * Paste and recognise (C05-PATH-06): name, phone and address out of what people copy from chats and other shops. Pure.
 * The phone comes out first, then the region; what is left is the name and the detail.
 */
import { cityName, deepestCode } from './divisions.ts';
import { findRegion, isPartOf } from './region.ts';

export interface Recognised {
  name: string;
  phone: string;
  province: string;
  city: string;
  district: string;
  detail: string;
  /** Six digits (or more for towns) of the deepest division read; empty when none was. */
  code: string;
}

const surnames =
  '王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝';
const names = new RegExp(`[${surnames}][\\u4e00-\\u9fa5]{1,2}`);

const labels =
  /(?:收货?人|收件人|联系人|姓名|名字|手机号码?|联系电话|联系方式|电话号码?|手机|电话|所在地区|详细地址|收货地址|收件地址|地区|地址|邮政编码|邮编)\s*[:：]\s*/g;
const nameLabel = /(?:收货?人|收件人|联系人|姓名|名字)\s*[:：]\s*([^\s,，。;；、|/:：\d]{1,12})/;

const placeLike =
  /(?:[省市区县镇乡村路街道巷弄号楼栋幢座室层苑园厦庄屯组队场店馆院校厂]|公司|广场|小区|公寓|花园|学院)$/;

/** Full-width letters and digits to plain, every kind of separator to one blank. */
function normalise(text: string): string {
  return text
    .replace(/[\uff01-\uff5e]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0))
    .replace(/[\u3000\u00a0\t\r\n]/g, ' ');
}

interface Taken {
  phone: string;
  rest: string;
}

/** A mobile number, else a landline; a blank is left in its place. */
function takePhone(text: string): Taken {
  const patterns = [
    /(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?!\d)/,
    // House numbers stick to phones: …三单元301 15800001123 typed without the blank.
    /(1[3-9]\d{9})(?!\d)/,
    /(?<!\d)(0\d{2,3}[- ]?\d{7,8})(?!\d)/,
  ];
  for (const pattern of patterns) {
    const match = pattern.exec(text);
    if (!match?.[1]) continue;
    const before = text.slice(0, match.index);
    return { phone: match[1].replace(/[- ]/g, ''), rest: `${before} ${text.slice(match.index + match[0].length)}` };
  }
  return { phone: '', rest: text };
}

const tidyName = (text: string): string => text.replace(/(?:\s*[(（]?收[)）]?|亲启|启)$/, '').trim();

function isNameLike(segment: string): boolean {
  const bare = tidyName(segment);
  if (bare === '' || /\d/.test(bare) || [...bare].length > 12) return false;
  if (/^[\u4e00-\u9fa5·]+$/.test(bare))
    return bare.length <= 6 && (!placeLike.test(bare) || (bare.length <= 3 && names.test(bare)));
  return /^[A-Za-z\u4e00-\u9fa5·.*]+$/.test(bare) && !placeLike.test(bare);
}

/** Lower is likelier: short, a known surname, close to the phone. */
function nameCost(segment: string, distance: number): number {
  const bare = tidyName(segment);
  const isPerson = new RegExp(`^${names.source}$`).test(bare) || /(?:先生|女士|小姐|老师)$/.test(bare);
  return distance + (isPerson ? 0 : 2) + (bare.length > 4 ? 2 : 0);
}

interface Segment {
  text: string;
  /** Side of the region: before it, right behind it, or in a later piece. */
  place: 'before' | 'behind' | 'later';
}

/** A name written on to the end of the detail: …文三路1号张三. */
function splitTail(detail: string): { detail: string; name: string } {
  const match = new RegExp(`^(.*(?:\\d|[号室楼层栋幢座区园]))(${names.source})$`).exec(detail);
  if (!match?.[1] || !match[2] || placeLike.test(match[2])) return { detail, name: '' };
  return { detail: match[1], name: match[2] };
}

export function recogniseAddress(input: string): Recognised {
  const normal = normalise(input);
  const labelled = nameLabel.exec(normal)?.[1] ?? '';
  const unlabelled = normal.replace(nameLabel, ' ').replace(labels, ' ');
  const marker = '\u0001';
  const { phone, rest } = takePhone(unlabelled);
  // Where the phone stood; names stand next to it.
  const withMark = phone === '' ? rest : markPhone(unlabelled, rest, marker);
  const text = withMark
    .replace(/[,，。;；、|/\\!?"'“”【】[\]{}<>~^_=]+/g, ' ')
    .replace(/(^|\s)\d{6}(?=\s|$)/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

  const plain = text.replaceAll(marker, ' ');
  const region = findRegion(plain);
  const segments = toSegments(text, region, marker);
  const { name, used } = labelled ? { name: tidyName(labelled), used: undefined } : pickName(segments);

  const division = region?.division;
  const isEcho = ({ text: one, place }: Segment) =>
    place === 'before' && division !== undefined && isPartOf(one, division);
  const parts = segments.filter((segment) => segment !== used && segment.text !== marker && !isEcho(segment));
  const order = [
    ...parts.filter(({ place }) => place !== 'before'),
    ...parts.filter(({ place }) => place === 'before'),
  ];
  let detail = order
    .map((segment) => segment.text)
    .join(' ')
    .trim();
  let person = name;
  if (person === '' && detail !== '') ({ detail, name: person } = splitTail(detail));

  return {
    name: person,
    phone,
    province: division?.province.name ?? '',
    city: division ? cityName(division) : '',
    district: division?.level === 2 ? division.name : '',
    detail,
    code: division ? deepestCode(division) : '',
  };
}

function markPhone(before: string, after: string, marker: string): string {
  let same = 0;
  while (same < after.length && before[same] === after[same]) same += 1;
  return `${after.slice(0, same)} ${marker} ${after.slice(same)}`;
}

function toSegments(text: string, region: { start: number; end: number } | undefined, marker: string): Segment[] {
  const split = (piece: string, place: Segment['place'], first: Segment['place'] = place): Segment[] =>
    piece
      .split(' ')
      .map((one, index): Segment => ({ text: one, place: index === 0 ? first : place }))
      .filter(
        (segment) => segment.text !== '' && (segment.text === marker || !/^[-#*.:：()（）]+$/.test(segment.text)),
      );
  if (!region) return split(text, 'later');
  return [...split(text.slice(0, region.start), 'before'), ...split(text.slice(region.end), 'later', 'behind')];
}

function pickName(segments: Segment[]): { name: string; used: Segment | undefined } {
  const phoneAt = segments.findIndex(({ text }) => text === '\u0001');
  const last = segments.length - 1;
  const candidates = segments
    .map((segment, index) => {
      // Next to the phone, or at either end: people rarely put a name in the middle of an address.
      const distance = phoneAt < 0 ? Math.min(index, last - index) : Math.abs(index - phoneAt) - 1;
      // What follows the region without a gap is the detail, unless nothing else could be.
      const penalty = segment.place === 'behind' ? 6 : 0;
      return { segment, cost: nameCost(segment.text, distance) + penalty };
    })
    .filter(({ segment }) => segment.text !== '\u0001' && isNameLike(segment.text) && segment.place !== 'behind')
    .sort((a, b) => a.cost - b.cost);
  const best = candidates[0];
  return best ? { name: tidyName(best.segment.text), used: best.segment } : { name: '', used: undefined };
}
