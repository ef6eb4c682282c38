/** Units in the cart, for the tab badge and the product page. Every cart reply updates it. */
import type { Cart } from '@xiaopu/contracts';
import { reactive } from 'vue';
import { api } from '@/platform/request';
import { sessionKeeper } from '@/platform/session';

export const cartBadge = reactive({ count: 0 });

export function noteCart(cart: Pick<Cart, 'unitCount'>): void {
  cartBadge.count = cart.unitCount;
}

/** Asks only when there is a session: a newcomer has no cart. */
export async function refreshBadge(): Promise<void> {
  if (sessionKeeper.token() === undefined) return;
  try {
    noteCart(await api.cart.get());
  } catch {
    // the badge is a nicety: the old figure stays
  }
}
