import { createHash, randomUUID } from 'node:crypto';
import { toBeijingDate, toRfc3339 } from '../platform/clock.ts';
import { randomDigits, randomToken } from '../platform/random.ts';
import type { World } from '../platform/world.ts';
import { invalidRequest, PayError, parameterError } from './errors.ts';
import type { Notifications } from './notifications.ts';
import { canonical, checkNotifyUrl, ORDER_MS, type Orders } from './orders.ts';
import { checkFields, type Fields } from './params.ts';
import { OUT_TRADE_NO } from './schemas.ts';

export const PAPAY_TABLES = `
CREATE TABLE IF NOT EXISTS pay_contract (
  out_contract_code TEXT PRIMARY KEY, contract_id TEXT NOT NULL UNIQUE, plan_id INTEGER NOT NULL, fingerprint TEXT NOT NULL,
  appid TEXT NOT NULL, openid TEXT NOT NULL, display TEXT NOT NULL, description TEXT NOT NULL, estimated INTEGER NOT NULL,
  estimated_date TEXT NOT NULL, notify_url TEXT NOT NULL, session TEXT NOT NULL UNIQUE, state TEXT NOT NULL,
  created_at INTEGER NOT NULL, signed_at INTEGER, ended_at INTEGER, end_mode TEXT NOT NULL DEFAULT '',
  scheduled INTEGER, window_from TEXT, window_until TEXT) STRICT;
CREATE TABLE IF NOT EXISTS pay_deduction (
  out_trade_no TEXT PRIMARY KEY, contract_id TEXT NOT NULL, fingerprint TEXT NOT NULL, due_at INTEGER) STRICT;
CREATE INDEX IF NOT EXISTS pay_deduction_due ON pay_deduction (due_at) WHERE due_at IS NOT NULL;`;

interface Contract {
  outContractCode: string;
  contractId: string;
  planId: number;
  fingerprint: string;
  appid: string;
  openid: string;
  display: string;
  description: string;
  estimated: number;
  estimatedDate: string;
  notifyUrl: string;
  session: string;
  state: 'PRESIGNED' | 'SIGNED' | 'TERMINATED';
  createdAt: number;
  signedAt: number | null;
  endedAt: number | null;
  endMode: string;
  scheduled: number | null;
  windowFrom: string | null;
  windowUntil: string | null;
}
const COLUMNS = `out_contract_code AS outContractCode, contract_id AS contractId, plan_id AS planId, fingerprint, appid, openid,
  display, description, estimated, estimated_date AS estimatedDate, notify_url AS notifyUrl, session, state,
  created_at AS createdAt, signed_at AS signedAt, ended_at AS endedAt, end_mode AS endMode, scheduled,
  window_from AS windowFrom, window_until AS windowUntil`;
const DAY_MS = 86_400_000;
/** From the day after it was announced, for a week: unverified, the field table only names both ends. */
const WINDOW_DAYS = 7;
const SESSION_MS = 2 * 3_600_000;
const POLL_MS = 250;

const amountFields: Fields = {
  total: { kind: 'integer', label: '金额', min: 1, required: true },
  currency: { kind: 'choice', label: '货币类型', values: ['CNY'] },
};
const PRESIGN_FIELDS: Fields = {
  appid: { kind: 'text', label: '应用ID', max: 32, required: true },
  openid: { kind: 'text', label: '用户标识', max: 128, required: true },
  plan_id: { kind: 'integer', label: '委托代扣协议模板ID', min: 1, required: true },
  out_contract_code: { kind: 'text', label: '商户签约协议号', max: 32, pattern: OUT_TRADE_NO, required: true },
  contract_display_account: { kind: 'text', label: '用户账户展示名称', max: 32, required: true },
  contract_notify_url: { kind: 'text', label: '回调通知地址', max: 255, required: true },
  out_user_code: { kind: 'text', label: '商户侧用户标识', max: 32 },
  deduct_schedule: {
    kind: 'object',
    label: '扣费信息',
    fields: {
      estimated_deduct_date: {
        kind: 'text',
        label: '预计扣费日期',
        max: 10,
        pattern: /^\d{4}-\d{2}-\d{2}$/,
        required: true,
      },
      estimated_deduct_amount: { kind: 'object', label: '预计扣费金额', fields: amountFields, required: true },
      description: { kind: 'text', label: '扣费描述', max: 64 },
    },
    required: true,
  },
};
const TERMINATE_FIELDS: Fields = {
  contract_termination_remark: { kind: 'text', label: '解约备注', max: 256, required: true },
};
const SCHEDULE_FIELDS: Fields = {
  appid: { kind: 'text', label: '应用ID', max: 32, required: true },
  schedule_amount: { kind: 'object', label: '预约扣费金额', fields: amountFields, required: true },
};
const APPLY_FIELDS: Fields = {
  appid: { kind: 'text', label: '应用ID', max: 32, required: true },
  out_trade_no: { kind: 'text', label: '商户订单号', min: 6, max: 32, pattern: OUT_TRADE_NO, required: true },
  description: { kind: 'text', label: '商品描述', max: 127, required: true },
  transaction_notify_url: { kind: 'text', label: '通知地址', max: 255, required: true },
  contract_id: { kind: 'text', label: '委托代扣协议ID', max: 32, required: true },
  amount: { kind: 'object', label: '扣费金额信息', fields: amountFields, required: true },
  goods_tag: { kind: 'text', label: '订单优惠标记', max: 32 },
  attach: { kind: 'text', label: '附加数据', max: 128 },
};

