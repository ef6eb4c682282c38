/** All SQL on the complaints schema. */
import type { ComplaintState } from '@xiaopu/contracts/console';
import { type Insertable, type Selectable, sql } from 'kysely';
import type { Executor, Tables, Tx } from '#platform/database/database.ts';
import type { Entry } from './complaints.domain.ts';
import type { Told } from './complaints.tables.ts';

export type Complaint = Selectable<Tables['complaints.complaint']>;
export type NewComplaint = Insertable<Tables['complaints.complaint']>;
export type Answer = Selectable<Tables['complaints.answer']>;
export type KeptEntry = Selectable<Tables['complaints.entry']>;

/** To be asked about from `at` on; what is due already stays due. */
export async function want(tx: Tx, complaintId: string, at: Date): Promise<void> {
  await sql`
    insert into complaints.look (complaint_id, wanted_at, next_attempt_at) values (${complaintId}, ${at}, ${at})
    on conflict (complaint_id) do update set wanted_at = excluded.wanted_at,
      next_attempt_at = least(complaints.look.next_attempt_at, excluded.next_attempt_at)`.execute(tx);
}
/** Claimed until `until`. */
export async function claimLooks(tx: Tx, now: Date, until: Date, limit: number) {
  const due = await tx
    .selectFrom('complaints.look')
    .selectAll()
    .where('nextAttemptAt', '<=', now)
    .orderBy('nextAttemptAt')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const { complaintId, attempts } of due)
    await tx
      .updateTable('complaints.look')
      .set({ nextAttemptAt: until, attempts: attempts + 1 })
      .where('complaintId', '=', complaintId)
      .execute();
  return due;
}
/** Done, unless somebody asked anew meanwhile. */
export async function endLook(tx: Tx, complaintId: string, wantedAt: Date, now: Date): Promise<void> {
  await tx
    .deleteFrom('complaints.look')
    .where('complaintId', '=', complaintId)
    .where('wantedAt', '<=', wantedAt)
    .execute();
  await tx.updateTable('complaints.look').set({ nextAttemptAt: now }).where('complaintId', '=', complaintId).execute();
}

export const findById = (db: Executor, complaintId: string): Promise<Complaint | undefined> =>
  db.selectFrom('complaints.complaint').selectAll().where('complaintId', '=', complaintId).executeTakeFirst();
export const lockById = (tx: Tx, complaintId: string): Promise<Complaint | undefined> =>
  tx
    .selectFrom('complaints.complaint')
    .selectAll()
    .where('complaintId', '=', complaintId)
    .forUpdate()
    .executeTakeFirst();
export const find = (db: Executor, shopId: string, complaintId: string): Promise<Complaint | undefined> =>
  db
    .selectFrom('complaints.complaint')
    .selectAll()
    .where('shopId', '=', shopId)
    .where('complaintId', '=', complaintId)
    .executeTakeFirst();
export const lock = (tx: Tx, shopId: string, complaintId: string): Promise<Complaint | undefined> =>
  tx
    .selectFrom('complaints.complaint')
    .selectAll()
    .where('shopId', '=', shopId)
    .where('complaintId', '=', complaintId)
    .forUpdate()
    .executeTakeFirst();

/** @returns whether it was new */
export async function insert(tx: Tx, complaint: NewComplaint): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('complaints.complaint')
    .values(complaint)
    .onConflict((conflict) => conflict.columns(['shopId', 'complaintId']).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}
export const change = async (
  tx: Tx,
  { shopId, complaintId }: Pick<Complaint, 'shopId' | 'complaintId'>,
  set: Partial<Omit<Complaint, 'evidence'>> & { evidence?: string },
): Promise<void> => {
  await tx
    .updateTable('complaints.complaint')
    .set(set)
    .where('shopId', '=', shopId)
    .where('complaintId', '=', complaintId)
    .execute();
};

