import { createHash, randomUUID } from 'node:crypto';
import type { Persona } from '../phone/personas.ts';
import { toBeijingDate, toRfc3339 } from '../platform/clock.ts';
import { randomDigits, randomHex } from '../platform/random.ts';
import type { World } from '../platform/world.ts';
import { invalidRequest, PayError, parameterError } from './errors.ts';
import type { Notifications } from './notifications.ts';
import { checkFields, type Strictness } from './params.ts';
import { CLOSE_FIELDS, ORDER_FIELDS } from './schemas.ts';
import { ORDER_COLUMNS, type PayOrder, type TradeType } from './tables.ts';

export const PREPAY_MS: Record<TradeType, number> = { JSAPI: 2 * 3_600_000, NATIVE: 2 * 3_600_000, MWEB: 5 * 60_000 };
const DAY_MS = 86_400_000;
export const ORDER_MS = 7 * DAY_MS;
const CODE_TAIL = 20;
const PRODUCT: Record<TradeType, string> = { JSAPI: 'jsapi', NATIVE: 'native', MWEB: 'h5' };
const STATE_TEXT: Record<PayOrder['state'], string> = {
  NOTPAY: '订单未支付',
  SUCCESS: '支付成功',
  CLOSED: '订单已关闭',
  REFUND: '转入退款',
};

export type FundedBy = 'balance' | 'card';

export interface Prepay {
  prepayId: string;
  outTradeNo: string;
  expiresAt: number;
}

export interface Orders {
  place(tradeType: TradeType, body: Record<string, unknown>): Prepay;
  find(outTradeNo: string): PayOrder | undefined;
  findByTransaction(transactionId: string): PayOrder | undefined;
  /** By the whole id, or by the tail of it that a Native code carries. */
  findPrepay(prepayIdOrTail: string): Prepay | undefined;
  close(outTradeNo: string, body: Record<string, unknown>): void;
  /** The payer pressed the button. False when the order is no longer payable: the race with close has one winner. */
  pay(outTradeNo: string, payer: Persona, fundedBy: FundedBy): boolean;
  /** From now on this order reports that the payer paid another amount. */
  overridePaidTotal(outTradeNo: string, paidTotal: number | undefined): void;
  toResource(order: PayOrder): Record<string, unknown>;
  /** What else happens to a combined order when it is paid; what its notice tells then. */
  onPaid(combined: (order: PayOrder) => Record<string, unknown> | undefined): void;
  /** Whose a part of a combined order is; undefined for what is no such part. */
  subMerchantOf(outTradeNo: string): string | undefined;
  isCombined(outTradeNo: string): boolean;
  checkMerchantApp(appid: unknown): void;
  checkExpiry(timeExpire: unknown): void;
  checkPayer(appid: string, openid: string): void;
  list(limit: number): PayOrder[];
  paidBetween(from: number, until: number): PayOrder[];
  strictness(): Strictness;
  closedError(): PayError;
  paidError(): PayError;
}

