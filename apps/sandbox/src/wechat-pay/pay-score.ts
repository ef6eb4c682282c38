import { createHash, randomUUID } from 'node:crypto';
import { toBeijingDate } from '../platform/clock.ts';
import { randomDigits, randomToken } from '../platform/random.ts';
import type { World } from '../platform/world.ts';
import { invalidRequest, PayError, parameterError } from './errors.ts';
import type { Notifications } from './notifications.ts';
import { canonical, checkNotifyUrl, type Orders } from './orders.ts';
import { checkFields } from './params.ts';
import {
  checkTotal,
  SCORE_CANCEL_FIELDS,
  SCORE_COMPLETE_FIELDS,
  SCORE_ORDER_FIELDS,
  SCORE_SYNC_FIELDS,
} from './pay-score.rules.ts';

export const SCORE_TABLES = `
CREATE TABLE IF NOT EXISTS pay_score_order (
  out_order_no TEXT PRIMARY KEY, order_id TEXT NOT NULL UNIQUE, fingerprint TEXT NOT NULL, appid TEXT NOT NULL,
  service_id TEXT NOT NULL, introduction TEXT NOT NULL, risk_name TEXT NOT NULL, risk_amount INTEGER NOT NULL,
  openid TEXT NOT NULL, notify_url TEXT NOT NULL, package TEXT NOT NULL UNIQUE, state TEXT NOT NULL,
  description TEXT NOT NULL, total_amount INTEGER, complete_print TEXT NOT NULL DEFAULT '', collection TEXT NOT NULL DEFAULT '',
  transaction_id TEXT, reason TEXT NOT NULL DEFAULT '', created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  due_at INTEGER, paid_at INTEGER) STRICT;
CREATE INDEX IF NOT EXISTS pay_score_due ON pay_score_order (due_at) WHERE due_at IS NOT NULL;`;

interface ScoreOrder {
  outOrderNo: string;
  orderId: string;
  fingerprint: string;
  appid: string;
  serviceId: string;
  introduction: string;
  riskName: string;
  riskAmount: number;
  openid: string;
  notifyUrl: string;
  package: string;
  state: 'CREATED' | 'DOING' | 'DONE' | 'REVOKED' | 'EXPIRED';
  description: '' | 'USER_CONFIRM' | 'MCH_COMPLETE';
  totalAmount: number | null;
  completePrint: string;
  collection: '' | 'USER_PAYING' | 'USER_PAID';
  transactionId: string | null;
  reason: string;
  createdAt: number;
  expiresAt: number;
  dueAt: number | null;
  paidAt: number | null;
}
const COLUMNS = `out_order_no AS outOrderNo, order_id AS orderId, fingerprint, appid, service_id AS serviceId, introduction,
  risk_name AS riskName, risk_amount AS riskAmount, openid, notify_url AS notifyUrl, package, state, description,
  total_amount AS totalAmount, complete_print AS completePrint, collection, transaction_id AS transactionId, reason,
  created_at AS createdAt, expires_at AS expiresAt, due_at AS dueAt, paid_at AS paidAt`;
const CONFIRM_MS = 30 * 86_400_000;
const RETRY_DEBIT_MS = 3_600_000;
const POLL_MS = 250;

export type PayScore = ReturnType<typeof createPayScore>;

