/**
 * Everything that talks to WeChat about complaints. A notice and the daily list only say which complaint to look at; what counts
 * is the answer to our own question, and an older answer never overwrites a newer one.
 */
import type { ComplaintEvidence } from '@xiaopu/contracts/console';
import { type Clock, dayMs, minuteMs, secondMs } from '#platform/clock.ts';
import type { Database, Executor } from '#platform/database/database.ts';
import type { FieldCipher } from '#platform/field-cipher.ts';
import type { NoticeAnswer } from '#platform/http/signed-notice.ts';
import type { Logger } from '#platform/logger.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import type { Policies } from '#platform/policy.ts';
import {
  answeredAt,
  deadlinesOf,
  entryOf,
  type WechatComplaint,
  type WechatLog,
  waitsSince,
} from './complaints.domain.ts';
import type { ComplaintGateway } from './complaints.gateway.ts';
import { answerHours, closeHours, nearHours } from './complaints.policies.ts';
import * as repository from './complaints.repository.ts';

/** Whose trade it is. A trade of several shops' orders is answered for by the shop with the most money in it. */
export interface ComplainedTrade {
  shopId: string;
  orderNo: string;
}
export interface ComplaintFlowDeps {
  database: Pick<Database, 'db' | 'inTransaction'>;
  gateway: ComplaintGateway;
  policies: Pick<Policies, 'get'>;
  cipher: FieldCipher;
  clock: Clock;
  log: Logger;
  problemOf: (error: unknown) => string | undefined;
  tradeOf(db: Executor, outTradeNo: string): Promise<ComplainedTrade | undefined>;
  /** What speaks for the shop, gathered outside any transaction: carriers may be asked. */
  evidenceOf(shopId: string, orderNo: string): Promise<ComplaintEvidence>;
  /** Who answers for trades this install does not know. */
  firstShop(db: Executor): Promise<string>;
  /** Open complaints over their time, for whoever watches the install. */
  reportLate(count: number): Promise<void>;
}
export type ComplaintFlow = ReturnType<typeof createComplaintFlow>;

const batch = 10;
const leaseMs = 30 * secondMs;
const pollMs = 10 * minuteMs;
/** The list takes spans of thirty days. */
const listDays = 29;
const mostAttempts = 30;
const noEvidence: ComplaintEvidence = { orderNo: null, facts: [], timeline: [], parcels: [], refunds: [] };
const backoffMs = (attempts: number): number => Math.min(10 * minuteMs, 2 ** Math.min(attempts, 10) * secondMs);
const dayFace = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' });