export function createOrders(world: World, notifications: Notifications): Orders {
  const { store, switches, people, inbox, keyring } = world;
  const now = () => world.clock.now().getTime();
  const { mchid, miniAppId, oaAppId, merchantName } = keyring.credentials;

  /** An order past its time closes itself; nobody sees it open afterwards. */
  const settleExpiry = (order: PayOrder | undefined): PayOrder | undefined => {
    if (order?.state !== 'NOTPAY' || order.expiresAt > now()) return order;
    store.run(
      `UPDATE pay_order SET state = 'CLOSED', closed_at = expires_at WHERE out_trade_no = ? AND state = 'NOTPAY'`,
      order.outTradeNo,
    );
    return { ...order, state: 'CLOSED', closedAt: order.expiresAt };
  };
  const find = (outTradeNo: string) =>
    settleExpiry(store.get<PayOrder>(`SELECT ${ORDER_COLUMNS} FROM pay_order WHERE out_trade_no = ?`, outTradeNo));
  const strictness = (): Strictness => ({
    allowUnknownFields: !switches.isOn('pay.strictFields'),
    countBytes: switches.isOn('pay.countBytes'),
  });
  const paidError = () =>
    new PayError(switches.number('pay.unstatedStatus'), switches.text('pay.orderPaidCode'), '该订单已支付');
  const closedError = () => new PayError(400, switches.text('pay.orderClosedCode'), '该订单已关闭');

  function checkMerchant(body: Record<string, unknown>): void {
    if (body.mchid !== mchid) throw parameterError('请求体中的商户号与签名使用的商户号不一致');
  }

  function checkOrder(tradeType: TradeType, body: Record<string, unknown>): void {
    if (switches.text('pay.noPermission') === PRODUCT[tradeType])
      throw new PayError(403, 'NO_AUTH', '商户号该产品权限未开通');
    checkFields(body, ORDER_FIELDS[tradeType], strictness());
    checkMerchant(body);
    checkMerchantApp(body.appid);
    checkNotifyUrl(String(body.notify_url), switches.isOn('pay.httpsNotifyOnly'));
    checkExpiry(body.time_expire);
    if (tradeType === 'JSAPI') checkPayer(String(body.appid), (body.payer as { openid: string }).openid);
  }
  function checkMerchantApp(appid: unknown): void {
    if (appid !== miniAppId && appid !== oaAppId)
      throw new PayError(400, 'APPID_MCHID_NOT_MATCH', '商户号和appid没有绑定关系');
  }
  function checkExpiry(timeExpire: unknown): void {
    if (typeof timeExpire !== 'string') return;
    const expires = Date.parse(timeExpire);
    if (expires < now() + 60_000) throw parameterError('time_expire时间过短，刷卡至少1分钟后，其他5分钟，请更正后重试');
    const days = switches.number('pay.maxExpireDays');
    if (expires > now() + days * DAY_MS) throw parameterError(`time_expire时间过长，最长不超过${days}天`);
  }
  function checkPayer(appid: string, openid: string): void {
    if (people.byOpenid(appid, openid)) return;
    if (people.find(openid)) throw new PayError(400, 'OPENID_MISMATCH', '下单账号与支付账号不一致');
    throw parameterError('无效的openid');
  }
  let resourceOfCombined: (order: PayOrder) => Record<string, unknown> | undefined = () => undefined;

  function toResource(order: PayOrder): Record<string, unknown> {
    const base = {
      appid: order.appid,
      mchid,
      out_trade_no: order.outTradeNo,
      trade_state: order.state,
      trade_state_desc: STATE_TEXT[order.state],
      ...(order.attach ? { attach: order.attach } : {}),
      ...(order.deviceId ? { scene_info: { device_id: order.deviceId } } : {}),
    };
    if (order.paidTotal === null || order.paidAt === null) {
      return {
        ...base,
        amount: { total: order.total, currency: 'CNY' },
        ...(order.openid ? { payer: { openid: order.openid } } : {}),
      };
    }
    return {
      ...base,
      transaction_id: order.transactionId,
      trade_type: order.tradeType,
      bank_type: order.bankType,
      success_time: toRfc3339(order.paidAt),
      payer: { openid: order.openid },
      amount: { total: order.paidTotal, payer_total: order.paidTotal, currency: 'CNY', payer_currency: 'CNY' },
    };
  }

  return {
    find,
    strictness,
    closedError,
    paidError,
    checkMerchantApp,
    checkExpiry,
    checkPayer,
    onPaid(combined) {
      resourceOfCombined = combined;
    },
    subMerchantOf: (outTradeNo) =>
      store.get<{ subMchid: string }>(
        'SELECT sub_mchid AS subMchid FROM pay_combine_sub WHERE out_trade_no = ?',
        outTradeNo,
      )?.subMchid,
    isCombined: (outTradeNo) =>
      store.get('SELECT 1 FROM pay_combine_sub WHERE combine_out_trade_no = ? LIMIT 1', outTradeNo) !== undefined,
    findByTransaction(transactionId) {
      return store.get<PayOrder>(`SELECT ${ORDER_COLUMNS} FROM pay_order WHERE transaction_id = ?`, transactionId);
    },
    findPrepay(prepayIdOrTail) {
      const select =
        'SELECT prepay_id AS prepayId, out_trade_no AS outTradeNo, expires_at AS expiresAt FROM pay_prepay';
      if (prepayIdOrTail.length === CODE_TAIL) {
        return store.get<Prepay>(`${select} WHERE substr(prepay_id, ?) = ?`, -CODE_TAIL, prepayIdOrTail);
      }
      return store.get<Prepay>(`${select} WHERE prepay_id = ?`, prepayIdOrTail);
    },
    place(tradeType, body) {
      checkOrder(tradeType, body);
      const outTradeNo = String(body.out_trade_no);
      const fingerprint = fingerprintOf(tradeType, body);
      const prepay: Prepay = {
        prepayId: `wx${beijingStamp(now())}${randomHex(10)}`,
        outTradeNo,
        expiresAt: now() + PREPAY_MS[tradeType],
      };
      return store.transaction(() => {
        const existing = find(outTradeNo);
        if (existing) {
          if (existing.state === 'CLOSED') throw closedError();
          if (existing.state !== 'NOTPAY') throw paidError();
          if (existing.fingerprint !== fingerprint) {
            throw new PayError(403, 'OUT_TRADE_NO_USED', '商户订单号重复：请求重入时，参数与首次请求时不一致');
          }
        } else {
          const {
            amount,
            payer,
            scene_info: scene,
          } = body as {
            amount: { total: number };
            payer?: { openid: string };
            scene_info?: { device_id?: string };
          };
          store.run(
            `INSERT INTO pay_order (out_trade_no, appid, trade_type, fingerprint, description, attach, notify_url, device_id,
               total, openid, limit_pay, state, created_at, expires_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'NOTPAY', ?, ?)`,
            outTradeNo,
            String(body.appid),
            tradeType,
            fingerprint,
            String(body.description),
            String(body.attach ?? ''),
            String(body.notify_url),
            scene?.device_id ?? '',
            amount.total,
            payer?.openid ?? '',
            JSON.stringify(body.limit_pay ?? []),
            now(),
            typeof body.time_expire === 'string' ? Date.parse(body.time_expire) : now() + ORDER_MS,
          );
          if ((body.settle_info as { profit_sharing?: boolean } | undefined)?.profit_sharing)
            store.run('INSERT INTO pay_sharing_flag (out_trade_no) VALUES (?)', outTradeNo);
        }
        store.run(
          'INSERT INTO pay_prepay (prepay_id, out_trade_no, expires_at) VALUES (?, ?, ?)',
          prepay.prepayId,
          outTradeNo,
          prepay.expiresAt,
        );
        return prepay;
      });
    },
    close(outTradeNo, body) {
      checkFields(body, CLOSE_FIELDS, strictness());
      checkMerchant(body);
      const order = find(outTradeNo);
      if (!order) throw new PayError(404, switches.text('pay.orderMissingCode'), '订单不存在');
      if (order.state === 'CLOSED') return;
      const changed = store.run(
        `UPDATE pay_order SET state = 'CLOSED', closed_at = ? WHERE out_trade_no = ? AND state = 'NOTPAY'`,
        now(),
        outTradeNo,
      );
      if (changed === 0) throw paidError();
    },
    pay(outTradeNo, payer, fundedBy) {
      const paid = store.transaction(() => {
        const order = find(outTradeNo);
        if (order?.state !== 'NOTPAY') return undefined;
        const override = store.get<{ paidTotal: number }>(
          'SELECT paid_total AS paidTotal FROM pay_override WHERE out_trade_no = ?',
          outTradeNo,
        );
        const paidTotal = override?.paidTotal ?? order.total;
        const bankType = fundedBy === 'card' ? 'CMB_DEBIT' : 'OTHERS';
        store.run(
          `UPDATE pay_order SET state = 'SUCCESS', transaction_id = ?, paid_total = ?, bank_type = ?, paid_at = ?, openid = ?
           WHERE out_trade_no = ?`,
          `4200${randomDigits(6)}${toBeijingDate(now()).replaceAll('-', '')}${randomDigits(10)}`,
          paidTotal,
          bankType,
          now(),
          order.openid || people.openidOf(payer, order.appid),
          outTradeNo,
        );
        if (fundedBy === 'balance') people.changeBalance(payer.id, -paidTotal);
        inbox.deliver({
          personaId: payer.id,
          channel: '微信支付',
          title: '付款成功',
          amount: paidTotal,
          lines: [
            ['收款方', merchantName],
            ['商品', order.description],
            ['支付方式', fundedBy === 'balance' ? '零钱' : payer.cardName],
          ],
          page: '',
        });
        const settled = find(outTradeNo) as PayOrder;
        notifications.queue({
          id: randomUUID(),
          kind: 'transaction',
          eventType: 'TRANSACTION.SUCCESS',
          originalType: 'transaction',
          summary: '支付成功',
          outTradeNo,
          url: settled.notifyUrl,
          resource: resourceOfCombined(settled) ?? toResource(settled),
        });
        return settled;
      });
      return paid !== undefined;
    },
    overridePaidTotal(outTradeNo, paidTotal) {
      if (paidTotal === undefined) store.run('DELETE FROM pay_override WHERE out_trade_no = ?', outTradeNo);
      else
        store.run(
          'INSERT OR REPLACE INTO pay_override (out_trade_no, paid_total) VALUES (?, ?)',
          outTradeNo,
          paidTotal,
        );
    },
    toResource,
    list: (limit) =>
      store
        .all<PayOrder>(`SELECT ${ORDER_COLUMNS} FROM pay_order ORDER BY created_at DESC, rowid DESC LIMIT ?`, limit)
        .map((order) => settleExpiry(order) as PayOrder),
    paidBetween: (from, until) =>
      store.all<PayOrder>(
        `SELECT ${ORDER_COLUMNS} FROM pay_order WHERE paid_at >= ? AND paid_at < ?
           AND NOT EXISTS (SELECT 1 FROM pay_combine_sub WHERE combine_out_trade_no = pay_order.out_trade_no) ORDER BY paid_at`,
        from,
        until,
      ),
  };
}

export const beijingStamp = (at: number): string => toRfc3339(at).replace(/\D/g, '').slice(0, 14);

/** Business params, in any key order, of one endpoint: a re-entry must bring the same ones. */
export function fingerprintOf(tradeType: string, body: Record<string, unknown>): string {
  return createHash('sha256')
    .update(`${tradeType}${canonical(body)}`)
    .digest('base64');
}

export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}

export function checkNotifyUrl(url: string, httpsOnly: boolean): void {
  if (!URL.canParse(url)) throw parameterError('notify_url格式不正确');
  const { protocol, search, hash } = new URL(url);
  if (protocol !== 'https:' && (protocol !== 'http:' || httpsOnly))
    throw parameterError('notify_url必须为https协议的公网地址');
  if (search || hash) throw invalidRequest('notify_url不允许携带参数');
}

/** `weixin://…` of a Native order carries a short token, not the prepay id itself. */
export const nativeCodeUrl = (prepayId: string): string => `weixin://wxpay/bizpayurl?pr=${prepayId.slice(-CODE_TAIL)}`;
