import { createHash } from 'node:crypto';
import { toRfc3339 } from '../platform/clock.ts';
import { randomDigits } from '../platform/random.ts';
import type { World } from '../platform/world.ts';
import { invalidRequest, PayError, parameterError } from './errors.ts';
import { canonical, type Orders } from './orders.ts';
import { checkFields } from './params.ts';
import {
  ADD_RECEIVER_FIELDS,
  DELETE_RECEIVER_FIELDS,
  RETURN_FIELDS,
  SHARING_FIELDS,
  UNFREEZE_FIELDS,
} from './profit-sharing.rules.ts';
import type { Refunds } from './refunds.ts';
import { openSealedField } from './sealed-fields.ts';
import type { PayOrder } from './tables.ts';

export const SHARING_TABLES = `
CREATE TABLE IF NOT EXISTS pay_sharing_flag (out_trade_no TEXT PRIMARY KEY, is_unfrozen INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE IF NOT EXISTS pay_sharing_receiver (
  account TEXT NOT NULL, type TEXT NOT NULL, relation_type TEXT NOT NULL, PRIMARY KEY (type, account)) STRICT;
CREATE TABLE IF NOT EXISTS pay_sharing_order (
  out_order_no TEXT PRIMARY KEY, order_id TEXT NOT NULL UNIQUE, transaction_id TEXT NOT NULL, fingerprint TEXT NOT NULL,
  is_last INTEGER NOT NULL, created_at INTEGER NOT NULL, due_at INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS pay_sharing_order_transaction ON pay_sharing_order (transaction_id);
CREATE TABLE IF NOT EXISTS pay_sharing_part (
  detail_id TEXT PRIMARY KEY, out_order_no TEXT NOT NULL, transaction_id TEXT NOT NULL, type TEXT NOT NULL,
  account TEXT NOT NULL, amount INTEGER NOT NULL, description TEXT NOT NULL, result TEXT NOT NULL,
  fail_reason TEXT NOT NULL DEFAULT '', finished_at INTEGER) STRICT;
CREATE INDEX IF NOT EXISTS pay_sharing_part_transaction ON pay_sharing_part (transaction_id);
CREATE TABLE IF NOT EXISTS pay_sharing_return (
  out_return_no TEXT PRIMARY KEY, return_id TEXT NOT NULL UNIQUE, out_order_no TEXT NOT NULL, fingerprint TEXT NOT NULL,
  return_mchid TEXT NOT NULL, amount INTEGER NOT NULL, description TEXT NOT NULL, result TEXT NOT NULL,
  fail_reason TEXT NOT NULL DEFAULT '', created_at INTEGER NOT NULL, due_at INTEGER NOT NULL, finished_at INTEGER) STRICT;`;

interface Sharing {
  outOrderNo: string;
  orderId: string;
  transactionId: string;
  fingerprint: string;
  isLast: number;
  createdAt: number;
  dueAt: number;
}
interface Part {
  detailId: string;
  outOrderNo: string;
  type: string;
  account: string;
  amount: number;
  description: string;
  result: 'PENDING' | 'SUCCESS' | 'CLOSED';
  failReason: string;
  finishedAt: number | null;
}
interface Return {
  outReturnNo: string;
  returnId: string;
  outOrderNo: string;
  fingerprint: string;
  returnMchid: string;
  amount: number;
  description: string;
  result: 'PROCESSING' | 'SUCCESS' | 'FAILED';
  failReason: string;
  createdAt: number;
  dueAt: number;
  finishedAt: number | null;
}

const SHARING = `out_order_no AS outOrderNo, order_id AS orderId, transaction_id AS transactionId, fingerprint,
  is_last AS isLast, created_at AS createdAt, due_at AS dueAt`;
const PART = `detail_id AS detailId, out_order_no AS outOrderNo, type, account, amount, description, result,
  fail_reason AS failReason, finished_at AS finishedAt`;
const RETURN = `out_return_no AS outReturnNo, return_id AS returnId, out_order_no AS outOrderNo, fingerprint,
  return_mchid AS returnMchid, amount, description, result, fail_reason AS failReason, created_at AS createdAt,
  due_at AS dueAt, finished_at AS finishedAt`;
