export const PAY_TABLES = `
CREATE TABLE IF NOT EXISTS pay_order (
  out_trade_no TEXT PRIMARY KEY, appid TEXT NOT NULL, trade_type TEXT NOT NULL, fingerprint TEXT NOT NULL,
  description TEXT NOT NULL, attach TEXT NOT NULL, notify_url TEXT NOT NULL, device_id TEXT NOT NULL,
  total INTEGER NOT NULL, openid TEXT NOT NULL, limit_pay TEXT NOT NULL, state TEXT NOT NULL,
  transaction_id TEXT, paid_total INTEGER, bank_type TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, paid_at INTEGER, closed_at INTEGER) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS pay_order_transaction ON pay_order (transaction_id);
CREATE TABLE IF NOT EXISTS pay_prepay (
  prepay_id TEXT PRIMARY KEY, out_trade_no TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS pay_combine_sub (
  out_trade_no TEXT PRIMARY KEY, combine_out_trade_no TEXT NOT NULL, position INTEGER NOT NULL, sub_mchid TEXT NOT NULL,
  total INTEGER NOT NULL, description TEXT NOT NULL, attach TEXT NOT NULL, is_shared INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS pay_combine_sub_of ON pay_combine_sub (combine_out_trade_no, position);
CREATE TABLE IF NOT EXISTS pay_override (out_trade_no TEXT PRIMARY KEY, paid_total INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS pay_refund (
  out_refund_no TEXT PRIMARY KEY, refund_id TEXT NOT NULL UNIQUE, out_trade_no TEXT NOT NULL, transaction_id TEXT NOT NULL,
  fingerprint TEXT NOT NULL, refund INTEGER NOT NULL, total INTEGER NOT NULL, reason TEXT NOT NULL, notify_url TEXT NOT NULL,
  received_account TEXT NOT NULL, status TEXT NOT NULL, outcome TEXT NOT NULL,
  created_at INTEGER NOT NULL, due_at INTEGER NOT NULL, success_at INTEGER) STRICT;
CREATE INDEX IF NOT EXISTS pay_refund_order ON pay_refund (out_trade_no);
CREATE INDEX IF NOT EXISTS pay_refund_due ON pay_refund (due_at) WHERE status = 'PROCESSING';
CREATE TABLE IF NOT EXISTS pay_notification (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, event_type TEXT NOT NULL, original_type TEXT NOT NULL, summary TEXT NOT NULL,
  out_trade_no TEXT NOT NULL, url TEXT NOT NULL, resource TEXT NOT NULL, fault TEXT NOT NULL, state TEXT NOT NULL,
  attempts INTEGER NOT NULL, created_at INTEGER NOT NULL, due_at INTEGER NOT NULL,
  last_status INTEGER, last_error TEXT NOT NULL DEFAULT '', delivered_at INTEGER) STRICT;
CREATE INDEX IF NOT EXISTS pay_notification_due ON pay_notification (due_at) WHERE state IN ('waiting', 'held');
CREATE INDEX IF NOT EXISTS pay_notification_held ON pay_notification (id) WHERE state = 'held';`;

export type TradeType = 'JSAPI' | 'NATIVE' | 'MWEB';
export type TradeState = 'NOTPAY' | 'SUCCESS' | 'CLOSED' | 'REFUND';

export interface PayOrder {
  outTradeNo: string;
  appid: string;
  tradeType: TradeType;
  fingerprint: string;
  description: string;
  attach: string;
  notifyUrl: string;
  deviceId: string;
  total: number;
  openid: string;
  limitPay: string;
  state: TradeState;
  transactionId: string | null;
  paidTotal: number | null; // what the payer's money came to; differs from total only under an override
  bankType: string;
  createdAt: number;
  expiresAt: number;
  paidAt: number | null;
  closedAt: number | null;
}

export const ORDER_COLUMNS = `out_trade_no AS outTradeNo, appid, trade_type AS tradeType, fingerprint, description, attach,
  notify_url AS notifyUrl, device_id AS deviceId, total, openid, limit_pay AS limitPay, state, transaction_id AS transactionId,
  paid_total AS paidTotal, bank_type AS bankType, created_at AS createdAt, expires_at AS expiresAt, paid_at AS paidAt,
  closed_at AS closedAt`;

export type RefundStatus = 'PROCESSING' | 'SUCCESS' | 'ABNORMAL' | 'CLOSED';

export interface PayRefund {
  outRefundNo: string;
  refundId: string;
  outTradeNo: string;
  transactionId: string;
  fingerprint: string;
  refund: number;
  total: number;
  reason: string;
  notifyUrl: string;
  receivedAccount: string;
  status: RefundStatus;
  outcome: RefundStatus;
  createdAt: number;
  dueAt: number;
  successAt: number | null;
}

export const REFUND_COLUMNS = `out_refund_no AS outRefundNo, refund_id AS refundId, out_trade_no AS outTradeNo,
  transaction_id AS transactionId, fingerprint, refund, total, reason, notify_url AS notifyUrl,
  received_account AS receivedAccount, status, outcome, created_at AS createdAt, due_at AS dueAt, success_at AS successAt`;

export type NotificationState = 'waiting' | 'held' | 'delivered' | 'gave-up' | 'lost';

export interface PayNotification {
  id: string;
  kind: 'transaction' | 'refund' | 'transfer' | 'payscore' | 'papay' | 'coupon' | 'complaint';
  eventType: string;
  originalType: string;
  summary: string;
  outTradeNo: string;
  url: string;
  resource: string;
  fault: string;
  state: NotificationState;
  attempts: number;
  createdAt: number;
  dueAt: number;
  lastStatus: number | null;
  lastError: string;
  deliveredAt: number | null;
}

export const NOTIFICATION_COLUMNS = `id, kind, event_type AS eventType, original_type AS originalType, summary,
  out_trade_no AS outTradeNo, url, resource, fault, state, attempts, created_at AS createdAt, due_at AS dueAt,
  last_status AS lastStatus, last_error AS lastError, delivered_at AS deliveredAt`;
