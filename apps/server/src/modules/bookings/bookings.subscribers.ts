/** A booking stands once its order is paid, and its places are free again once the order comes to nothing. */
import type { Subscribers } from '#platform/messaging/outbox.ts';
import type { Orders } from '../orders/index.ts';
import type { Bookings } from './bookings.service.ts';

export function bookingSubscribers(
  subscribers: Subscribers,
  bookings: Pick<Bookings, 'isStanding' | 'release'>,
  orders: Pick<Orders, 'confirmBooking' | 'refuseBooking'>,
): void {
  subscribers.on('orders.order_paid', 'bookings.confirm', async (tx, { payload: { buyerId, orderNo, goods } }) => {
    if (goods !== 'service') return;
    if (await bookings.isStanding(tx, buyerId, orderNo)) await orders.confirmBooking(tx, buyerId, orderNo);
    else await orders.refuseBooking(tx, buyerId, orderNo, '付款时预约时段已满，自动退款');
  });
  subscribers.on('orders.order_cancelled', 'bookings.release', (tx, { payload: { buyerId, orderNo } }) =>
    bookings.release(tx, buyerId, orderNo),
  );
  subscribers.on('orders.refund_requested', 'bookings.free', (tx, { payload: { buyerId, orderNo } }) =>
    // Nobody will come: the next one may book it while the money is still on its way.
    bookings.release(tx, buyerId, orderNo),
  );
}
