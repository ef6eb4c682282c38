import { createHash, randomUUID, sign } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { type OtherKeyring, upperId } from '../platform/other-credentials.ts';
import type { Redelivery } from '../platform/redelivery.ts';
import type { World } from '../platform/world.ts';

const HOUR_MS = 3_600_000;
/** Not approved by then: PayPal forgets it. */
const ORDER_MS = 3 * HOUR_MS;
const CURRENCIES = ['USD', 'EUR'];
const WEBHOOK_TIMEOUT_MS = 5_000;

export const PAYPAL_TABLES = `
CREATE TABLE IF NOT EXISTS paypal_order (
  id TEXT PRIMARY KEY, request_id TEXT NOT NULL UNIQUE, fingerprint TEXT NOT NULL, invoice_id TEXT NOT NULL,
  custom_id TEXT NOT NULL, description TEXT NOT NULL, currency TEXT NOT NULL, minor INTEGER NOT NULL, return_url TEXT NOT NULL,
  cancel_url TEXT NOT NULL, status TEXT NOT NULL, created_at INTEGER NOT NULL, capture_id TEXT UNIQUE, capture_status TEXT,
  captured_at INTEGER) STRICT;
CREATE INDEX IF NOT EXISTS paypal_order_captured ON paypal_order (captured_at);
CREATE TABLE IF NOT EXISTS paypal_refund (
  id TEXT PRIMARY KEY, request_id TEXT NOT NULL UNIQUE, capture_id TEXT NOT NULL, invoice_id TEXT NOT NULL,
  currency TEXT NOT NULL, minor INTEGER NOT NULL, status TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS paypal_refund_created ON paypal_refund (created_at);`;

export interface PaypalOrder {
  id: string;
  fingerprint: string;
  invoiceId: string;
  customId: string;
  description: string;
  currency: string;
  minor: number;
  returnUrl: string;
  cancelUrl: string;
  status: 'PAYER_ACTION_REQUIRED' | 'APPROVED' | 'COMPLETED';
  createdAt: number;
  captureId: string | null;
  captureStatus: string | null;
  capturedAt: number | null;
}
export interface PaypalRefund {
  id: string;
  captureId: string;
  invoiceId: string;
  currency: string;
  minor: number;
  status: string;
  createdAt: number;
}

export class PaypalError extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;
  constructor(status: number, name: string, issue: string, description = issue) {
    super(issue);
    this.status = status;
    this.body = { name, message: description, debug_id: upperId(13).toLowerCase(), details: [{ issue, description }] };
  }
}
const invalid = (issue: string, field: string) => new PaypalError(400, 'INVALID_REQUEST', issue, field);
const unprocessable = (issue: string) => new PaypalError(422, 'UNPROCESSABLE_ENTITY', issue);
const notFound = () => new PaypalError(404, 'RESOURCE_NOT_FOUND', 'INVALID_RESOURCE_ID');

const ORDER_COLUMNS = `id, fingerprint, invoice_id AS invoiceId, custom_id AS customId, description, currency, minor,
  return_url AS returnUrl, cancel_url AS cancelUrl, status, created_at AS createdAt, capture_id AS captureId,
  capture_status AS captureStatus, captured_at AS capturedAt`;
const REFUND_COLUMNS =
  'id, capture_id AS captureId, invoice_id AS invoiceId, currency, minor, status, created_at AS createdAt';

export const formatMinor = (minor: number): string => (minor / 100).toFixed(2);

