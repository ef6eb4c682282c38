/** Pure rules of an order: legal moves, what the page says, what can be done next. */
import type { GoodsKind, OrderAction, OrderStatus, ShippingHold } from '@xiaopu/contracts';
import { formatYuan } from '@xiaopu/money';

/** Every legal move; a status changes in no other way. */
export const transitions: Record<OrderStatus, readonly OrderStatus[]> = {
  // refunding: money came although the stock was gone (X-10)
  pending_payment: ['paid', 'deposit_paid', 'cancelled', 'refunding'],
  // cancelled: the balance was missed and the deposit is lost
  deposit_paid: ['paid', 'cancelled', 'refunding'],
  // completed: delivered by itself; to_use: its booking stands
  paid: ['shipped', 'ready_for_pickup', 'to_use', 'completed', 'refunding'],
  // completed: picked up, which is also received
  ready_for_pickup: ['completed', 'refunding'],
  // completed: its code was redeemed, or nobody came
  to_use: ['completed', 'refunding'],
  // refunded: after-sale sent the money of every piece back
  shipped: ['completed', 'refunded'],
  completed: ['refunded'],
  // Money that arrives after closing wins a new hold, or goes back by itself (X-10).
  cancelled: ['paid', 'deposit_paid', 'refunding'],
  refunding: ['refunded'],
  refunded: [],
};

/** Where goods go is part of the table: what is not sent never ships, what is sent is never simply done. */
const onlyOf: Partial<Record<`${OrderStatus} ${OrderStatus}`, GoodsKind>> = {
  'paid shipped': 'physical',
  'paid ready_for_pickup': 'physical',
  'paid completed': 'virtual',
  'paid to_use': 'service',
};
export const canMove = (from: OrderStatus, to: OrderStatus, goods: GoodsKind = 'physical'): boolean =>
  transitions[from].includes(to) && (onlyOf[`${from} ${to}`] ?? goods) === goods;

export const statusText: Record<OrderStatus, string> = {
  pending_payment: '待付款',
  deposit_paid: '待付尾款',
  paid: '待发货',
  ready_for_pickup: '待取货',
  to_use: '待使用',
  shipped: '待收货',
  completed: '已完成',
  cancelled: '已关闭',
  refunding: '退款中',
  refunded: '已退款',
};

type Standing = {
  status: OrderStatus;
  shippingHold: ShippingHold | null;
  storeId: string | null;
  pickup?: { now?: boolean } | null;
  goods?: GoodsKind;
};
const isSentGoods = ({ goods = 'physical' }: Pick<Standing, 'goods'>): boolean => goods === 'physical';
/** Scanned and bought in the store: the buyer holds the goods already. */
export const isCarried = ({ pickup }: Pick<Standing, 'pickup'>): boolean => pickup?.now === true;
/** What a paid order waits for before it may be shipped; null: nothing. */
export const waitingFor = ({ status, shippingHold }: Pick<Standing, 'status' | 'shippingHold'>): ShippingHold | null =>
  status === 'paid' ? shippingHold : null;
const canLeave = (order: Standing): boolean => order.status === 'paid' && waitingFor(order) === null;
export const canShip = (order: Standing): boolean => canLeave(order) && order.storeId === null && isSentGoods(order);
/** The store may set it aside; a code can be shown, and checked off, from then on and already before. */
export const canGetReady = (order: Standing): boolean => canLeave(order) && order.storeId !== null && !isCarried(order);
export const canPickUp = (order: Standing): boolean =>
  order.status === 'ready_for_pickup' || (canLeave(order) && order.storeId !== null);
export const statusTextOf = (order: Standing): string => {
  if (waitingFor(order)) return '待成团';
  if (order.status === 'paid' && isCarried(order)) return '待出门核验';
  if (order.status === 'paid' && !isSentGoods(order)) return order.goods === 'virtual' ? '待发放' : '待确认';
  return order.status === 'paid' && order.storeId !== null ? '待备货' : statusText[order.status];
};

