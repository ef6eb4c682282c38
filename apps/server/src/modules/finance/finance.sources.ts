/**
 * Where bills come from, one family of books for each account the shop's money goes to: WeChat Pay's two bills, Alipay's, and
 * PayPal's report. Each family is compared by itself, so that one that does not answer holds up none of the others.
 */
import type { BillKind, BillSide } from '@xiaopu/contracts/console';
import { dayMs, startOfShanghaiDay } from '#platform/clock.ts';
import { readAlipayBill } from './finance.alipay-bill.ts';
import { type BillLine, type BillTotals, readBill, unpack } from './finance.bill.ts';
import { type PaypalReport, readPaypalMoves } from './finance.paypal-bill.ts';

export type BookName = 'paid' | 'paid_parts' | 'paid_again' | 'refund_requested' | 'refund_settled';
export type LedgerChannel = 'wechat' | 'alipay' | 'paypal';
export type BillLines = AsyncGenerator<BillLine, BillTotals>;

/** One of our books beside one side of one bill. */
export interface BookEntry {
  bill: BillKind;
  side: BillSide;
  book: BookName;
}
export interface Family {
  title: string;
  channel: LedgerChannel;
  currency: string;
  /** The bill whose sums stand for the family. */
  main: BillKind;
  bills: { bill: BillKind; open: (day: string) => Promise<BillLines> }[];
  entries: BookEntry[];
}

export interface BillSource {
  applyBill(kind: 'trade' | 'fund_flow', day: string): Promise<{ hash_value: string; download_url: string }>;
  downloadBill(url: string): Promise<AsyncIterable<Uint8Array>>;
}
export interface AlipayBills {
  billUrl(day: string): Promise<string>;
  downloadBill(url: string): Promise<Uint8Array>;
}
export interface Sources {
  bills: BillSource;
  alipay?: AlipayBills | undefined;
  paypal?: PaypalReport | undefined;
}

/** What each of them says when nothing happened that day. */
const noBillCodes = ['NO_STATEMENT_EXIST', 'isp.bill_not_exist'];
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
export const hasNoBill = (error: unknown): boolean => noBillCodes.includes(codeOf(error));

export function familiesOf({ bills, alipay, paypal }: Sources): Family[] {
  const openWechat = (bill: 'trade' | 'fund_flow') => async (day: string) => {
    const ticket = await bills.applyBill(bill, day);
    const packed = await bills.downloadBill(ticket.download_url);
    return readBill(bill, unpack(packed, { isGzip: true, sha1: ticket.hash_value }));
  };
  // Elsewhere a refund stands under the day it was made, and both books are one file.
  const entriesOf = (bill: BillKind): BookEntry[] => [
    { bill, side: 'payment', book: 'paid' },
    { bill, side: 'payment', book: 'paid_again' },
    { bill, side: 'refund', book: 'refund_settled' },
  ];
  const families: Family[] = [
    {
      title: '微信支付',
      channel: 'wechat',
      currency: 'CNY',
      main: 'trade',
      bills: [
        { bill: 'trade', open: openWechat('trade') },
        { bill: 'fund_flow', open: openWechat('fund_flow') },
      ],
      // The day of the fund flow follows the money: refunds stand in it when they succeeded, not when they were asked for.
      entries: [
        { bill: 'trade', side: 'payment', book: 'paid' },
        { bill: 'trade', side: 'payment', book: 'paid_parts' },
        { bill: 'trade', side: 'payment', book: 'paid_again' },
        { bill: 'trade', side: 'refund', book: 'refund_requested' },
        ...entriesOf('fund_flow'),
      ],
    },
  ];
  if (alipay)
    families.push({
      title: '支付宝',
      channel: 'alipay',
      currency: 'CNY',
      main: 'alipay',
      bills: [
        {
          bill: 'alipay',
          open: async (day) => readAlipayBill(await alipay.downloadBill(await alipay.billUrl(day))),
        },
      ],
      entries: entriesOf('alipay'),
    });
  if (paypal)
    families.push({
      title: 'PayPal',
      channel: 'paypal',
      currency: paypal.currency,
      main: 'paypal',
      bills: [
        {
          bill: 'paypal',
          open: async (day) => {
            const from = startOfShanghaiDay(day);
            return readPaypalMoves(paypal, from, new Date(from.getTime() + dayMs));
          },
        },
      ],
      entries: entriesOf('paypal'),
    });
  return families;
}
