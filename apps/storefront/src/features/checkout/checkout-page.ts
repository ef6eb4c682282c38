/** What the checkout page knows and does: the server's preview, the order placed once, the till at once after it. */
import type {
  CheckoutCoupons,
  CheckoutPreview,
  CheckoutSource,
  OfferEntry,
  PaymentChannel,
  PaymentChannels,
  PickupChoice,
  PlacedOrder,
  PlaceOrder,
} from '@xiaopu/contracts';
import type { CouponAnswer, CouponQuestion } from '@xiaopu/pricing';
import { computed, nextTick, reactive, toRaw } from 'vue';
import { picked } from '@/features/addresses/picked';
import { newIdempotencyKey, payFor, placeOrder, soleLine } from '@/features/payment/place-and-pay';
import { isContact } from '@/features/pickup/pickup-texts';
import { ensureMember } from '@/features/session/login';
import { useUnsent } from '@/features/unsent/unsent-choice';
import { errorCode, isPassing } from '@/platform/errors';
import { tapFeedback } from '@/platform/haptics';
import { api } from '@/platform/request';
import { isMember } from '@/platform/session';
import { toast, toastError } from '@/platform/toast';
import { useLoad } from '@/shared/lib/loading';
import { routes } from '@/shared/lib/routes';
import { createAttempt } from './attempt-key';
import type { CouponSums } from './coupon-sums';

/** Refusals that a fresh preview explains at the line or in the sum. */
const changedCodes = [
  'orders.price_changed',
  'orders.coupon_unusable',
  'orders.price_below_floor',
  'coupons.taken',
  'orders.line_unavailable',
  'inventory.out_of_stock',
  'orders.idempotency_conflict',
  'orders.queue_expired',
  'pickup.window_full',
  'pickup.window_gone',
  'pickup.store_not_found',
  'bookings.window_full',
  'bookings.window_gone',
  'bookings.place_not_found',
  'orders.consent_missing',
];

/** The same coupons in the light of another choice. */
function guessOf({ coupons }: CheckoutPreview, { best, coupons: states }: CouponAnswer): CheckoutCoupons {
  const stateOf = new Map(states.map((each) => [each.couponId, each]));
  return { ...coupons, best, candidates: coupons.candidates.map((one) => ({ ...one, ...stateOf.get(one.couponId) })) };
}

interface CheckoutQuery {
  skuId?: string;
  quantity?: string;
  entryKind?: string;
  entryId?: string;
  until?: string;
  /** A store that was chosen before, on the product page. */
  pickup?: string;
}