/** What is there already stays as it is. */
export const addEntries = async (
  tx: Tx,
  { shopId, complaintId }: Pick<Complaint, 'shopId' | 'complaintId'>,
  entries: readonly Entry[],
): Promise<void> => {
  if (entries.length === 0) return;
  await tx
    .insertInto('complaints.entry')
    .values(entries.map((entry) => ({ ...entry, shopId, complaintId })))
    .onConflict((conflict) => conflict.columns(['shopId', 'complaintId', 'entryId']).doNothing())
    .execute();
};
export const entriesOf = (db: Executor, shopId: string, complaintId: string): Promise<KeptEntry[]> =>
  db
    .selectFrom('complaints.entry')
    .selectAll()
    .where('shopId', '=', shopId)
    .where('complaintId', '=', complaintId)
    .orderBy('at')
    .orderBy('entryId')
    .execute();

export async function page(
  db: Executor,
  shopId: string,
  { state, page: number, pageSize }: { state?: ComplaintState | undefined; page: number; pageSize: number },
): Promise<{ rows: Complaint[]; total: number }> {
  const matching = db
    .selectFrom('complaints.complaint')
    .where('shopId', '=', shopId)
    .$if(state !== undefined, (query) => query.where('state', '=', state as ComplaintState));
  const [rows, { total }] = await Promise.all([
    matching
      .selectAll()
      .orderBy('complainedAt', 'desc')
      .orderBy('complaintId')
      .limit(pageSize)
      .offset((number - 1) * pageSize)
      .execute(),
    matching.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
  ]);
  return { rows, total };
}
export async function countWaiting(db: Executor, shopId: string): Promise<number> {
  const { count } = await db
    .selectFrom('complaints.complaint')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('shopId', '=', shopId)
    .where('waitsSince', 'is not', null)
    .executeTakeFirstOrThrow();
  return count;
}
export const listOpen = (db: Executor, limit: number): Promise<Complaint[]> =>
  db
    .selectFrom('complaints.complaint')
    .selectAll()
    .where('state', '<>', 'PROCESSED')
    .orderBy('complainedAt')
    .limit(limit)
    .execute();
export const tell = async (tx: Tx, complaint: Complaint, told: Told): Promise<boolean> => {
  const { numUpdatedRows } = await tx
    .updateTable('complaints.complaint')
    .set({ told })
    .where('shopId', '=', complaint.shopId)
    .where('complaintId', '=', complaint.complaintId)
    .where('told', '=', complaint.told)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
};

/** @returns the one that is kept under this number, new or known */
export async function keepAnswer(
  tx: Tx,
  answer: Omit<Answer, 'attempts' | 'error'>,
): Promise<{ answer: Answer; isNew: boolean }> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('complaints.answer')
    .values({ ...answer, error: null })
    .onConflict((conflict) => conflict.columns(['shopId', 'answerId']).doNothing())
    .executeTakeFirst();
  const kept = await tx
    .selectFrom('complaints.answer')
    .selectAll()
    .where('shopId', '=', answer.shopId)
    .where('answerId', '=', answer.answerId)
    .executeTakeFirstOrThrow();
  return { answer: kept, isNew: numInsertedOrUpdatedRows === 1n };
}
export const answersOf = (db: Executor, shopId: string, complaintId: string): Promise<Answer[]> =>
  db
    .selectFrom('complaints.answer')
    .selectAll()
    .where('shopId', '=', shopId)
    .where('complaintId', '=', complaintId)
    .orderBy('createdAt')
    .execute();
export async function claimAnswers(tx: Tx, now: Date, until: Date, limit: number): Promise<Answer[]> {
  const due = await tx
    .selectFrom('complaints.answer')
    .selectAll()
    .where('state', '=', 'sending')
    .where('nextAttemptAt', '<=', now)
    .orderBy('nextAttemptAt')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const answer of due) await changeAnswer(tx, answer, { nextAttemptAt: until, attempts: answer.attempts + 1 });
  return due;
}
export const changeAnswer = async (
  tx: Tx,
  { shopId, answerId }: Pick<Answer, 'shopId' | 'answerId'>,
  set: Partial<Answer>,
): Promise<void> => {
  await tx
    .updateTable('complaints.answer')
    .set(set)
    .where('shopId', '=', shopId)
    .where('answerId', '=', answerId)
    .execute();
};
