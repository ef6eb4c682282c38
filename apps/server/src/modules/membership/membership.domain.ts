/** Tiers, growth and the rotating code: pure. */
import type { LayerOff, Tier } from '@xiaopu/contracts';
import { dayMs } from '#platform/clock.ts';

export const tierOrder = ['bronze', 'silver', 'gold', 'diamond'] as const satisfies readonly Tier[];
export const tierNames: Record<Tier, string> = {
  bronze: '铜卡会员',
  silver: '银卡会员',
  gold: '金卡会员',
  diamond: '钻石会员',
};

export interface TierRule {
  tier: Tier;
  growth: number;
  payRate: number;
  birthdayPoints: number;
}

/** The highest tier whose line the growth value reaches. */
export const tierOf = (growth: number, rules: readonly TierRule[]): Tier =>
  rules.reduce<Tier>((best, rule) => (growth >= rule.growth ? rule.tier : best), 'bronze');

export interface OrderFacts {
  paid: number | null;
  isCompleted: boolean;
  refunds: Readonly<Record<string, number>>;
}

/** What an order counts for now: nothing before receipt, then what was paid less what went back. */
export function countedSpend({ paid, isCompleted, refunds }: OrderFacts): number {
  if (paid === null || !isCompleted) return 0;
  const back = Object.values(refunds).reduce((sum, amount) => sum + amount, 0);
  return Math.max(0, paid - back);
}

export const spendGrowth = (spent: number, perYuan: number): number => Math.floor(spent / 100) * perYuan;

const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** @returns `MM-DD`, or undefined for a day no year has */
export function birthdayOf(month: number, day: number): string | undefined {
  const most = monthDays[month - 1];
  if (most === undefined || day < 1 || day > most) return undefined;
  return `${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** Whose birthday a Shanghai day is; in common years 28 February is also that of 29 February. */
export function birthdaysOn(day: string): string[] {
  const year = Number(day.slice(0, 4));
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const monthDay = day.slice(5);
  return monthDay === '02-28' && !isLeap ? [monthDay, '02-29'] : [monthDay];
}

/**
 * Layers that coupons and reductions may be for. 新客: never bought in any shop. 沉默: bought, but not for so long.
 * VIP: gold and diamond members, and whoever pays for a plan.
 */
export function layersOf(
  member: { tier: Tier; orders: number; lastBoughtAt: Date | null; hasPlan: boolean } | undefined,
  { now, silentDays }: { now: Date; silentDays: number },
): LayerOff['layer'][] {
  if (!member) return ['新客'];
  const { tier, orders, lastBoughtAt, hasPlan } = member;
  const layers: LayerOff['layer'][] = [];
  if (orders === 0) layers.push('新客');
  else if (lastBoughtAt && now.getTime() - lastBoughtAt.getTime() >= silentDays * dayMs) layers.push('沉默');
  if (hasPlan || tier === 'gold' || tier === 'diamond') layers.push('VIP');
  return layers;
}

export const codeSeconds = 30;
export const stepAt = (at: Date): number => Math.floor(at.getTime() / 1000 / codeSeconds);

/** Eight digits from a keyed digest of buyer and step. */
export function digitsOf(digest: string): string {
  const number = Buffer.from(digest, 'base64url').readUIntBE(0, 6) % 100_000_000;
  return String(number).padStart(8, '0');
}

/** A UUID in 22 characters: short enough for a QR code. */
export const shortId = (uuid: string): string => Buffer.from(uuid.replaceAll('-', ''), 'hex').toString('base64url');
export function longId(short: string): string | undefined {
  const hex = Buffer.from(short, 'base64url').toString('hex');
  if (hex.length !== 32) return undefined;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export const encodeCursor = ({ at, key }: { at: Date; key: string }): string =>
  Buffer.from(`${at.getTime()}.${key}`).toString('base64url');
export function decodeCursor(cursor: string): { at: Date; key: string } | undefined {
  const match = /^(\d{1,15})\.(.{1,120})$/.exec(Buffer.from(cursor, 'base64url').toString());
  return match?.[1] && match[2] ? { at: new Date(Number(match[1])), key: match[2] } : undefined;
}
