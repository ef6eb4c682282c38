import { createHash, randomUUID } from 'node:crypto';
import type { Persona } from '../phone/personas.ts';
import { toBeijingDate, toRfc3339 } from '../platform/clock.ts';
import { randomDigits, randomToken } from '../platform/random.ts';
import type { World } from '../platform/world.ts';
import { invalidRequest, PayError, parameterError } from './errors.ts';
import type { Notifications } from './notifications.ts';
import { canonical, checkNotifyUrl, type Orders } from './orders.ts';
import { checkFields } from './params.ts';
import { openSealedField } from './sealed-fields.ts';
import { checkTransfer, TRANSFER_FIELDS, type TransferRequest } from './transfers.rules.ts';

export const TRANSFER_TABLES = `
CREATE TABLE IF NOT EXISTS pay_transfer (
  out_bill_no TEXT PRIMARY KEY, transfer_bill_no TEXT NOT NULL UNIQUE, fingerprint TEXT NOT NULL, appid TEXT NOT NULL,
  openid TEXT NOT NULL, scene_id TEXT NOT NULL, amount INTEGER NOT NULL, remark TEXT NOT NULL, real_name TEXT NOT NULL,
  notify_url TEXT NOT NULL, state TEXT NOT NULL, package_info TEXT NOT NULL UNIQUE, fail_reason TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, due_at INTEGER, settled_at INTEGER) STRICT;
CREATE INDEX IF NOT EXISTS pay_transfer_due ON pay_transfer (due_at) WHERE due_at IS NOT NULL;`;

export type TransferState =
  | 'ACCEPTED'
  | 'PROCESSING'
  | 'WAIT_USER_CONFIRM'
  | 'TRANSFERING'
  | 'SUCCESS'
  | 'FAIL'
  | 'CANCELING'
  | 'CANCELLED';

export interface TransferBill {
  outBillNo: string;
  transferBillNo: string;
  fingerprint: string;
  appid: string;
  openid: string;
  sceneId: string;
  amount: number;
  remark: string;
  realName: string;
  notifyUrl: string;
  state: TransferState;
  packageInfo: string;
  failReason: string;
  createdAt: number;
  updatedAt: number;
  dueAt: number | null;
  settledAt: number | null;
}

const COLUMNS = `out_bill_no AS outBillNo, transfer_bill_no AS transferBillNo, fingerprint, appid, openid, scene_id AS sceneId,
  amount, remark, real_name AS realName, notify_url AS notifyUrl, state, package_info AS packageInfo,
  fail_reason AS failReason, created_at AS createdAt, updated_at AS updatedAt, due_at AS dueAt, settled_at AS settledAt`;

/** What wx.requestMerchantTransfer brings. */
export interface TransferInvocation {
  mchId: string;
  appId: string;
  package: string;
}
export type CheckedTransfer =
  | { ok: true; bill: TransferBill; payee: Persona }
  | { ok: false; reason: string; text: string };
export const TRANSFER_ACTIONS = ['confirm', 'cancel', 'confirm-unheard'] as const;
export type TransferAction = (typeof TRANSFER_ACTIONS)[number];

export type Transfers = ReturnType<typeof createTransfers>;

const CONFIRM_MS = 24 * 3_600_000;
const POLL_MS = 250;
const NEXT: Record<TransferState, readonly TransferState[]> = {
  ACCEPTED: ['PROCESSING', 'WAIT_USER_CONFIRM', 'FAIL'],
  PROCESSING: ['WAIT_USER_CONFIRM', 'CANCELING', 'FAIL'],
  WAIT_USER_CONFIRM: ['TRANSFERING', 'CANCELING', 'FAIL', 'CANCELLED'],
  TRANSFERING: ['SUCCESS', 'FAIL'],
  CANCELING: ['CANCELLED'],
  SUCCESS: [],
  FAIL: [],
  CANCELLED: [],
};
const SUMMARY: Partial<Record<TransferState, string>> = {
  SUCCESS: '转账成功',
  FAIL: '转账失败',
  CANCELLED: '转账已撤销',
};

