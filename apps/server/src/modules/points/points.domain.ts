/** Earning, lots, streaks and odds: pure. */
import { dayMs, shanghaiDay, startOfShanghaiDay } from '#platform/clock.ts';

export interface Lot {
  lotId: string;
  remaining: number;
  expiresAt: Date;
}

/** First to expire is used first; lots of one moment in the order they came. */
export function allot(lots: readonly Lot[], points: number): { lotId: string; amount: number; expiresAt: Date }[] {
  const taken: { lotId: string; amount: number; expiresAt: Date }[] = [];
  let wanted = points;
  for (const { lotId, remaining, expiresAt } of lots) {
    if (wanted === 0) break;
    const amount = Math.min(remaining, wanted);
    if (amount > 0) taken.push({ lotId, amount, expiresAt });
    wanted -= amount;
  }
  return taken;
}

export interface Earning {
  paid: number | null;
  isCompleted: boolean;
  refunds: Readonly<Record<string, number>>;
  multiplier: number;
}

export const refundedOf = (refunds: Readonly<Record<string, number>>): number =>
  Object.values(refunds).reduce((sum, amount) => sum + amount, 0);

/** Whole yuan of what was kept, floor: 99.90 paid = 99 points (C06-PTS-01). */
export function earnedPoints({ paid, isCompleted, refunds, multiplier }: Earning, perYuan: number): number {
  if (paid === null || !isCompleted) return 0;
  return Math.floor(Math.max(0, paid - refundedOf(refunds)) / 100) * perYuan * multiplier;
}

/** Of the points an order used, those that are back after these refunds: in proportion to the money, all with all of it. */
export function returnedPoints(used: number, paid: number, refunds: Readonly<Record<string, number>>): number {
  if (paid === 0) return Object.keys(refunds).length > 0 ? used : 0;
  return Math.floor((used * Math.min(paid, refundedOf(refunds))) / paid);
}

export const dayBefore = (day: string): string => shanghaiDay(new Date(startOfShanghaiDay(day).getTime() - dayMs / 2));

export const signInPoints = (streak: number, rule: { base: number; step: number; steps: number }): number =>
  rule.base + rule.step * Math.min(streak - 1, rule.steps);

/** Lots end with a Shanghai day, so that no hour of the last day is lost. */
export const expiryOf = (at: Date, days: number): Date =>
  startOfShanghaiDay(shanghaiDay(new Date(at.getTime() + (days + 1) * dayMs)));

export const oddsWhole = 1_000_000;
/** Which prize a roll of 0 … 999,999 falls on. */
export function prizeAt<P extends { odds: number }>(prizes: readonly P[], roll: number): P | undefined {
  let edge = 0;
  for (const prize of prizes) {
    edge += prize.odds;
    if (roll < edge) return prize;
  }
  return undefined;
}

/** A UUID in 22 characters, as an invitation says it. */
export const inviteCode = (buyerId: string): string =>
  Buffer.from(buyerId.replaceAll('-', ''), 'hex').toString('base64url');
export function inviterOf(code: string): string | undefined {
  const hex = Buffer.from(code, 'base64url').toString('hex');
  return hex.length === 32 ? hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : undefined;
}

export const encodeCursor = ({ at, id }: { at: Date; id: string }): string =>
  Buffer.from(`${at.getTime()}.${id}`).toString('base64url');
export function decodeCursor(cursor: string): { at: Date; id: string } | undefined {
  const match = /^(\d{1,15})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(
    Buffer.from(cursor, 'base64url').toString(),
  );
  return match?.[1] && match[2] ? { at: new Date(Number(match[1])), id: match[2] } : undefined;
}
