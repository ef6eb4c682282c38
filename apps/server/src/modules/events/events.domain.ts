/** Pure rules: which acts are kept, and in which week's partition. */
import { createHash } from 'node:crypto';
import type { ShopperAct } from '@xiaopu/contracts';
import { dayMs, minuteMs } from '#platform/clock.ts';

export interface StoredAct {
  buyerId: string;
  at: Date;
  eventId: string;
  kind: ShopperAct['kind'] | 'pay';
  spuId: string | null;
  shopId: string | null;
  origin: string | null;
  amount: number | null;
}

/** A phone's clock may be a little ahead of ours; one that is further ahead is wrong. */
const aheadMs = 10 * minuteMs;

export const isTimely = (at: Date, now: Date, lateMs: number): boolean =>
  at.getTime() <= now.getTime() + aheadMs && at.getTime() >= now.getTime() - lateMs;

export function toStored(
  buyerId: string,
  act: ShopperAct,
  shopOf: (spuId: string) => string | undefined,
): StoredAct | undefined {
  const spuId = 'spuId' in act ? act.spuId : null;
  const shopId = spuId === null ? null : shopOf(spuId);
  if (shopId === undefined) return undefined; // of goods there are not
  const origin = 'origin' in act ? (act.origin ?? null) : null;
  const amount = act.kind === 'dwell' ? act.ms : act.kind === 'cart' ? act.quantity : null;
  return { buyerId, at: new Date(act.at), eventId: act.eventId, kind: act.kind, spuId, shopId, origin, amount };
}

/** The same order is the same act, however often it is told. */
export function eventIdOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const weekMs = 7 * dayMs;
/** A Monday 00:00 UTC. */
const someMonday = Date.UTC(2024, 0, 1);

export interface Week {
  /** `act_20261130`: its Monday. */
  name: string;
  from: Date;
  until: Date;
}
export function weekOf(at: Date): Week {
  const from = someMonday + Math.floor((at.getTime() - someMonday) / weekMs) * weekMs;
  const name = `act_${new Date(from).toISOString().slice(0, 10).replaceAll('-', '')}`;
  return { name, from: new Date(from), until: new Date(from + weekMs) };
}
/** The Monday a partition's name tells; undefined for other tables. */
export function mondayOf(name: string): Date | undefined {
  const [, year, month, day] = /^act_(\d{4})(\d{2})(\d{2})$/.exec(name) ?? [];
  return year === undefined ? undefined : new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
}
