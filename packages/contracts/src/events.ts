import type { GoodsKind } from './goods.ts';
import type { ShippingHold } from './orders.ts';

/** Domain events: name → payload. Past tense, `module.what_happened`. Delivered at least once, effect once (inbox). */
export interface EventPayloads {
  'catalog.product_changed': { spuId: string; shopId: string };
  'catalog.decoration_changed': Record<string, never>;
  'catalog.product_published': { spuId: string; shopId: string };
  'catalog.product_unpublished': { spuId: string; shopId: string };
  'inventory.stock_changed': { skuId: string; spuId: string; shopId: string; available: number; sequence: number };
  'inventory.stock_low': { skuId: string; spuId: string; shopId: string; available: number; threshold: number };
  'inventory.pool_returned': { poolId: string; skuId: string; shopId: string; requestId: string };
  /** A pool, its ledger and the stock level do not agree: people must look. */
  'inventory.pool_drifted': {
    poolId: string;
    skuId: string;
    shopId: string;
    what: string;
    expected: number;
    actual: number;
  };
  'flash_sale.sale_changed': { saleId: string; shopId: string };
  'bargain.activity_changed': { activityId: string; shopId: string };
  'group_buy.activity_changed': { activityId: string; shopId: string };
  /** Its opener has paid. */
  'group_buy.group_opened': { buyerId: string; groupId: string; orderNo: string; deadline: string; missing: number };
  /** Somebody else has paid; told to its opener, whose order it names. `missing`: to the next step. */
  'group_buy.member_joined': { buyerId: string; groupId: string; orderNo: string; joinerId: string; missing: number };
  /**
   * A group ended; one event for each who has paid. `backAmount`: what goes back of a success (fen); a failure returns all.
   * `refundNo` is the difference's.
   */
  'group_buy.place_decided': {
    buyerId: string;
    groupId: string;
    orderNo: string;
    outcome: 'succeeded' | 'failed';
    size: number;
    finalPrice: number;
    backAmount: number;
    refundNo: string;
  };
  'presale.activity_changed': { activityId: string; shopId: string };
  'presale.balance_due': {
    buyerId: string;
    orderNo: string;
    shopId: string;
    closesAt: string;
    isEnding: boolean;
  };
  'member_day.days_changed': { shopId: string };
  /** Nothing was put in for the set time; `since`: the last time something was. */
  'cart.cart_idle': { buyerId: string; shopId: string; title: string; lines: number; since: string };
  'identity.guest_merged': { guestId: string; buyerId: string };
  'orders.order_accepted': { buyerId: string; idempotencyKey: string };
  'orders.order_placed': { buyerId: string; orderNo: string; shopId: string; payable: number };
  /** `shippingHold`: it is not shipped before what it waits for has come. */
  'orders.order_paid': {
    buyerId: string;
    orderNo: string;
    shopId: string;
    payable: number;
    shippingHold?: ShippingHold;
    /** Set when it is picked up there. */
    storeName?: string;
    /** Set when it is not sent: delivered by itself, or booked. */
    goods?: Exclude<GoodsKind, 'physical'>;
    facts?: PaidOrderFacts;
  };
  /** Presale: the deposit is in; `amount` is the deposit. */
  'orders.deposit_paid': { buyerId: string; orderNo: string; shopId: string; amount: number };
  /** Presale: a placed balance will not be paid; what was locked for it is free again. */
  'orders.balance_dropped': { buyerId: string; orderNo: string; shopId: string };
  'orders.order_cancelled': { buyerId: string; orderNo: string; shopId: string; reason: string };
  'orders.order_shipped': { buyerId: string; orderNo: string; shopId: string };
  /** It waits in its store; not picked up until `expiresAt`, its money goes back. */
  'orders.order_ready': {
    buyerId: string;
    orderNo: string;
    shopId: string;
    storeName: string;
    expiresAt: string;
  };
  'orders.order_completed': { buyerId: string; orderNo: string; shopId: string };
  'orders.refund_requested': { buyerId: string; orderNo: string; shopId: string; refundNo: string; amount: number };
  'orders.order_refunded': {
    buyerId: string;
    orderNo: string;
    shopId: string;
    refundNo: string;
    amount: number;
    /** Only after-sale refunds say for which pieces; left out: all that was left of the order. */
    freight?: number;
    lines?: { lineId: string; quantity: number; amount: number }[];
    /** With `lines`: they were the last, nothing of the order is kept any more. */
    isLast?: boolean;
  };
  'after_sales.case_moved': { buyerId: string; caseNo: string; orderNo: string; shopId: string; status: string };
  'orders.review_submitted': { buyerId: string; reviewId: string; spuId: string; shopId: string };
  'reviews.review_shown': { reviewId: string; spuId: string; shopId: string };
  'promotions.rules_changed': { shopId: string };
  'coupons.templates_changed': { shopId: string };
  'coupons.coupon_claimed': { buyerId: string; couponId: string; templateId: string; shopId: string };
  /** Used by a paid order, or held again after it came back. */
  'coupons.coupon_moved': { buyerId: string; couponId: string; shopId: string; status: 'used' | 'held' };
  'coupons.coupon_expiring': { buyerId: string; couponId: string; shopId: string; name: string; expiresAt: string };
  'membership.tier_changed': { buyerId: string; from: string; to: string; growth: number };
  /** Has not bought in this shop since then, for as long as makes a silent customer. */
  'membership.lapsed': { buyerId: string; shopId: string; since: string };
  /** Can be withdrawn from now on. */
  'distribution.commission_settled': { buyerId: string; shopId: string; amount: number };
  /** A member has not come since then, for as long as makes one dormant; told once per absence. */
  'visits.dormant': { buyerId: string; since: string };
  /** Net spend is above the line of high-value members; told again with every order above it. */
  'membership.high_value': { buyerId: string; spent: number };
  'membership.birthday_given': { buyerId: string; year: number; tier: string; points: number };
  /** These points end on that Shanghai day. */
  'points.expiring': { buyerId: string; points: number; day: string };
  'points.signed_in': { buyerId: string; day: string; streak: number };
  'subscriptions.started': { buyerId: string; planName: string; until: string; isTrial: boolean };
  /** `renews`: it will be renewed by itself, under a contract the buyer signed. */
  'subscriptions.renewal_due': {
    buyerId: string;
    planName: string;
    until: string;
    renews?: { amount: number; chargeAt: string };
  };
  /** A renewal by itself that came to nothing, other than by the buyer's own doing. */
  'subscriptions.renewal_missed': {
    buyerId: string;
    planName: string;
    until: string;
    why: 'not_deducted' | 'price_risen' | 'plan_off';
  };
  'subscriptions.ended': { buyerId: string; planName: string };
  'payments.payment_succeeded': { buyerId: string; paymentId: string; amount: number; paidAt: string };
  'payments.payment_closed': { buyerId: string; paymentId: string };
  'payments.refund_settled': {
    buyerId: string;
    paymentId: string;
    refundNo: string;
    orderNo: string;
    amount: number;
    outcome: 'succeeded' | 'failed';
  };
  'pay_score.agreed': { buyerId: string; scoreId: string };
  'pay_score.paid': { buyerId: string; scoreId: string; total: number; transactionId: string | null };
  'pay_score.ended': { buyerId: string; scoreId: string; reason: 'revoked' | 'expired' | 'refused' };
  'payouts.payout_settled': { buyerId: string; payoutId: string; amount: number; settledAt: string };
  /** Nothing was and nothing will be paid under this id; asking again needs a new one. */
  'payouts.payout_failed': { buyerId: string; payoutId: string; amount: number; reason: string };
  'payments.anomaly_found': { buyerId: string; paymentId: string; kind: string; expected: number; actual: number };
}
/** What those who hear of a paid order would otherwise each read again. Events of older versions come without. */
export interface PaidOrderFacts {
  title: string;
  lines: { spuId: string; quantity: number }[];
  /** Whether a coupon worked on it, how many points it used, and by which activities its prices were made. */
  hasCoupons: boolean;
  pointsUsed: number;
  activities: string[];
}
export type EventName = keyof EventPayloads;
export type DomainEvent<N extends EventName = EventName> = {
  [K in N]: { id: string; name: K; payload: EventPayloads[K]; at: string; traceParent?: string };
}[N];

/** Events of one key reach a consumer in the order they were published, as long as none of them fails. */
export function orderingKeyOf(payload: Partial<Record<'orderNo' | 'paymentId' | 'spuId' | 'guestId', string>>): string {
  return payload.orderNo ?? payload.paymentId ?? payload.spuId ?? payload.guestId ?? '';
}
