/** Complaints as the shop's people work with them: the list by its clocks, one thread, answers and notes. */
import type { ComplaintDetail, ComplaintPage, ComplaintQuery, ComplaintRow } from '@xiaopu/contracts/console';
import type { Clock } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { type FieldCipher, maskPhone } from '#platform/field-cipher.ts';
import { newId } from '#platform/ids.ts';
import type { Policies } from '#platform/policy.ts';
import { deadlinesOf, draftOf, inThread } from './complaints.domain.ts';
import { alreadyDone, answerFirst, answerTaken, complaintUnknown } from './complaints.errors.ts';
import { answerHours, closeHours, nearHours } from './complaints.policies.ts';
import * as repository from './complaints.repository.ts';

export interface ComplaintsDeps {
  clock: Clock;
  policies: Pick<Policies, 'get'>;
  cipher: FieldCipher;
}
interface Writer {
  shopId: string;
  name: string;
}
export type Complaints = ReturnType<typeof createComplaints>;

export function createComplaints({ clock, policies, cipher }: ComplaintsDeps) {
  const instant = (at: Date | null) => at?.toISOString() ?? null;
  function toRow(complaint: repository.Complaint): ComplaintRow {
    const {
      answerBy,
      closeBy,
      clock: level,
    } = deadlinesOf(
      complaint,
      {
        answerHours: policies.get(answerHours),
        closeHours: policies.get(closeHours),
        nearHours: policies.get(nearHours),
      },
      clock.now(),
    );
    const { complaintId, state, problemType, detail, amount, orderNo, times, hasPlatform, complainedAt } = complaint;
    return {
      ...{ complaintId, state, problemType, detail, amount, orderNo, times, hasPlatform },
      isWaiting: complaint.waitsSince !== null,
      complainedAt: complainedAt.toISOString(),
      ...{ answerBy: instant(answerBy), closeBy: instant(closeBy), clock: level },
    };
  }

  async function keep(
    tx: Tx,
    { shopId, name }: Writer,
    complaintId: string,
    { answerId, kind, text }: { answerId: string; kind: 'response' | 'complete'; text: string },
  ): Promise<void> {
    const complaint = await repository.lock(tx, shopId, complaintId);
    if (!complaint) throw complaintUnknown();
    const now = clock.now();
    const { answer, isNew } = await repository.keepAnswer(tx, {
      ...{ shopId, answerId, complaintId, kind, text },
      ...{ staffName: name, state: 'sending', nextAttemptAt: now, createdAt: now },
    });
    // The same press twice is one answer.
    if (!isNew) {
      if (answer.complaintId !== complaintId || answer.kind !== kind || answer.text !== text) throw answerTaken();
      return;
    }
    if (kind === 'complete') {
      if (complaint.state === 'PROCESSED') throw alreadyDone();
      const answers = await repository.answersOf(tx, shopId, complaintId);
      const isAnswering = answers.some((one) => one.kind === 'response' && one.state === 'sending');
      if (complaint.state === 'PENDING' && !isAnswering) throw answerFirst();
    }
  }

  return {
    async list(db: Executor, shopId: string, query: ComplaintQuery): Promise<ComplaintPage> {
      const { page, pageSize } = query;
      const { rows, total } = await repository.page(db, shopId, query);
      return { items: rows.map(toRow), total, page, pageSize };
    },

    /** Another shop's is not found. */
    async get(db: Executor, shopId: string, complaintId: string): Promise<ComplaintDetail> {
      const complaint = await repository.find(db, shopId, complaintId);
      if (!complaint) throw complaintUnknown();
      const [entries, answers] = await Promise.all([
        repository.entriesOf(db, shopId, complaintId),
        repository.answersOf(db, shopId, complaintId),
      ]);
      const { refundWanted, isRefunded, transactionId, phone, evidence } = complaint;
      return {
        ...toRow(complaint),
        ...{ refundWanted, isRefunded, transactionId, evidence },
        phone: phone === '' ? '' : maskPhone(cipher.decrypt(phone)),
        entries: inThread(entries).map(({ entryId, side, operator, text, images, at }) => ({
          ...{ entryId, side, operator, text, images, at: at.toISOString() },
        })),
        // What WeChat has is in the thread; here is only what it has not.
        unsent: answers
          .filter(({ state }) => state !== 'sent')
          .map(({ answerId, kind, text, staffName, state, createdAt }) => ({
            ...{ answerId, kind, text, staffName, at: createdAt.toISOString() },
            isRefused: state === 'refused',
          })),
        draft: draftOf(evidence),
      };
    },

    answer: (tx: Tx, staff: Writer, complaintId: string, { answerId, text }: { answerId: string; text: string }) =>
      keep(tx, staff, complaintId, { answerId, kind: 'response', text: text.trim() }),
    complete: (tx: Tx, staff: Writer, complaintId: string, { answerId }: { answerId: string }) =>
      keep(tx, staff, complaintId, { answerId, kind: 'complete', text: '' }),

    /** For colleagues: never sent. */
    async note(tx: Tx, { shopId, name }: Writer, complaintId: string, text: string): Promise<void> {
      const complaint = await repository.lock(tx, shopId, complaintId);
      if (!complaint) throw complaintUnknown();
      await repository.addEntries(tx, complaint, [
        { entryId: newId(), side: 'note', operator: name, kind: 'NOTE', text: text.trim(), images: 0, at: clock.now() },
      ]);
    },

    countWaiting: repository.countWaiting,
  };
}
