/** PayPal's and Alipay's callbacks: proven genuine, then taken as a hint. What counts is the answer to our own question. */
import type { Clock } from '#platform/clock.ts';
import type { Database } from '#platform/database/database.ts';
import type { Logger } from '#platform/logger.ts';
import type { Alipay } from './payments.alipay.ts';
import type { PaymentFlow } from './payments.flow.ts';
import type { Paypal } from './payments.paypal.ts';
import * as repository from './payments.repository.ts';

/** taken: need not come again. */
export type HintAnswer = 'taken' | 'refused' | 'unknown' | 'later';
interface Hint {
  noticeId: string;
  eventType: string;
  outTradeNo: string;
}

export interface OtherNoticeDeps {
  database: Pick<Database, 'db' | 'inTransaction'>;
  flow: PaymentFlow;
  paypal?: Paypal | undefined;
  alipay?: Alipay | undefined;
  clock: Clock;
  log: Logger;
}
export type OtherNotices = ReturnType<typeof createOtherNotices>;

export function createOtherNotices({ database, flow, paypal, alipay, clock, log }: OtherNoticeDeps) {
  const { db, inTransaction } = database;

  async function follow({ noticeId, eventType, outTradeNo }: Hint): Promise<HintAnswer> {
    const isKnown = await db
      .selectFrom('payments.notice')
      .select('noticeId')
      .where('noticeId', '=', noticeId)
      .executeTakeFirst();
    if (isKnown) return 'taken';
    const attempt = await repository.findAttemptByTradeNo(db, outTradeNo);
    if (!attempt) return 'unknown';
    try {
      const outcome = await flow.ask(attempt);
      const notice = { noticeId, eventType, tradeNo: outTradeNo, outcome, receivedAt: clock.now() };
      await inTransaction((tx) => repository.insertNotice(tx, notice));
      return 'taken';
    } catch (error) {
      log.warn({ err: error, eventType, outTradeNo }, 'a notice could not be followed, it will come again');
      return 'later';
    }
  }

  /** A refund was settled there: the sweep asks about it now instead of later. */
  async function wakeRefund(outRefundNo: string): Promise<HintAnswer> {
    const refund = await repository.findRefundByOutNo(db, outRefundNo);
    if (!refund) return 'unknown';
    await inTransaction((tx) => repository.changeRefund(tx, refund, { nextAttemptAt: clock.now() }));
    return 'taken';
  }

  return {
    async takePaypal(raw: string, header: (name: string) => string | undefined): Promise<HintAnswer> {
      if (!paypal) return 'unknown';
      const event = parseEvent(raw);
      if (!event) return 'refused';
      try {
        if (!(await paypal.isGenuine(raw, header))) {
          log.warn({ kind: 'paypal' }, 'notice refused');
          return 'refused';
        }
      } catch (error) {
        log.warn({ err: error }, 'PayPal could not be asked whether a notice is its own');
        return 'later';
      }
      const { noticeId, eventType, number } = event;
      if (eventType === 'PAYMENT.CAPTURE.REFUNDED') return wakeRefund(number);
      return follow({ noticeId, eventType, outTradeNo: number });
    },

    async takeAlipay(raw: string): Promise<HintAnswer> {
      if (!alipay) return 'unknown';
      const params = alipay.openNotice(raw);
      if (!params?.notify_id || !params.out_trade_no) {
        log.warn({ kind: 'alipay' }, 'notice refused');
        return 'refused';
      }
      const { notify_id: noticeId, out_trade_no: outTradeNo, trade_status: eventType = '' } = params;
      return follow({ noticeId, eventType, outTradeNo });
    },
  };
}

/** Our number in an event: an order carries it in its unit, a capture or a refund as its own. */
function parseEvent(raw: string): { noticeId: string; eventType: string; number: string } | undefined {
  try {
    const { id, event_type, resource } = JSON.parse(raw) as {
      id?: unknown;
      event_type?: unknown;
      resource?: { invoice_id?: unknown; purchase_units?: { invoice_id?: unknown }[] };
    };
    const number = resource?.invoice_id ?? resource?.purchase_units?.[0]?.invoice_id;
    if (typeof id !== 'string' || typeof event_type !== 'string' || typeof number !== 'string') return undefined;
    return { noticeId: id, eventType: event_type, number };
  } catch {
    return undefined;
  }
}
