/** Pure stock rules: what is available, what is short, what a movement makes of a level. */
import type { LedgerKind } from './inventory.tables.ts';

export interface Level {
  skuId: string;
  spuId: string;
  shopId: string;
  onHand: number;
  reserved: number;
  safetyStock: number;
  sequence: number;
  isLow: boolean;
}

export interface Movement {
  skuId: string;
  kind: LedgerKind;
  onHandDelta: number;
  reservedDelta: number;
  reference: string;
  actor: string;
  note?: string;
  requestId?: string;
}

export interface Shortage {
  skuId: string;
  requested: number;
  available: number;
}

export interface StockLine {
  skuId: string;
  quantity: number;
  /** Units that are reserved already, in a pool: they are taken over instead of reserved anew. */
  pool?: PoolHold | undefined;
  /** Units that stand in this physical store, not in the warehouse. */
  storeId?: string | undefined;
}

/** `requestId`: a place taken in a hot pool. Left out: units set apart for an activity, while it has any. */
export interface PoolHold {
  poolId: string;
  requestId?: string;
}

export const availableOf = ({ onHand, reserved }: { onHand: number; reserved: number }): number => onHand - reserved;

/** Under the safety stock, not at it: 20 of 20 is fine, 19 is low (C06-INV-09). A safety stock of 0 never reminds. */
export const isLow = (level: { onHand: number; reserved: number; safetyStock: number }): boolean =>
  availableOf(level) < level.safetyStock;

/** What shoppers read as 紧缺: true while some are left and the safety stock is reached. */
export const isScarce = (level: { onHand: number; reserved: number; safetyStock: number }): boolean =>
  availableOf(level) > 0 && availableOf(level) <= level.safetyStock;

export function findShortages(lines: readonly StockLine[], levels: ReadonlyMap<string, Level>): Shortage[] {
  return lines
    .map(({ skuId, quantity }) => {
      const level = levels.get(skuId);
      return { skuId, requested: quantity, available: level ? availableOf(level) : 0 };
    })
    .filter(({ requested, available }) => requested > available);
}

export interface Step {
  movement: Movement;
  sequence: number;
  onHandAfter: number;
  reservedAfter: number;
}

/** Plays movements on levels in order. @returns the ledger steps and the levels afterwards (only those that changed) */
export function play<L extends Level>(
  levels: ReadonlyMap<string, L>,
  movements: readonly Movement[],
): { steps: Step[]; changed: L[] } {
  const after = new Map<string, L>();
  const steps: Step[] = [];
  for (const movement of movements) {
    const before = after.get(movement.skuId) ?? levels.get(movement.skuId);
    if (!before) throw new Error(`no stock level for ${movement.skuId}`);
    const moved = {
      ...before,
      onHand: before.onHand + movement.onHandDelta,
      reserved: before.reserved + movement.reservedDelta,
      sequence: before.sequence + 1,
    };
    const level = { ...moved, isLow: isLow(moved) };
    after.set(movement.skuId, level);
    steps.push({ movement, sequence: level.sequence, onHandAfter: level.onHand, reservedAfter: level.reserved });
  }
  return { steps, changed: [...after.values()] };
}

export const kindText: Record<LedgerKind, string> = {
  opening: '期初',
  reserve: '下单占用',
  release: '释放占用',
  ship: '发货出库',
  adjust: '人工调整',
  return: '退货入库',
  pool_in: '划入活动库存',
  pool_out: '活动库存退回',
};

export type AdjustReason = 'purchase' | 'count' | 'damage' | 'other';
/** What changes a store's stock besides orders: also its till, and goods that come from the warehouse or go back. */
export type ShelfReason = AdjustReason | 'till' | 'transfer';
export const shelfReasonText: Record<ShelfReason, string> = {
  purchase: '采购入库',
  count: '盘点',
  damage: '报损',
  other: '其他',
  till: '门店收银',
  transfer: '仓库调拨',
};
export const adjustReasonText: Record<AdjustReason, string> = {
  purchase: '采购入库',
  count: '盘点',
  damage: '报损',
  other: '其他',
};
