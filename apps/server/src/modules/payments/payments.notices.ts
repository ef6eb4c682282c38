/** WeChat's callbacks: proven genuine, opened, stored once by id, applied. */
import type { Clock } from '#platform/clock.ts';
import { type InTransaction, sqlState, type Tx } from '#platform/database/database.ts';
import { gather } from '#platform/database/gather.ts';
import type { NoticeAnswer } from '#platform/http/signed-notice.ts';
import type { Logger } from '#platform/logger.ts';
import { isCombinedTransaction, wholeOf } from './payments.combine.ts';
import * as repository from './payments.repository.ts';
import type { Outcome, Settle } from './payments.settle.ts';
import { dropNotices, insertNotices, lockFreeTrades } from './payments.together.repository.ts';
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

interface Told {
  noticeId: string;
  eventType: string;
  tradeNo: string;
  said: Transaction;
}

export function createTakeNotice({ gateway, settle, inTransaction, clock, log }: NoticeDeps) {
  /** Nearly all say that what was asked for was paid: those of one moment are written together (ADR 22), the others alone. */
  async function applyTogether(tx: Tx, told: readonly Told[]): Promise<(Outcome | undefined)[]> {
    // A trade once: what a second notice of it, or a copy of the first, finds depends on what becomes of this one.
    const firstOf = new Map<string, Told>();
    for (const each of told) if (!firstOf.has(each.tradeNo)) firstOf.set(each.tradeNo, each);
    const firsts = [...firstOf.values()];
    const [fresh, trades] = await Promise.all([
      insertNotices(tx, firsts, 'applied', clock.now()),
      lockFreeTrades(
        tx,
        firsts.map(({ tradeNo }) => tradeNo),
      ),
    ]);
    const plain = new Map<Told, repository.LockedTrade & { said: Transaction }>();
    for (const each of firsts) {
      const trade = trades.get(each.tradeNo);
      if (trade && fresh.has(each.noticeId) && settle.isPlainlyPaid(each.said, trade))
        plain.set(each, { ...trade, said: each.said });
    }
    const left = firsts.filter((each) => fresh.has(each.noticeId) && !plain.has(each));
    if (left.length > 0)
      await dropNotices(
        tx,
        left.map(({ noticeId }) => noticeId),
      );
    if (plain.size > 0) await settle.applyPaid(tx, [...plain.values()]);
    return told.map((each) => (plain.has(each) ? 'applied' : undefined));
  }
  const together = gather<Told, Outcome | undefined>({
    together: (told) => inTransaction((tx) => applyTogether(tx, told)),
    most: 50,
  });
  /** @returns undefined: nothing was written, it is to be taken alone; should it have been after all, it is found there */
  const takeTogether = (told: Told): Promise<Outcome | undefined> =>
    together(told).catch((error: unknown) => {
      if (sqlState(error) === undefined) throw error;
      return undefined;
    });

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

    const said = resource as Transaction & RefundNotice;
    const quick =
      kind === 'payment'
        ? await takeTogether({ noticeId: notice.id, eventType: notice.eventType, tradeNo, said })
        : undefined;
    const takeAlone = async (tx: Tx): Promise<Outcome> => {
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
    };
    const outcome = quick ?? (await inTransaction(takeAlone));
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
