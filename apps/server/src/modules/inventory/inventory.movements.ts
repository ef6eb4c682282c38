/** What an order or a member of staff does to a level, as ledger movements: the same in the warehouse and on a store's shelf. */
import { availableOf, type Level, type Movement } from './inventory.domain.ts';
import { belowReserved, nothingToAdjust, requestReused } from './inventory.errors.ts';

interface Units {
  skuId: string;
  quantity: number;
}

export const reserving = (units: readonly (Units & { reservationId: string })[]): Movement[] =>
  units.map(({ skuId, quantity, reservationId }) => ({
    skuId,
    kind: 'reserve',
    onHandDelta: 0,
    reservedDelta: quantity,
    reference: reservationId,
    actor: '买家',
  }));

export const releasing = (
  units: readonly Units[],
  { reservationId, reason, requestId }: { reservationId: string; reason: string; requestId?: string },
): Movement[] =>
  units.map(({ skuId, quantity }) => ({
    skuId,
    kind: 'release',
    onHandDelta: 0,
    reservedDelta: -quantity,
    reference: reservationId,
    actor: '系统',
    note: reason,
    ...(requestId !== undefined && { requestId }),
  }));

/** Out of the door: reserved units are gone. */
export const shipping = (
  units: readonly Units[],
  { reservationId, requestId, actor }: { reservationId: string; requestId: string; actor: string },
): Movement[] =>
  units.map(({ skuId, quantity }) => ({
    skuId,
    kind: 'ship',
    onHandDelta: -quantity,
    reservedDelta: -quantity,
    reference: reservationId,
    actor,
    requestId,
  }));

export interface Adjustment {
  skuId: string;
  requestId: string;
  delta: number;
  note: string;
  actor: string;
}

/**
 * An adjustment by hand, judged on the locked level. @returns undefined when this request was carried out before
 * @throws inventory.request_reused when it was, with another figure; inventory.below_reserved
 */
export function adjusting(
  level: Level,
  { delta, ...adjustment }: Adjustment,
  reference: string,
  earlier: { onHandDelta: number } | undefined,
): Movement | undefined {
  if (delta === 0) throw nothingToAdjust();
  if (earlier) {
    if (earlier.onHandDelta !== delta) throw requestReused();
    return undefined;
  }
  const { onHand, reserved } = level;
  if (availableOf({ onHand: onHand + delta, reserved }) < 0) throw belowReserved({ onHand, reserved });
  return { ...adjustment, kind: 'adjust', onHandDelta: delta, reservedDelta: 0, reference };
}
