/** Pure rules of distribution: whose customer somebody is, who earns how much of a line, what stays after refunds. */
import { createHash } from 'node:crypto';
import type { CommissionStatus } from '@xiaopu/contracts';

/** 10,000 basis points are the whole. */
const whole = 10_000;

export interface Rates {
  firstRate: number;
  secondRate: number;
}

/** One line of an order as agreed when it was placed: rates in basis points. */
export interface LineShare extends Rates {
  lineId: string;
}

/** A line as the order has it now, in fen: what was paid for it after every discount, and what went or is going back. */
export interface KeptLine {
  lineId: string;
  payable: number;
  refundedAmount: number;
}

/** Of what is kept; a fraction of a fen is nobody's. */
export const commissionOf = (kept: number, rate: number): number => Math.floor((kept * rate) / whole);

/** The product's own rule before its categories' (the nearest first) before the shop's; the second level only where there is one. */
export function rateFor(
  { spuId, categoryIds }: { spuId: string; categoryIds: readonly string[] },
  rules: { byProduct: ReadonlyMap<string, Rates>; byCategory: ReadonlyMap<string, Rates>; ofShop: Rates },
  levels: number,
  cap: number,
): Rates {
  const found =
    rules.byProduct.get(spuId) ??
    categoryIds.map((categoryId) => rules.byCategory.get(categoryId)).find((rates) => rates !== undefined) ??
    rules.ofShop;
  const firstRate = Math.min(found.firstRate, cap);
  return { firstRate, secondRate: levels < 2 ? 0 : Math.min(found.secondRate, cap - firstRate) };
}

export interface Shares {
  kept: number;
  first: number;
  second: number;
}

/**
 * What each level earns of the order as it stands. A function of what is kept and of nothing else: whichever refunds led
 * here, in whatever order, the commission is that of what remains, to the fen.
 */
export function sharesOf(lines: readonly KeptLine[], agreed: readonly LineShare[]): Shares {
  const rates = new Map(agreed.map((share) => [share.lineId, share]));
  const shares: Shares = { kept: 0, first: 0, second: 0 };
  for (const { lineId, payable, refundedAmount } of lines) {
    const kept = Math.max(0, payable - refundedAmount);
    const { firstRate = 0, secondRate = 0 } = rates.get(lineId) ?? {};
    shares.kept += kept;
    shares.first += commissionOf(kept, firstRate);
    shares.second += commissionOf(kept, secondRate);
  }
  return shares;
}

export type OrderState =
  | 'pending_payment'
  | 'deposit_paid'
  | 'paid'
  | 'ready_for_pickup'
  | 'to_use'
  | 'shipped'
  | 'completed'
  | 'cancelled'
  | 'refunding'
  | 'refunded';

export function statusAfter(order: OrderState, kept: number, isSettled: boolean): 'placed' | CommissionStatus {
  // A presale's deposit earns nothing: its order is paid with the balance.
  if (order === 'pending_payment' || order === 'deposit_paid') return 'placed';
  if (order === 'cancelled' || kept === 0) return 'void';
  if (isSettled) return 'settled';
  return order === 'completed' ? 'frozen' : 'estimated';
}

export type BindingRule = 'first_link' | 'last_link' | 'only_unbound';
export const bindingRules: readonly BindingRule[] = ['first_link', 'last_link', 'only_unbound'];

/** What a link does to the binding there is. renew: the same distributor again after the protection ended. */
export function bindingMove(
  rule: BindingRule,
  current: { distributorId: string; protectedUntil: Date } | undefined,
  { distributorId, at }: { distributorId: string; at: Date },
): 'bind' | 'move' | 'renew' | 'keep' {
  if (!current) return 'bind';
  const isProtected = at < current.protectedUntil;
  if (current.distributorId === distributorId) return isProtected ? 'keep' : 'renew';
  if (rule === 'only_unbound') return 'keep';
  return rule === 'last_link' || !isProtected ? 'move' : 'keep';
}

/** Who earns of an order. `boundTo`, `self` and their parents are active distributors, or undefined. */
export function payeesOf({
  customerId,
  boundTo,
  isSelf,
  parentOf,
  levels,
}: {
  customerId: string;
  boundTo: string | undefined;
  /** The customer is a distributor, and the shop counts own purchases. */
  isSelf: boolean;
  parentOf(distributorId: string): string | undefined;
  levels: number;
}): { firstId: string; secondId: string | null } | undefined {
  const firstId = isSelf ? customerId : boundTo;
  if (firstId === undefined) return undefined;
  const parent = levels < 2 ? undefined : parentOf(firstId);
  // A distributor who buys through somebody they brought earns nothing of their own order.
  const secondId = parent === undefined || parent === customerId || parent === firstId ? null : parent;
  return { firstId, secondId };
}

const letters = '0123456789abcdefghjkmnpqrstvwxyz';
/**
 * Ten characters, the same for the same link: 50 bits, short enough for a mini program code's scene (32 characters).
 * `attempt` counts up when another link has the code already.
 */
export function codeOf(
  { shopId, buyerId, spuId, channel }: { shopId: string; buyerId: string; spuId: string | null; channel: string },
  attempt: number,
): string {
  const digest = createHash('sha256')
    .update(`${shopId}|${buyerId}|${spuId ?? ''}|${channel}|${attempt}`)
    .digest();
  let bits = digest.readBigUInt64BE(0) >> 14n;
  let code = '';
  for (let at = 0; at < 10; at += 1) {
    code = `${letters[Number(bits & 31n)]}${code}`;
    bits >>= 5n;
  }
  return code;
}

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const checkDigits = '10X98765432';

/** GB 11643: eighteen characters, a real date of birth, and the right last one. @returns the birthday, or undefined */
export function birthdayOf(idNumber: string): string | undefined {
  if (!/^[1-9]\d{16}[\dX]$/.test(idNumber)) return undefined;
  const sum = weights.reduce((all, weight, at) => all + weight * Number(idNumber[at]), 0);
  if (checkDigits[sum % 11] !== idNumber[17]) return undefined;
  const day = `${idNumber.slice(6, 10)}-${idNumber.slice(10, 12)}-${idNumber.slice(12, 14)}`;
  const at = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== day ? undefined : day;
}

export function isAdult(birthday: string, today: string): boolean {
  const eighteenth = `${Number(birthday.slice(0, 4)) + 18}${birthday.slice(4)}`;
  return eighteenth <= today;
}

/** 330106199001011234 → 3301**********1234 */
export const maskIdNumber = (idNumber: string): string => `${idNumber.slice(0, 4)}**********${idNumber.slice(-4)}`;