export function useCheckoutPage({ sums }: { sums: CouponSums }) {
  const page = reactive({
    source: { kind: 'cart' } as CheckoutSource,
    remarks: {} as Record<string, string>,
    submitting: false,
    needsLogin: false,
    opened: false,
    notice: '',
    /** Orders before this one, while it waits for its turn. */
    ahead: undefined as number | undefined,
    /** What was chosen of coupons and points; the server chooses the best to begin with. */
    coupons: 'best' as 'best' | 'none' | string[],
    usesPoints: false,
    choosing: false,
    pricing: false,
    /** Coupons as this phone sums them, until the server has answered. */
    guess: undefined as CheckoutCoupons | undefined,
    /** The door of an activity this order came by, and until when its place is kept. */
    entry: undefined as OfferEntry | undefined,
    placeUntil: '',
    /** The terms of a presale's deposit were read and agreed to. */
    agreed: false,
    /** What is picked up, by shop; one without a store yet is only said to be. */
    pickups: {} as Record<string, PickupChoice>,
    waysOf: {} as Record<string, 'express' | 'pickup'>,
    choosingStore: '',
    lastStore: '',
    wantedStore: '',
    contact: { name: '', phone: '' },
    /** Ways to pay; empty where there is no choice. */
    channels: [] as PaymentChannels['items'],
    channel: undefined as PaymentChannel | undefined,
  });
  const attempt = createAttempt(newIdempotencyKey);
  const unsent = useUnsent(() => state.data, refresh);
  const { state, load } = useLoad<CheckoutPreview>(() =>
    api.checkout.preview({
      source: page.source,
      coupons: page.coupons,
      sums: true,
      ...(page.entry ? { entry: page.entry } : {}),
      ...(page.usesPoints ? { points: 'max' as const } : {}),
      ...(picked.addressId === '' ? {} : { addressId: picked.addressId }),
      ...delivery(),
    }),
  );
  function delivery(): Pick<PlaceOrder, 'pickups' | 'contact' | 'bookings'> {
    const pickups = Object.values(page.pickups);
    const { name, phone } = page.contact;
    return {
      ...(pickups.length === 0 ? {} : { pickups }),
      ...unsent.bookings(),
      ...(isContact(page.contact) ? { contact: { name: name.trim(), phone: phone.trim() } } : {}),
    };
  }
  const isPickedUp = (shopId: string): boolean => page.waysOf[shopId] === 'pickup';
  const allPickedUp = computed(() => {
    const shops = state.data?.shops ?? [];
    return shops.length > 0 && shops.every(({ shopId }) => isPickedUp(shopId));
  });
  async function chooseWay(shopId: string, way: 'express' | 'pickup'): Promise<void> {
    page.waysOf[shopId] = way;
    if (way === 'pickup') {
      page.choosingStore = shopId;
      return;
    }
    delete page.pickups[shopId];
    await refresh();
  }
  async function choosePickup(choice: PickupChoice): Promise<void> {
    page.pickups[choice.shopId] = choice;
    page.lastStore = choice.shopId;
    page.choosingStore = '';
    await refresh();
  }
  function changeContact(change: { name?: string; phone?: string }): void {
    Object.assign(page.contact, change);
  }
  const hasSent = (shopId: string): boolean =>
    state.data?.shops.find((shop) => shop.shopId === shopId)?.lines.some(({ goods }) => goods === 'physical') ?? false;
  /** Somebody comes: for what is picked up, or to a booked service. */
  const needsContact = computed(() => {
    const lines = (state.data?.shops ?? []).flatMap((shop) =>
      shop.lines.map((line) => ({ ...line, shopId: shop.shopId })),
    );
    return lines.some(({ goods, shopId }) => goods === 'service' || (goods === 'physical' && isPickedUp(shopId)));
  });
  const preview = computed(() => state.data);
  const unitCount = computed(() =>
    (preview.value?.shops ?? []).reduce(
      (sum, shop) => sum + shop.lines.reduce((units, line) => units + line.quantity, 0),
      0,
    ),
  );
  const problems = computed(() =>
    (preview.value?.shops ?? []).flatMap((shop) => shop.lines.filter((line) => line.problem !== null)),
  );

  /** `mayAsk`: a guest who came from another page is led to log in; one who comes back from refusing is asked by a button. */
  async function open(query: CheckoutQuery, mayAsk: boolean): Promise<void> {
    if (query.skuId) page.source = soleLine(query.skuId, Math.max(1, Number.parseInt(query.quantity ?? '1', 10) || 1));
    if (query.entryKind && query.entryId)
      page.entry = { kind: query.entryKind as OfferEntry['kind'], id: query.entryId };
    page.placeUntil = query.until ?? '';
    page.wantedStore = query.pickup ?? '';
    picked.addressId = '';
    if (!isMember.value && !(mayAsk && (await ensureMember().catch(() => false)))) {
      page.needsLogin = !isMember.value;
      return;
    }
    await start();
  }
  async function start(): Promise<void> {
    page.needsLogin = false;
    // #ifdef H5
    void readChannels();
    // #endif
    await load();
    page.opened = true;
    const shop = state.data?.shops.find(({ offersPickup }) => offersPickup);
    if (page.wantedStore === '' || shop === undefined) return;
    page.pickups[shop.shopId] = { shopId: shop.shopId, storeId: page.wantedStore };
    page.wantedStore = '';
    // The sheet opens when it is there: it came with the answer.
    await nextTick();
    await chooseWay(shop.shopId, 'pickup');
  }

  // #ifdef H5
  /** Without an answer the usual way is taken, as if nobody had been asked. */
  async function readChannels(): Promise<void> {
    const { items } = await api.payments.channels({ client: 'h5' }).catch(() => ({ items: [] }));
    page.channels = items;
  }
  // #endif

  async function refresh(): Promise<void> {
    try {
      await load();
    } catch (error) {
      if (errorCode(error) === 'orders.address_missing' && picked.addressId !== '') {
        picked.addressId = ''; // it was deleted meanwhile
        await load().catch(toastError);
      } else toastError(error);
    }
  }

  /** From a straight purchase the quantity can still change here; a cart's lines change in the cart. */
  const canChangeQuantity = computed(
    () =>
      (page.entry === undefined || page.entry.kind === 'presale') &&
      page.source.kind === 'lines' &&
      page.source.lines.length === 1,
  );
  async function setQuantity(quantity: number): Promise<void> {
    if (page.source.kind !== 'lines') return;
    const [line] = page.source.lines;
    if (line === undefined) return;
    page.source = soleLine(line.skuId, quantity);
    page.agreed = false;
    await refresh();
  }

  async function reprice(): Promise<void> {
    page.pricing = true;
    await refresh();
    page.pricing = false;
  }
  let choices = 0;
  async function chooseCoupons(coupons: 'best' | 'none' | string[]): Promise<void> {
    choices += 1;
    const choice = choices;
    const before = toRaw(state.data);
    const question = before?.coupons.sums as CouponQuestion | undefined;
    page.coupons = coupons;
    const asked = reprice();
    if (before && question) {
      const found = await sums.sum(question, coupons);
      // The server was quicker, or the shopper: its word, or the newer choice, stands.
      if (found && toRaw(state.data) === before && choice === choices) page.guess = guessOf(before, found);
    }
    await asked;
    if (choice === choices) page.guess = undefined;
  }
  async function togglePoints(): Promise<void> {
    page.usesPoints = !page.usesPoints;
    await reprice();
  }

  function orderOf(now: CheckoutPreview): PlaceOrder {
    const remarks = now.shops
      .map((shop) => ({ shopId: shop.shopId, remark: (page.remarks[shop.shopId] ?? '').trim() }))
      .filter(({ remark }) => remark !== '');
    // An order spends exactly what the page showed.
    const coupons = now.coupons.candidates.filter(({ chosen }) => chosen).map(({ couponId }) => couponId);
    return {
      source: page.source,
      ...(now.address ? { addressId: now.address.addressId } : {}),
      ...delivery(),
      ...unsent.consents(),
      ...(coupons.length === 0 ? {} : { coupons }),
      ...(now.points && now.points.used > 0 ? { points: now.points.used } : {}),
      ...(page.entry
        ? { entry: { ...page.entry, ...(now.stages && page.agreed ? { consent: now.stages.consent } : {}) } }
        : {}),
      expectedPayable: now.payable,
      ...(remarks.length === 0 ? {} : { remarks }),
    };
  }

  async function submit(): Promise<void> {
    const now = preview.value;
    if (now === undefined || page.submitting) return;
    const undecided = now.shops.find(({ shopId, pickup }) => isPickedUp(shopId) && !pickup?.window && hasSent(shopId));
    if (undecided) {
      page.choosingStore = undecided.shopId;
      return;
    }
    if (now.blockedBy === 'virtual_on_ios') {
      toast('由于相关规范，iOS 端暂不支持购买虚拟商品');
      return;
    }
    if (now.address === null && now.needsAddress) {
      toast('请先选择收货地址');
      return;
    }
    if (!unsent.isBooked()) return;
    if (now.address === null && needsContact.value && !isContact(page.contact)) {
      toast('请填写联系人和手机号');
      return;
    }
    if (!unsent.isAgreed()) return;
    if (now.stages?.forfeits && !page.agreed) {
      toast('请先阅读并同意定金规则');
      return;
    }
    // The contact may have been typed after the last preview.
    if (!now.canSubmit && now.blockedBy !== 'no_contact' && now.blockedBy !== 'no_address') {
      toast(now.blockedBy === 'stock' ? '有商品库存不足，请先调整' : '没有可以提交的商品');
      return;
    }
    page.submitting = true;
    page.notice = '';
    try {
      const placed = await place(orderOf(now));
      tapFeedback('light');
      await toTheTill(placed);
    } catch (error) {
      if (changedCodes.includes(errorCode(error))) {
        if (page.coupons !== 'none') page.coupons = 'best';
        await refresh();
        page.notice = noticeOf(errorCode(error));
      } else toastError(error);
    } finally {
      page.submitting = false;
    }
  }
  function noticeOf(code: string): string {
    if (code === 'orders.coupon_unusable' || code === 'coupons.taken')
      return '有优惠券已不能使用，已为你重新选择，请确认';
    if (code === 'orders.queue_expired') return '排队的人太多，这次没有下单成功，请再提交一次';
    if (code.startsWith('bookings.')) return '这个预约时段刚刚约满或已过，请重新选择';
    if (code === 'orders.consent_missing') return '请先勾选下方的购买须知';
    if (code.startsWith('pickup.')) return '这个取货时段刚刚约满或已过，请重新选择取货时间';
    if (code === 'orders.price_changed') return '价格刚刚有变动，已为你更新，请确认后再提交';
    if (code === 'orders.idempotency_conflict') return '订单内容有变化，请确认后再提交';
    return problems.value.length > 0 ? '手慢了，有商品库存不足，已在下方标出' : '库存刚刚有变动，请再提交一次';
  }

  async function place(order: PlaceOrder): Promise<PlacedOrder> {
    try {
      const placed = await placeOrder(order, attempt.keyFor(order), (ahead) => {
        page.ahead = ahead;
      });
      attempt.answered();
      return placed;
    } catch (error) {
      // A lost reply may have made the order: the next press asks with the same key.
      if (!isPassing(error)) attempt.answered();
      throw error;
    }
  }

  /** From here on there is an order: whatever happens, the shopper ends on a page that shows it. */
  async function toTheTill({ paymentId, orderNos }: PlacedOrder): Promise<void> {
    const [orderNo] = orderNos;
    const pending =
      orderNos.length === 1 && orderNo !== undefined ? routes.order(orderNo) : routes.orders('pending_payment');
    try {
      const outcome = await payFor(paymentId, page.channel);
      const isDone = outcome.kind === 'paid' || outcome.kind === 'unconfirmed';
      if (outcome.kind === 'failed') toast('没有付成，可以在订单里继续付款');
      uni.redirectTo({ url: isDone ? routes.payResult(paymentId) : pending });
    } catch (error) {
      toastError(error);
      uni.redirectTo({ url: pending });
    }
  }

  return {
    page,
    state,
    preview,
    unitCount,
    problems,
    canChangeQuantity,
    open,
    start,
    refresh,
    setQuantity,
    chooseCoupons,
    togglePoints,
    submit,
    isPickedUp,
    allPickedUp,
    needsContact,
    unsent,
    chooseWay,
    choosePickup,
    changeContact,
  };
}
