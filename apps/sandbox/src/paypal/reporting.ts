import type { World } from '../platform/world.ts';
import { formatMinor, type Paypal, PaypalError, type PaypalOrder, type PaypalRefund } from './paypal.ts';

const DAY_MS = 86_400_000;
const LONGEST_MS = 31 * DAY_MS;
/** A transaction shows up here up to three hours after it was made. */
const LAG_MS = 3 * 3_600_000;
const LARGEST_PAGE = 500;
const FEE_RATE = 0.044;
const FEE_FIXED = 30;

interface Info {
  transaction_id: string;
  paypal_reference_id?: string;
  paypal_reference_id_type?: 'ODR' | 'TXN';
  transaction_event_code: 'T0006' | 'T1107';
  transaction_initiation_date: string;
  transaction_updated_date: string;
  transaction_amount: { currency_code: string; value: string };
  fee_amount: { currency_code: string; value: string };
  transaction_status: 'S' | 'P' | 'D';
  invoice_id: string;
}

/** `2026-11-30T12:00:00+0000`, as reports write it. */
const stamp = (at: number): string => new Date(at).toISOString().replace(/\.\d{3}Z$/, '+0000');
const refused = (issue: string, field: string) => new PaypalError(400, 'INVALID_REQUEST', issue, field);

/** GET /v1/reporting/transactions: what moved in a time, a page at a time. */
export function createReporting({ clock, switches }: World, paypal: Paypal) {
  const money = (currency: string, minor: number) => ({ currency_code: currency, value: formatMinor(minor) });
  const ofOrder = (order: PaypalOrder): Info => ({
    transaction_id: order.captureId ?? '',
    paypal_reference_id: order.id,
    paypal_reference_id_type: 'ODR',
    transaction_event_code: 'T0006',
    transaction_initiation_date: stamp(order.capturedAt ?? 0),
    transaction_updated_date: stamp(order.capturedAt ?? 0),
    transaction_amount: money(order.currency, order.minor),
    fee_amount: money(order.currency, -(Math.round(order.minor * FEE_RATE) + FEE_FIXED)),
    transaction_status: order.captureStatus === 'COMPLETED' ? 'S' : 'P',
    invoice_id: order.invoiceId,
  });
  const ofRefund = (refund: PaypalRefund): Info => ({
    transaction_id: refund.id,
    paypal_reference_id: refund.captureId,
    paypal_reference_id_type: 'TXN',
    transaction_event_code: 'T1107',
    transaction_initiation_date: stamp(refund.createdAt),
    transaction_updated_date: stamp(refund.createdAt),
    transaction_amount: money(refund.currency, -refund.minor),
    fee_amount: money(refund.currency, 0),
    transaction_status: refund.status === 'COMPLETED' ? 'S' : 'P',
    invoice_id: refund.invoiceId,
  });

  function falsify(fault: string, rows: Info[]): Info[] {
    const code = fault === 'other-refund' ? 'T1107' : 'T0006';
    const at = rows.findIndex((row) => row.transaction_event_code === code);
    const row = rows[at];
    if (!row) return rows;
    const plus = (cent: number) => {
      const { currency_code, value } = row.transaction_amount;
      return { ...row, transaction_amount: money(currency_code, Math.round(Number(value) * 100) + cent) };
    };
    const changed: Record<string, Info[]> = {
      'missing-line': [],
      'extra-line': [
        row,
        { ...row, transaction_id: `X${row.transaction_id.slice(1)}`, invoice_id: `X${row.invoice_id.slice(1)}` },
      ],
      'other-amount': [plus(1)],
      'other-refund': [plus(-1)],
    };
    return rows.toSpliced(at, 1, ...(changed[fault] ?? [row]));
  }

  return {
    search(query: Record<string, string | undefined>) {
      const from = Date.parse(query.start_date ?? '');
      const until = Date.parse(query.end_date ?? '');
      const size = Number(query.page_size ?? 100);
      const page = Number(query.page ?? 1);
      if (Number.isNaN(from) || Number.isNaN(until) || until < from || until - from > LONGEST_MS)
        throw refused('INVALID_DATE_RANGE', 'start_date');
      if (!Number.isInteger(size) || size < 1 || size > LARGEST_PAGE) throw refused('INVALID_PAGE_SIZE', 'page_size');
      if (!Number.isInteger(page) || page < 1) throw refused('INVALID_PAGE', 'page');
      const refreshed = clock.now().getTime() - LAG_MS;
      const { orders, refunds } = paypal.movesBetween(from, Math.min(until + 1, refreshed + 1));
      const all = [...orders.map(ofOrder), ...refunds.map(ofRefund)].sort((left, right) =>
        left.transaction_initiation_date.localeCompare(right.transaction_initiation_date),
      );
      const rows = falsify(switches.text('paypal.reportFault'), all);
      return {
        transaction_details: rows.slice((page - 1) * size, page * size).map((info) => ({ transaction_info: info })),
        start_date: stamp(from),
        end_date: stamp(Math.min(until, refreshed)),
        last_refreshed_datetime: stamp(refreshed),
        page,
        total_items: rows.length,
        total_pages: Math.ceil(rows.length / size),
      };
    },
  };
}
