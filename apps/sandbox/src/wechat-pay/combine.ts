import { toBeijingDate, toRfc3339 } from '../platform/clock.ts';
import { randomDigits, randomHex } from '../platform/random.ts';
import type { World } from '../platform/world.ts';
import { PayError, parameterError } from './errors.ts';
import {
  beijingStamp,
  checkNotifyUrl,
  fingerprintOf,
  ORDER_MS,
  type Orders,
  PREPAY_MS,
  type Prepay,
} from './orders.ts';
import { checkFields } from './params.ts';
import { COMBINE_CLOSE_FIELDS, COMBINE_FIELDS } from './schemas.ts';
import type { PayOrder, TradeType } from './tables.ts';

const FEWEST = 2;

interface SubOrder {
  mchid: string;
  sub_mchid?: string;
  out_trade_no: string;
  amount: { total_amount: number };
  attach: string;
  description: string;
  settle_info?: { profit_sharing?: boolean };
}
interface SubRow {
  outTradeNo: string;
  subMchid: string;
  total: number;
  description: string;
  attach: string;
  isShared: number;
}

export type Combine = ReturnType<typeof createCombine>;

/**
 * 合单支付: one sheet, several orders, each of a sub-merchant of ours; all of them are paid or none. The whole stands among the
 * ordinary orders, for the sheet; its parts join them when they are paid, for refunds and bills.
 */
