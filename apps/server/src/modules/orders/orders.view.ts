/** Rows as the wire shows them. Personal fields are opened here, masked, and never logged. */
import type {
  OrderBooking,
  OrderCard,
  OrderDetail,
  OrderPickup,
  OrderStages,
  PickupCode,
  RefundView,
} from '@xiaopu/contracts';
import type { ConsoleOrder, ConsoleOrderPage, UploadState } from '@xiaopu/contracts/console';
import { type FieldCipher, maskName, maskPhone } from '#platform/field-cipher.ts';
import type { ToPicture } from '#platform/picture.ts';
import { addressText, breakdownOf, isForShoppers } from '../checkout/index.ts';
import type { PaymentDetails } from '../payments/index.ts';
import {
  actionsOf,
  canShip,
  canShopRefund,
  headlineOf,
  statusTextOf,
  waitingFor,
  windowFace,
} from './orders.domain.ts';
import type { BuyerName, OrderParcel } from './orders.ports.ts';
import type { DetailedOrder, ListedOrder, ReadEvent, ReadRefund } from './orders.reading.ts';
import type { Order } from './orders.repository.ts';

const iso = (at: Date | string | null): string | null => (at === null ? null : new Date(at).toISOString());
const instant = (at: Date | string): string => new Date(at).toISOString();

interface Recipient {
  name: string;
  phone: string;
  province: string;
  city: string;
  district: string;
  detail: string;
}

const openRecipient = (fieldCipher: FieldCipher, sealed: string): Recipient =>
  JSON.parse(fieldCipher.decrypt(sealed)) as Recipient;

export function orderCard(order: ListedOrder, now: Date, toPicture: ToPicture): OrderCard {
  const isOpen = order.status === 'pending_payment';
  return {
    orderNo: order.orderNo,
    shopId: order.shopId,
    shopName: order.shopName,
    status: order.status,
    statusText: statusTextOf(order),
    waitingFor: waitingFor(order),
    paymentId: order.paymentId,
    payable: order.payable,
    unitCount: order.unitCount,
    lines: order.lines.map(
      ({ picture, lineId, spuId, skuId, title, specText, quantity, salePrice, payable, reviewed }) => ({
        lineId,
        spuId,
        skuId,
        title,
        specText,
        picture: toPicture(picture),
        quantity,
        salePrice,
        payable,
        reviewed,
      }),
    ),
    actions: actionsOf(order, now),
    // A hold that has run out is over at that instant, whenever the sweep comes by.
    heldUntil: isOpen && order.heldUntil && now < order.heldUntil ? instant(order.heldUntil) : null,
    closesAt: isOpen ? instant(order.closesAt) : null,
    stages: stagesOf(order),
    pickup: pickupOf(order),
    goods: order.goods,
    booking: bookingOf(order),
    createdAt: instant(order.createdAt),
  };
}

const bookingOf = ({ booking }: Pick<Order, 'booking'>): OrderBooking | null =>
  booking && { ...booking, windowText: windowFace(booking) };

const pickupOf = ({ pickup, readyAt, pickupExpiresAt }: Order): OrderPickup | null =>
  pickup && pickupExpiresAt
    ? {
        storeId: pickup.storeId,
        name: pickup.name,
        address: pickup.address,
        phone: pickup.phone,
        hours: pickup.hours,
        lat: pickup.lat,
        lng: pickup.lng,
        from: pickup.from,
        until: pickup.until,
        isCarried: pickup.now === true,
        windowText: windowFace(pickup),
        readyAt: iso(readyAt),
        expiresAt: instant(pickupExpiresAt),
      }
    : null;

const stagesOf = (order: Order): OrderStages | null =>
  order.balanceOpensAt && order.balanceClosesAt
    ? {
        deposit: order.deposit,
        balance: order.payable - order.deposit,
        depositPaidAt: iso(order.depositPaidAt),
        isBalancePlaced: order.depositPaymentId !== null,
        balanceOpensAt: instant(order.balanceOpensAt),
        balanceClosesAt: instant(order.balanceClosesAt),
        shipsBy: iso(order.shipsBy),
        forfeits: order.forfeits,
      }
    : null;

const refundView = ({ refundNo, status, amount, reason, requestedAt, settledAt }: ReadRefund): RefundView => ({
  refundNo,
  status,
  amount,
  reason,
  requestedAt: instant(requestedAt),
  settledAt: iso(settledAt),
});

/** Newest first; the placing itself has no row of its own. */
const timelineOf = (order: Pick<Order, 'createdAt' | 'consents'>, events: ReadEvent[]): ReadEvent[] => [
  ...events.map(({ at, text, actor }) => ({ at: instant(at), text, actor })),
  ...order.consents.map(({ at, text, version }) => ({
    at: instant(at),
    text: `下单前确认：${text}（文本版本 ${version}）`,
    actor: '买家',
  })),
  { at: instant(order.createdAt), text: '提交订单', actor: '买家' },
];

