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