export function createCombine(world: World, orders: Orders) {
  const { store, switches, keyring } = world;
  const { mchid } = keyring.credentials;
  const now = () => world.clock.now().getTime();
  const partsOf = (no: string) =>
    store.all<SubRow>(
      `SELECT out_trade_no AS outTradeNo, sub_mchid AS subMchid, total, description, attach, is_shared AS isShared
       FROM pay_combine_sub WHERE combine_out_trade_no = ? ORDER BY position`,
      no,
    );
  const find = (no: string): PayOrder => {
    const order = orders.isCombined(no) ? orders.find(no) : undefined;
    if (!order) throw new PayError(404, switches.text('pay.orderMissingCode'), '订单不存在');
    return order;
  };

  function check(tradeType: TradeType, body: Record<string, unknown>): SubOrder[] {
    if (switches.text('pay.noPermission') === 'combine') throw new PayError(403, 'NO_AUTH', '商户号该产品权限未开通');
    checkFields(body, COMBINE_FIELDS[tradeType], orders.strictness());
    if (body.combine_mchid !== mchid) throw parameterError('请求体中的商户号与签名使用的商户号不一致');
    orders.checkMerchantApp(body.combine_appid);
    checkNotifyUrl(String(body.notify_url), switches.isOn('pay.httpsNotifyOnly'));
    orders.checkExpiry(body.time_expire);
    const subs = body.sub_orders as SubOrder[];
    const known = switches.text('pay.subMerchants').split(',');
    if (subs.length < FEWEST) throw parameterError(`sub_orders最少${FEWEST}笔`);
    for (const sub of subs) {
      if (sub.mchid !== mchid) throw parameterError('子单商户号与合单发起方商户号没有绑定关系');
      if (!sub.sub_mchid || !known.includes(sub.sub_mchid))
        throw new PayError(400, 'INVALID_REQUEST', '二级商户号不存在');
    }
    const numbers = new Set([String(body.combine_out_trade_no), ...subs.map((sub) => sub.out_trade_no)]);
    if (numbers.size !== subs.length + 1) throw parameterError('子单商户订单号重复');
    if (tradeType === 'JSAPI')
      orders.checkPayer(String(body.combine_appid), (body.combine_payer_info as { openid: string }).openid);
    return subs;
  }

  function place(tradeType: TradeType, body: Record<string, unknown>): Prepay {
    const subs = check(tradeType, body);
    const outTradeNo = String(body.combine_out_trade_no);
    const fingerprint = fingerprintOf(`combine-${tradeType}`, body);
    const prepay: Prepay = {
      prepayId: `wx${beijingStamp(now())}${randomHex(10)}`,
      outTradeNo,
      expiresAt: now() + PREPAY_MS[tradeType],
    };
    return store.transaction(() => {
      const existing = orders.find(outTradeNo);
      if (existing?.state === 'CLOSED') throw orders.closedError();
      if (existing && existing.state !== 'NOTPAY') throw orders.paidError();
      if (existing && existing.fingerprint !== fingerprint)
        throw new PayError(403, 'OUT_TRADE_NO_USED', '商户订单号重复：请求重入时，参数与首次请求时不一致');
      if (!existing) insert(tradeType, body, subs, fingerprint);
      store.run(
        'INSERT INTO pay_prepay (prepay_id, out_trade_no, expires_at) VALUES (?, ?, ?)',
        prepay.prepayId,
        outTradeNo,
        prepay.expiresAt,
      );
      return prepay;
    });
  }

  function insert(tradeType: TradeType, body: Record<string, unknown>, subs: SubOrder[], fingerprint: string): void {
    const no = String(body.combine_out_trade_no);
    for (const [position, sub] of subs.entries()) {
      if (orders.find(sub.out_trade_no) || orders.subMerchantOf(sub.out_trade_no))
        throw new PayError(403, 'OUT_TRADE_NO_USED', '子单商户订单号重复');
      store.run(
        `INSERT INTO pay_combine_sub (out_trade_no, combine_out_trade_no, position, sub_mchid, total, description, attach, is_shared)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        sub.out_trade_no,
        no,
        position,
        sub.sub_mchid ?? '',
        sub.amount.total_amount,
        sub.description,
        sub.attach,
        Number(sub.settle_info?.profit_sharing ?? false),
      );
    }
    store.run(
      `INSERT INTO pay_order (out_trade_no, appid, trade_type, fingerprint, description, attach, notify_url, device_id,
         total, openid, limit_pay, state, created_at, expires_at)
       VALUES (?, ?, ?, ?, ?, '', ?, '', ?, ?, ?, 'NOTPAY', ?, ?)`,
      no,
      String(body.combine_appid),
      tradeType,
      fingerprint,
      `${subs.length} 笔订单合并支付`,
      String(body.notify_url),
      subs.reduce((sum, { amount }) => sum + amount.total_amount, 0),
      (body.combine_payer_info as { openid?: string } | undefined)?.openid ?? '',
      JSON.stringify(body.limit_pay ?? []),
      now(),
      typeof body.time_expire === 'string' ? Date.parse(body.time_expire) : now() + ORDER_MS,
    );
  }

  /** The payer paid the whole: each part gets its own transaction. Another sum than asked shows in the first part. */
  function split(whole: PayOrder): void {
    let odd = (whole.paidTotal ?? whole.total) - whole.total;
    store.run('UPDATE pay_order SET transaction_id = NULL WHERE out_trade_no = ?', whole.outTradeNo);
    for (const part of partsOf(whole.outTradeNo)) {
      const paid = part.total + odd;
      odd = 0;
      store.run(
        `INSERT INTO pay_order (out_trade_no, appid, trade_type, fingerprint, description, attach, notify_url, device_id, total,
           openid, limit_pay, state, transaction_id, paid_total, bank_type, created_at, expires_at, paid_at)
         VALUES (?, ?, ?, '', ?, ?, ?, '', ?, ?, '[]', 'SUCCESS', ?, ?, ?, ?, ?, ?)`,
        part.outTradeNo,
        whole.appid,
        whole.tradeType,
        part.description,
        part.attach,
        whole.notifyUrl,
        part.total,
        whole.openid,
        `4200${randomDigits(6)}${toBeijingDate(now()).replaceAll('-', '')}${randomDigits(10)}`,
        paid,
        whole.bankType,
        whole.createdAt,
        whole.expiresAt,
        whole.paidAt,
      );
      if (part.isShared) store.run('INSERT INTO pay_sharing_flag (out_trade_no) VALUES (?)', part.outTradeNo);
    }
  }

  function toResource(whole: PayOrder): Record<string, unknown> {
    return {
      combine_appid: whole.appid,
      combine_mchid: mchid,
      combine_out_trade_no: whole.outTradeNo,
      sub_orders: partsOf(whole.outTradeNo).map((part) => {
        const paid = whole.paidAt === null ? undefined : orders.find(part.outTradeNo);
        return {
          mchid,
          sub_mchid: part.subMchid,
          out_trade_no: part.outTradeNo,
          trade_type: whole.tradeType,
          trade_state: paid?.state ?? whole.state,
          attach: part.attach,
          ...(paid?.paidAt
            ? {
                bank_type: paid.bankType,
                success_time: toRfc3339(paid.paidAt),
                transaction_id: paid.transactionId,
              }
            : {}),
          amount: {
            total_amount: paid?.paidTotal ?? part.total,
            currency: 'CNY',
            ...(paid ? { payer_amount: paid.paidTotal, payer_currency: 'CNY' } : {}),
          },
        };
      }),
      ...(whole.openid ? { combine_payer_info: { openid: whole.openid } } : {}),
    };
  }

  orders.onPaid((order) => {
    if (!orders.isCombined(order.outTradeNo)) return undefined;
    split(order);
    return toResource(order);
  });

  return {
    place,
    query: (no: string) => toResource(find(no)),
    close(no: string, body: Record<string, unknown>): void {
      checkFields(body, COMBINE_CLOSE_FIELDS, orders.strictness());
      const whole = find(no);
      if (body.combine_appid !== whole.appid) throw parameterError('combine_appid与下单时不一致');
      const asked = (body.sub_orders as { out_trade_no: string; sub_mchid?: string }[])
        .map((sub) => `${sub.out_trade_no}/${sub.sub_mchid}`)
        .sort();
      const known = partsOf(no)
        .map((part) => `${part.outTradeNo}/${part.subMchid}`)
        .sort();
      if (asked.join() !== known.join()) throw parameterError('sub_orders与下单时的子单不一致');
      orders.close(no, { mchid });
    },
  };
}
