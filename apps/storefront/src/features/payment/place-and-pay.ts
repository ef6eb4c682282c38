/** From "pay" to "paid" or not: place the order once, go to the till, ask the server what really happened. */
import type { CheckoutInput, PaymentChannel, PlacedOrder, PlaceOrder } from '@xiaopu/contracts';
import { isPassing } from '@/platform/errors';
import { pay, payClient } from '@/platform/pay';
import { api } from '@/platform/request';
import { waitForTurn } from './queue-turn';

export type Outcome =
  | { kind: 'paid'; paymentId: string }
  | { kind: 'unconfirmed'; paymentId: string } // the till said yes, the server has not heard yet
  | { kind: 'cancelled'; paymentId: string; placed?: PlacedOrder }
  | { kind: 'failed'; paymentId: string; reason: string };

export const newIdempotencyKey = (): string =>
  `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 12)}${Math.random().toString(36).slice(2, 12)}`;

/**
 * Places with one key: a repeat after a lost reply gives the same order, never a second one (C04-INT-04). At a peak it waits
 * for its turn and says how many are before it.
 */
export async function placeOrder(
  input: PlaceOrder,
  key: string,
  onWaiting: (ahead: number | undefined) => void,
): Promise<PlacedOrder> {
  const answer = await api.orders.submit(input, key);
  if ('paymentId' in answer) return answer;
  return waitForTurn(answer, {
    ask: () => api.orders.queued(key),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    isPassing,
    onWaiting,
  });
}

const waitsMs = [300, 700, 1200, 2000, 3000];

/** The server's own word, asked a few times because its notice may be on the way. */
export async function waitUntilPaid(paymentId: string): Promise<boolean> {
  for (const waitMs of [0, ...waitsMs]) {
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const { status } = await api.payments.get(paymentId);
    if (status === 'succeeded') return true;
    if (status === 'closed') return false;
  }
  return false;
}

/** `channel`: one of those offered to this client; the server takes the usual one without it. */
export async function payFor(paymentId: string, channel?: PaymentChannel): Promise<Outcome> {
  const started = await api.payments.start(paymentId, { client: payClient(), ...(channel ? { channel } : {}) });
  if (started.status === 'succeeded') return { kind: 'paid', paymentId };
  const result = await pay(started);
  if (result.outcome === 'cancel') return { kind: 'cancelled', paymentId };
  if (result.outcome === 'fail') return { kind: 'failed', paymentId, reason: result.reason ?? '' };
  return (await waitUntilPaid(paymentId)) ? { kind: 'paid', paymentId } : { kind: 'unconfirmed', paymentId };
}

/** One line straight to checkout, past the cart (C05-PATH-02). */
export const soleLine = (skuId: string, quantity: number): CheckoutInput['source'] => ({
  kind: 'lines',
  lines: [{ skuId, quantity }],
});