export interface OrderFacts {
  status: OrderStatus;
  shippingHold: ShippingHold | null;
  payable: number;
  heldUntil: Date | null;
  closesAt: Date;
  closeRequestedAt: Date | null;
  cancelReason: string | null;
  unreviewedLines: number;
  parcelCount: number;
  autoReceiveAt: Date | null;
  refundedAmount: number;
  deposit: number;
  paidAt: Date | null;
  depositPaidAt: Date | null;
  balanceOpensAt: Date | null;
  balanceClosesAt: Date | null;
  shipsBy: Date | null;
  storeId: string | null;
  pickup: { name: string; from: string; until: string; now?: boolean } | null;
  pickupExpiresAt: Date | null;
  goods: GoodsKind;
  booking: { place: string; from: string; until: string; refundUntil: string } | null;
}

/** What the buyer has paid so far: of a presale before its balance, the deposit. */
export const paidOf = ({ payable, deposit, paidAt }: Pick<OrderFacts, 'payable' | 'deposit' | 'paidAt'>): number =>
  deposit > 0 && paidAt === null ? deposit : payable;

/** Of `amount` to send back, what each payment gives: the balance's first, then the deposit's. */
export function refundParts(
  order: Pick<OrderFacts, 'payable' | 'deposit' | 'paidAt' | 'refundedAmount'> & {
    paymentId: string;
    depositPaymentId: string | null;
  },
  amount: number,
): { paymentId: string; amount: number }[] {
  const { paymentId, depositPaymentId, deposit, paidAt, payable, refundedAmount } = order;
  if (deposit === 0) return [{ paymentId, amount }];
  const balance = paidAt === null ? 0 : payable - deposit;
  const ofBalance = Math.min(amount, Math.max(0, balance - refundedAmount));
  const parts = [
    { paymentId, amount: ofBalance },
    { paymentId: depositPaymentId ?? paymentId, amount: amount - ofBalance },
  ];
  return parts.filter((part) => part.amount > 0);
}

export const isBalanceOpen = (
  { status, balanceOpensAt, balanceClosesAt, closeRequestedAt }: OrderFacts,
  now: Date,
): boolean =>
  status === 'deposit_paid' &&
  closeRequestedAt === null &&
  balanceOpensAt !== null &&
  balanceClosesAt !== null &&
  now >= balanceOpensAt &&
  now < balanceClosesAt;

/** Payable until it closes; between the end of the hold and closing only by winning a new hold. */
export const isPayable = ({ status, closesAt, closeRequestedAt }: OrderFacts, now: Date): boolean =>
  status === 'pending_payment' && closeRequestedAt === null && now < closesAt;

export const isHeld = ({ status, heldUntil }: Pick<OrderFacts, 'status' | 'heldUntil'>, now: Date): boolean =>
  status === 'pending_payment' && heldUntil !== null && now < heldUntil;

/** The shop may also give a deposit back while the balance is waited for. */
export const canShopRefund = ({ status, parcelCount }: Pick<OrderFacts, 'status' | 'parcelCount'>): boolean =>
  status === 'deposit_paid' || status === 'to_use' || canRefund({ status, parcelCount });

export const canRefund = ({ status, parcelCount }: Pick<OrderFacts, 'status' | 'parcelCount'>): boolean =>
  status === 'ready_for_pickup' || (status === 'paid' && parcelCount === 0);

/** A booking is given back for the asking until so long before it begins; afterwards the shop decides. */
export const canGiveBack = ({ status, booking }: Pick<OrderFacts, 'status' | 'booking'>, now: Date): boolean =>
  status === 'to_use' && booking !== null && now < new Date(booking.refundUntil);

/** Most useful first. */
export function actionsOf(order: OrderFacts, now: Date): OrderAction[] {
  switch (order.status) {
    case 'pending_payment':
      return isPayable(order, now) ? ['pay', 'cancel'] : [];
    case 'deposit_paid':
      return isBalanceOpen(order, now) ? ['pay_balance'] : [];
    case 'paid':
      if (!isSentGoods(order)) return ['buy_again', 'refund'];
      if (isCarried(order)) return ['show_code', 'buy_again'];
      if (canPickUp(order)) return ['show_code', 'refund', 'buy_again'];
      return canRefund(order) ? ['buy_again', 'refund'] : ['track', 'buy_again'];
    case 'ready_for_pickup':
      return ['show_code', 'refund', 'buy_again'];
    case 'to_use':
      return ['show_code', ...(canGiveBack(order, now) ? (['refund'] as const) : []), 'buy_again'];
    case 'shipped':
      return ['confirm_receipt', 'track', 'buy_again'];
    case 'completed':
      return [
        ...(order.goods === 'virtual' ? (['show_delivery'] as const) : []),
        ...(order.unreviewedLines > 0 ? (['review'] as const) : []),
        'buy_again',
        ...(order.storeId === null && isSentGoods(order) ? (['track'] as const) : []),
      ];
    case 'cancelled':
    case 'refunding':
    case 'refunded':
      return ['buy_again'];
  }
}

