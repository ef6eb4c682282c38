import { toBeijingText } from '../platform/clock.ts';
import type { OtherKeyring } from '../platform/other-credentials.ts';
import { randomDigits, randomHex } from '../platform/random.ts';
import type { Redelivery } from '../platform/redelivery.ts';
import type { World } from '../platform/world.ts';
import { rsa2, signedText } from './rsa2.ts';

const NOTIFY_TIMEOUT_MS = 5_000;
/** Without a time of its own a web trade lives fifteen days. */
const TRADE_MS = 15 * 86_400_000;

export const ALIPAY_TABLES = `
CREATE TABLE IF NOT EXISTS alipay_trade (
  out_trade_no TEXT PRIMARY KEY, trade_no TEXT NOT NULL, subject TEXT NOT NULL, total INTEGER NOT NULL, notify_url TEXT NOT NULL,
  return_url TEXT NOT NULL, passback TEXT NOT NULL, status TEXT NOT NULL, paid INTEGER, paid_at INTEGER,
  expires_at INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS alipay_return (
  out_trade_no TEXT NOT NULL, out_request_no TEXT NOT NULL, amount INTEGER NOT NULL, made_at INTEGER NOT NULL,
  PRIMARY KEY (out_trade_no, out_request_no)) STRICT;
CREATE INDEX IF NOT EXISTS alipay_trade_paid ON alipay_trade (paid_at);
CREATE INDEX IF NOT EXISTS alipay_return_made ON alipay_return (made_at);`;

export interface AlipayReturn {
  outTradeNo: string;
  outRequestNo: string;
  amount: number;
  madeAt: number;
}
export interface AlipayTrade {
  outTradeNo: string;
  tradeNo: string;
  subject: string;
  total: number;
  notifyUrl: string;
  returnUrl: string;
  passback: string;
  status: 'WAIT_BUYER_PAY' | 'TRADE_SUCCESS' | 'TRADE_CLOSED';
  paid: number | null;
  paidAt: number | null;
  expiresAt: number;
}

/** An answer of the gateway: business failures are 200 with code 40004. */
export class AlipayRefusal extends Error {
  readonly code: string;
  readonly subCode: string;
  constructor(subCode: string, text: string, code = '40004') {
    super(text);
    this.code = code;
    this.subCode = subCode;
  }
}

const COLUMNS = `out_trade_no AS outTradeNo, trade_no AS tradeNo, subject, total, notify_url AS notifyUrl,
  return_url AS returnUrl, passback, status, paid, paid_at AS paidAt, expires_at AS expiresAt`;
const RETURN_COLUMNS = 'out_trade_no AS outTradeNo, out_request_no AS outRequestNo, amount, made_at AS madeAt';
export const yuanText = (fen: number): string => (fen / 100).toFixed(2);

export function fenOf(value: unknown): number {
  if (typeof value !== 'string' || !/^\d{1,9}(\.\d{1,2})?$/.test(value) || Number(value) <= 0)
    throw new AlipayRefusal('ACQ.INVALID_PARAMETER', '金额参数不正确');
  return Math.round(Number(value) * 100);
}
const textOf = (value: unknown, name: string, max: number, pattern?: RegExp): string => {
  if (typeof value !== 'string' || value.length === 0 || value.length > max || (pattern && !pattern.test(value)))
    throw new AlipayRefusal('ACQ.INVALID_PARAMETER', `参数 ${name} 无效`);
  return value;
};

export type Alipay = ReturnType<typeof createAlipay>;

