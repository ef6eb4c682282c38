/** Pure rules of after-sale: legal moves, who may ask for what, how much money goes back. */
import type {
  AfterSaleAction,
  AfterSaleKind,
  AfterSaleReason,
  AfterSaleStatus,
  ReturnFreightBy,
} from '@xiaopu/contracts';
import type { CaseDecision } from '@xiaopu/contracts/console';
import { prorate } from '@xiaopu/money';
import { dayMs, shanghaiDay, startOfShanghaiDay } from '#platform/clock.ts';

/** Every legal move; a status changes in no other way. */
export const transitions: Record<AfterSaleStatus, readonly AfterSaleStatus[]> = {
  applied: ['applied', 'refused', 'offered', 'returning', 'refunding', 'escalated', 'closed'],
  refused: ['applied', 'refunding', 'escalated', 'closed'],
  offered: ['applied', 'refunding', 'escalated', 'closed'],
  returning: ['returned', 'closed'],
  returned: ['refunding', 'exchanging', 'refused', 'closed'],
  exchanging: ['sent', 'refunding', 'closed'],
  sent: ['completed'],
  refunding: ['refunded'],
  escalated: ['returning', 'refunding', 'closed'],
  refunded: [],
  completed: [],
  closed: [],
};
export const canMove = (from: AfterSaleStatus, to: AfterSaleStatus): boolean => transitions[from].includes(to);
export const isEnded = (status: AfterSaleStatus): boolean => transitions[status].length === 0;
/** Steps the shop owes. */
export const waitingForShop: readonly AfterSaleStatus[] = ['applied', 'returned', 'exchanging'];

export const kindText: Record<AfterSaleKind, string> = { refund: '仅退款', return: '退货退款', exchange: '换货' };
export const statusText: Record<AfterSaleStatus, string> = {
  applied: '待商家处理',
  refused: '商家已拒绝',
  offered: '待买家确认',
  returning: '待买家寄回',
  returned: '待商家收货',
  exchanging: '待商家换货',
  sent: '换货已寄出',
  refunding: '退款中',
  refunded: '退款成功',
  completed: '换货完成',
  escalated: '平台介入中',
  closed: '售后关闭',
};
export const reasonText: Record<AfterSaleReason, string> = {
  changed_mind: '不想要了',
  wrong_order: '拍错/多拍',
  wrong_address: '地址或电话填错',
  shop_out_of_stock: '商家缺货',
  not_received: '未收到货',
  quality: '质量问题',
  not_as_described: '与描述不符',
  missing_parts: '少件/漏发',
  wrong_goods: '商家发错货',
  damaged: '商品破损',
  no_reason: '七天无理由退货',
  does_not_fit: '尺码/颜色不合适',
  other: '其他',
};

/** Which reasons fit what is asked for (C10-DSP-04). */
export function reasonsFor(kind: AfterSaleKind, wasShipped: boolean): AfterSaleReason[] {
  if (kind === 'exchange') return ['quality', 'wrong_goods', 'damaged', 'does_not_fit', 'not_as_described', 'other'];
  if (kind === 'return')
    return [
      'no_reason',
      'quality',
      'not_as_described',
      'wrong_goods',
      'damaged',
      'missing_parts',
      'does_not_fit',
      'other',
    ];
  return wasShipped
    ? ['not_received', 'quality', 'missing_parts', 'damaged', 'not_as_described', 'wrong_goods', 'other']
    : ['changed_mind', 'wrong_order', 'wrong_address', 'shop_out_of_stock', 'other'];
}
const shopsFault: ReadonlySet<AfterSaleReason> = new Set([
  'shop_out_of_stock',
  'not_received',
  'quality',
  'not_as_described',
  'missing_parts',
  'wrong_goods',
  'damaged',
]);

export interface LineFacts {
  lineId: string;
  quantity: number;
  shippedQuantity: number;
  withdrawnQuantity: number;
  refundedQuantity: number;
  refundedAmount: number;
  payable: number;
}

/** Most pieces of a line that a kind may be asked for. What has not left cannot come back. */
export function mostPieces(line: LineFacts, kind: AfterSaleKind): number {
  const left = line.quantity - line.refundedQuantity;
  if (kind === 'refund') return left;
  return Math.max(0, line.shippedQuantity - (line.refundedQuantity - line.withdrawnQuantity));
}

/** Pieces that had not left: they never will, and go back on the shelf. */
export const withdrawnOf = (line: LineFacts, quantity: number): number =>
  Math.min(quantity, line.quantity - line.shippedQuantity - line.withdrawnQuantity);

/**
 * What some pieces of a line give back: the step of a running total, floor(paid × returned ÷ bought), as pricing's
 * refundShare does, so that any split sums to exactly what was paid; never more than what is left of it.
 */
export function shareOf(line: LineFacts, quantity: number): number {
  const total = (pieces: number) => Number((BigInt(line.payable) * BigInt(pieces)) / BigInt(line.quantity));
  const step = total(line.refundedQuantity + quantity) - total(line.refundedQuantity);
  return Math.max(0, Math.min(step, line.payable - line.refundedAmount));
}

