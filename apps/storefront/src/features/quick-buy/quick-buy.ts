/**
 * 闪电购: one tap on a card, one sheet with price and address, one more tap to pay (C05-PATH-01/02).
 * It uses the last address; without one it goes to checkout, where an address is picked.
 */
import type { CheckoutPreview, ProductCard, ProductDetail } from '@xiaopu/contracts';
import { reactive } from 'vue';
import { noteAct } from '@/features/events/acts';
import { newIdempotencyKey, payFor, placeOrder, soleLine } from '@/features/payment/place-and-pay';
import { ensureMember } from '@/features/session/login';
import { errorCode } from '@/platform/errors';
import { tapFeedback } from '@/platform/haptics';
import { api } from '@/platform/request';
import { isMember } from '@/platform/session';
import { storage } from '@/platform/storage';
import { toast, toastError } from '@/platform/toast';
import { go, routes } from '@/shared/lib/routes';

/** What a shopper was about to buy when the login page took over (H5 leaves the shop for it). */
const waitingKey = 'quickBuy.waiting';
const waitsForMs = 5 * 60_000;

type Step = 'closed' | 'choosing' | 'confirming';

export function useQuickBuy() {
  const state = reactive({
    step: 'closed' as Step,
    loading: false,
    paying: false,
    /** Orders before this one, while it waits for its turn. */
    ahead: undefined as number | undefined,
    card: undefined as ProductCard | undefined,
    product: undefined as ProductDetail | undefined,
    skuId: '',
    quantity: 1,
    preview: undefined as CheckoutPreview | undefined,
  });
  let key = '';

  async function start(card: ProductCard): Promise<void> {
    if (state.loading) return;
    state.loading = true;
    try {
      if (!isMember.value) storage.write(waitingKey, { card, at: Date.now() });
      if (!(await ensureMember())) return;
      storage.remove(waitingKey);
      state.card = card;
      noteAct({ kind: 'buy_now', spuId: card.spuId });
      state.quantity = 1;
      state.preview = undefined;
      if (card.soleSkuId === null) {
        state.product = await api.catalog.product(card.spuId);
        state.step = 'choosing';
      } else {
        await confirm(card.soleSkuId, 1);
      }
    } catch (error) {
      toastError(error);
    } finally {
      state.loading = false;
    }
  }

  function tap(card: ProductCard): Promise<void> {
    tapFeedback('light');
    return start(card);
  }

  /** Back from logging in: goes on where the shopper was. */
  async function resume(): Promise<void> {
    const waiting = storage.read<{ card: ProductCard; at: number }>(waitingKey);
    if (waiting === undefined || !isMember.value) return;
    storage.remove(waitingKey);
    if (Date.now() - waiting.at < waitsForMs) await start(waiting.card);
  }

  async function confirm(skuId: string, quantity: number): Promise<void> {
    state.skuId = skuId;
    state.quantity = quantity;
    key = newIdempotencyKey();
    try {
      state.preview = await api.checkout.preview({ source: soleLine(skuId, quantity) });
      // What is to be chosen or agreed to first needs the whole page.
      if (state.preview.address === null || !state.preview.needsAddress || state.preview.consents.length > 0) {
        close();
        go(routes.checkout({ skuId, quantity: String(quantity) }));
        return;
      }
      state.step = 'confirming';
    } catch (error) {
      toastError(error);
    }
  }

  async function submit(): Promise<void> {
    const { preview } = state;
    if (preview === undefined || preview.address === null || state.paying) return;
    if (!preview.canSubmit) {
      toast(preview.blockedBy === 'stock' ? '手慢了，库存不够了' : '现在还不能下单');
      return;
    }
    state.paying = true;
    try {
      const placed = await placeOrder(
        {
          source: soleLine(state.skuId, state.quantity),
          addressId: preview.address.addressId,
          expectedPayable: preview.payable,
        },
        key,
        (ahead) => {
          state.ahead = ahead;
        },
      );
      const outcome = await payFor(placed.paymentId);
      close();
      if (outcome.kind === 'cancelled') go(routes.orders('pending_payment'));
      else go(routes.payResult(placed.paymentId));
    } catch (error) {
      if (errorCode(error) === 'orders.price_changed') {
        toast('价格有变动，请再确认一次');
        await confirm(state.skuId, state.quantity);
      } else {
        toastError(error);
      }
    } finally {
      state.paying = false;
    }
  }

  function close(): void {
    state.step = 'closed';
  }

  /** Several addresses, remarks, more lines: the full page has them. */
  function toCheckout(): void {
    close();
    go(routes.checkout({ skuId: state.skuId, quantity: String(state.quantity) }));
  }

  return { state, start: tap, resume, confirm, submit, close, toCheckout };
}
export type QuickBuy = ReturnType<typeof useQuickBuy>;