/** Web payment of one app: a trade exists once the payer has opened its page. */
export function createAlipay(
  world: World,
  { keyring, redelivery }: { keyring: () => OtherKeyring; redelivery: Redelivery },
) {
  const { store, clock, switches } = world;
  const now = () => clock.now().getTime();

  function find(outTradeNo: string): AlipayTrade | undefined {
    const trade = store.get<AlipayTrade>(`SELECT ${COLUMNS} FROM alipay_trade WHERE out_trade_no = ?`, outTradeNo);
    if (trade?.status !== 'WAIT_BUYER_PAY' || trade.expiresAt > now()) return trade;
    store.run(`UPDATE alipay_trade SET status = 'TRADE_CLOSED' WHERE out_trade_no = ?`, outTradeNo);
    return { ...trade, status: 'TRADE_CLOSED' };
  }
  const existing = (content: Record<string, unknown>): AlipayTrade => {
    const trade = find(String(content.out_trade_no ?? ''));
    if (!trade) throw new AlipayRefusal('ACQ.TRADE_NOT_EXIST', '交易不存在');
    return trade;
  };
  const refunded = (outTradeNo: string) =>
    store.get<{ sum: number }>(
      'SELECT coalesce(sum(amount), 0) AS sum FROM alipay_return WHERE out_trade_no = ?',
      outTradeNo,
    )?.sum ?? 0;
  const refundOf = (outTradeNo: string, outRequestNo: string) =>
    store.get<AlipayReturn>(
      `SELECT ${RETURN_COLUMNS} FROM alipay_return WHERE out_trade_no = ? AND out_request_no = ?`,
      outTradeNo,
      outRequestNo,
    );

  function tell(trade: AlipayTrade): void {
    const mode = switches.text('alipay.notify');
    if (!trade.notifyUrl || mode === 'lost') return;
    const { appId, sellerId } = keyring().credentials.alipay;
    const params: Record<string, string> = {
      app_id: mode === 'other-app' ? `2021${randomDigits(12)}` : appId,
      charset: 'utf-8',
      notify_id: randomHex(17),
      notify_time: toBeijingText(clock.now()),
      notify_type: 'trade_status_sync',
      version: '1.0',
      out_trade_no: trade.outTradeNo,
      trade_no: trade.tradeNo,
      seller_id: sellerId,
      subject: trade.subject,
      total_amount: yuanText(trade.paid ?? trade.total),
      trade_status: trade.status,
      gmt_payment: toBeijingText(trade.paidAt ?? now()),
      ...(trade.passback ? { passback_params: trade.passback } : {}),
    };
    const signature = rsa2(signedText(params, []), keyring().alipayKey);
    const signed = { ...params, sign_type: 'RSA2', sign: mode === 'forged' ? 'AAAA' : signature };
    const callback = {
      twin: 'alipay' as const,
      url: trade.notifyUrl,
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: new URLSearchParams(signed).toString(),
      timeoutMs: NOTIFY_TIMEOUT_MS,
      note: `异步通知 ${trade.status}`,
    };
    for (let copies = mode === 'twice' ? 2 : 1; copies > 0; copies -= 1)
      redelivery.queue(callback, ({ status, body }) => status === 200 && body.trim() === 'success');
  }

  return {
    find,
    /** The payer opened the page: from now on there is a trade. */
    open(params: Record<string, string>, content: Record<string, unknown>): AlipayTrade {
      const outTradeNo = textOf(content.out_trade_no, 'out_trade_no', 64, /^\w+$/);
      const total = fenOf(content.total_amount);
      const subject = textOf(content.subject, 'subject', 256);
      const expected = params.method === 'alipay.trade.wap.pay' ? 'QUICK_WAP_WAY' : 'FAST_INSTANT_TRADE_PAY';
      if (content.product_code !== expected) throw new AlipayRefusal('ACQ.INVALID_PARAMETER', 'product_code 不正确');
      const expiresAt =
        content.time_expire === undefined
          ? now() + TRADE_MS
          : Date.parse(`${textOf(content.time_expire, 'time_expire', 32).replace(' ', 'T')}+08:00`);
      if (!(expiresAt > now())) throw new AlipayRefusal('ACQ.INVALID_PARAMETER', '交易已超时');
      const trade = find(outTradeNo);
      if (trade) {
        if (trade.total !== total) throw new AlipayRefusal('ACQ.CONTEXT_INCONSISTENT', '交易信息被篡改');
        return trade;
      }
      store.run(
        `INSERT INTO alipay_trade (out_trade_no, trade_no, subject, total, notify_url, return_url, passback, status, expires_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, 'WAIT_BUYER_PAY', ?)`,
        outTradeNo,
        `${toBeijingText(now()).slice(0, 10).replaceAll('-', '')}22001${randomDigits(15)}`,
        subject,
        total,
        params.notify_url ?? '',
        params.return_url ?? '',
        String(content.passback_params ?? ''),
        expiresAt,
      );
      return find(outTradeNo) as AlipayTrade;
    },
    /** False when it can no longer be paid: the race with close has one winner. */
    pay(outTradeNo: string): boolean {
      const trade = find(outTradeNo);
      if (trade?.status !== 'WAIT_BUYER_PAY') return false;
      store.run(
        `UPDATE alipay_trade SET status = 'TRADE_SUCCESS', paid = ?, paid_at = ? WHERE out_trade_no = ?`,
        switches.number('alipay.paidTotal') || trade.total,
        now(),
        outTradeNo,
      );
      tell(find(outTradeNo) as AlipayTrade);
      return true;
    },
    /** The gateway's methods by name; each gives the inside of its response node. */
    methods: {
      'alipay.trade.query': (content: Record<string, unknown>) => {
        const trade = existing(content);
        return {
          out_trade_no: trade.outTradeNo,
          trade_no: trade.tradeNo,
          trade_status: trade.status,
          total_amount: yuanText(trade.paid ?? trade.total),
          ...(trade.paidAt ? { send_pay_date: toBeijingText(trade.paidAt) } : {}),
        };
      },
      'alipay.trade.close': (content: Record<string, unknown>) => {
        const trade = existing(content);
        if (trade.status === 'TRADE_SUCCESS') throw new AlipayRefusal('ACQ.TRADE_STATUS_ERROR', '交易状态不合法');
        store.run(`UPDATE alipay_trade SET status = 'TRADE_CLOSED' WHERE out_trade_no = ?`, trade.outTradeNo);
        return { out_trade_no: trade.outTradeNo, trade_no: trade.tradeNo };
      },
      'alipay.trade.refund': (content: Record<string, unknown>) => {
        const trade = existing(content);
        const outRequestNo = textOf(content.out_request_no, 'out_request_no', 64);
        const amount = fenOf(content.refund_amount);
        const earlier = refundOf(trade.outTradeNo, outRequestNo);
        if (earlier && earlier.amount !== amount)
          throw new AlipayRefusal('ACQ.REFUND_AMT_NOT_EQUAL_TOTAL', '同一请求号金额不一致');
        if (!earlier) {
          const paid = trade.paid ?? 0;
          if (paid === 0) throw new AlipayRefusal('ACQ.TRADE_STATUS_ERROR', '交易状态不合法');
          if (refunded(trade.outTradeNo) + amount > paid)
            throw new AlipayRefusal('ACQ.REFUND_AMT_NOT_EQUAL_TOTAL', '退款金额超限');
          store.run(
            'INSERT INTO alipay_return (out_trade_no, out_request_no, amount, made_at) VALUES (?, ?, ?, ?)',
            trade.outTradeNo,
            outRequestNo,
            amount,
            now(),
          );
          if (refunded(trade.outTradeNo) === paid)
            store.run(`UPDATE alipay_trade SET status = 'TRADE_CLOSED' WHERE out_trade_no = ?`, trade.outTradeNo);
        }
        return {
          out_trade_no: trade.outTradeNo,
          trade_no: trade.tradeNo,
          fund_change: earlier ? 'N' : 'Y',
          refund_fee: yuanText(refunded(trade.outTradeNo)),
          gmt_refund_pay: toBeijingText(earlier?.madeAt ?? now()),
        };
      },
      'alipay.trade.fastpay.refund.query': (content: Record<string, unknown>) => {
        const trade = existing(content);
        const found = refundOf(trade.outTradeNo, textOf(content.out_request_no, 'out_request_no', 64));
        // Alipay says success without a status when it knows no such refund.
        if (!found) return {};
        return {
          out_trade_no: trade.outTradeNo,
          trade_no: trade.tradeNo,
          out_request_no: String(content.out_request_no),
          refund_amount: yuanText(found.amount),
          total_amount: yuanText(trade.paid ?? trade.total),
          refund_status: 'REFUND_SUCCESS',
        };
      },
    } as Record<string, (content: Record<string, unknown>) => Record<string, unknown>>,
    paidBetween: (from: number, until: number) =>
      store.all<AlipayTrade>(
        `SELECT ${COLUMNS} FROM alipay_trade WHERE paid_at >= ? AND paid_at < ? ORDER BY paid_at`,
        from,
        until,
      ),
    returnedBetween: (from: number, until: number) =>
      store.all<AlipayReturn>(
        `SELECT ${RETURN_COLUMNS} FROM alipay_return WHERE made_at >= ? AND made_at < ? ORDER BY made_at`,
        from,
        until,
      ),
    list: () => store.all<AlipayTrade>(`SELECT ${COLUMNS} FROM alipay_trade ORDER BY rowid DESC LIMIT 200`),
  };
}
