/** Pure rules of picking up: the windows a store offers, until when goods wait, what a scanned code says. */
import { dayMs, minuteMs, shanghaiDay, startOfShanghaiDay } from '#platform/clock.ts';

export interface Window {
  from: Date;
  until: Date;
}

export interface WindowRules {
  prepareMinutes: number;
  windowMinutes: number;
  daysAhead: number;
}

const whole = { opens: 9 * 60, closes: 21 * 60 };

/** `09:00–21:30` as minutes of the day; anything else is taken for usual hours. */
export function openingHours(hours: string): { opens: number; closes: number } {
  const match = /^\s*(\d{1,2}):(\d{2})\s*[–—~～-]\s*(\d{1,2}):(\d{2})\s*$/.exec(hours);
  if (!match) return whole;
  const [opens = 0, closes = 0] = [1, 3].map((at) => Number(match[at]) * 60 + Number(match[at + 1]));
  return closes > opens && closes <= 24 * 60 ? { opens, closes } : whole;
}

/** Whole windows within opening hours that begin once the store has had time to prepare, today and the days ahead. */
export function windowsOf(hours: string, now: Date, rules: WindowRules): Window[] {
  const { opens, closes } = openingHours(hours);
  const earliest = now.getTime() + rules.prepareMinutes * minuteMs;
  const length = rules.windowMinutes;
  const windows: Window[] = [];
  for (let day = 0; day <= rules.daysAhead; day += 1) {
    const midnight = startOfShanghaiDay(shanghaiDay(new Date(now.getTime() + day * dayMs))).getTime();
    for (let minute = opens; minute + length <= closes; minute += length) {
      const from = midnight + minute * minuteMs;
      if (from >= earliest) windows.push({ from: new Date(from), until: new Date(from + length * minuteMs) });
    }
  }
  return windows;
}

const timeFace = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
});
const dateFace = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', month: 'numeric', day: 'numeric' });
const weekFace = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', weekday: 'short' });
const dayWords = ['今天', '明天', '后天'];

export const timesText = ({ from, until }: Window): string => `${timeFace.format(from)}–${timeFace.format(until)}`;
/** 今天, 明天, 后天, then 12/3 周四. */
export function dayText(at: Date, now: Date): string {
  const days = Math.round(
    (startOfShanghaiDay(shanghaiDay(at)).getTime() - startOfShanghaiDay(shanghaiDay(now)).getTime()) / dayMs,
  );
  return dayWords[days] ?? `${dateFace.format(at)} ${weekFace.format(at)}`;
}
export const windowText = (window: Window, now: Date): string => `${dayText(window.from, now)} ${timesText(window)}`;

/** Counted from the end of the window, or from when the goods were ready if that is later. */
export const expiryOf = (until: Date, readyAt: Date, keepDays: number): Date =>
  new Date(Math.max(until.getTime(), readyAt.getTime()) + keepDays * dayMs);

const codeMark = 'xp-pickup:';
const codeLength = 10;
export const codeText = (digits: string): string => `${codeMark}${digits}`;
/** What was typed or scanned, as digits; undefined when it is no code of ours. */
export function readCode(text: string): string | undefined {
  const digits = (text.startsWith(codeMark) ? text.slice(codeMark.length) : text).replaceAll(/[\s-]/g, '');
  return new RegExp(`^\\d{${codeLength}}$`).test(digits) ? digits : undefined;
}
/** Ten digits, from 32 random bits and more: never guessed, easily read out. */
export const codeOfNumber = (random: bigint): string =>
  String(random % 10n ** BigInt(codeLength)).padStart(codeLength, '0');
/** 1234 567 890 */
export const spacedCode = (digits: string): string => `${digits.slice(0, 4)} ${digits.slice(4, 7)} ${digits.slice(7)}`;
