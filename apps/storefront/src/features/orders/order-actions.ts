/** What a shopper does to an order, from the list and from its page alike. */
import type { OrderAction, OrderCard } from '@xiaopu/contracts';
import { reactive } from 'vue';
import { noteCart } from '@/features/cart/badge';
import { payFor } from '@/features/payment/place-and-pay';
import { tapFeedback } from '@/platform/haptics';
import { api } from '@/platform/request';
import { confirmDialog, toast, toastError } from '@/platform/toast';
import { go, goTab, routes } from '@/shared/lib/routes';
import { cancelReasons, refundReasons } from './order-texts';

type Target = Pick<OrderCard, 'orderNo' | 'paymentId' | 'lines' | 'payable'>;

/** `changed`: the order is no longer what is on screen. */
export function useOrderActions(changed: (orderNo: string) => Promise<void> | void) {
  const state = reactive({
    busy: '' as OrderAction | '',
    orderNo: '',
    asking: '' as 'cancel' | 'refund' | '',
    target: undefined as Target | undefined,
  });

  const handlers: Record<OrderAction, (order: Target) => Promise<void> | void> = {
    pay: async (order) => {
      const outcome = await payFor(order.paymentId);
      if (outcome.kind === 'paid' || outcome.kind === 'unconfirmed') go(routes.payResult(order.paymentId));
      else if (outcome.kind === 'failed') toast('没有付成，请再试一次');
      await changed(order.orderNo);
    },
    pay_balance: (order) => go(routes.balance(order.orderNo)),
    cancel: (order) => ask('cancel', order),
    refund: (order) => ask('refund', order),
    show_code: (order) => go(routes.order(order.orderNo)),
    show_delivery: (order) => go(routes.order(order.orderNo)),
    track: (order) => go(routes.track(order.orderNo)),
    review: (order) => go(routes.review(order.orderNo)),
    confirm_receipt: async (order) => {
      if (!(await confirmDialog('确认收到货了？', '确认后交易完成，请先检查商品是否完好', '确认收货'))) return;
      await api.orders.confirmReceipt(order.orderNo);
      tapFeedback('medium');
      toast('已确认收货');
      await changed(order.orderNo);
    },
    buy_again: buyAgain,
  };

  function ask(what: 'cancel' | 'refund', order: Target): void {
    state.target = order;
    state.asking = what;
  }

  async function run(action: OrderAction, order: Target): Promise<void> {
    if (state.busy !== '') return;
    tapFeedback('light');
    state.busy = action;
    state.orderNo = order.orderNo;
    try {
      await handlers[action](order);
    } catch (error) {
      toastError(error);
      await changed(order.orderNo); // it may have moved on: show what it is now
    } finally {
      state.busy = '';
    }
  }

  async function giveReason(reason: string): Promise<void> {
    const { target, asking } = state;
    if (target === undefined || asking === '' || state.busy !== '') return;
    state.busy = asking;
    state.orderNo = target.orderNo;
    try {
      if (asking === 'cancel') await api.orders.cancel(target.orderNo, { reason });
      else await api.orders.refund(target.orderNo, { reason });
      tapFeedback('light');
      toast(asking === 'cancel' ? '订单已取消' : '退款申请已提交');
    } catch (error) {
      toastError(error);
    } finally {
      state.asking = '';
      state.busy = '';
    }
    await changed(target.orderNo);
  }

  /** Everything still sold goes into the cart, ticked; what is gone is said. */
  async function buyAgain(order: Target): Promise<void> {
    let added = 0;
    let refusal: unknown;
    for (const line of order.lines) {
      try {
        noteCart(await api.cart.add({ skuId: line.skuId, quantity: line.quantity }));
        added++;
      } catch (error) {
        refusal = error;
      }
    }
    if (added === 0) throw refusal;
    toast(added === order.lines.length ? '已放进购物车' : '有商品买不到了，其余已放进购物车');
    goTab('cart');
  }

  const reasons = (): string[] => (state.asking === 'cancel' ? cancelReasons : refundReasons);
  return { state, run, giveReason, reasons };
}
export type OrderActions = ReturnType<typeof useOrderActions>;
