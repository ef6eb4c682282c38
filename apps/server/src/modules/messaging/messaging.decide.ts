/** Which of the messages that wait for one shopper go out now, and why the others do not. Pure. */
import { dayMs, hourMs, shanghaiDay, startOfShanghaiDay } from '#platform/clock.ts';
import type { HourWindow, KindRule } from './messaging.kinds.ts';

export type HeldBack =
  | 'expired' // its time passed while it waited
  | 'kind_off' // the shop does not send this kind
  | 'opted_out' // the shopper does not want this kind
  | 'no_longer_true' // bought meanwhile, coupon used, came back
  | 'stopped' // its campaign was stopped
  | 'no_window' // no hour that suits it comes before it expires
  | 'day_cap'
  | 'week_cap';

export const heldBackTexts: Record<HeldBack, string> = {
  expired: '等待期间已过期',
  kind_off: '这类消息已关闭',
  opted_out: '顾客不接收这类消息',
  no_longer_true: '情况已变化（已购买、已使用或已回访）',
  stopped: '活动已停止',
  no_window: '过期前没有合适的发送时段',
  day_cap: '当天已达每人上限',
  week_cap: '7 天内已达每人上限',
};

export interface Waiting {
  noticeId: string;
  rule: KindRule;
  /** Its own hours, inside the kind's. */
  window: HourWindow | undefined;
  isOptedOut: boolean;
  isStillTrue: boolean;
  createdAt: Date;
  validUntil: Date;
}
export interface Pace {
  dayCap: number;
  weekCap: number;
  quiet: HourWindow;
  /** Marketing messages this shopper has had this Shanghai day, and in the last seven days. */
  today: number;
  thisWeek: number;
}
export type Ruling =
  | { noticeId: string; verdict: 'send' }
  | { noticeId: string; verdict: 'suppress'; reason: HeldBack }
  | { noticeId: string; verdict: 'wait'; until: Date };

const hourOf = (at: Date): number => new Date(at.getTime() + 8 * hourMs).getUTCHours();
const isInside = (hour: number, { from, until }: HourWindow): boolean =>
  from < until ? hour >= from && hour < until : hour >= from || hour < until;

/** The first instant from `at` on whose hour suits all; undefined when no hour of a day does. */
export function nextOpening(at: Date, windows: readonly HourWindow[], quiet: HourWindow): Date | undefined {
  // From and until alike: no quiet hours at all.
  const suits = (hour: number) =>
    windows.every((window) => isInside(hour, window)) && (quiet.from === quiet.until || !isInside(hour, quiet));
  if (suits(hourOf(at))) return at;
  const midnight = startOfShanghaiDay(shanghaiDay(at)).getTime();
  const thisHour = Math.floor((at.getTime() - midnight) / hourMs);
  for (let ahead = 1; ahead <= 24; ahead += 1) {
    if (suits((thisHour + ahead) % 24)) return new Date(midnight + (thisHour + ahead) * hourMs);
  }
  return undefined;
}

export function decide(now: Date, waiting: readonly Waiting[], pace: Pace): Ruling[] {
  let { today, thisWeek } = pace;
  const inOrder = [...waiting].sort(
    (a, b) =>
      b.rule.priority - a.rule.priority ||
      a.createdAt.getTime() - b.createdAt.getTime() ||
      (a.noticeId < b.noticeId ? -1 : 1),
  );
  return inOrder.map((notice): Ruling => {
    const { noticeId, rule } = notice;
    const suppress = (reason: HeldBack): Ruling => ({ noticeId, verdict: 'suppress', reason });
    const isMarketing = rule.messageClass === 'marketing';
    if (rule.messageClass === 'transaction') return { noticeId, verdict: 'send' };
    if (notice.validUntil <= now) return suppress('expired');
    if (!rule.isOn) return suppress('kind_off');
    if (isMarketing && notice.isOptedOut) return suppress('opted_out');
    if (!notice.isStillTrue) return suppress('no_longer_true');
    const windows = isMarketing ? [rule.window, ...(notice.window ? [notice.window] : [])] : [];
    const opening = nextOpening(now, windows, pace.quiet);
    if (!opening || opening >= notice.validUntil) return suppress('no_window');
    if (opening > now) return { noticeId, verdict: 'wait', until: opening };
    if (!isMarketing) return { noticeId, verdict: 'send' };
    if (today >= pace.dayCap) return suppress('day_cap');
    if (thisWeek >= pace.weekCap) return suppress('week_cap');
    today += 1;
    thisWeek += 1;
    return { noticeId, verdict: 'send' };
  });
}

export const startOfDay = (now: Date): Date => startOfShanghaiDay(shanghaiDay(now));
export const sevenDaysBefore = (now: Date): Date => new Date(now.getTime() - 7 * dayMs);
