/** WeChat's callbacks: proven genuine, opened, stored once by id, applied. */
import type { Clock } from '#platform/clock.ts';
import type { InTransaction } from '#platform/database/database.ts';
import type { NoticeAnswer } from '#platform/http/signed-notice.ts';
import type { Logger } from '#platform/logger.ts';
import { isCombinedTransaction, wholeOf } from './payments.combine.ts';
import * as repository from './payments.repository.ts';
import type { Outcome, Settle } from './payments.settle.ts';
import type { WechatPayGateway } from './payments.wechat.gateway.ts';
import type { RefundNotice, Transaction } from './payments.wechat.types.ts';

export type NoticeKind = 'payment' | 'refund';
export interface NoticeDeps {
  gateway: WechatPayGateway;
  settle: Settle;
  inTransaction: InTransaction;
  clock: Clock;
  log: Logger;
}

const expectedPrefix: Record<NoticeKind, string> = { payment: 'TRANSACTION.', refund: 'REFUND.' };

export type TakeNotice = ReturnType<typeof createTakeNotice>;

export function createTakeNotice({ gateway, settle, inTransaction, clock, log }: NoticeDeps) {
  return async (
    kind: NoticeKind,
    rawBody: string,
    header: (name: string) => string | undefined,
  ): Promise<NoticeAnswer> => {
    const notice = await gateway.openNotice(rawBody, header);
    if (typeof notice === 'string') {
      // Probes are WeChat's own test of this very refusal; anything else deserves a look.
      log[notice === 'probe' ? 'info' : 'warn']({ kind, refusal: notice }, 'notice refused');
      return { status: notice === 'unreadable' ? 400 : 401, message: `notice ${notice}` };
    }
    if (!notice.eventType.startsWith(expectedPrefix[kind])) return { status: 400, message: 'event not expected here' };
    const resource =
      kind === 'payment' && isCombinedTransaction(notice.resource) ? wholeOf(notice.resource) : notice.resource;
    const tradeNo = tradeNoOf(kind, resource);
    if (tradeNo === undefined) return { status: 400, message: 'resource incomplete' };

    const outcome = await inTransaction(async (tx): Promise<Outcome> => {
      const said = resource as Transaction & RefundNotice;
      // What it is about is asked along with it; nobody minds a lock taken for a notice that came before.
      const inserting = repository.insertNotice(tx, {
        noticeId: notice.id,
        eventType: notice.eventType,
        tradeNo,
        outcome: 'taken',
        receivedAt: clock.now(),
      });
      const found = kind === 'payment' ? repository.lockByTradeNo(tx, tradeNo) : Promise.resolve(undefined);
      const [isNew, trade] = await Promise.all([inserting, found]);
      if (!isNew) return 'repeated';
      const applied =
        kind === 'payment'
          ? await settle.applyTransaction(tx, said, trade)
          : await settle.applyRefund(tx, { ...said, status: said.refund_status });
      await repository.finishNotice(tx, notice.id, applied);
      return applied;
    });
    log.info({ noticeId: notice.id, eventType: notice.eventType, tradeNo, outcome }, 'notice taken');
    // A genuine notice about a trade we do not know: another install shares the merchant number. Let WeChat keep it.
    return outcome === 'unknown' ? { status: 404, message: 'no such trade' } : undefined;
  };
}

function tradeNoOf(kind: NoticeKind, resource: unknown): string | undefined {
  if (typeof resource !== 'object' || resource === null) return undefined;
  const { out_trade_no, out_refund_no, amount } = resource as Partial<Transaction & RefundNotice>;
  if (typeof amount !== 'object' || amount === null) return undefined;
  return kind === 'payment' ? out_trade_no : out_refund_no;
}
