import { findWechatCarrier } from '../carriers/carriers.table.ts';
import { toBeijingText } from '../platform/clock.ts';
import type { World } from '../platform/world.ts';
import type { Orders } from '../wechat-pay/orders.ts';
import type { Refunds } from '../wechat-pay/refunds.ts';
import type { PayOrder } from '../wechat-pay/tables.ts';
import { apiError } from './api-error.ts';

/** 发货信息管理: the shop tells WeChat that it shipped; the buyer's money stays frozen until then. */
export interface Shipping {
  upload(appid: string, body: Record<string, unknown>): void;
  /** Parts of a combined order, each as if it were uploaded by itself. */
  uploadCombined(appid: string, body: Record<string, unknown>): void;
  get(body: Record<string, unknown>): Record<string, unknown>;
  list(body: Record<string, unknown>): Record<string, unknown>;
  remindReceipt(body: Record<string, unknown>): void;
  /** The buyer confirms in WeChat's own sheet. */
  confirm(transactionId: string): boolean;
}

export const SHIPPING_TABLES = `
CREATE TABLE IF NOT EXISTS mini_shipping (
  transaction_id TEXT PRIMARY KEY, logistics_type INTEGER NOT NULL, delivery_mode INTEGER NOT NULL, shipping_list TEXT NOT NULL,
  finish_count INTEGER NOT NULL, is_finished INTEGER NOT NULL, upload_time INTEGER NOT NULL, reminded_at INTEGER,
  confirmed_at INTEGER) STRICT;`;

interface Row {
  transactionId: string;
  logisticsType: number;
  deliveryMode: number;
  shippingList: string;
  finishCount: number;
  isFinished: number;
  uploadTime: number;
  remindedAt: number | null;
  confirmedAt: number | null;
}

interface Parcel {
  tracking_no?: string;
  express_company?: string;
  item_desc: string;
  contact?: { consignor_contact?: string; receiver_contact?: string };
}

const COLUMNS = `transaction_id AS transactionId, logistics_type AS logisticsType, delivery_mode AS deliveryMode,
  shipping_list AS shippingList, finish_count AS finishCount, is_finished AS isFinished, upload_time AS uploadTime,
  reminded_at AS remindedAt, confirmed_at AS confirmedAt`;

const EXPRESS = 1;
const SPLIT = 2;
const MAX_PARCELS = 15;
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

