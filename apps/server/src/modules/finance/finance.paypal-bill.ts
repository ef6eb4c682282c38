/**
 * PayPal's transaction search as a bill (event codes from general knowledge, unverified): sales and what went back, page by
 * page, in the currency the shop asks in. Other movements of the account (fees of its own, payouts) are nobody's order.
 */
import { BillError, type BillLine, type BillTotals, fenOf } from './finance.bill.ts';

export interface PaypalReport {
  currency: string;
  moves(
    from: Date,
    until: Date,
    page: number,
  ): Promise<{
    transaction_details: { transaction_info: Move }[];
    total_pages: number;
    last_refreshed_datetime: string;
  }>;
}
interface Move {
  transaction_id: string;
  transaction_event_code: string;
  transaction_initiation_date: string;
  transaction_amount: { currency_code: string; value: string };
  fee_amount?: { currency_code: string; value: string };
  transaction_status: string;
  invoice_id?: string;
}

const sides: Record<string, BillLine['side']> = { T0006: 'payment', T1107: 'refund' };
const states: Record<string, string> = { S: 'SUCCESS', P: 'PROCESSING', D: 'FAIL', V: 'FAIL' };
const mostPages = 1_000;

/** Not all of the day is in yet: the same word as WeChat's, since the day waits in the same way. */
class ReportNotReady extends Error {
  readonly code = 'STATEMENT_CREATING';
  constructor() {
    super('PayPal has not booked the whole day yet');
  }
}

export async function* readPaypalMoves(
  report: PaypalReport,
  from: Date,
  until: Date,
): AsyncGenerator<BillLine, BillTotals> {
  const totals: BillTotals = { count: 0, paid: 0, refunded: 0, fee: 0 };
  for (let page = 1; page <= mostPages; page += 1) {
    const { transaction_details: rows, total_pages, last_refreshed_datetime } = await report.moves(from, until, page);
    if (!(new Date(last_refreshed_datetime) >= until)) throw new ReportNotReady();
    for (const { transaction_info: move } of rows) {
      const side = sides[move.transaction_event_code];
      const at = new Date(move.transaction_initiation_date);
      if (Number.isNaN(at.getTime())) throw new BillError('not a time');
      // The end of a search is inclusive.
      if (!side || at >= until || move.transaction_amount.currency_code !== report.currency) continue;
      const amount = fenOf(move.transaction_amount.value) * (side === 'payment' ? 1 : -1);
      totals.count += 1;
      totals[side === 'payment' ? 'paid' : 'refunded'] += amount;
      if (move.fee_amount) totals.fee -= fenOf(move.fee_amount.value) * 1_000;
      yield {
        side,
        key: move.invoice_id ?? move.transaction_id,
        amount,
        state: states[move.transaction_status] ?? move.transaction_status,
        wechatNo: move.transaction_id,
        at,
      };
    }
    if (page >= total_pages) return totals;
  }
  throw new BillError('more pages than a day can have');
}
