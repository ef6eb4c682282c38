/** Pure rules: which status may follow which, when WeChat is asked, what fits into its fields. */
import type { PaymentStatus } from '@xiaopu/contracts';
import type { RefundStatus } from './payments.tables.ts';

export const paymentTransitions: Record<PaymentStatus, readonly PaymentStatus[]> = {
  created: ['prepaid', 'succeeded', 'closed', 'held_for_review'],
  prepaid: ['succeeded', 'closed', 'held_for_review'],
  // Money that arrives after the close: orders win a new hold or give it back.
  closed: ['succeeded', 'held_for_review'],
  succeeded: [],
  // People decide: taken as it came, or given back.
  held_for_review: ['succeeded', 'closed'],
};

export const refundTransitions: Record<RefundStatus, readonly RefundStatus[]> = {
  requested: ['processing', 'succeeded', 'failed'],
  processing: ['succeeded', 'failed'],
  // A retry by people, or people having repaired it on the merchant platform.
  failed: ['requested', 'succeeded'],
  succeeded: [],
};

const sourcesOf = <S extends string>(table: Record<S, readonly S[]>, target: S): S[] =>
  (Object.keys(table) as S[]).filter((source) => table[source].includes(target));
/** The statuses from which `target` may be entered: the WHERE of the one UPDATE that enters it. */
export const paymentSources = (target: PaymentStatus, by: 'itself' | 'people' = 'itself'): PaymentStatus[] =>
  by === 'people'
    ? (['held_for_review'] as const).filter((source) => paymentTransitions[source].includes(target))
    : // What waits for people is never moved by a notice, a query or a timer.
      sourcesOf(paymentTransitions, target).filter((source) => source !== 'held_for_review');
export const refundSources = (target: RefundStatus): RefundStatus[] => sourcesOf(refundTransitions, target);

/** WeChat refuses a time_expire less than a minute ahead; two seconds more for the way there. */
export const shortestPrepayMs = 62_000;
/** A prepay_id lives two hours; a margin so that nobody is handed one about to die. */
export const prepayLifeMs = 110 * 60_000;

/** WeChat writes and reads whole seconds; rounding down keeps the prepay within the hold. */
export const wholeSeconds = (at: Date): Date => new Date(Math.floor(at.getTime() / 1000) * 1000);

const checkWaitsMs = [5_000, 15_000, 30_000, 60_000, 120_000, 180_000, 300_000];
const lastLookBeforeMs = 20_000;
const lookAfterMs = 5_000;
/**
 * When to ask WeChat next about an unpaid prepay (C10-PAY-06): soon after, then rarer, but always once shortly before
 * the hold ends and once after, so that a lost notice is found while the stock is still kept.
 */
export function nextCheck(checks: number, now: Date, prepayUntil: Date): Date | null {
  const at = now.getTime();
  const end = prepayUntil.getTime();
  const usual = at + (checkWaitsMs[checks] ?? 300_000);
  for (const look of [end - lastLookBeforeMs, end + lookAfterMs]) {
    if (look > at) return new Date(Math.min(usual, look));
  }
  return null;
}

const refundWaitsMs = [2_000, 5_000, 15_000, 30_000, 60_000, 180_000, 600_000, 1_800_000];
export const refundWaitMs = (attempts: number): number => refundWaitsMs[attempts] ?? 3_600_000;

export const closeWaitMs = (checks: number): number => Math.min(2_000 * 2 ** Math.min(checks, 8), 300_000);

/** WeChat counts bytes; cut at a character so that no half character is sent. */
export function cutBytes(text: string, maxBytes: number): string {
  let bytes = 0;
  let cut = '';
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxBytes) return cut;
    cut += character;
  }
  return cut;
}