export function createShipping(world: World, orders: Orders, refunds: Refunds): Shipping {
  const { store, switches, people, inbox, keyring } = world;
  const now = () => world.clock.now().getTime();
  const get = (transactionId: string) =>
    store.get<Row>(`SELECT ${COLUMNS} FROM mini_shipping WHERE transaction_id = ?`, transactionId);

  function findPaid(key: Record<string, unknown>): PayOrder {
    const { mchid } = keyring.credentials;
    const byNumber = key.out_trade_no ?? key.merchant_trade_no;
    const order = key.transaction_id
      ? orders.findByTransaction(String(key.transaction_id))
      : orders.find(String(byNumber ?? ''));
    const givenMchid = key.mchid ?? key.merchant_id ?? mchid;
    const visibleAt = (order?.paidAt ?? 0) + switches.number('mini.shippingVisibleSeconds') * 1000;
    if (!order || order.paidAt === null || givenMchid !== mchid || visibleAt > now())
      throw apiError(10060001, '支付单不存在');
    return order;
  }

  const isRefundedInFull = (order: PayOrder) =>
    refunds.refundedTotal(order.outTradeNo) >= (order.paidTotal ?? order.total);

  function stateOf(order: PayOrder, shipping: Row | undefined): number {
    if (order.state === 'REFUND' && isRefundedInFull(order)) return 5;
    if (shipping?.confirmedAt) return 3;
    return shipping?.isFinished ? 2 : 1;
  }

  function describe(order: PayOrder): Record<string, unknown> {
    const shipping = get(order.transactionId as string);
    const parcels = shipping ? (JSON.parse(shipping.shippingList) as Parcel[]) : [];
    return {
      transaction_id: order.transactionId,
      merchant_id: keyring.credentials.mchid,
      sub_merchant_id: '',
      merchant_trade_no: order.outTradeNo,
      description: order.description,
      paid_amount: order.paidTotal,
      openid: order.openid,
      trade_create_time: Math.floor(order.createdAt / 1000),
      pay_time: Math.floor((order.paidAt ?? 0) / 1000),
      order_state: stateOf(order, shipping),
      in_complaint: false,
      shipping: {
        delivery_mode: shipping?.deliveryMode ?? 0,
        logistics_type: shipping?.logisticsType ?? 0,
        finish_shipping: shipping?.isFinished === 1,
        goods_desc: parcels[0]?.item_desc ?? '',
        finish_shipping_count: shipping?.finishCount ?? 0,
        shipping_list: parcels.map(
          ({ tracking_no: trackingNo, express_company: company, item_desc: itemDesc, contact }) => ({
            tracking_no: trackingNo ?? '',
            express_company: company ?? '',
            goods_desc: itemDesc,
            upload_time: Math.floor((shipping?.uploadTime ?? 0) / 1000),
            contact: contact ?? {},
          }),
        ),
      },
    };
  }

  function uploadOne(appid: string, order: PayOrder, body: Record<string, unknown>): void {
    if (order.appid !== appid) throw apiError(10060001, '支付单不存在');
    if (stateOf(order, undefined) === 5) throw apiError(10060004, '支付单处于不可发货的状态');
    const openid = (body.payer as { openid?: string } | undefined)?.openid;
    if (openid !== order.openid) throw apiError(10060031, '支付者openid与支付单不一致');
    const { logisticsType, deliveryMode, parcels, isFinished, uploadTime } = checkShipping(body);

    const previous = get(order.transactionId as string);
    if (previous?.confirmedAt) throw apiError(10060002, '支付单已完成发货，无法继续发货');
    const shippingList = JSON.stringify(
      deliveryMode === SPLIT && previous && !previous.isFinished ? merge(previous, parcels) : parcels,
    );
    if (previous) {
      const isSame =
        previous.shippingList === shippingList &&
        previous.logisticsType === logisticsType &&
        previous.deliveryMode === deliveryMode &&
        previous.isFinished === Number(isFinished);
      if (isSame) throw apiError(10060023, '发货信息未更新');
      if (previous.finishCount >= 2) throw apiError(10060003, '支付单已使用重新发货机会');
      if (uploadTime <= previous.uploadTime) throw apiError(10060014, '参数错误：upload_time 应晚于上次');
    }
    const finishCount = (previous?.finishCount ?? 0) + (isFinished ? 1 : 0);
    store.run(
      `INSERT OR REPLACE INTO mini_shipping (transaction_id, logistics_type, delivery_mode, shipping_list, finish_count,
           is_finished, upload_time) VALUES (?, ?, ?, ?, ?, ?, ?)`,
      order.transactionId,
      logisticsType,
      deliveryMode,
      shippingList,
      finishCount,
      Number(isFinished),
      uploadTime,
    );
    tellBuyer(order, parcels);
  }

  return {
    upload(appid, body) {
      const key = checkOrderKey(body.order_key);
      const order = findPaid(key);
      if (orders.isCombined(order.outTradeNo) || orders.subMerchantOf(order.outTradeNo) !== undefined)
        throw apiError(10060001, '支付单不存在');
      uploadOne(appid, order, body);
    },
    uploadCombined(appid, body) {
      const { mchid } = keyring.credentials;
      const key = checkOrderKey(body.order_key);
      const whole = orders.isCombined(String(key.out_trade_no)) ? orders.find(String(key.out_trade_no)) : undefined;
      if (whole?.paidAt == null || key.mchid !== mchid) throw apiError(10060001, '支付单不存在');
      const subs = Array.isArray(body.sub_orders) ? (body.sub_orders as Record<string, unknown>[]) : [];
      if (subs.length === 0) throw apiError(10060014, '参数错误：sub_orders');
      const { payer, upload_time } = body;
      store.transaction(() => {
        for (const sub of subs) {
          const subKey = checkOrderKey(sub.order_key);
          const order = orders.find(String(subKey.out_trade_no));
          const whose = order && orders.subMerchantOf(order.outTradeNo);
          if (!order?.paidAt || whose === undefined || whose !== subKey.mchid) throw apiError(10060001, '支付单不存在');
          uploadOne(appid, order, { ...sub, payer, upload_time });
        }
      });
    },
    get: (body) => describe(findPaid(body)),
    list(body) {
      const wanted = body.order_state as number | undefined;
      const found = orders
        .list(1000)
        .filter((order) => order.paidAt !== null && (!body.openid || order.openid === body.openid))
        .map(describe)
        .filter((order) => !wanted || order.order_state === wanted);
      const pageSize = Math.min(Number(body.page_size ?? 100), 100);
      const from = Number(body.last_index ?? 0) || 0;
      const page = found.slice(from, from + pageSize);
      return { last_index: String(from + page.length), has_more: from + page.length < found.length, order_list: page };
    },
    remindReceipt(body) {
      const order = findPaid(body);
      const shipping = get(order.transactionId as string);
      if (!shipping?.isFinished) throw apiError(10060028, '支付单未发货');
      if (shipping.logisticsType !== EXPRESS) throw apiError(10060032, '仅支持物流配送的支付单');
      if (shipping.remindedAt) throw apiError(10060030, '已使用过确认收货提醒');
      const received = Number(body.received_time) * 1000;
      if (!(received > 0) || received > now() || received < shipping.uploadTime)
        throw apiError(10060029, 'received_time 不合法');
      store.run('UPDATE mini_shipping SET reminded_at = ? WHERE transaction_id = ?', now(), order.transactionId);
    },
    confirm: (transactionId) =>
      store.run(
        'UPDATE mini_shipping SET confirmed_at = ? WHERE transaction_id = ? AND is_finished = 1 AND confirmed_at IS NULL',
        now(),
        transactionId,
      ) === 1,
  };

  function tellBuyer(order: PayOrder, parcels: Parcel[]): void {
    const buyer = people.byOpenid(order.appid, order.openid);
    const parcel = parcels[0];
    if (!buyer || !parcel) return;
    const company = findWechatCarrier(parcel.express_company ?? '')?.name;
    inbox.deliver({
      personaId: buyer.id,
      channel: '微信支付',
      title: '商家已发货',
      amount: null,
      lines: [
        ['商品', parcel.item_desc],
        ...(company ? ([[company, parcel.tracking_no ?? '']] as Array<[string, string]>) : []),
        ['发货时间', toBeijingText(now())],
      ],
      page: '',
    });
  }
}