export function orderDetail(
  order: DetailedOrder,
  parcels: OrderParcel[],
  {
    now,
    toPicture,
    fieldCipher,
    pickupCode,
  }: { now: Date; toPicture: ToPicture; fieldCipher: FieldCipher; pickupCode: PickupCode | null },
): OrderDetail {
  const recipient = openRecipient(fieldCipher, order.recipient);
  return {
    ...orderCard(order, now, toPicture),
    headline: headlineOf(order, now),
    recipient: { name: recipient.name, maskedPhone: maskPhone(recipient.phone), text: addressText(recipient) },
    remark: order.remark,
    listTotal: order.listTotal,
    goodsTotal: order.goodsTotal,
    freight: order.freight,
    discount: order.discount,
    breakdown: breakdownOf(order.totals),
    notes: order.notes.filter(isForShoppers),
    parcels: parcels.map(({ parcelId, carrierCode, carrierName, waybillNo, shippedAt, lines }) => ({
      parcelId,
      carrierCode,
      carrierName,
      waybillNo,
      shippedAt: instant(shippedAt),
      lines,
      latest: null,
    })),
    pickupCode,
    refunds: order.refunds.map(refundView),
    timeline: timelineOf(order, order.events).map(({ at, text }) => ({ at, text })),
    paidAt: iso(order.paidAt),
    shippedAt: iso(order.shippedAt),
    completedAt: iso(order.completedAt),
    autoReceiveAt: iso(order.autoReceiveAt),
    cancelReason: order.cancelReason,
  };
}

export function consoleOrderRow(
  order: ListedOrder,
  { buyer, upload, toPicture }: { buyer: BuyerName | undefined; upload: UploadState | null; toPicture: ToPicture },
): ConsoleOrderPage['items'][number] {
  return {
    orderNo: order.orderNo,
    status: order.status,
    statusText: statusTextOf(order),
    waitingFor: waitingFor(order),
    buyerName: maskName(buyer?.nickname || '微信用户'),
    lines: order.lines.map(({ title, specText, picture, quantity, salePrice }) => ({
      title,
      specText,
      picture: toPicture(picture),
      quantity,
      salePrice,
    })),
    unitCount: order.unitCount,
    payable: order.payable,
    recipient: order.recipientLabel,
    shippingUpload: upload,
    pickup: pickupOf(order),
    createdAt: instant(order.createdAt),
    paidAt: iso(order.paidAt),
  };
}

export function consoleOrder(
  order: DetailedOrder,
  {
    buyer,
    parcels,
    payment,
    toPicture,
    fieldCipher,
  }: {
    buyer: BuyerName | undefined;
    parcels: OrderParcel[];
    payment: PaymentDetails;
    toPicture: ToPicture;
    fieldCipher: FieldCipher;
  },
): ConsoleOrder {
  const recipient = openRecipient(fieldCipher, order.recipient);
  const part = payment.parts?.find(({ orderNo }) => orderNo === order.orderNo);
  return {
    orderNo: order.orderNo,
    status: order.status,
    statusText: statusTextOf(order),
    buyer: { buyerId: order.buyerId, nickname: buyer?.nickname || '微信用户', maskedPhone: buyer?.maskedPhone ?? null },
    // The shop prints the label from here, so it sees name and address; the number stays masked.
    recipient: { name: recipient.name, maskedPhone: maskPhone(recipient.phone), text: addressText(recipient) },
    remark: order.remark,
    shopRemark: order.shopRemark,
    lines: order.lines.map(({ reviewed: _reviewed, picture, ...line }) => ({ ...line, picture: toPicture(picture) })),
    listTotal: order.listTotal,
    goodsTotal: order.goodsTotal,
    freight: order.freight,
    discount: order.discount,
    breakdown: breakdownOf(order.totals),
    notes: order.notes,
    payable: order.payable,
    payment: {
      paymentId: order.paymentId,
      status: payment.status,
      amount: payment.amount,
      // Of a combined payment the order's own part: that is what the merchant platform knows.
      outTradeNo: part?.outTradeNo ?? payment.outTradeNo ?? '',
      transactionId: part ? part.transactionId : payment.transactionId,
      paidAt: payment.paidAt,
    },
    refunds: order.refunds.map(refundView),
    parcels: parcels.map(({ shippedAt, upload, ...parcel }) => ({
      ...parcel,
      shippedAt: instant(shippedAt),
      upload: { ...upload, uploadedAt: iso(upload.uploadedAt) },
      track: [],
    })),
    timeline: timelineOf(order, order.events),
    canShip: canShip(order),
    pickup: pickupOf(order),
    goods: order.goods,
    booking: bookingOf(order),
    consents: order.consents,
    stages: stagesOf(order),
    canRefund: canShopRefund(order),
    createdAt: instant(order.createdAt),
  };
}
