/** Kinds of goods as the merchant writes them and the shopper reads them. Pure. */
import type { GoodsNotes, GoodsTerms, ServiceTerms, VirtualTerms } from '@xiaopu/contracts';

const minutesOf = (time: string): number => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
};

/** Why these terms cannot be sold by; undefined when they can. */
export function goodsFault(goods: GoodsTerms): string | undefined {
  if (goods.kind === 'virtual')
    return goods.delivery === 'access' && goods.content.trim() === ''
      ? '请填写发放内容，买家付款后看到的就是它'
      : undefined;
  const names = goods.places.map(({ name }) => name.trim());
  if (new Set(names).size < names.length) return '预约地点不能重名';
  if (minutesOf(goods.closes) > 24 * 60) return '结束时间不能晚于 24:00';
  return minutesOf(goods.closes) - minutesOf(goods.opens) < goods.minutes ? '每天的可约时间比一个时段还短' : undefined;
}

export const noReturn = '虚拟商品，购买后不支持退换';

const lastsText = ({ days }: VirtualTerms): string => (days === null ? '长期有效' : `有效期 ${days} 天`);
const dayNames = ['一', '二', '三', '四', '五', '六', '日'];
const weekText = (weekdays: readonly number[]): string =>
  weekdays.length === 7 ? '每天' : `周${weekdays.map((day) => dayNames[day - 1]).join('、')}`;
export const refundRuleText = ({ refundHours }: ServiceTerms): string =>
  refundHours === 0
    ? '预约开始前可申请退款，开始后不支持退款'
    : `预约开始前 ${refundHours} 小时可申请退款，之后不支持退款`;

export function goodsNotes(goods: GoodsTerms): GoodsNotes {
  if (goods.kind === 'virtual')
    return {
      kind: 'virtual',
      notes: [
        goods.delivery === 'code' ? '付款后自动发放卡密，无需收货地址' : '付款后立即开通，无需收货地址',
        lastsText(goods),
        noReturn,
      ],
    };
  const [first, ...others] = goods.places;
  return {
    kind: 'service',
    notes: [
      `${weekText(goods.weekdays)} ${goods.opens}–${goods.closes} 可约，每次 ${goods.minutes} 分钟`,
      others.length > 0
        ? `${goods.places.length} 个地点可选：${goods.places.map(({ name }) => name).join('、')}`
        : `${first?.name}${first?.address ? `（${first.address}）` : ''}`,
      refundRuleText(goods),
    ],
  };
}

const kindNames = { physical: '实物', code: '卡密', access: '权益', service: '预约' } as const;

/** The two cells of the product sheet; empty for physical goods' terms. */
export function goodsCells(goods: GoodsTerms | null): [kind: string, terms: string] {
  if (goods === null) return [kindNames.physical, ''];
  if (goods.kind === 'virtual') {
    const terms = [...(goods.days === null ? [] : [`有效天数=${goods.days}`]), `内容=${goods.content}`];
    return [kindNames[goods.delivery], terms.join('\n')];
  }
  const { places, weekdays, opens, closes, minutes, capacity, daysAhead, leadHours, refundHours } = goods;
  return [
    kindNames.service,
    [
      `地点=${places.map(({ name, address }) => (address ? `${name}@${address}` : name)).join('、')}`,
      `星期=${weekdays.join('')}`,
      `时间=${opens}-${closes}`,
      `时长=${minutes}`,
      `名额=${capacity}`,
      `可约天数=${daysAhead}`,
      `提前小时=${leadHours}`,
      `退款小时=${refundHours}`,
    ].join('\n'),
  ];
}

/** One setting a line; a virtual product's content may go over several. */
function settingsOf(written: string): Map<string, string> {
  const found = new Map<string, string>();
  let last: string | undefined;
  for (const line of written.split('\n')) {
    const match = /^\s*([^=＝\s]{2,4})\s*[=＝](.*)$/.exec(line);
    if (match && last !== '内容') {
      last = match[1] as string;
      found.set(last, (match[2] as string).trim());
    } else if (last !== undefined && line.trim() !== '') found.set(last, `${found.get(last)}\n${line.trim()}`);
  }
  return found;
}

const defaults = { minutes: 60, capacity: 1, daysAhead: 14, leadHours: 2, refundHours: 24 };

/** @throws what `refuse` makes of the fault */
export function readGoods(kind: string, written: string, refuse: (fault: string) => Error): GoodsTerms | null {
  if (kind === '' || kind === kindNames.physical) return null;
  const settings = settingsOf(written);
  const whole = (name: string, otherwise: number, least: number, most: number): number => {
    const text = settings.get(name);
    if (text === undefined || text === '') return otherwise;
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most)
      throw refuse(`「${name}」应为 ${least}–${most} 的整数`);
    return value;
  };
  let goods: GoodsTerms;
  if (kind === kindNames.code || kind === kindNames.access) {
    const days = whole('有效天数', 0, 1, 3_650);
    const content = settings.get('内容') ?? '';
    if (content.length > 1_000) throw refuse('「内容」不超过 1000 个字');
    const delivery = kind === kindNames.code ? 'code' : 'access';
    goods = { kind: 'virtual', delivery, days: days === 0 ? null : days, content };
  } else if (kind === kindNames.service) {
    const places = (settings.get('地点') ?? '')
      .split('、')
      .map((place) => place.split('@').map((part) => part.trim()))
      .flatMap(([name = '', address = '']) => (name ? [{ name, address }] : []));
    if (
      places.length === 0 ||
      places.length > 20 ||
      places.some(({ name, address }) => name.length > 30 || address.length > 100)
    )
      throw refuse('请填写「地点」，如 地点=静安店@南京西路1号、徐汇店');
    const weekdays = [...new Set([...(settings.get('星期') ?? '1234567')].map(Number))].sort();
    if (weekdays.length === 0 || weekdays.some((day) => !(day >= 1 && day <= 7)))
      throw refuse('「星期」填 1–7，如 星期=12345');
    const [, opens, closes] = /^(\d\d:\d\d)[-–~](\d\d:\d\d)$/.exec(settings.get('时间') ?? '09:00-21:00') ?? [];
    if (!opens || !closes) throw refuse('「时间」请写成 时间=09:00-21:00');
    goods = {
      kind: 'service',
      ...{ places, weekdays, opens, closes },
      minutes: whole('时长', defaults.minutes, 15, 720),
      capacity: whole('名额', defaults.capacity, 1, 1_000),
      daysAhead: whole('可约天数', defaults.daysAhead, 0, 60),
      leadHours: whole('提前小时', defaults.leadHours, 0, 720),
      refundHours: whole('退款小时', defaults.refundHours, 0, 720),
    };
  } else throw refuse(`只能填${Object.values(kindNames).join('、')}`);
  const fault = goodsFault(goods);
  if (fault) throw refuse(fault);
  return goods;
}
