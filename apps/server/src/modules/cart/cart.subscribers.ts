import type { Subscribers } from '#platform/messaging/outbox.ts';
import type { CartService } from './cart.service.ts';

export function cartSubscribers(subscribers: Subscribers, { cart }: { cart: CartService }): void {
  subscribers.on('identity.guest_merged', 'cart.merge_guest', (tx, { payload: { guestId, buyerId } }) =>
    cart.mergeGuest(tx, guestId, buyerId),
  );
}
