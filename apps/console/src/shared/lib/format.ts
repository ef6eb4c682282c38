/** Figures, money and times as the console shows them. Money comes in fen; times come in as UTC instants and show in Shanghai time. */

const grouped = new Intl.NumberFormat('zh-CN', { maximumFractionDigits: 0 });
const yuanFormat = new Intl.NumberFormat('zh-CN', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

const WAN = 10_000;
const YI = 100_000_000;

export const count = (value: number): string => grouped.format(value);

/** For counters the server stops counting at 1,000: a tab or a to-do says "999+" then. */
export const counter = (value: number): string => (value >= 1_000 ? '999+' : count(value));

/** 1234567 → "12,345.67" */
export const yuan = (fen: number): string => yuanFormat.format(fen / 100);

/** 1234567 → "¥12,345.67" */
export const money = (fen: number): string => (fen < 0 ? `-¥${yuan(-fen)}` : `¥${yuan(fen)}`);

function trimmed(value: number): string {
  const text = value >= 100 ? value.toFixed(1) : value.toFixed(2);
  return text.replace(/\.?0+$/, '');
}

/** Short figure for tiles and axes: 9,999 → "9,999", 12,345 → "1.23万", 123,456,789 → "1.23亿". Never rounds up into a wrong unit. */
export function compact(value: number): string {
  const size = Math.abs(value);
  const sign = value < 0 ? '-' : '';
  // 99,999,999 would print "10000万"; from 9,999.95 万 on, 亿 reads better
  if (size >= 99_999_500) return `${sign}${trimmed(size / YI)}亿`;
  if (size >= WAN) return `${sign}${trimmed(size / WAN)}万`;
  return sign + grouped.format(size);
}

/** Fen to a short yuan figure: under 1万 yuan keeps the fen, so small amounts stay exact. */
export function compactMoney(fen: number): string {
  const size = Math.abs(fen);
  const sign = fen < 0 ? '-' : '';
  return size < WAN * 100 ? `${sign}¥${yuan(size)}` : `${sign}¥${compact(size / 100)}`;
}

/** Text typed by a person to fen: "12.5" → 1250. Null when it is not an amount with at most two decimals. */
export function parseYuan(text: string): number | null {
  const clean = text.trim().replace(/[¥￥,，\s]/g, '');
  const match = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(clean);
  if (!match) return null;
  return Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
}

/** Plain figure for an input: 1250 → "12.50", 1200 → "12". */
export const yuanInput = (fen: number): string => (fen % 100 === 0 ? String(fen / 100) : (fen / 100).toFixed(2));

const shanghai = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** "2026-03-01 18:05:09" */
export const timeExact = (instant: string | null | undefined): string =>
  instant ? shanghai.format(new Date(instant)) : '—';

/** "2026-03-01 18:05" */
export const time = (instant: string | null | undefined): string => (instant ? timeExact(instant).slice(0, 16) : '—');

export const day = (instant: string | null | undefined): string => (instant ? timeExact(instant).slice(0, 10) : '—');

/** Today's calendar day in Shanghai, moved by some days. */
export function calendarDay(now: Date, shiftDays = 0): string {
  return shanghai.format(new Date(now.getTime() + shiftDays * 86_400_000)).slice(0, 10);
}

export function since(instant: string, now: Date = new Date()): string {
  const seconds = Math.round((now.getTime() - new Date(instant).getTime()) / 1000);
  if (seconds < 60) return '刚刚';
  if (seconds < 3600) return `${Math.floor(seconds / 60)} 分钟前`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} 小时前`;
  if (seconds < 7 * 86_400) return `${Math.floor(seconds / 86_400)} 天前`;
  return time(instant);
}

export interface Change {
  text: string;
  direction: 'up' | 'down' | 'flat' | 'none';
}

/** How a figure moved. From nothing there is no percentage, so it says so instead of showing ∞. */
export function change(current: number, base: number): Change {
  if (base === 0) return current === 0 ? { text: '持平', direction: 'flat' } : { text: '无可比', direction: 'none' };
  const ratio = (current - base) / base;
  if (Math.abs(ratio) < 0.0005) return { text: '持平', direction: 'flat' };
  return { text: `${(Math.abs(ratio) * 100).toFixed(1)}%`, direction: ratio > 0 ? 'up' : 'down' };
}

export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(0)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