/** 支付分 with the payer's confirmation: agreed first, used, completed with an amount, debited by WeChat. */
export function createPayScore(world: World, orders: Orders, notifications: Notifications) {
  const { store, switches, people, keyring } = world;
  const { mchid, miniAppId, oaAppId } = keyring.credentials;
  const now = () => world.clock.now().getTime();
  let timer: NodeJS.Timeout | undefined;
  const get = (column: string, value: string) =>
    store.get<ScoreOrder>(`SELECT ${COLUMNS} FROM pay_score_order WHERE ${column} = ?`, value);
  const print = (value: unknown) => createHash('sha256').update(canonical(value)).digest('base64');

  function find(outOrderNo: string, given: Record<string, unknown>): ScoreOrder {
    settleDue();
    const order = get('out_order_no', outOrderNo);
    if (!order) throw new PayError(404, 'ORDER_NOT_EXIST', '服务订单不存在');
    if (given.service_id !== order.serviceId || given.appid !== order.appid)
      throw invalidRequest('appid或service_id与服务订单不一致');
    return order;
  }

  function notify(order: ScoreOrder, eventType: 'USER_CONFIRM' | 'USER_PAID'): void {
    notifications.queue({
      id: randomUUID(),
      kind: 'payscore',
      eventType: `PAYSCORE.${eventType}`,
      originalType: 'payscore',
      summary: eventType === 'USER_PAID' ? '微信支付分服务订单支付成功' : '用户已确认订单',
      outTradeNo: order.outOrderNo,
      url: order.notifyUrl,
      resource: toResource(order),
    });
  }

  /** The debit is an ordinary trade afterwards: it can be refunded by its transaction id. */
  function debit(order: ScoreOrder): void {
    if (switches.text('payscore.debit') === 'short') {
      store.run(
        'UPDATE pay_score_order SET due_at = ? WHERE out_order_no = ?',
        now() + RETRY_DEBIT_MS,
        order.outOrderNo,
      );
      return;
    }
    store.transaction(() => {
      const payer = people.byOpenid(order.appid, order.openid);
      const total = order.totalAmount ?? 0;
      const transactionId = `4200${randomDigits(6)}${toBeijingDate(now()).replaceAll('-', '')}${randomDigits(10)}`;
      const changed = store.run(
        `UPDATE pay_score_order SET state = 'DONE', description = '', collection = 'USER_PAID', transaction_id = ?, paid_at = ?,
           due_at = NULL WHERE out_order_no = ? AND state = 'DOING' AND collection = 'USER_PAYING'`,
        transactionId,
        now(),
        order.outOrderNo,
      );
      if (changed === 0) return;
      if (payer) people.changeBalance(payer.id, -total);
      store.run(
        `INSERT INTO pay_order (out_trade_no, appid, trade_type, fingerprint, description, attach, notify_url, device_id, total,
           openid, limit_pay, state, transaction_id, paid_total, bank_type, created_at, expires_at, paid_at)
         VALUES (?, ?, 'JSAPI', '', ?, '', '', '', ?, ?, '[]', 'SUCCESS', ?, ?, 'OTHERS', ?, ?, ?)`,
        `score-${order.outOrderNo}`,
        order.appid,
        order.introduction,
        total,
        order.openid,
        transactionId,
        total,
        now(),
        now(),
        now(),
      );
      notify(get('out_order_no', order.outOrderNo) as ScoreOrder, 'USER_PAID');
    });
  }

  function settleDue(): void {
    store.run(`UPDATE pay_score_order SET state = 'EXPIRED' WHERE state = 'CREATED' AND expires_at <= ?`, now());
    store.all<ScoreOrder>(`SELECT ${COLUMNS} FROM pay_score_order WHERE due_at <= ? LIMIT 200`, now()).forEach(debit);
  }

  return {
    create(body: Record<string, unknown>): Record<string, unknown> {
      if (switches.text('pay.noPermission') === 'payscore') throw new PayError(403, 'NO_AUTH', '商户未开通支付分权限');
      checkFields(body, SCORE_ORDER_FIELDS, orders.strictness());
      if (body.appid !== miniAppId && body.appid !== oaAppId) throw invalidRequest('appid与商户号没有绑定关系');
      if (body.need_user_confirm !== true) throw new PayError(403, 'NO_AUTH', '商户没有免确认模式的权限');
      checkNotifyUrl(String(body.notify_url), switches.isOn('pay.httpsNotifyOnly'));
      const { start_time: start } = body.time_range as { start_time?: string };
      if (start !== 'OnAccept' && !/^\d{14}$/.test(start ?? '')) throw parameterError('服务开始时间格式不正确');
      if (body.openid && !people.byOpenid(String(body.appid), String(body.openid)))
        throw parameterError('无效的openid');
      const risk = body.risk_fund as { name: string; amount: number };
      const outOrderNo = String(body.out_order_no);
      const fingerprint = print(body);
      return store.transaction(() => {
        const existing = get('out_order_no', outOrderNo);
        if (existing && existing.fingerprint !== fingerprint) throw invalidRequest('商户服务订单号重复，且参数不一致');
        if (!existing)
          store.run(
            `INSERT INTO pay_score_order (out_order_no, order_id, fingerprint, appid, service_id, introduction, risk_name,
               risk_amount, openid, notify_url, package, state, description, created_at, expires_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'CREATED', '', ?, ?)`,
            outOrderNo,
            `1500${randomDigits(24)}`,
            fingerprint,
            String(body.appid),
            String(body.service_id),
            String(body.service_introduction),
            risk.name,
            risk.amount,
            String(body.openid ?? ''),
            String(body.notify_url),
            randomToken(48),
            now(),
            now() + CONFIRM_MS,
          );
        const order = get('out_order_no', outOrderNo) as ScoreOrder;
        return { ...toResource(order), package: order.package };
      });
    },
    query(given: Record<string, string | undefined>): Record<string, unknown> {
      if (!given.out_order_no) throw parameterError('out_order_no与query_id必须填写一个');
      return toResource(find(given.out_order_no, given));
    },
    cancel(outOrderNo: string, body: Record<string, unknown>): Record<string, unknown> {
      checkFields(body, SCORE_CANCEL_FIELDS, orders.strictness());
      const order = find(outOrderNo, body);
      if (order.state !== 'REVOKED') {
        if (order.state !== 'CREATED' && order.description !== 'USER_CONFIRM')
          throw new PayError(403, 'INVALID_ORDER_STATE', '当前单据状态不允许取消');
        store.run(
          `UPDATE pay_score_order SET state = 'REVOKED', description = '', reason = ? WHERE out_order_no = ?`,
          String(body.reason),
          outOrderNo,
        );
      }
      const { orderId, serviceId, appid } = order;
      return { appid, mchid, out_order_no: outOrderNo, service_id: serviceId, order_id: orderId };
    },
    complete(outOrderNo: string, body: Record<string, unknown>): Record<string, unknown> {
      checkFields(body, SCORE_COMPLETE_FIELDS, orders.strictness());
      const order = find(outOrderNo, body);
      const total = body as unknown as Parameters<typeof checkTotal>[0];
      checkTotal(total, order.riskAmount);
      const completePrint = print(body);
      if (order.completePrint) {
        if (order.completePrint !== completePrint) throw invalidRequest('完结请求重入时，参数与首次请求不一致');
        return toResource(order);
      }
      if (order.state !== 'DOING' || order.description !== 'USER_CONFIRM')
        throw new PayError(403, 'INVALID_ORDER_STATE', '当前单据状态不允许完结');
      const isFree = total.total_amount === 0;
      store.run(
        `UPDATE pay_score_order SET total_amount = ?, complete_print = ?, state = ?, description = ?, collection = ?, due_at = ?
         WHERE out_order_no = ?`,
        total.total_amount,
        completePrint,
        isFree ? 'DONE' : 'DOING',
        isFree ? '' : 'MCH_COMPLETE',
        isFree ? '' : 'USER_PAYING',
        isFree ? null : now() + switches.number('payscore.seconds') * 1000,
        outOrderNo,
      );
      return toResource(get('out_order_no', outOrderNo) as ScoreOrder);
    },
    /** The payer settled it elsewhere: nothing is debited any more. */
    sync(outOrderNo: string, body: Record<string, unknown>): Record<string, unknown> {
      checkFields(body, SCORE_SYNC_FIELDS, orders.strictness());
      const order = find(outOrderNo, body);
      if (order.collection !== 'USER_PAYING') throw new PayError(403, 'INVALID_ORDER_STATE', '当前单据状态不允许同步');
      store.run(
        `UPDATE pay_score_order SET state = 'DONE', description = '', collection = 'USER_PAID', paid_at = ?, due_at = NULL
         WHERE out_order_no = ?`,
        now(),
        outOrderNo,
      );
      return toResource(get('out_order_no', outOrderNo) as ScoreOrder);
    },
    /** wx.openBusinessView wxpayScoreUse, after the payer pressed the button. */
    confirm(packageText: string, personaIdOrOpenid: string): { result: string; reason: string } {
      settleDue();
      const order = get('package', packageText);
      const payer = people.find(personaIdOrOpenid || order?.openid || '');
      if (!order || !payer) return { result: 'fail', reason: 'bad-package' };
      if (order.openid && people.openidOf(payer, order.appid) !== order.openid)
        return { result: 'fail', reason: 'openid-mismatch' };
      if (order.state !== 'CREATED') return { result: 'fail', reason: 'not-confirmable' };
      store.transaction(() => {
        store.run(
          `UPDATE pay_score_order SET state = 'DOING', description = 'USER_CONFIRM', openid = ? WHERE out_order_no = ?`,
          people.openidOf(payer, order.appid),
          order.outOrderNo,
        );
        notify(get('out_order_no', order.outOrderNo) as ScoreOrder, 'USER_CONFIRM');
      });
      return { result: 'ok', reason: '' };
    },
    list: (limit: number) => {
      settleDue();
      return store.all<ScoreOrder>(
        `SELECT ${COLUMNS} FROM pay_score_order ORDER BY created_at DESC, rowid DESC LIMIT ?`,
        limit,
      );
    },
    start() {
      timer ??= setInterval(settleDue, POLL_MS).unref();
    },
    stop() {
      clearInterval(timer);
    },
  };

  function toResource(order: ScoreOrder): Record<string, unknown> {
    const paid = order.collection === 'USER_PAID';
    const total = order.totalAmount ?? 0;
    return {
      appid: order.appid,
      mchid,
      service_id: order.serviceId,
      out_order_no: order.outOrderNo,
      order_id: order.orderId,
      service_introduction: order.introduction,
      state: order.state,
      ...(order.description ? { state_description: order.description } : {}),
      risk_fund: { name: order.riskName, amount: order.riskAmount },
      ...(order.openid ? { openid: order.openid } : {}),
      ...(order.totalAmount === null ? {} : { total_amount: total }),
      need_collection: total > 0,
      ...(order.collection
        ? {
            collection: {
              state: order.collection,
              total_amount: total,
              paying_amount: paid ? 0 : total,
              paid_amount: paid ? total : 0,
              details: order.transactionId
                ? [{ seq: 1, amount: total, paid_type: 'NEWTON', transaction_id: order.transactionId }]
                : [],
            },
          }
        : {}),
    };
  }
}