function minorOf(amount: unknown, field: string): { currency: string; minor: number } {
  const { currency_code: currency, value } = (amount ?? {}) as { currency_code?: unknown; value?: unknown };
  if (typeof currency !== 'string' || !CURRENCIES.includes(currency)) throw invalid('INVALID_CURRENCY_CODE', field);
  if (typeof value !== 'string' || !/^\d{1,9}\.\d{2}$/.test(value)) throw invalid('DECIMAL_PRECISION', field);
  const minor = Math.round(Number(value) * 100);
  if (minor <= 0) throw unprocessable('CANNOT_BE_ZERO_OR_NEGATIVE');
  return { currency, minor };
}
const textOf = (value: unknown, field: string, max: number): string => {
  if (typeof value !== 'string' || value.length === 0 || value.length > max)
    throw invalid('INVALID_STRING_LENGTH', field);
  return value;
};
const fingerprintOf = (body: unknown) => createHash('sha256').update(JSON.stringify(body)).digest('base64');

export type Paypal = ReturnType<typeof createPaypal>;

/** Orders v2 and Payments v2 of one merchant. Money moves at the capture, which the merchant asks for. */
export function createPaypal(
  world: World,
  { keyring, redelivery, webhookUrl }: { keyring: () => OtherKeyring; redelivery: Redelivery; webhookUrl: string },
) {
  const { store, switches, clock } = world;
  const now = () => clock.now().getTime();
  const find = (id: string) => {
    const order = store.get<PaypalOrder>(`SELECT ${ORDER_COLUMNS} FROM paypal_order WHERE id = ?`, id);
    const isOver = order?.status === 'PAYER_ACTION_REQUIRED' && order.createdAt + ORDER_MS <= now();
    return isOver ? undefined : order;
  };
  const refunded = (captureId: string) =>
    store.get<{ sum: number }>(
      'SELECT coalesce(sum(minor), 0) AS sum FROM paypal_refund WHERE capture_id = ?',
      captureId,
    )?.sum ?? 0;
  const link = (rel: string, href: string, method = 'GET') => ({ rel, href, method });
  const base = `${world.publicUrl}/paypal`;

  function captureResource(order: PaypalOrder) {
    return {
      id: order.captureId,
      status: order.captureStatus,
      amount: { currency_code: order.currency, value: formatMinor(order.minor) },
      invoice_id: order.invoiceId,
      custom_id: order.customId,
      final_capture: true,
      create_time: new Date(order.capturedAt ?? 0).toISOString(),
      supplementary_data: { related_ids: { order_id: order.id } },
    };
  }
  function toResource(order: PaypalOrder) {
    return {
      id: order.id,
      intent: 'CAPTURE',
      status: order.status,
      purchase_units: [
        {
          reference_id: 'default',
          invoice_id: order.invoiceId,
          custom_id: order.customId,
          description: order.description,
          amount: { currency_code: order.currency, value: formatMinor(order.minor) },
          payee: { merchant_id: keyring().credentials.paypal.merchantId },
          ...(order.captureId ? { payments: { captures: [captureResource(order)] } } : {}),
        },
      ],
      create_time: new Date(order.createdAt).toISOString(),
      links: [
        link('self', `${base}/v2/checkout/orders/${order.id}`),
        link('payer-action', `${base}/checkoutnow?token=${order.id}`),
      ],
    };
  }
  const toRefund = (refund: PaypalRefund) => ({
    id: refund.id,
    status: refund.status,
    amount: { currency_code: refund.currency, value: formatMinor(refund.minor) },
    invoice_id: refund.invoiceId,
    create_time: new Date(refund.createdAt).toISOString(),
    links: [link('self', `${base}/v2/payments/refunds/${refund.id}`)],
  });

  /** Signed as PayPal signs: transmission id, time, webhook id and the checksum of the body. */
  function tell(eventType: string, resource: object): void {
    const url = switches.text('paypal.webhookUrl') || webhookUrl;
    const mode = switches.text('paypal.webhook');
    if (!url || mode === 'lost') return;
    const body = JSON.stringify({
      id: `WH-${upperId(17)}`,
      event_version: '1.0',
      create_time: clock.now().toISOString(),
      resource_type: eventType.startsWith('CHECKOUT') ? 'checkout-order' : 'capture',
      event_type: eventType,
      resource,
    });
    const id = randomUUID();
    const time = clock.now().toISOString();
    const text = `${id}|${time}|${keyring().credentials.paypal.webhookId}|${crc32(body)}`;
    const signature = sign('sha256', Buffer.from(text), keyring().paypalKey).toString('base64');
    const callback = {
      twin: 'paypal' as const,
      url,
      headers: {
        'content-type': 'application/json',
        'paypal-transmission-id': id,
        'paypal-transmission-time': time,
        'paypal-transmission-sig': mode === 'forged' ? Buffer.from('forged').toString('base64') : signature,
        'paypal-cert-url': `${base}/v1/notifications/certs/CERT-360caa42`,
        'paypal-auth-algo': 'SHA256withRSA',
      },
      body,
      timeoutMs: WEBHOOK_TIMEOUT_MS,
      note: eventType,
    };
    for (let copies = mode === 'twice' ? 2 : 1; copies > 0; copies -= 1)
      redelivery.queue(callback, ({ status }) => status >= 200 && status < 300);
  }

  return {
    find,
    toResource,
    create(body: Record<string, unknown>, requestId: string): PaypalOrder {
      if (!requestId) throw invalid('PAYPAL_REQUEST_ID_REQUIRED', 'PayPal-Request-Id');
      if (body.intent !== 'CAPTURE') throw invalid('INVALID_PARAMETER_VALUE', '/intent');
      const units = body.purchase_units;
      if (!Array.isArray(units) || units.length !== 1) throw invalid('INVALID_ARRAY_LENGTH', '/purchase_units');
      const [unit] = units as Record<string, unknown>[];
      const { currency, minor } = minorOf(unit?.amount, '/purchase_units/0/amount');
      const source = body.payment_source as { paypal?: { experience_context?: Record<string, unknown> } } | undefined;
      const context = source?.paypal?.experience_context ?? {};
      const returnUrl = textOf(context.return_url, '/payment_source/paypal/experience_context/return_url', 2000);
      const cancelUrl = textOf(context.cancel_url, '/payment_source/paypal/experience_context/cancel_url', 2000);
      const fingerprint = fingerprintOf(body);
      return store.transaction(() => {
        const earlier = store.get<PaypalOrder>(
          `SELECT ${ORDER_COLUMNS} FROM paypal_order WHERE request_id = ?`,
          requestId,
        );
        if (earlier) {
          if (earlier.fingerprint !== fingerprint) throw unprocessable('PAYPAL_REQUEST_ID_PREVIOUSLY_USED');
          return earlier;
        }
        const id = upperId(17);
        store.run(
          `INSERT INTO paypal_order (id, request_id, fingerprint, invoice_id, custom_id, description, currency, minor, return_url,
             cancel_url, status, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'PAYER_ACTION_REQUIRED', ?)`,
          id,
          requestId,
          fingerprint,
          textOf(unit?.invoice_id, '/purchase_units/0/invoice_id', 127),
          textOf(unit?.custom_id, '/purchase_units/0/custom_id', 255),
          textOf(unit?.description, '/purchase_units/0/description', 127),
          currency,
          minor,
          returnUrl,
          cancelUrl,
          now(),
        );
        return find(id) as PaypalOrder;
      });
    },
    get(id: string): PaypalOrder {
      const order = find(id);
      if (!order) throw notFound();
      return order;
    },
    /** The payer agreed on PayPal's page; nothing is charged yet. */
    approve(id: string): PaypalOrder | undefined {
      const changed = store.run(
        `UPDATE paypal_order SET status = 'APPROVED' WHERE id = ? AND status = 'PAYER_ACTION_REQUIRED'`,
        id,
      );
      const order = find(id);
      if (changed > 0 && order) tell('CHECKOUT.ORDER.APPROVED', toResource(order));
      return changed > 0 ? order : undefined;
    },
    capture(id: string): PaypalOrder {
      const order = this.get(id);
      if (order.status === 'COMPLETED') throw unprocessable('ORDER_ALREADY_CAPTURED');
      if (order.status !== 'APPROVED') throw unprocessable('ORDER_NOT_APPROVED');
      const result = switches.text('paypal.capture');
      if (result === 'DECLINED') {
        store.run(`UPDATE paypal_order SET status = 'PAYER_ACTION_REQUIRED' WHERE id = ?`, id);
        throw unprocessable('INSTRUMENT_DECLINED');
      }
      store.run(
        `UPDATE paypal_order SET status = 'COMPLETED', capture_id = ?, capture_status = ?, captured_at = ? WHERE id = ?`,
        upperId(17),
        result,
        now(),
        id,
      );
      const captured = this.get(id);
      tell(`PAYMENT.CAPTURE.${result}`, captureResource(captured));
      return captured;
    },
    refund(captureId: string, body: Record<string, unknown>, requestId: string) {
      if (!requestId) throw invalid('PAYPAL_REQUEST_ID_REQUIRED', 'PayPal-Request-Id');
      const earlier = store.get<PaypalRefund>(
        `SELECT ${REFUND_COLUMNS} FROM paypal_refund WHERE request_id = ?`,
        requestId,
      );
      if (earlier) return toRefund(earlier);
      const order = store.get<PaypalOrder>(`SELECT ${ORDER_COLUMNS} FROM paypal_order WHERE capture_id = ?`, captureId);
      if (!order) throw notFound();
      if (order.captureStatus !== 'COMPLETED') throw unprocessable('CAPTURE_NOT_COMPLETED');
      const { currency, minor } = minorOf(body.amount, '/amount');
      if (currency !== order.currency) throw unprocessable('CURRENCY_MISMATCH');
      if (refunded(captureId) + minor > order.minor) throw unprocessable('REFUND_AMOUNT_EXCEEDED');
      const refund: PaypalRefund = {
        id: upperId(17),
        captureId,
        invoiceId: textOf(body.invoice_id, '/invoice_id', 127),
        currency,
        minor,
        status: switches.text('paypal.refund'),
        createdAt: now(),
      };
      store.run(
        `INSERT INTO paypal_refund (id, request_id, capture_id, invoice_id, currency, minor, status, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        refund.id,
        requestId,
        captureId,
        refund.invoiceId,
        currency,
        minor,
        refund.status,
        refund.createdAt,
      );
      if (refund.status === 'COMPLETED') tell('PAYMENT.CAPTURE.REFUNDED', toRefund(refund));
      return toRefund(refund);
    },
    findRefund(id: string) {
      store.run(`UPDATE paypal_refund SET status = 'COMPLETED' WHERE id = ? AND status = 'PENDING'`, id);
      const refund = store.get<PaypalRefund>(`SELECT ${REFUND_COLUMNS} FROM paypal_refund WHERE id = ?`, id);
      if (!refund) throw notFound();
      return toRefund(refund);
    },
    /** Captures and refunds of a time, oldest first. */
    movesBetween: (from: number, until: number) => ({
      orders: store.all<PaypalOrder>(
        `SELECT ${ORDER_COLUMNS} FROM paypal_order WHERE captured_at >= ? AND captured_at < ? ORDER BY captured_at, id`,
        from,
        until,
      ),
      refunds: store.all<PaypalRefund>(
        `SELECT ${REFUND_COLUMNS} FROM paypal_refund WHERE created_at >= ? AND created_at < ? ORDER BY created_at, id`,
        from,
        until,
      ),
    }),
    list: () => ({
      orders: store.all<PaypalOrder>(`SELECT ${ORDER_COLUMNS} FROM paypal_order ORDER BY created_at DESC LIMIT 200`),
      refunds: store.all<PaypalRefund>(
        `SELECT ${REFUND_COLUMNS} FROM paypal_refund ORDER BY created_at DESC LIMIT 200`,
      ),
    }),
  };
}
