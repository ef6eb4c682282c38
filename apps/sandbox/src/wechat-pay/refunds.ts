import { createHash, randomUUID } from 'node:crypto';
import { toRfc3339 } from '../platform/clock.ts';
import { randomDigits } from '../platform/random.ts';
import type { World } from '../platform/world.ts';
import { invalidRequest, PayError, parameterError } from './errors.ts';
import type { Notifications } from './notifications.ts';
import { canonical, checkNotifyUrl, type Orders } from './orders.ts';
import { checkFields } from './params.ts';
import { REFUND_FIELDS } from './schemas.ts';
import { type PayOrder, type PayRefund, REFUND_COLUMNS } from './tables.ts';

const REFUND_WINDOW_MS = 365 * 86_400_000;
const REFUNDS_PER_ORDER = 50;
const POLL_MS = 250;

export interface Refunds {
  apply(body: Record<string, unknown>): PayRefund;
  find(outRefundNo: string): PayRefund | undefined;
  /** ABNORMAL only: send the money to another account of the payer. */
  applyAbnormal(refundId: string, body: Record<string, unknown>): PayRefund;
  settleDue(): void;
  /** Requested and not closed: what no longer belongs to the merchant. */
  refundedTotal(outTradeNo: string): number;
  toReply(refund: PayRefund): Record<string, unknown>;
  list(limit: number): PayRefund[];
  createdBetween(from: number, until: number): PayRefund[];
  succeededBetween(from: number, until: number): PayRefund[];
  start(): void;
  stop(): void;
}