function checkOrderKey(value: unknown): Record<string, unknown> {
  const key = (value ?? {}) as Record<string, unknown>;
  if (key.order_number_type === 1 && key.mchid && key.out_trade_no)
    return { mchid: key.mchid, out_trade_no: key.out_trade_no };
  if (key.order_number_type === 2 && key.transaction_id) return { transaction_id: key.transaction_id };
  throw apiError(10060014, '参数错误：order_key');
}

function checkShipping(body: Record<string, unknown>) {
  const logisticsType = Number(body.logistics_type);
  const deliveryMode = Number(body.delivery_mode);
  if (![1, 2, 3, 4].includes(logisticsType)) throw apiError(10060005, '物流类型有误');
  if (![1, 2].includes(deliveryMode)) throw apiError(10060014, '参数错误：delivery_mode');
  if (deliveryMode === SPLIT && logisticsType !== EXPRESS) throw apiError(10060006, '非快递发货时不允许分拆发货');
  if (deliveryMode === SPLIT && typeof body.is_all_delivered !== 'boolean')
    throw apiError(10060007, '分拆发货模式下必须填写 is_all_delivered');
  const parcels = (Array.isArray(body.shipping_list) ? body.shipping_list : []) as Parcel[];
  if (parcels.length === 0 || (deliveryMode !== SPLIT && parcels.length > 1))
    throw apiError(10060014, '参数错误：shipping_list');
  if (parcels.length > MAX_PARCELS) throw apiError(10060024, '分拆发货的物流信息最多 15 条');
  for (const parcel of parcels) checkParcel(parcel, logisticsType);
  const uploadTime = String(body.upload_time ?? '');
  if (!RFC3339.test(uploadTime)) throw apiError(268485195, 'upload_time 格式有误，应为 RFC 3339');
  return {
    logisticsType,
    deliveryMode,
    parcels,
    isFinished: deliveryMode !== SPLIT || body.is_all_delivered === true,
    uploadTime: Date.parse(uploadTime),
  };
}

function checkParcel(parcel: Parcel, logisticsType: number): void {
  if (!parcel.item_desc) throw apiError(10060008, '商品信息 item_desc 不能为空');
  if ([...parcel.item_desc].length > 120) throw apiError(10060009, '商品信息 item_desc 过长');
  if (logisticsType !== EXPRESS) return;
  const { tracking_no: trackingNo = '', express_company: company = '' } = parcel;
  if (!trackingNo) throw apiError(268485226, '物流单号不能为空');
  if (!company) throw apiError(268485227, '物流公司编码不能为空');
  if (company.length > 128) throw apiError(10060025, '物流公司编码过长');
  if (trackingNo.length > 128) throw apiError(10060026, '物流单号过长');
  if (!findWechatCarrier(company)) throw apiError(268485228, '物流公司编码不在列表中');
  const { consignor_contact: consignor = '', receiver_contact: receiver = '' } = parcel.contact ?? {};
  // SF needs one masked number, whose last four digits stay readable.
  if (company === 'SF' && !/\d{4}$/.test(consignor) && !/\d{4}$/.test(receiver))
    throw apiError(268485224, '顺丰快递必须填写联系方式');
}

const merge = (previous: Row, parcels: Parcel[]): Parcel[] => {
  const known = JSON.parse(previous.shippingList) as Parcel[];
  return [...known.filter((old) => !parcels.some((parcel) => parcel.tracking_no === old.tracking_no)), ...parcels];
};
