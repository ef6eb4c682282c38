/** The buying half of the stub shop: a cart, a checkout, orders and a till, in memory. Amounts are the server's own. */
import type { Cart, CartLine, CheckoutPreview, OrderDetail, PlaceOrder } from '@xiaopu/contracts';
import { noCuts, noOffers, picture, product, shopId } from './shop.ts';
import type { WxReply, WxRequest } from './wx.ts';

const id = (n: number): string => `0198f2c1-0000-7000-9000-${String(n).padStart(12, '0')}`;
export const ids = { line: id(1), address: id(2), payment: id(3) };
export const orderNo = '26112221000000000001';
const later = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();
const refuse = (status: number, code: string, message: string, details: unknown = {}): WxReply => ({
  status,
  body: { error: { code, message, details, requestId: 'stub' } },
});

export function createTill() {
  const state = {
    line: undefined as CartLine | undefined,
    available: 9,
    orders: new Map<string, PlaceOrder>(),
    paid: false,
    cancelled: '',
    /** Answers of POST /api/orders before the real one: a lost reply, a refusal. */
    beforeOrder: [] as ((request: WxRequest) => WxReply | undefined)[],
  };
  const payable = (): number => (state.line?.salePrice ?? 0) * (state.line?.quantity ?? 0);

  function cart(): Cart {
    const { line } = state;
    const chosen = line?.selected ? line : undefined;
    return {
      groups: line === undefined ? [] : [{ shopId, shopName: '一舍家居', lines: [line] }],
      invalidLines: [],
      lineCount: line === undefined ? 0 : 1,
      unitCount: line?.quantity ?? 0,
      selectedUnitCount: chosen?.quantity ?? 0,
      selectedListTotal: (chosen?.listPrice ?? 0) * (chosen?.quantity ?? 0),
      selectedTotal: chosen === undefined ? 0 : payable(),
      progress: [],
    };
  }
  function put(skuId: string, quantity: number): void {
    const { title, skus } = product(id(100));
    const sku = skus.find((one) => one.skuId === skuId);
    if (sku === undefined) throw new Error(`no SKU ${skuId}`);
    state.line = {
      lineId: ids.line,
      spuId: id(100),
      skuId,
      title,
      specText: sku.specs.join('，'),
      picture: picture(1),
      quantity,
      selected: true,
      salePrice: sku.salePrice,
      listPrice: sku.listPrice,
      priceWhenAdded: sku.salePrice + 500,
      available: state.available,
      scarce: false,
      state: 'ok',
    };
  }
  function preview(): CheckoutPreview {
    const { line } = state;
    if (line === undefined) throw new Error('nothing to check out');
    const isShort = state.available < line.quantity;
    const { spuId, skuId, title, specText, quantity, salePrice, listPrice } = line;
    return {
      address: {
        addressId: ids.address,
        name: '林夏',
        maskedPhone: '138****0001',
        text: '浙江省杭州市西湖区文三路1号',
      },
      shops: [
        {
          shopId,
          shopName: '一舍家居',
          goodsTotal: payable(),
          freight: 0,
          freightNote: '已满 ¥99 包邮',
          discount: 0,
          payable: payable(),
          arrival: { earliest: '2026-11-24', latest: '2026-11-24', text: '预计后天送达' },
          offersPickup: false,
          pickup: null,
          lines: [
            {
              spuId,
              skuId,
              title,
              specText,
              picture: picture(1),
              quantity,
              salePrice,
              listPrice,
              payable: payable(),
              discounts: [],
              available: state.available,
              problem: isShort ? (state.available === 0 ? 'sold_out' : 'short') : null,
              goods: 'physical',
              booking: null,
            },
          ],
        },
      ],
      listTotal: listPrice * quantity,
      goodsTotal: payable(),
      freight: 0,
      discount: 0,
      payable: payable(),
      ...noOffers,
      stages: null,
      needsAddress: true,
      consents: [],
      canSubmit: !isShort,
      blockedBy: isShort ? 'stock' : null,
    };
  }
  function detail(): OrderDetail {
    const status = state.cancelled !== '' ? 'cancelled' : state.paid ? 'paid' : 'pending_payment';
    const { line } = state;
    return {
      orderNo,
      shopId,
      shopName: '一舍家居',
      status,
      statusText: { cancelled: '已关闭', paid: '待发货', pending_payment: '待付款' }[status],
      paymentId: ids.payment,
      payable: payable(),
      unitCount: line?.quantity ?? 0,
      lines: [
        {
          lineId: id(50),
          spuId: line?.spuId ?? '',
          skuId: line?.skuId ?? '',
          title: line?.title ?? '',
          specText: line?.specText ?? '',
          picture: picture(1),
          quantity: line?.quantity ?? 0,
          salePrice: line?.salePrice ?? 0,
          payable: payable(),
          reviewed: false,
        },
      ],
      actions:
        status === 'pending_payment' ? ['pay', 'cancel'] : status === 'paid' ? ['buy_again', 'refund'] : ['buy_again'],
      heldUntil: status === 'pending_payment' ? later(15) : null,
      closesAt: status === 'pending_payment' ? later(30) : null,
      stages: null,
      pickup: null,
      pickupCode: null,
      goods: 'physical',
      booking: null,
      createdAt: later(0),
      headline: {
        cancelled: state.cancelled,
        paid: '付款成功，商家正在备货',
        pending_payment: '请尽快付款，商品已为你保留',
      }[status],
      recipient: { name: '林夏', maskedPhone: '138****0001', text: '浙江省杭州市西湖区文三路1号' },
      remark: '',
      listTotal: 51_800,
      goodsTotal: payable(),
      freight: 0,
      discount: 0,
      ...noCuts,
      parcels: [],
      refunds: [],
      timeline: [{ at: later(0), text: '提交订单' }],
      paidAt: state.paid ? later(0) : null,
      shippedAt: null,
      completedAt: null,
      autoReceiveAt: null,
      waitingFor: null,
      cancelReason: state.cancelled === '' ? null : state.cancelled,
    };
  }
  function placed(request: WxRequest): WxReply {
    const early = state.beforeOrder.shift()?.(request);
    if (early !== undefined) return early;
    const key = request.headers['idempotency-key'] ?? '';
    const known = state.orders.get(key);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(request.body))
      return refuse(409, 'orders.idempotency_conflict', '订单内容有变化');
    state.orders.set(key, request.body as PlaceOrder);
    return {
      status: 201,
      body: {
        paymentId: ids.payment,
        orderNos: [orderNo],
        payable: payable(),
        heldUntil: later(15),
        closesAt: later(30),
      },
    };
  }

  const routes: Record<string, (request: WxRequest) => WxReply> = {
    'POST /api/session/wechat-mini': () => ({
      body: {
        token: 'member-token',
        expiresAt: later(1_000),
        buyer: { buyerId: id(9), isGuest: false, nickname: '林夏', avatarUrl: null, maskedPhone: null },
      },
    }),
    'GET /api/cart': () => ({ body: cart() }),
    'POST /api/cart/lines': ({ body }) => {
      const { skuId, quantity } = body as { skuId: string; quantity: number };
      put(skuId, quantity);
      return { body: cart() };
    },
    'PATCH /api/cart/lines/:id': ({ body }) => {
      if (state.line !== undefined) state.line = { ...state.line, ...(body as Partial<CartLine>) };
      return { body: cart() };
    },
    'POST /api/cart/selection': ({ body }) => {
      if (state.line !== undefined) state.line.selected = (body as { selected: boolean }).selected;
      return { body: cart() };
    },
    'POST /api/cart/lines/remove': () => {
      state.line = undefined;
      return { body: cart() };
    },
    'GET /api/addresses': () => ({ body: { addresses: [] } }),
    'GET /api/orders/counts': () => ({ body: { pendingPayment: 0, paid: 0, shipped: 0, toReview: 0, refund: 0 } }),
    'GET /api/messages/unread': () => ({ body: { unread: 0 } }),
    'POST /api/checkout/preview': () => ({ body: preview() }),
    'POST /api/orders': placed,
    'GET /api/orders/:no': () => ({ body: detail() }),
    'POST /api/orders/:no/cancel': ({ body }) => {
      state.cancelled = (body as { reason: string }).reason;
      return { body: detail() };
    },
    'POST /api/payments/:id/start': () => ({
      body: {
        paymentId: ids.payment,
        status: 'prepaid',
        cashierUrl: null,
        params: {
          appId: 'wxstub',
          timeStamp: '1795380000',
          nonceStr: 'nonce',
          package: 'prepay_id=wx1',
          signType: 'RSA',
          paySign: 'signed',
        },
      },
    }),
    'GET /api/payments/:id': () => ({
      body: {
        paymentId: ids.payment,
        status: state.paid ? 'succeeded' : 'prepaid',
        amount: payable(),
        orderNos: [orderNo],
        paidAt: state.paid ? later(0) : null,
        expiresAt: later(30),
      },
    }),
  };
  /** wx.requestPayment of a shopper who pays. */
  function pays() {
    state.paid = true;
    return { success: { errMsg: 'requestPayment:ok' } };
  }
  return { state, routes, put, refuse, pays };
}