const clockFace = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
});
const dayFace = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', month: 'long', day: 'numeric' });

export const momentFace = (at: Date): string => `${dayFace.format(at)} ${clockFace.format(at)}`;

/** 11月30日 14:00–15:00 */
export const windowFace = ({ from, until }: { from: string; until: string }): string =>
  `${momentFace(new Date(from))}–${clockFace.format(new Date(until))}`;

function balanceHeadline(order: OrderFacts, now: Date): string {
  const { balanceOpensAt, balanceClosesAt, payable, deposit } = order;
  if (!balanceOpensAt || !balanceClosesAt || now >= balanceClosesAt) return '尾款支付时间已过，正在处理';
  const balance = `尾款 ¥${formatYuan(payable - deposit)}`;
  return now < balanceOpensAt
    ? `定金已付，${momentFace(balanceOpensAt)} 起付${balance}`
    : `请在 ${momentFace(balanceClosesAt)} 前付${balance}`;
}

/** What happens next and by when. */
export function headlineOf(order: OrderFacts, now: Date): string {
  switch (order.status) {
    case 'pending_payment':
      if (!isPayable(order, now)) return '订单正在关闭';
      if (isHeld(order, now) && !isSentGoods(order))
        return `请在 ${clockFace.format(order.heldUntil as Date)} 前付款，名额已为你保留`;
      if (isHeld(order, now)) return `请在 ${clockFace.format(order.heldUntil as Date)} 前付款，商品已为你保留`;
      return `商品已不再保留，付款时会重新确认库存；${clockFace.format(order.closesAt)} 自动关闭`;
    case 'deposit_paid':
      return balanceHeadline(order, now);
    case 'paid':
      if (waitingFor(order)) return '付款成功，成团后商家发货；没有成团会自动退款';
      if (order.goods === 'virtual') return '付款成功，正在为你发放，稍等片刻';
      if (order.goods === 'service') return '付款成功，正在确认预约';
      if (isCarried(order)) return `付款成功，出门时向${order.pickup?.name ?? '门店'}店员出示出门凭证`;
      if (order.pickup) return `付款成功，${order.pickup.name}正在备货，备好后通知你来取`;
      if (order.shipsBy && order.parcelCount === 0) return `付款成功，商家将在 ${dayFace.format(order.shipsBy)}前发货`;
      return order.parcelCount > 0 ? '部分商品已发出，其余正在备货' : '付款成功，商家正在备货';
    case 'ready_for_pickup':
      return `商品已备好，请到${order.pickup?.name ?? '门店'}出示取货码；${order.pickupExpiresAt ? `${momentFace(order.pickupExpiresAt)} 前` : '到期'}未取会自动退款`;
    case 'to_use':
      return order.booking
        ? `预约成功，请在 ${windowFace(order.booking)} 到${order.booking.place}出示核销码`
        : '预约成功';
    case 'shipped':
      return order.autoReceiveAt ? `商品已发出，${dayFace.format(order.autoReceiveAt)}自动确认收货` : '商品已发出';
    case 'completed':
      if (order.goods === 'virtual') return '已发放，点「查看内容」领取';
      return order.unreviewedLines > 0 ? '交易完成，说说使用感受吧' : '交易完成';
    case 'cancelled':
      return order.cancelReason ?? '订单已关闭';
    case 'refunding':
      return `退款 ¥${formatYuan(order.refundedAmount)} 处理中，将原路退回`;
    case 'refunded':
      return `¥${formatYuan(order.refundedAmount)} 已原路退回`;
  }
}

export interface Position {
  at: Date;
  orderNo: string;
}
export const encodeCursor = ({ at, orderNo }: Position): string =>
  Buffer.from(`${at.getTime()}.${orderNo}`).toString('base64url');

/** Undefined for anything we did not hand out: the list then starts at the top. */
export function decodeCursor(cursor: string | undefined): Position | undefined {
  const match = /^(\d{1,15})\.(\d{20})$/.exec(Buffer.from(cursor ?? '', 'base64url').toString());
  return match ? { at: new Date(Number(match[1])), orderNo: match[2] as string } : undefined;
}