export type Papay = ReturnType<typeof createPapay>;

/** 委托代扣, the scheduled kind: signed by the payer, each deduction announced a day ahead, then taken without a password. */
export function createPapay(world: World, orders: Orders, notifications: Notifications) {
  const { store, switches, people, inbox, keyring } = world;
  const { mchid, merchantName } = keyring.credentials;
  const now = () => world.clock.now().getTime();
  let timer: NodeJS.Timeout | undefined;
  const get = (column: string, value: string) =>
    store.get<Contract>(`SELECT ${COLUMNS} FROM pay_contract WHERE ${column} = ?`, value);
  const print = (value: unknown) => createHash('sha256').update(canonical(value)).digest('base64');
  const permitted = () => {
    if (switches.text('pay.noPermission') === 'papay') throw new PayError(403, 'NO_AUTH', '商户未开通委托代扣权限');
  };
  const signed = (contract: Contract | undefined): Contract => {
    if (!contract || contract.state === 'PRESIGNED') throw new PayError(404, 'RESOURCE_NOT_EXISTS', '协议不存在');
    return contract;
  };

  function toResource(contract: Contract): Record<string, unknown> {
    return {
      mchid,
      contract_id: contract.contractId,
      appid: contract.appid,
      plan_id: contract.planId,
      out_contract_code: contract.outContractCode,
      contract_display_account: contract.display,
      contract_state: contract.state,
      openid: contract.openid,
      ...(contract.signedAt ? { contract_signed_time: toRfc3339(contract.signedAt) } : {}),
      ...(contract.endedAt
        ? {
            contract_terminate_info: {
              contract_termination_mode: contract.endMode,
              contract_terminated_time: toRfc3339(contract.endedAt),
            },
          }
        : {}),
      deduct_schedule: {
        estimated_deduct_date: contract.estimatedDate,
        estimated_deduct_amount: { total: contract.estimated, currency: 'CNY' },
      },
    };
  }
  function tell(contract: Contract, eventType: 'PAPAY.SIGN' | 'PAPAY.TERMINATE'): void {
    notifications.queue({
      id: randomUUID(),
      kind: 'papay',
      eventType,
      originalType: 'papay',
      summary: eventType === 'PAPAY.SIGN' ? '签约成功' : '解约成功',
      outTradeNo: contract.outContractCode,
      url: contract.notifyUrl,
      resource: toResource(contract),
    });
  }
  function end(contract: Contract, mode: string): void {
    const changed = store.run(
      `UPDATE pay_contract SET state = 'TERMINATED', ended_at = ?, end_mode = ? WHERE contract_id = ? AND state = 'SIGNED'`,
      now(),
      mode,
      contract.contractId,
    );
    if (changed > 0) tell(get('contract_id', contract.contractId) as Contract, 'PAPAY.TERMINATE');
  }

  /** Accepted deductions are taken a moment later; one that the payer cannot cover ends as closed. */
  function settleDue(): void {
    const due = store.all<{ outTradeNo: string; contractId: string }>(
      'SELECT out_trade_no AS outTradeNo, contract_id AS contractId FROM pay_deduction WHERE due_at <= ? LIMIT 100',
      now(),
    );
    for (const { outTradeNo, contractId } of due) {
      store.run('UPDATE pay_deduction SET due_at = NULL WHERE out_trade_no = ?', outTradeNo);
      const contract = get('contract_id', contractId);
      const payer = contract && people.byOpenid(contract.appid, contract.openid);
      if (payer && switches.text('papay.debit') === 'ok') orders.pay(outTradeNo, payer, 'balance');
      else orders.close(outTradeNo, { mchid });
    }
  }

  return {
    presign(body: Record<string, unknown>): Record<string, unknown> {
      permitted();
      checkFields(body, PRESIGN_FIELDS, orders.strictness());
      orders.checkMerchantApp(body.appid);
      orders.checkPayer(String(body.appid), String(body.openid));
      checkNotifyUrl(String(body.contract_notify_url), switches.isOn('pay.httpsNotifyOnly'));
      const code = String(body.out_contract_code);
      const fingerprint = print(body);
      const known = get('out_contract_code', code);
      if (known && (known.fingerprint !== fingerprint || known.state !== 'PRESIGNED'))
        throw invalidRequest('商户签约协议号重复');
      if (!known) {
        const schedule = body.deduct_schedule as {
          estimated_deduct_date: string;
          estimated_deduct_amount: { total: number };
          description?: string;
        };
        store.run(
          `INSERT INTO pay_contract (out_contract_code, contract_id, plan_id, fingerprint, appid, openid, display, description,
             estimated, estimated_date, notify_url, session, state, created_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'PRESIGNED', ?)`,
          code,
          `${toBeijingDate(now()).replaceAll('-', '')}${randomDigits(16)}`,
          Number(body.plan_id),
          fingerprint,
          String(body.appid),
          String(body.openid),
          String(body.contract_display_account),
          schedule.description ?? '',
          schedule.estimated_deduct_amount.total,
          schedule.estimated_deduct_date,
          String(body.contract_notify_url),
          randomToken(40),
          now(),
        );
      }
      const { session } = get('out_contract_code', code) as Contract;
      return {
        pre_entrustweb_id: session,
        redirect_appid: 'wxbd687630cd02ce1d',
        redirect_path: `pages/index/index?pre_entrustweb_id=${session}`,
      };
    },
    find(planId: string, code: string): Record<string, unknown> {
      const contract = signed(get('out_contract_code', code));
      if (String(contract.planId) !== planId) throw new PayError(404, 'RESOURCE_NOT_EXISTS', '协议不存在');
      return toResource(contract);
    },
    terminate(planId: string, code: string, body: Record<string, unknown>): void {
      checkFields(body, TERMINATE_FIELDS, orders.strictness());
      const contract = signed(get('out_contract_code', code));
      if (String(contract.planId) !== planId) throw new PayError(404, 'RESOURCE_NOT_EXISTS', '协议不存在');
      end(contract, 'MERCHANT');
    },
    /** WeChat tells the payer; only then, from the next day on, may it be taken. */
    schedule(contractId: string, body: Record<string, unknown>): Record<string, unknown> {
      permitted();
      checkFields(body, SCHEDULE_FIELDS, orders.strictness());
      const contract = signed(get('contract_id', contractId));
      if (contract.state !== 'SIGNED') throw new PayError(403, 'CONTRACT_NOT_EXIST', '协议已解约');
      const { total } = body.schedule_amount as { total: number };
      const today = toBeijingDate(now());
      const isOpen = contract.windowUntil !== null && contract.windowUntil >= today;
      if (isOpen && contract.scheduled !== total) throw invalidRequest('已有预约中的扣费，金额不一致');
      if (!isOpen) {
        store.run(
          'UPDATE pay_contract SET scheduled = ?, window_from = ?, window_until = ? WHERE contract_id = ?',
          total,
          toBeijingDate(now() + DAY_MS),
          toBeijingDate(now() + WINDOW_DAYS * DAY_MS),
          contractId,
        );
        const payer = people.byOpenid(contract.appid, contract.openid);
        if (payer)
          inbox.deliver({
            personaId: payer.id,
            channel: '微信支付',
            title: '自动续费扣款提醒',
            amount: total,
            lines: [
              ['商户', merchantName],
              ['项目', contract.description || contract.display],
              ['最早扣款日', toBeijingDate(now() + DAY_MS)],
            ],
            page: '',
          });
      }
      const told = get('contract_id', contractId) as Contract;
      return {
        schedule_state: 'SCHEDULED',
        deduct_start_date: told.windowFrom,
        deduct_end_date: told.windowUntil,
        scheduled_amount: { total: told.scheduled, currency: 'CNY' },
      };
    },
    apply(body: Record<string, unknown>): Record<string, unknown> {
      permitted();
      checkFields(body, APPLY_FIELDS, orders.strictness());
      orders.checkMerchantApp(body.appid);
      checkNotifyUrl(String(body.transaction_notify_url), switches.isOn('pay.httpsNotifyOnly'));
      const outTradeNo = String(body.out_trade_no);
      const { total } = body.amount as { total: number };
      const reply = { out_trade_no: outTradeNo, amount: { total, currency: 'CNY' } };
      const fingerprint = print(body);
      return store.transaction(() => {
        const known = store.get<{ fingerprint: string }>(
          'SELECT fingerprint FROM pay_deduction WHERE out_trade_no = ?',
          outTradeNo,
        );
        if (known?.fingerprint === fingerprint) return reply;
        if (known || orders.find(outTradeNo)) throw new PayError(403, 'OUT_TRADE_NO_USED', '商户订单号重复');
        const contract = get('contract_id', String(body.contract_id));
        if (contract?.state !== 'SIGNED' || contract.appid !== body.appid)
          throw new PayError(403, 'CONTRACT_NOT_EXIST', '协议不存在或已解约');
        const today = toBeijingDate(now());
        const isAnnounced =
          contract.scheduled !== null && today >= (contract.windowFrom ?? '') && today <= (contract.windowUntil ?? '');
        if (!isAnnounced) throw new PayError(403, 'RULE_LIMIT', '未预约扣费或不在可扣费时间内');
        if (total > (contract.scheduled ?? 0)) throw parameterError('扣费金额超过预约金额');
        store.run(
          `INSERT INTO pay_order (out_trade_no, appid, trade_type, fingerprint, description, attach, notify_url, device_id,
             total, openid, limit_pay, state, created_at, expires_at)
           VALUES (?, ?, 'JSAPI', ?, ?, ?, ?, '', ?, ?, '[]', 'NOTPAY', ?, ?)`,
          outTradeNo,
          contract.appid,
          fingerprint,
          String(body.description),
          String(body.attach ?? ''),
          String(body.transaction_notify_url),
          total,
          contract.openid,
          now(),
          now() + ORDER_MS,
        );
        store.run(
          'INSERT INTO pay_deduction (out_trade_no, contract_id, fingerprint, due_at) VALUES (?, ?, ?, ?)',
          outTradeNo,
          contract.contractId,
          fingerprint,
          now() + switches.number('papay.seconds') * 1000,
        );
        // One announcement, one deduction.
        store.run(
          'UPDATE pay_contract SET scheduled = NULL, window_from = NULL, window_until = NULL WHERE contract_id = ?',
          contract.contractId,
        );
        return reply;
      });
    },
    /** What the page that the payer signs on shows. */
    session(session: string): Contract | undefined {
      const contract = get('session', session);
      return contract && contract.createdAt + SESSION_MS > now() ? contract : undefined;
    },
    sign(session: string): boolean {
      const contract = this.session(session);
      if (contract?.state !== 'PRESIGNED') return false;
      store.run(
        `UPDATE pay_contract SET state = 'SIGNED', signed_at = ? WHERE contract_id = ?`,
        now(),
        contract.contractId,
      );
      tell(get('contract_id', contract.contractId) as Contract, 'PAPAY.SIGN');
      return true;
    },
    /** The payer ends it in WeChat itself. */
    endByPayer(code: string): boolean {
      const contract = get('out_contract_code', code);
      if (contract?.state !== 'SIGNED') return false;
      end(contract, 'USER');
      return true;
    },
    settleDue,
    list: () => store.all<Contract>(`SELECT ${COLUMNS} FROM pay_contract ORDER BY created_at DESC LIMIT 200`),
    start() {
      timer ??= setInterval(settleDue, POLL_MS).unref();
    },
    stop() {
      clearInterval(timer);
    },
  };
}