export function createRefunds(world: World, orders: Orders, notifications: Notifications): Refunds {
  const { store, switches, people, inbox, keyring } = world;
  const now = () => world.clock.now().getTime();
  let timer: NodeJS.Timeout | undefined;

  const find = (outRefundNo: string) =>
    store.get<PayRefund>(`SELECT ${REFUND_COLUMNS} FROM pay_refund WHERE out_refund_no = ?`, outRefundNo);

  function findPaidOrder(body: Record<string, unknown>): PayOrder {
    if ((body.transaction_id === undefined) === (body.out_trade_no === undefined)) {
      throw parameterError('transaction_id和out_trade_no必须且只能填写一个');
    }
    const order = body.transaction_id
      ? orders.findByTransaction(String(body.transaction_id))
      : orders.find(String(body.out_trade_no));
    if (!order || orders.isCombined(order.outTradeNo)) throw new PayError(404, 'RESOURCE_NOT_EXISTS', '订单不存在');
    if (orders.subMerchantOf(order.outTradeNo) !== body.sub_mchid)
      throw parameterError('sub_mchid与订单的二级商户号不一致');
    if (order.paidAt === null) throw invalidRequest('订单未支付成功，不能申请退款');
    if (now() - order.paidAt > REFUND_WINDOW_MS) {
      throw new PayError(switches.number('pay.unstatedStatus'), 'TRADE_OVERDUE', '订单已经超过退款期限');
    }
    return order;
  }

  const tally = (outTradeNo: string) =>
    store.get<{ count: number; sum: number }>(
      `SELECT count(*) AS count, coalesce(sum(refund), 0) AS sum FROM pay_refund WHERE out_trade_no = ? AND status <> 'CLOSED'`,
      outTradeNo,
    ) ?? { count: 0, sum: 0 };

  function checkAmounts(order: PayOrder, refund: number, total: number): void {
    // An overridden order answers to either amount: what was asked for, or what the payer really paid.
    if (total !== order.total && total !== order.paidTotal)
      throw invalidRequest('订单金额或退款金额与之前请求不一致，请核实后再试');
    const { count, sum } = tally(order.outTradeNo);
    if (count >= REFUNDS_PER_ORDER) throw invalidRequest('一笔订单最多支持50次退款');
    if (sum + refund > (order.paidTotal ?? order.total)) throw invalidRequest('申请退款金额大于订单可退金额');
  }

  function settle(refund: PayRefund): void {
    const order = orders.find(refund.outTradeNo) as PayOrder;
    const payer = people.byOpenid(order.appid, order.openid);
    const succeeded = refund.outcome === 'SUCCESS';
    store.transaction(() => {
      const changed = store.run(
        `UPDATE pay_refund SET status = outcome, success_at = ? WHERE out_refund_no = ? AND status = 'PROCESSING'`,
        succeeded ? now() : null,
        refund.outRefundNo,
      );
      if (changed === 0) return;
      if (succeeded && payer) {
        if (order.bankType === 'OTHERS') people.changeBalance(payer.id, refund.refund);
        inbox.deliver({
          personaId: payer.id,
          channel: '微信支付',
          title: '退款到账',
          amount: refund.refund,
          lines: [
            ['商户', keyring.credentials.merchantName],
            ['退款方式', refund.receivedAccount],
            ...(refund.reason ? [['退款原因', refund.reason] as [string, string]] : []),
          ],
          page: '',
        });
      }
      if (!refund.notifyUrl) return;
      const settled = find(refund.outRefundNo) as PayRefund;
      notifications.queue({
        id: randomUUID(),
        kind: 'refund',
        eventType: `REFUND.${settled.status}`,
        originalType: 'refund',
        summary: { SUCCESS: '退款成功', ABNORMAL: '退款异常', CLOSED: '退款关闭', PROCESSING: '' }[settled.status],
        outTradeNo: settled.outTradeNo,
        url: settled.notifyUrl,
        resource: toNotification(settled, keyring.credentials.mchid, order, orders.subMerchantOf(order.outTradeNo)),
      });
    });
  }

  function settleDue(): void {
    const due = store.all<PayRefund>(
      `SELECT ${REFUND_COLUMNS} FROM pay_refund WHERE status = 'PROCESSING' AND due_at <= ? ORDER BY due_at LIMIT 200`,
      now(),
    );
    due.forEach(settle);
  }

  return {
    find(outRefundNo) {
      settleDue();
      return find(outRefundNo);
    },
    apply(body) {
      if (switches.text('pay.noPermission') === 'refund') throw new PayError(403, 'NO_AUTH', '没有退款权限');
      checkFields(body, REFUND_FIELDS, orders.strictness());
      if (body.notify_url) checkNotifyUrl(String(body.notify_url), switches.isOn('pay.httpsNotifyOnly'));
      const { refund, total } = body.amount as { refund: number; total: number };
      return store.transaction(() => {
        const order = findPaidOrder(body);
        const outRefundNo = String(body.out_refund_no);
        const fingerprint = createHash('sha256')
          .update(`${order.outTradeNo}${canonical(body.amount)}`)
          .digest('base64');
        const existing = find(outRefundNo);
        if (existing) {
          if (existing.fingerprint === fingerprint) return existing;
          throw new PayError(400, switches.text('pay.refundMismatchCode'), '请求参数与订单信息不一致');
        }
        checkAmounts(order, refund, total);
        if (switches.isOn('pay.refundNotEnough'))
          throw new PayError(403, 'NOT_ENOUGH', '基本账户余额不足，请充值后重新发起');
        const card = order.bankType === 'OTHERS' ? undefined : people.byOpenid(order.appid, order.openid)?.cardName;
        store.run(
          `INSERT INTO pay_refund (out_refund_no, refund_id, out_trade_no, transaction_id, fingerprint, refund, total, reason,
             notify_url, received_account, status, outcome, created_at, due_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'PROCESSING', ?, ?, ?)`,
          outRefundNo,
          `503${randomDigits(26)}`,
          order.outTradeNo,
          order.transactionId,
          fingerprint,
          refund,
          total,
          String(body.reason ?? ''),
          String(body.notify_url ?? ''),
          card ?? '支付用户零钱',
          switches.text('pay.refundOutcome'),
          now(),
          now() + switches.number('pay.refundSeconds') * 1000,
        );
        store.run(`UPDATE pay_order SET state = 'REFUND' WHERE out_trade_no = ?`, order.outTradeNo);
        return find(outRefundNo) as PayRefund;
      });
    },
    applyAbnormal(refundId, body) {
      const refund = store.get<PayRefund>(`SELECT ${REFUND_COLUMNS} FROM pay_refund WHERE refund_id = ?`, refundId);
      if (!refund || refund.outRefundNo !== body.out_refund_no)
        throw new PayError(404, 'RESOURCE_NOT_EXISTS', '退款单不存在');
      if (refund.status !== 'ABNORMAL') throw invalidRequest('退款单状态不是退款异常');
      if (body.type !== 'USER_BANK_CARD' && body.type !== 'MERCHANT_BANK_CARD')
        throw parameterError('异常退款处理方式不正确');
      store.run(
        `UPDATE pay_refund SET status = 'PROCESSING', outcome = 'SUCCESS', due_at = ? WHERE refund_id = ?`,
        now() + switches.number('pay.refundSeconds') * 1000,
        refundId,
      );
      return find(refund.outRefundNo) as PayRefund;
    },
    settleDue,
    refundedTotal: (outTradeNo) => tally(outTradeNo).sum,
    toReply(refund) {
      return {
        refund_id: refund.refundId,
        out_refund_no: refund.outRefundNo,
        transaction_id: refund.transactionId,
        out_trade_no: refund.outTradeNo,
        channel: 'ORIGINAL',
        user_received_account: refund.receivedAccount,
        ...(refund.successAt === null ? {} : { success_time: toRfc3339(refund.successAt) }),
        create_time: toRfc3339(refund.createdAt),
        status: refund.status,
        funds_account: 'AVAILABLE',
        amount: {
          total: refund.total,
          refund: refund.refund,
          from: [],
          payer_total: refund.total,
          payer_refund: refund.refund,
          settlement_refund: refund.refund,
          settlement_total: refund.total,
          discount_refund: 0,
          currency: 'CNY',
          refund_fee: 0,
        },
        promotion_detail: [],
      };
    },
    list: (limit) => {
      settleDue();
      return store.all<PayRefund>(
        `SELECT ${REFUND_COLUMNS} FROM pay_refund ORDER BY created_at DESC, rowid DESC LIMIT ?`,
        limit,
      );
    },
    createdBetween: (from, until) =>
      store.all<PayRefund>(
        `SELECT ${REFUND_COLUMNS} FROM pay_refund WHERE created_at >= ? AND created_at < ? ORDER BY created_at`,
        from,
        until,
      ),
    succeededBetween: (from, until) =>
      store.all<PayRefund>(
        `SELECT ${REFUND_COLUMNS} FROM pay_refund
          WHERE status = 'SUCCESS' AND success_at >= ? AND success_at < ? ORDER BY success_at`,
        from,
        until,
      ),
    start() {
      timer ??= setInterval(settleDue, POLL_MS).unref();
    },
    stop() {
      clearInterval(timer);
    },
  };
}

/** The notification says `refund_status` where every other place says `status`. */
function toNotification(
  refund: PayRefund,
  mchid: string,
  order: PayOrder,
  subMchid: string | undefined,
): Record<string, unknown> {
  return {
    ...(subMchid === undefined ? { mchid } : { sp_mchid: mchid, sub_mchid: subMchid }),
    out_trade_no: refund.outTradeNo,
    transaction_id: refund.transactionId,
    out_refund_no: refund.outRefundNo,
    refund_id: refund.refundId,
    refund_status: refund.status,
    ...(refund.successAt === null ? {} : { success_time: toRfc3339(refund.successAt) }),
    user_received_account: refund.receivedAccount,
    amount: {
      total: refund.total,
      refund: refund.refund,
      payer_total: order.paidTotal ?? refund.total,
      payer_refund: refund.refund,
    },
  };
}