/** 商家转账 as it is since 2025: the merchant asks, the payee confirms on the phone, the money moves. */
export function createTransfers(world: World, orders: Orders, notifications: Notifications) {
  const { store, switches, people, inbox, keyring } = world;
  const { mchid, miniAppId, oaAppId, merchantName } = keyring.credentials;
  const now = () => world.clock.now().getTime();
  let timer: NodeJS.Timeout | undefined;

  const select = (where: string, value: string) =>
    store.get<TransferBill>(`SELECT ${COLUMNS} FROM pay_transfer WHERE ${where} = ?`, value);

  /** @returns whether this caller moved it: the race between confirm, cancel and the deadline has one winner */
  function move(bill: TransferBill, state: TransferState, dueAt: number | null, failReason = ''): boolean {
    if (!NEXT[bill.state].includes(state)) return false;
    const changed = store.run(
      `UPDATE pay_transfer SET state = ?, due_at = ?, fail_reason = ?, updated_at = ? WHERE out_bill_no = ? AND state = ?`,
      state,
      dueAt,
      failReason,
      now(),
      bill.outBillNo,
      bill.state,
    );
    return changed === 1;
  }

  function finish(bill: TransferBill, state: 'SUCCESS' | 'FAIL' | 'CANCELLED', failReason = ''): void {
    store.transaction(() => {
      if (!move(bill, state, null, failReason)) return;
      store.run('UPDATE pay_transfer SET settled_at = ? WHERE out_bill_no = ?', now(), bill.outBillNo);
      const payee = people.byOpenid(bill.appid, bill.openid);
      if (state === 'SUCCESS' && payee) {
        people.changeBalance(payee.id, bill.amount);
        const lines: [string, string][] = [
          ['付款方', merchantName],
          ['转账备注', bill.remark],
        ];
        inbox.deliver({
          personaId: payee.id,
          channel: '微信支付',
          title: '收款到账',
          amount: bill.amount,
          lines,
          page: '',
        });
      }
      if (!bill.notifyUrl) return;
      const settled = select('out_bill_no', bill.outBillNo) as TransferBill;
      notifications.queue({
        id: randomUUID(),
        kind: 'transfer',
        eventType: 'MCHTRANSFER.BILL.FINISHED',
        originalType: 'mch_payment',
        summary: SUMMARY[state] ?? '',
        outTradeNo: bill.outBillNo,
        url: bill.notifyUrl,
        resource: toNotification(settled, mchid),
      });
    });
  }

  /** The account behind the confirmation, looked at only once the money is about to move. */
  function failReasonOf(bill: TransferBill): string {
    const payee = people.byOpenid(bill.appid, bill.openid);
    if (!payee) return 'OPENID_INVALID';
    if (bill.realName && bill.realName !== payee.nickname) return 'NAME_NOT_CORRECT';
    const chosen = switches.text('transfer.outcome');
    if (chosen !== 'SUCCESS') return chosen;
    const dayStart = Date.parse(`${toBeijingDate(now())}T00:00:00+08:00`);
    const today = store.get<{ sum: number }>(
      `SELECT coalesce(sum(amount), 0) AS sum FROM pay_transfer WHERE openid = ? AND state = 'SUCCESS' AND settled_at >= ?`,
      bill.openid,
      dayStart,
    );
    return (today?.sum ?? 0) + bill.amount > switches.number('transfer.dayLimit') ? 'DAY_RECEIVED_QUOTA_EXCEED' : '';
  }

  function settle(bill: TransferBill): void {
    switch (bill.state) {
      case 'PROCESSING':
        if (switches.text('transfer.funds') !== 'park') move(bill, 'WAIT_USER_CONFIRM', bill.createdAt + CONFIRM_MS);
        else if (bill.createdAt + CONFIRM_MS <= now()) finish(bill, 'FAIL', 'OVERDUE_CLOSE');
        return;
      case 'WAIT_USER_CONFIRM':
        finish(bill, switches.text('transfer.overdueState') as 'FAIL' | 'CANCELLED', 'OVERDUE_CLOSE');
        return;
      case 'TRANSFERING': {
        const reason = failReasonOf(bill);
        finish(bill, reason ? 'FAIL' : 'SUCCESS', reason);
        return;
      }
      case 'CANCELING':
        finish(bill, 'CANCELLED', 'MCH_CANCEL');
    }
  }

  function settleDue(): void {
    const due = store.all<TransferBill>(
      `SELECT ${COLUMNS} FROM pay_transfer WHERE due_at <= ? ORDER BY due_at LIMIT 200`,
      now(),
    );
    due.forEach(settle);
  }

  function fresh(where: string, value: string): TransferBill {
    settleDue();
    const bill = select(where, value);
    if (!bill) throw new PayError(404, 'NOT_FOUND', '转账单不存在');
    return bill;
  }

  function create(body: Record<string, unknown>, serial: string | undefined): TransferBill {
    if (switches.text('pay.noPermission') === 'transfer') throw new PayError(403, 'NO_AUTH', '商户号该产品权限未开通');
    checkFields(body, TRANSFER_FIELDS, orders.strictness());
    const request = body as unknown as TransferRequest;
    if (request.appid !== miniAppId && request.appid !== oaAppId)
      throw invalidRequest('APPID不存在或与商户号没有绑定关系');
    if (request.notify_url) checkNotifyUrl(request.notify_url, switches.isOn('pay.httpsNotifyOnly'));
    checkTransfer(request, switches.text('transfer.scenes'), switches.number('transfer.singleLimit'));
    const { user_name: sealed, ...clear } = request;
    const realName = sealed === undefined ? '' : openSealedField(sealed, '收款用户姓名', serial, keyring);
    if (!people.byOpenid(request.appid, request.openid)) throw parameterError('无效的openid');
    // Sealing is random, so a repetition is compared by what was sealed.
    const fingerprint = createHash('sha256')
      .update(`${canonical(clear)}${realName}`)
      .digest('base64');
    return store.transaction(() => {
      const existing = select('out_bill_no', request.out_bill_no);
      if (existing) {
        if (existing.fingerprint === fingerprint) return existing;
        throw new PayError(400, switches.text('transfer.reentryCode'), '商户单号已存在，且与首次请求的参数不一致');
      }
      const funds = switches.text('transfer.funds');
      if (funds === 'refuse') throw new PayError(403, 'NOT_ENOUGH', '商户运营账户资金不足，请充值后使用原商户单号重试');
      const isParked = funds === 'park';
      store.run(
        `INSERT INTO pay_transfer (out_bill_no, transfer_bill_no, fingerprint, appid, openid, scene_id, amount, remark,
           real_name, notify_url, state, package_info, created_at, updated_at, due_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        request.out_bill_no,
        `1330000${randomDigits(25)}`,
        fingerprint,
        request.appid,
        request.openid,
        request.transfer_scene_id,
        request.transfer_amount,
        request.transfer_remark,
        realName,
        request.notify_url ?? '',
        isParked ? 'PROCESSING' : 'WAIT_USER_CONFIRM',
        randomToken(64),
        now(),
        now(),
        isParked ? now() : now() + CONFIRM_MS,
      );
      return select('out_bill_no', request.out_bill_no) as TransferBill;
    });
  }

  return {
    create,
    find: (outBillNo: string) => fresh('out_bill_no', outBillNo),
    findByBillNo: (transferBillNo: string) => fresh('transfer_bill_no', transferBillNo),
    /** Works until the payee has confirmed; repeating it is fine. */
    cancel(outBillNo: string): TransferBill {
      const bill = fresh('out_bill_no', outBillNo);
      if (bill.state === 'CANCELING' || bill.state === 'CANCELLED') return bill;
      if (!move(bill, 'CANCELING', now() + switches.number('transfer.seconds') * 1000))
        throw invalidRequest('当前转账单状态不支持撤销');
      return fresh('out_bill_no', outBillNo);
    },
    settleDue,
    list: (limit: number) => {
      settleDue();
      return store.all<TransferBill>(
        `SELECT ${COLUMNS} FROM pay_transfer ORDER BY created_at DESC, rowid DESC LIMIT ?`,
        limit,
      );
    },
    /** Everything WeChat looks at before it shows the payee the page. */
    checkInvocation(invocation: TransferInvocation, personaIdOrOpenid: string): CheckedTransfer {
      const refuse = (reason: string, text: string): CheckedTransfer => ({ ok: false, reason, text });
      const missing = (['mchId', 'appId', 'package'] as const).find((name) => !invocation[name]);
      if (missing) return refuse('missing-parameter', `缺少参数 ${missing}`);
      settleDue();
      const bill = select('package_info', invocation.package);
      if (!bill) return refuse('bad-package', 'package 不正确或已失效');
      if (invocation.mchId !== mchid) return refuse('mchid-mismatch', '商户号与转账单不一致');
      if (invocation.appId !== bill.appid) return refuse('appid-mismatch', 'appId 与转账单不一致');
      const payee = people.find(personaIdOrOpenid || bill.openid);
      if (!payee) return refuse('no-payee', '没有这位用户，请重新登录');
      if (people.openidOf(payee, bill.appid) !== bill.openid)
        return refuse('openid-mismatch', '当前微信账号不是这笔转账的收款人');
      if (bill.state === 'FAIL' || bill.state === 'CANCELLED' || bill.state === 'CANCELING')
        return refuse('closed', '这笔转账已关闭');
      if (bill.state !== 'WAIT_USER_CONFIRM') return refuse('confirmed', '你已确认过这笔转账');
      return { ok: true, bill, payee };
    },
    act(bill: TransferBill, action: TransferAction): { result: string; errMsg: string } {
      if (action === 'cancel') return { result: 'cancel', errMsg: 'requestMerchantTransfer:fail cancel' };
      const isConfirmed = move(bill, 'TRANSFERING', now() + switches.number('transfer.seconds') * 1000);
      settleDue();
      if (!isConfirmed) return { result: 'fail', errMsg: 'requestMerchantTransfer:fail 这笔转账已关闭或已确认' };
      // The page was closed the hard way: the money moves, the app never hears of it.
      if (action === 'confirm-unheard') return { result: 'fail', errMsg: 'requestMerchantTransfer:fail timeout' };
      return { result: 'ok', errMsg: 'requestMerchantTransfer:ok' };
    },
    toCreated: (bill: TransferBill) => ({
      out_bill_no: bill.outBillNo,
      transfer_bill_no: bill.transferBillNo,
      create_time: toRfc3339(bill.createdAt),
      state: bill.state,
      ...(bill.failReason ? { fail_reason: bill.failReason } : {}),
      ...(bill.state === 'WAIT_USER_CONFIRM' ? { package_info: bill.packageInfo } : {}),
    }),
    toResource: (bill: TransferBill) => ({
      mch_id: mchid,
      out_bill_no: bill.outBillNo,
      transfer_bill_no: bill.transferBillNo,
      appid: bill.appid,
      state: bill.state,
      transfer_amount: bill.amount,
      transfer_remark: bill.remark,
      ...(bill.failReason ? { fail_reason: bill.failReason } : {}),
      openid: bill.openid,
      create_time: toRfc3339(bill.createdAt),
      update_time: toRfc3339(bill.updatedAt),
    }),
    toCancelled: (bill: TransferBill) => ({
      out_bill_no: bill.outBillNo,
      transfer_bill_no: bill.transferBillNo,
      state: bill.state,
      update_time: toRfc3339(bill.updatedAt),
    }),
    start() {
      timer ??= setInterval(settleDue, POLL_MS).unref();
    },
    stop() {
      clearInterval(timer);
    },
  };
}

const toNotification = (bill: TransferBill, mchid: string) => ({
  out_bill_no: bill.outBillNo,
  transfer_bill_no: bill.transferBillNo,
  state: bill.state,
  mch_id: mchid,
  transfer_amount: bill.amount,
  openid: bill.openid,
  ...(bill.failReason ? { fail_reason: bill.failReason } : {}),
  create_time: toRfc3339(bill.createdAt),
  update_time: toRfc3339(bill.updatedAt),
});