const REQUESTS_PER_ORDER = 50;
const RETURN_WINDOW_MS = 180 * 86_400_000;
const FROZEN_MS = 30 * 86_400_000;

export type ProfitSharing = ReturnType<typeof createProfitSharing>;

/** 分账 of one merchant: frozen at payment, shared in parts, the rest unfrozen; returns before the refund that needs them. */
export function createProfitSharing(world: World, orders: Orders, refunds: Refunds) {
  const { store, switches, people, keyring } = world;
  const { mchid, miniAppId, oaAppId } = keyring.credentials;
  const now = () => world.clock.now().getTime();
  const dueAt = () => now() + switches.number('sharing.seconds') * 1000;
  const sum = (sql: string, ...values: string[]) => store.get<{ sum: number }>(sql, ...values)?.sum ?? 0;
  const findSharing = (outOrderNo: string) =>
    store.get<Sharing>(`SELECT ${SHARING} FROM pay_sharing_order WHERE out_order_no = ?`, outOrderNo);
  const partsOf = (outOrderNo: string) =>
    store.all<Part>(`SELECT ${PART} FROM pay_sharing_part WHERE out_order_no = ? ORDER BY rowid`, outOrderNo);
  const findReturn = (outReturnNo: string) =>
    store.get<Return>(`SELECT ${RETURN} FROM pay_sharing_return WHERE out_return_no = ?`, outReturnNo);
  const hasReceiver = (type: string, account: string) =>
    store.get('SELECT 1 FROM pay_sharing_receiver WHERE type = ? AND account = ?', type, account) !== undefined;

  function checkCommon(body: Record<string, unknown>): void {
    if (switches.text('pay.noPermission') === 'profit-sharing')
      throw new PayError(403, 'NO_AUTH', '商户号该产品权限未开通');
    if (body.appid !== undefined && body.appid !== miniAppId && body.appid !== oaAppId)
      throw parameterError('appid与商户号没有绑定关系');
  }

  function sharableOrder(transactionId: string): PayOrder & { paidAt: number; paidTotal: number } {
    const order = orders.findByTransaction(transactionId);
    if (order?.paidAt == null || order.paidTotal === null) throw parameterError('微信支付订单号不存在');
    const isFlagged = store.get('SELECT 1 FROM pay_sharing_flag WHERE out_trade_no = ?', order.outTradeNo);
    if (!isFlagged) throw new PayError(403, 'NO_AUTH', '非分账订单不支持分账');
    return order as PayOrder & { paidAt: number; paidTotal: number };
  }

  const sharedOf = (transactionId: string) =>
    sum(
      `SELECT coalesce(sum(amount), 0) AS sum FROM pay_sharing_part WHERE transaction_id = ? AND result <> 'CLOSED'`,
      transactionId,
    );

  /** What is still frozen: paid, less shared, less refunded; nothing once unfrozen or after thirty days. */
  function unsplit(order: PayOrder & { paidAt: number; paidTotal: number }): number {
    const flag = store.get<{ isUnfrozen: number }>(
      'SELECT is_unfrozen AS isUnfrozen FROM pay_sharing_flag WHERE out_trade_no = ?',
      order.outTradeNo,
    );
    if (flag?.isUnfrozen || now() - order.paidAt > FROZEN_MS) return 0;
    const left = order.paidTotal - sharedOf(order.transactionId as string) - refunds.refundedTotal(order.outTradeNo);
    return Math.max(0, left);
  }

  const unfreeze = (order: PayOrder) =>
    store.run('UPDATE pay_sharing_flag SET is_unfrozen = 1 WHERE out_trade_no = ?', order.outTradeNo);

  function settleDue(): void {
    const due = store.all<Part>(
      `SELECT ${PART} FROM pay_sharing_part WHERE result = 'PENDING' AND out_order_no IN
         (SELECT out_order_no FROM pay_sharing_order WHERE due_at <= ?)`,
      now(),
    );
    for (const { detailId, type, account } of due) {
      const chosen = switches.text('sharing.outcome');
      const reason = hasReceiver(type, account) ? (chosen === 'SUCCESS' ? '' : chosen) : 'NO_RELATION';
      store.run(
        `UPDATE pay_sharing_part SET result = ?, fail_reason = ?, finished_at = ? WHERE detail_id = ?`,
        reason ? 'CLOSED' : 'SUCCESS',
        reason,
        now(),
        detailId,
      );
    }
    const outcome = switches.text('sharing.returnOutcome');
    store.run(
      `UPDATE pay_sharing_return SET result = ?, fail_reason = ?, finished_at = ? WHERE result = 'PROCESSING' AND due_at <= ?`,
      outcome === 'SUCCESS' ? 'SUCCESS' : 'FAILED',
      outcome === 'SUCCESS' ? '' : outcome,
      now(),
      now(),
    );
  }

  function record(outOrderNo: string, transactionId: string, fingerprint: string, isLast: boolean): void {
    store.run(
      `INSERT INTO pay_sharing_order (out_order_no, order_id, transaction_id, fingerprint, is_last, created_at, due_at)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      outOrderNo,
      `3008${randomDigits(24)}`,
      transactionId,
      fingerprint,
      isLast ? 1 : 0,
      now(),
      dueAt(),
    );
  }

  /** A repetition must bring what the first one brought. */
  function repeated(outOrderNo: string, fingerprint: string): Sharing | undefined {
    const existing = findSharing(outOrderNo);
    if (existing && existing.fingerprint !== fingerprint)
      throw invalidRequest('商户分账单号重复，且参数与首次请求不一致');
    return existing;
  }

  const printOf = (value: unknown) => createHash('sha256').update(canonical(value)).digest('base64');

  return {
    settleDue,
    addReceiver(body: Record<string, unknown>, serial: string | undefined): Record<string, unknown> {
      checkCommon(body);
      checkFields(body, ADD_RECEIVER_FIELDS, orders.strictness());
      const { type, account, name, relation_type: relation, custom_relation: custom } = body as Record<string, string>;
      if (type === 'MERCHANT_ID' && !name) throw parameterError('接收方类型为MERCHANT_ID时，商户全称必填');
      if (name) openSealedField(name, '分账个人接收方姓名', serial, keyring);
      if (type === 'MERCHANT_ID' && !/^\d{8,10}$/.test(String(account))) throw parameterError('接收方商户号不存在');
      if (account === mchid) throw invalidRequest('分账接收方不能是分账方本身');
      if (type === 'PERSONAL_OPENID' && !people.byOpenid(String(body.appid), String(account)))
        throw parameterError('接收方openid不存在');
      if (relation === 'CUSTOM' && !custom) throw parameterError('关系类型为CUSTOM时，自定义的分账关系必填');
      store.run(
        'INSERT OR REPLACE INTO pay_sharing_receiver (account, type, relation_type) VALUES (?, ?, ?)',
        String(account),
        String(type),
        String(relation),
      );
      return {
        type,
        account,
        ...(name ? { name } : {}),
        relation_type: relation,
        ...(custom ? { custom_relation: custom } : {}),
      };
    },
    deleteReceiver(body: Record<string, unknown>): Record<string, unknown> {
      checkCommon(body);
      checkFields(body, DELETE_RECEIVER_FIELDS, orders.strictness());
      const { type, account } = body as { type: string; account: string };
      store.run('DELETE FROM pay_sharing_receiver WHERE type = ? AND account = ?', type, account);
      return { type, account };
    },
    share(body: Record<string, unknown>, serial: string | undefined): Record<string, unknown> {
      checkCommon(body);
      checkFields(body, SHARING_FIELDS, orders.strictness());
      const { transaction_id, out_order_no, receivers, unfreeze_unsplit } = body as unknown as {
        transaction_id: string;
        out_order_no: string;
        receivers: { type: string; account: string; name?: string; amount: number; description: string }[];
        unfreeze_unsplit: boolean;
      };
      for (const { name } of receivers) if (name) openSealedField(name, '分账个人接收方姓名', serial, keyring);
      const parts = receivers.map(({ name: _sealed, ...clear }) => clear);
      const fingerprint = printOf({ transaction_id, parts, unfreeze_unsplit });
      return store.transaction(() => {
        const existing = repeated(out_order_no, fingerprint);
        if (existing) return toReply(existing);
        const order = sharableOrder(transaction_id);
        if (now() - order.paidAt < switches.number('sharing.minSeconds') * 1000)
          throw invalidRequest('订单支付成功后需等待1分钟才可以发起分账');
        const { count = 0 } =
          store.get<{ count: number }>(
            'SELECT count(*) AS count FROM pay_sharing_order WHERE transaction_id = ?',
            transaction_id,
          ) ?? {};
        if (count >= REQUESTS_PER_ORDER) throw new PayError(403, 'RULE_LIMIT', '同一订单分账次数超过50次');
        if (new Set(parts.map(({ type, account }) => `${type} ${account}`)).size < parts.length)
          throw parameterError('分账接收方列表中存在重复的接收方');
        const stranger = parts.find(({ type, account }) => !hasReceiver(type, account));
        if (stranger) throw invalidRequest('分账接收方与分账方不存在分账关系，请先添加分账接收方');
        const asked = parts.reduce((total, { amount }) => total + amount, 0);
        const cap = Math.floor((order.paidTotal * switches.number('sharing.maxPercent')) / 100);
        if (sharedOf(transaction_id) + asked > cap) throw new PayError(403, 'RULE_LIMIT', '分账金额超过最大分账比例');
        if (asked > unsplit(order)) throw new PayError(403, 'NOT_ENOUGH', '分账金额不足，订单剩余待分金额小于请求金额');
        record(out_order_no, transaction_id, fingerprint, unfreeze_unsplit);
        for (const { type, account, amount, description } of parts) {
          store.run(
            `INSERT INTO pay_sharing_part (detail_id, out_order_no, transaction_id, type, account, amount, description, result)
             VALUES (?, ?, ?, ?, ?, ?, ?, 'PENDING')`,
            `3601${randomDigits(24)}`,
            out_order_no,
            transaction_id,
            type,
            account,
            amount,
            description,
          );
        }
        if (unfreeze_unsplit) unfreeze(order);
        return toReply(findSharing(out_order_no) as Sharing);
      });
    },
    unfreeze(body: Record<string, unknown>): Record<string, unknown> {
      checkCommon(body);
      checkFields(body, UNFREEZE_FIELDS, orders.strictness());
      const { transaction_id, out_order_no } = body as { transaction_id: string; out_order_no: string };
      const fingerprint = printOf({ transaction_id, unfreeze: true });
      return store.transaction(() => {
        const existing = repeated(out_order_no, fingerprint);
        if (existing) return toReply(existing);
        const order = sharableOrder(transaction_id);
        record(out_order_no, transaction_id, fingerprint, true);
        unfreeze(order);
        return toReply(findSharing(out_order_no) as Sharing);
      });
    },
    find(outOrderNo: string, transactionId: string): Record<string, unknown> {
      settleDue();
      const sharing = findSharing(outOrderNo);
      if (sharing?.transactionId !== transactionId) throw new PayError(404, 'RESOURCE_NOT_EXISTS', '分账单不存在');
      return toReply(sharing);
    },
    amounts(transactionId: string): Record<string, unknown> {
      return { transaction_id: transactionId, unsplit_amount: unsplit(sharableOrder(transactionId)) };
    },
    giveBack(body: Record<string, unknown>): Record<string, unknown> {
      checkCommon(body);
      checkFields(body, RETURN_FIELDS, orders.strictness());
      const given = body as {
        order_id?: string;
        out_order_no?: string;
        out_return_no: string;
        return_mchid: string;
        amount: number;
        description: string;
      };
      if ((given.order_id === undefined) === (given.out_order_no === undefined))
        throw parameterError('order_id和out_order_no必须且只能填写一个');
      return store.transaction(() => {
        settleDue();
        const sharing = given.out_order_no
          ? findSharing(given.out_order_no)
          : store.get<Sharing>(`SELECT ${SHARING} FROM pay_sharing_order WHERE order_id = ?`, given.order_id ?? '');
        if (!sharing) throw new PayError(404, 'RESOURCE_NOT_EXISTS', '分账单不存在');
        const fingerprint = printOf([sharing.outOrderNo, given.return_mchid, given.amount]);
        const existing = findReturn(given.out_return_no);
        if (existing) {
          if (existing.fingerprint !== fingerprint) throw invalidRequest('商户回退单号重复，且参数与首次请求不一致');
          return returnReply(existing);
        }
        if (now() - sharing.createdAt > RETURN_WINDOW_MS) throw invalidRequest('分账已超过180天，不支持回退');
        const received = partsOf(sharing.outOrderNo)
          .filter(
            ({ type, account, result }) =>
              type === 'MERCHANT_ID' && account === given.return_mchid && result === 'SUCCESS',
          )
          .reduce((total, { amount }) => total + amount, 0);
        const returned = sum(
          `SELECT coalesce(sum(amount), 0) AS sum FROM pay_sharing_return WHERE out_order_no = ? AND return_mchid = ? AND result <> 'FAILED'`,
          sharing.outOrderNo,
          given.return_mchid,
        );
        if (returned + given.amount > received) throw invalidRequest('回退金额超过分账金额');
        store.run(
          `INSERT INTO pay_sharing_return (out_return_no, return_id, out_order_no, fingerprint, return_mchid, amount, description,
             result, created_at, due_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'PROCESSING', ?, ?)`,
          given.out_return_no,
          `3008${randomDigits(24)}`,
          sharing.outOrderNo,
          fingerprint,
          given.return_mchid,
          given.amount,
          given.description,
          now(),
          dueAt(),
        );
        return returnReply(findReturn(given.out_return_no) as Return);
      });
    },
    findReturn(outReturnNo: string, outOrderNo: string): Record<string, unknown> {
      settleDue();
      const found = findReturn(outReturnNo);
      if (found?.outOrderNo !== outOrderNo) throw new PayError(404, 'RESOURCE_NOT_EXISTS', '回退单不存在');
      return returnReply(found);
    },
    list: (limit: number) => {
      settleDue();
      return store
        .all<Sharing>(`SELECT ${SHARING} FROM pay_sharing_order ORDER BY created_at DESC, rowid DESC LIMIT ?`, limit)
        .map(toReply);
    },
    listReturns: (limit: number) =>
      store
        .all<Return>(`SELECT ${RETURN} FROM pay_sharing_return ORDER BY created_at DESC, rowid DESC LIMIT ?`, limit)
        .map(returnReply),
  };

  function toReply(sharing: Sharing): Record<string, unknown> {
    const parts = partsOf(sharing.outOrderNo);
    return {
      transaction_id: sharing.transactionId,
      out_order_no: sharing.outOrderNo,
      order_id: sharing.orderId,
      state: parts.some(({ result }) => result === 'PENDING') ? 'PROCESSING' : 'FINISHED',
      receivers: parts.map(({ detailId, type, account, amount, description, result, failReason, finishedAt }) => ({
        type,
        account,
        amount,
        description,
        result,
        ...(failReason ? { fail_reason: failReason } : {}),
        detail_id: detailId,
        create_time: toRfc3339(sharing.createdAt),
        ...(finishedAt === null ? {} : { finish_time: toRfc3339(finishedAt) }),
      })),
    };
  }
  function returnReply(found: Return): Record<string, unknown> {
    return {
      out_order_no: found.outOrderNo,
      out_return_no: found.outReturnNo,
      return_id: found.returnId,
      return_mchid: found.returnMchid,
      amount: found.amount,
      description: found.description,
      result: found.result,
      ...(found.failReason ? { fail_reason: found.failReason } : {}),
      create_time: toRfc3339(found.createdAt),
      ...(found.finishedAt === null ? {} : { finish_time: toRfc3339(found.finishedAt) }),
    };
  }
}