export function createComplaintFlow(deps: ComplaintFlowDeps) {
  const { database, gateway, policies, cipher, clock, log, problemOf } = deps;
  const { db, inTransaction } = database;
  const later = (ms: number) => new Date(clock.now().getTime() + ms);
  let polledAt = Number.NEGATIVE_INFINITY;
  let isListening = false;

  const phoneOf = ({ complaint_id, payer_phone }: WechatComplaint): string => {
    if (!payer_phone) return '';
    try {
      return cipher.encrypt(gateway.openField(payer_phone));
    } catch {
      log.warn({ complaintId: complaint_id }, 'a complaint’s phone number was sealed for another key');
      return '';
    }
  };

  /** Writes what WeChat said when it was asked at `askedAt`. */
  async function apply(said: WechatComplaint, logs: readonly WechatLog[], askedAt: Date): Promise<void> {
    const complaintId = said.complaint_id;
    const known = await repository.findById(db, complaintId);
    const [order] = said.complaint_order_info ?? [];
    const trade = known ?? (order && (await deps.tradeOf(db, order.out_trade_no)));
    const shopId = trade?.shopId ?? (await deps.firstShop(db));
    const orderNo = trade?.orderNo ?? null;
    const evidence = orderNo === null ? noEvidence : await deps.evidenceOf(shopId, orderNo);
    // The oldest first, as WeChat orders them: its times are whole seconds, and two may be equal.
    const entries = logs.map(entryOf).toReversed();
    await inTransaction(async (tx) => {
      const state = said.complaint_state;
      const facts = {
        ...{ state, evidence: JSON.stringify(evidence), askedAt },
        isRefunded: said.complaint_full_refunded === true,
        hasPlatform: said.in_platform_service === true,
        times: said.user_complaint_times ?? 1,
      };
      await repository.insert(tx, {
        ...facts,
        ...{ shopId, complaintId, orderNo },
        outTradeNo: order?.out_trade_no ?? '',
        transactionId: order?.transaction_id ?? '',
        amount: order?.amount ?? 0,
        problemType: said.problem_type ?? 'OTHERS',
        detail: said.complaint_detail,
        refundWanted: said.apply_refund_amount ?? 0,
        phone: phoneOf(said),
        complainedAt: new Date(said.complaint_time),
        waitsSince: null,
        answeredAt: null,
      });
      const current = await repository.lock(tx, shopId, complaintId);
      if (!current) return;
      await repository.addEntries(tx, current, entries);
      // Somebody asked after us and wrote already: the thread only grows, the state is theirs.
      if (current.askedAt > askedAt) return;
      const since = waitsSince(entries, state);
      const isNewWait = since !== null && since.getTime() !== current.waitsSince?.getTime();
      await repository.change(tx, current, {
        ...facts,
        waitsSince: since,
        answeredAt: answeredAt(entries),
        // A new word of the payer starts the clock anew, and its warnings.
        ...(isNewWait || state === 'PROCESSED' ? { told: 'calm' as const } : {}),
      });
    });
  }

  async function look({ complaintId, wantedAt, attempts }: { complaintId: string; wantedAt: Date; attempts: number }) {
    try {
      const askedAt = clock.now();
      const [said, logs] = await Promise.all([gateway.detail(complaintId), gateway.history(complaintId)]);
      await apply(said, logs, askedAt);
      await inTransaction((tx) => repository.endLook(tx, complaintId, wantedAt, clock.now()));
    } catch (error) {
      const isGone = problemOf(error) === 'absent' || attempts >= mostAttempts;
      log.warn({ err: error, complaintId, attempts }, 'a complaint could not be looked at');
      if (isGone) await inTransaction((tx) => repository.endLook(tx, complaintId, wantedAt, clock.now()));
      else
        await inTransaction((tx) =>
          tx
            .updateTable('complaints.look')
            .set({ nextAttemptAt: later(backoffMs(attempts)) })
            .where('complaintId', '=', complaintId)
            .execute(),
        );
    }
  }

  /** Whether WeChat has this answer already: asked before it is sent a second time. */
  async function hasArrived(answer: repository.Answer): Promise<boolean> {
    if (answer.kind === 'complete') return (await gateway.detail(answer.complaintId)).complaint_state === 'PROCESSED';
    const slack = 5 * minuteMs;
    return (await gateway.history(answer.complaintId)).some(
      ({ operate_type, operate_details, operate_time }) =>
        operate_type === 'MERCHANT_RESPONSE' &&
        operate_details === answer.text &&
        Date.parse(operate_time) >= answer.createdAt.getTime() - slack,
    );
  }

  async function send(answer: repository.Answer): Promise<void> {
    let end: { state: 'sent' | 'refused' | 'sending'; error: string | null };
    try {
      if (answer.attempts > 0 && (await hasArrived(answer))) end = { state: 'sent', error: null };
      else {
        if (answer.kind === 'complete') await gateway.complete(answer.complaintId);
        else await gateway.respond(answer.complaintId, answer.text);
        end = { state: 'sent', error: null };
      }
    } catch (error) {
      const isRefused = problemOf(error) === 'refused' || problemOf(error) === 'absent';
      // Completed by somebody else meanwhile is what was wanted.
      const isThere = isRefused && (await hasArrived(answer).catch(() => false));
      end = {
        state: isThere ? 'sent' : isRefused ? 'refused' : 'sending',
        error: error instanceof Error ? error.message : String(error),
      };
      log.warn({ err: error, complaintId: answer.complaintId }, 'an answer to a complaint was not taken');
    }
    await inTransaction(async (tx) => {
      const nextAttemptAt = end.state === 'sending' ? later(backoffMs(answer.attempts + 1)) : null;
      await repository.changeAnswer(tx, answer, { ...end, nextAttemptAt });
      if (end.state === 'sent') await repository.want(tx, answer.complaintId, clock.now());
    });
  }

  async function poll(): Promise<number> {
    const now = clock.now().getTime();
    if (now - polledAt < pollMs) return 0;
    polledAt = now;
    try {
      if (!isListening) await gateway.listen();
      isListening = true;
      const listed = await gateway.list(dayFace.format(now - listDays * dayMs), dayFace.format(now));
      for (const said of listed) {
        const known = await repository.findById(db, said.complaint_id);
        const isSame =
          known?.state === said.complaint_state &&
          known.times === (said.user_complaint_times ?? 1) &&
          (known.waitsSince !== null) === (said.incoming_user_response === true);
        if (!isSame) await inTransaction((tx) => repository.want(tx, said.complaint_id, clock.now()));
      }
    } catch (error) {
      log.warn({ err: error }, 'complaints could not be listed');
    }
    return 0;
  }

  /** Says once that time runs short, and once that it is over. */
  async function watchClocks(): Promise<number> {
    const terms = {
      answerHours: policies.get(answerHours),
      closeHours: policies.get(closeHours),
      nearHours: policies.get(nearHours),
    };
    let told = 0;
    let late = 0;
    for (const complaint of await repository.listOpen(db, 1_000)) {
      const { clock: level } = deadlinesOf(complaint, terms, clock.now());
      if (level === 'late') late += 1;
      if (level === 'calm' || level === complaint.told || complaint.told === 'late') continue;
      const isFirst = await inTransaction((tx) => repository.tell(tx, complaint, level));
      if (!isFirst) continue;
      log.warn({ complaintId: complaint.complaintId, level }, 'a complaint’s time runs out');
      told += 1;
    }
    await deps.reportLate(late);
    return told;
  }

  return {
    async takeNotice(rawBody: string, header: (name: string) => string | undefined): Promise<NoticeAnswer> {
      const notice = await gateway.openNotice(rawBody, header);
      if (typeof notice === 'string') {
        log[notice === 'probe' ? 'info' : 'warn']({ refusal: notice }, 'complaint notice refused');
        return { status: notice === 'unreadable' ? 400 : 401, message: `notice ${notice}` };
      }
      if (!notice.eventType.startsWith('COMPLAINT.')) return { status: 400, message: 'event not expected here' };
      const { complaint_id: complaintId } = (notice.resource ?? {}) as { complaint_id?: unknown };
      if (typeof complaintId !== 'string' || complaintId === '') return { status: 400, message: 'resource incomplete' };
      await inTransaction((tx) => repository.want(tx, complaintId, clock.now()));
      return undefined;
    },
    sweeps: [
      {
        name: 'complaints.look',
        everyMs: secondMs,
        async run() {
          const due = await inTransaction((tx) => repository.claimLooks(tx, clock.now(), later(leaseMs), batch));
          await Promise.all(due.map(look));
          return due.length;
        },
      },
      {
        name: 'complaints.send',
        everyMs: secondMs,
        async run() {
          const due = await inTransaction((tx) => repository.claimAnswers(tx, clock.now(), later(leaseMs), batch));
          await Promise.all(due.map(send));
          return due.length;
        },
      },
      { name: 'complaints.poll', everyMs: minuteMs, run: poll },
      { name: 'complaints.clock', everyMs: 30 * secondMs, run: watchClocks },
    ] satisfies Sweep[],
  };
}