export interface Asked {
  lineId: string;
  quantity: number;
}
export interface OrderFacts {
  payable: number;
  refundedAmount: number;
  lines: readonly LineFacts[];
}
/** 0 never, 1 when nothing had left or the shop is at fault, 2 always: with the last piece of the order. */
export type FreightRule = 0 | 1 | 2;

export interface Share {
  goodsAmount: number;
  freight: number;
  lines: { lineId: string; quantity: number; amount: number; withdrawn: number }[];
}

export function quote(
  order: OrderFacts,
  asked: readonly Asked[],
  {
    rule,
    reason,
    isFree = false,
  }: {
    rule: FreightRule;
    reason?: AfterSaleReason | undefined;
    /** The buyer returns for nothing, by their tier. */
    isFree?: boolean;
  },
): Share {
  const byId = new Map(order.lines.map((line) => [line.lineId, line]));
  const lines = asked.flatMap(({ lineId, quantity }) => {
    const line = byId.get(lineId);
    return line ? [{ lineId, quantity, amount: shareOf(line, quantity), withdrawn: withdrawnOf(line, quantity) }] : [];
  });
  const now = new Map(asked.map(({ lineId, quantity }) => [lineId, quantity]));
  const isLast = order.lines.every((line) => line.refundedQuantity + (now.get(line.lineId) ?? 0) === line.quantity);
  const sum = (pick: (line: LineFacts) => number) => order.lines.reduce((total, line) => total + pick(line), 0);
  const freightPaid = order.payable - sum(({ payable }) => payable);
  const freightBack = order.refundedAmount - sum(({ refundedAmount }) => refundedAmount);
  const nothingLeft = order.lines.every(({ shippedQuantity }) => shippedQuantity === 0);
  const isOwed =
    rule === 2 || (rule === 1 && (nothingLeft || isFree || (reason !== undefined && shopsFault.has(reason))));
  return {
    goodsAmount: lines.reduce((total, line) => total + line.amount, 0),
    freight: isLast && isOwed ? freightPaid - freightBack : 0,
    lines,
  };
}

/** Who pays the way back: the shop for its own fault and for members who return for nothing (C08-LTV-02); nobody when nothing goes back. */
export function returnFreightBy(
  kind: AfterSaleKind,
  { reason, isFree }: { reason: AfterSaleReason | undefined; isFree: boolean },
): ReturnFreightBy | null {
  if (kind === 'refund') return null;
  return isFree || (reason !== undefined && shopsFault.has(reason)) ? 'shop' : 'buyer';
}
export const returnFreightTexts: Record<ReturnFreightBy, string> = {
  shop: '寄回运费由商家承担，寄件时选择到付即可',
  buyer: '寄回运费需自行承担',
};

/** Compensation with the goods kept: no piece counts as returned, each line bears its part of the amount. */
export function compensation(share: Share, amount: number): Share {
  const parts = prorate(
    amount,
    share.lines.map((line) => line.amount),
  );
  return {
    goodsAmount: amount,
    freight: 0,
    lines: share.lines.map(({ lineId }, index) => ({ lineId, quantity: 0, amount: parts[index] ?? 0, withdrawn: 0 })),
  };
}

/** Received on day D: until the end of D + days in Shanghai (C12-CON-01). Not yet received: open. */
export function isWithin(completedAt: Date | null, days: number, now: Date): boolean {
  if (!completedAt) return true;
  const until = startOfShanghaiDay(shanghaiDay(completedAt)).getTime() + (days + 1) * dayMs;
  return now.getTime() < until;
}

export function actionsOf(
  { status, askCount }: { status: AfterSaleStatus; askCount: number },
  escalateAfter: number,
): AfterSaleAction[] {
  switch (status) {
    case 'applied':
      return ['edit', 'cancel'];
    case 'refused':
      return askCount >= escalateAfter ? ['escalate', 'edit', 'cancel'] : ['edit', 'cancel'];
    case 'offered':
      return ['accept_offer', 'decline_offer', 'cancel'];
    case 'returning':
      return ['ship_back', 'cancel'];
    case 'escalated':
      return ['cancel'];
    case 'sent':
      return ['confirm'];
    default:
      return [];
  }
}

export function decisionsOf({ status, kind }: { status: AfterSaleStatus; kind: AfterSaleKind }): CaseDecision[] {
  switch (status) {
    case 'applied':
      return kind === 'exchange' ? ['agree', 'refuse'] : ['agree', 'offer', 'refuse'];
    case 'returned':
      return ['receive', 'refuse'];
    case 'exchanging':
      return ['send'];
    case 'escalated':
      return ['arbitrate'];
    default:
      return [];
  }
}

export interface Position {
  at: Date;
  caseNo: string;
}
export const encodeCursor = ({ at, caseNo }: Position): string =>
  Buffer.from(`${at.getTime()}.${caseNo}`).toString('base64url');
export function decodeCursor(cursor: string | undefined): Position | undefined {
  const match = /^(\d{1,15})\.(\d{20})$/.exec(Buffer.from(cursor ?? '', 'base64url').toString());
  return match ? { at: new Date(Number(match[1])), caseNo: match[2] as string } : undefined;
}
