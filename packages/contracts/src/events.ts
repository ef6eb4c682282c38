/** Domain events: name → payload. Past tense, `module.what_happened`. Delivered at least once, effect once (inbox). */
export interface EventPayloads {
  'catalog.product_changed': { spuId: string; shopId: string };
  'catalog.product_published': { spuId: string; shopId: string };
  'catalog.product_unpublished': { spuId: string; shopId: string };
  'inventory.stock_changed': { skuId: string; spuId: string; shopId: string; available: number; sequence: number };
  'inventory.stock_low': { skuId: string; spuId: string; shopId: string; available: number; threshold: number };
  'identity.guest_merged': { guestId: string; buyerId: string };
  'orders.order_placed': { buyerId: string; orderNo: string; shopId: string; payable: number };
  'orders.order_paid': { buyerId: string; orderNo: string; shopId: string; payable: number };
  'orders.order_cancelled': { buyerId: string; orderNo: string; shopId: string; reason: string };
  'orders.order_shipped': { buyerId: string; orderNo: string; shopId: string };
  'orders.order_completed': { buyerId: string; orderNo: string; shopId: string };
  'orders.refund_requested': { buyerId: string; orderNo: string; shopId: string; refundNo: string; amount: number };
  'orders.order_refunded': { buyerId: string; orderNo: string; shopId: string; refundNo: string; amount: number };
  'orders.review_submitted': { buyerId: string; reviewId: string; spuId: string; shopId: string };
  'reviews.review_shown': { reviewId: string; spuId: string; shopId: string };
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
  'payments.anomaly_found': { buyerId: string; paymentId: string; kind: string; expected: number; actual: number };
}
export type EventName = keyof EventPayloads;
export type DomainEvent<N extends EventName = EventName> = {
  [K in N]: { id: string; name: K; payload: EventPayloads[K]; at: string };
}[N];

/** Events of one key reach a consumer in the order they were published, as long as none of them fails. */
export function orderingKeyOf(payload: Partial<Record<'orderNo' | 'paymentId' | 'spuId' | 'guestId', string>>): string {
  return payload.orderNo ?? payload.paymentId ?? payload.spuId ?? payload.guestId ?? '';
}
