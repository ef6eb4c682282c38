/** Words and small checks of the activity pages. */
import { money } from '../../shared/lib/format.ts';

export const states = {
  upcoming: { text: '未开始', tone: 'info' },
  running: { text: '进行中', tone: 'success' },
  sold_out: { text: '已抢光', tone: 'warning' },
  ended: { text: '已结束', tone: 'neutral' },
} as const;

/** 6 of 20, 30 % */
export function progressText(taken: number, of: number): string {
  return of <= 0 ? '—' : `${taken}/${of}（${Math.round((taken * 100) / of)}%）`;
}

/** Gross profit of one piece, and what part of the price that is; null where the cost is unknown. */
export function profitText(price: number, cost: number): string | null {
  if (cost <= 0) return null;
  const profit = price - cost;
  return `每件毛利 ${money(profit)}（${price <= 0 ? '—' : `${Math.round((profit * 100) / price)}%`}）`;
}

/** What is missing in a bargain's form, in words; empty when nothing is. */
export function bargainProblem(form: {
  skuId: string;
  name: string;
  floorPrice: number | null;
  helpsNeeded: number;
  salePrice: number;
}): string {
  if (form.skuId === '') return '请选择商品规格';
  if (form.name.trim() === '') return '请填写名称';
  if (form.floorPrice === null) return '请填写底价';
  if (form.salePrice - form.floorPrice < form.helpsNeeded) return '底价要低于售价，且每位好友至少砍 1 分';
  return '';
}

export const groupStates = {
  opening: { text: '待付款', tone: 'neutral' },
  open: { text: '拼团中', tone: 'info' },
  settling: { text: '结算中', tone: 'warning' },
  succeeded: { text: '已成团', tone: 'success' },
  failed: { text: '未成团', tone: 'neutral' },
} as const;

export interface StepDraft {
  size: number;
  /** 折, 9 = 90 %; or fen. */
  rate: number | null;
  price: number | null;
}

/** 9折 → 9000: what the wire calls a rate; what is typed has at most two decimals. */
export const stepOf = ({ size, rate, price }: StepDraft, kind: 'rate' | 'price') =>
  kind === 'rate' ? { size, payRate: Math.round((rate ?? 0) * 1_000) } : { size, price: price ?? 0 };

/** What is missing in a group purchase's form, in words; empty when nothing is. */
export function groupProblem(form: {
  skuIds: readonly string[];
  name: string;
  kind: 'rate' | 'price';
  steps: readonly StepDraft[];
  quota: number;
}): string {
  if (form.skuIds.length === 0) return '请选择商品规格';
  if (form.name.trim() === '') return '请填写名称';
  const value = (step: StepDraft) => (form.kind === 'rate' ? step.rate : step.price);
  for (const [index, step] of form.steps.entries()) {
    const [now, before] = [value(step), form.steps[index - 1]];
    if (now === null || now <= 0 || (form.kind === 'rate' && (now < 0.1 || now >= 10)))
      return form.kind === 'rate' ? '折扣要在 0.1 到 9.9 折之间' : '请填写每一档的价格';
    if (before && step.size <= before.size) return '人数要一档比一档多';
    if (before && now >= (value(before) ?? 0)) return '人数越多价格要越低';
  }
  if (form.quota < (form.steps.at(-1)?.size ?? 0)) return '名额至少要够最大的一个团';
  return '';
}

/** 2 人 9折，5 人 7折 */
export const stepsText = (steps: readonly { size: number; payRate?: number; price?: number }[]): string =>
  steps
    .map(
      ({ size, payRate, price }) => `${size} 人 ${price === undefined ? `${(payRate ?? 0) / 1_000}折` : money(price)}`,
    )
    .join('，');

/** 1,8,18 → [1, 8, 18]; null when something is not a day of a month. */
export function parseDays(text: string): number[] | null {
  const parts = text.split(/[,，、\s]+/).filter((part) => part !== '');
  const days = parts.map(Number);
  if (days.some((day) => !Number.isInteger(day) || day < 1 || day > 31)) return null;
  return [...new Set(days)].sort((a, b) => a - b);
}

export const tierOptions = [
  { value: 'bronze', title: '铜卡' },
  { value: 'silver', title: '银卡' },
  { value: 'gold', title: '金卡' },
  { value: 'diamond', title: '钻石' },
] as const;
export const weekdayNames = ['一', '二', '三', '四', '五', '六', '日'];

export const tierText = (tiers: readonly string[]): string =>
  tiers.length === 0
    ? '所有人'
    : tierOptions.flatMap(({ value, title }) => (tiers.includes(value) ? [title] : [])).join('、');

const clockText = (minute: number): string =>
  `${String(Math.floor(minute / 60) % 24).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
/** 每月 8、18 日 20:00–22:00 */
export function repeatText(rule: {
  monthDays: readonly number[];
  weekdays: readonly number[];
  startMinute: number;
  minutes: number;
}): string {
  const days = [
    ...(rule.monthDays.length > 0 ? [`每月 ${[...rule.monthDays].sort((a, b) => a - b).join('、')} 日`] : []),
    ...(rule.weekdays.length > 0
      ? [
          `每周${[...rule.weekdays]
            .sort((a, b) => a - b)
            .map((weekday) => weekdayNames[weekday - 1])
            .join('、')}`,
        ]
      : []),
  ];
  const ends = rule.startMinute + rule.minutes;
  return `${days.length > 0 ? days.join('和') : '每天'} ${clockText(rule.startMinute)}–${ends > 1_440 ? '次日 ' : ''}${ends === 1_440 ? '24:00' : clockText(ends)}`;
}

export const presaleStates = {
  ...states,
  waiting: { text: '等付尾款', tone: 'info' },
  balance: { text: '付尾款中', tone: 'success' },
  cancelled: { text: '已取消', tone: 'neutral' },
} as const;

/** What is missing in a presale's form, in words; empty when nothing is. The server decides on what the law allows. */
export function presaleProblem(
  form: {
    skuId: string;
    name: string;
    price: number | null;
    deposit: number | null;
    depositWorth: number | null;
    window: readonly [Date, Date];
    balance: readonly [Date, Date];
    shipsBy: Date;
  },
  salePrice: number | null,
): string {
  if (form.skuId === '') return '请选择商品规格';
  if (form.name.trim() === '') return '请填写名称';
  if (form.price === null || form.deposit === null || form.deposit <= 0) return '请填写预售价和定金';
  const worth = form.depositWorth ?? form.deposit;
  if (worth < form.deposit) return '定金抵扣不能低于定金';
  if (worth >= form.price) return '定金抵扣要低于预售价';
  if (salePrice !== null && form.price - (worth - form.deposit) >= salePrice) return '到手价要低于售价';
  if (form.balance[0] < form.window[1]) return '付尾款要在付定金结束之后开始';
  if (form.shipsBy < form.balance[1]) return '最晚发货不能早于尾款截止';
  return '';
}
