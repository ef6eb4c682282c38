/** Writes and locks of cases. Buyers' calls lead with the buyer, the shop's with the shop: no number alone opens a row. */
import { createHash } from 'node:crypto';
import type { AfterSaleStatus } from '@xiaopu/contracts';
import { type Selectable, sql, type Updateable } from 'kysely';
import type { Executor, Tables, Tx } from '#platform/database/database.ts';
import type { PictureRef } from '#platform/picture.ts';
import { canMove, isEnded } from './after-sales.domain.ts';
import { stateConflict } from './after-sales.errors.ts';
import type {} from './after-sales.tables.ts';

export type Case = Selectable<Tables['after_sales.case']>;
export type CaseLine = Selectable<Tables['after_sales.caseLine']>;
export type CaseEvent = Selectable<Tables['after_sales.caseEvent']>;
type CaseChange = Updateable<Tables['after_sales.case']>;
export type CaseKey = Pick<Case, 'buyerId' | 'caseNo'>;

export type NewCase = Omit<
  Case,
  | 'evidence'
  | 'offer'
  | 'returnAddress'
  | 'returnParcel'
  | 'exchangeParcel'
  | 'exchangePhoneTail'
  | 'isRestocked'
  | 'refundFailed'
  | 'refusal'
  | 'endedAt'
> & { evidence: PictureRef[] };
export type NewCaseLine = Omit<CaseLine, 'picture' | 'isOpen' | 'buyerId' | 'caseNo' | 'orderNo' | 'shopId'> & {
  picture: PictureRef;
};

export async function insertCase(tx: Tx, { evidence, ...row }: NewCase): Promise<void> {
  await tx
    .insertInto('after_sales.case')
    .values({
      ...row,
      evidence: JSON.stringify(evidence),
      offer: null,
      returnAddress: null,
      returnParcel: null,
      exchangeParcel: null,
      exchangePhoneTail: null,
      refusal: null,
      endedAt: null,
    })
    .execute();
}

export async function insertLines(
  tx: Tx,
  { buyerId, caseNo, orderNo, shopId }: Pick<Case, 'buyerId' | 'caseNo' | 'orderNo' | 'shopId'>,
  lines: readonly NewCaseLine[],
): Promise<void> {
  await tx
    .insertInto('after_sales.caseLine')
    .values(lines.map((line) => ({ ...line, buyerId, caseNo, orderNo, shopId, picture: JSON.stringify(line.picture) })))
    .execute();
}

export async function deleteLines(tx: Tx, { buyerId, caseNo }: CaseKey): Promise<void> {
  await tx.deleteFrom('after_sales.caseLine').where('buyerId', '=', buyerId).where('caseNo', '=', caseNo).execute();
}

export const lockCase = (tx: Tx, buyerId: string, caseNo: string): Promise<Case | undefined> =>
  tx
    .selectFrom('after_sales.case')
    .selectAll()
    .where('buyerId', '=', buyerId)
    .where('caseNo', '=', caseNo)
    .forUpdate()
    .executeTakeFirst();

/** Whose order a case is about, so that the order can be locked before the case. */
export const keyOfBuyer = (db: Executor, buyerId: string, caseNo: string) =>
  db
    .selectFrom('after_sales.case')
    .select(['buyerId', 'caseNo', 'orderNo'])
    .where('buyerId', '=', buyerId)
    .where('caseNo', '=', caseNo)
    .executeTakeFirst();

export const keyOfShop = (db: Executor, shopId: string, caseNo: string) =>
  db
    .selectFrom('after_sales.case')
    .select(['buyerId', 'caseNo', 'orderNo'])
    .where('shopId', '=', shopId)
    .where('caseNo', '=', caseNo)
    .executeTakeFirst();

export const keyOfRefund = (db: Executor, buyerId: string, refundNo: string) =>
  db
    .selectFrom('after_sales.case')
    .select(['buyerId', 'caseNo', 'orderNo'])
    .where('buyerId', '=', buyerId)
    .where('refundNo', '=', refundNo)
    .executeTakeFirst();

export const linesOf = (db: Executor, { buyerId, caseNo }: CaseKey): Promise<CaseLine[]> =>
  db
    .selectFrom('after_sales.caseLine')
    .selectAll()
    .where('buyerId', '=', buyerId)
    .where('caseNo', '=', caseNo)
    .orderBy('lineId')
    .execute();

/** The open case of each line of an order. */
export const openLines = (db: Executor, buyerId: string, orderNo: string) =>
  db
    .selectFrom('after_sales.caseLine')
    .select(['lineId', 'caseNo', 'quantity'])
    .where('buyerId', '=', buyerId)
    .where('orderNo', '=', orderNo)
    .where('isOpen', '=', true)
    .execute();

/** How often these lines were asked for and refused before, in cases that ended without a solution. */
export async function refusedAsks(
  db: Executor,
  buyerId: string,
  orderNo: string,
  lineIds: readonly string[],
): Promise<number> {
  const row = await db
    .selectFrom('after_sales.case as c')
    .innerJoin('after_sales.caseLine as l', (join) =>
      join.onRef('l.buyerId', '=', 'c.buyerId').onRef('l.caseNo', '=', 'c.caseNo'),
    )
    .select(sql<number>`coalesce(max(c.ask_count), 0)::int`.as('asks'))
    .where('c.buyerId', '=', buyerId)
    .where('c.orderNo', '=', orderNo)
    .where('c.status', '=', 'closed')
    .where('c.refusal', 'is not', null)
    .where('l.lineId', '=', sql<string>`any(${[...lineIds]}::uuid[])`)
    .executeTakeFirst();
  return row?.asks ?? 0;
}

export async function changeCase(tx: Tx, { buyerId, caseNo }: CaseKey, change: CaseChange): Promise<void> {
  await tx
    .updateTable('after_sales.case')
    .set(change)
    .where('buyerId', '=', buyerId)
    .where('caseNo', '=', caseNo)
    .execute();
}

/** The only way a status changes: a legal move, from the status that was read, or `after_sales.state_conflict`. */
export async function moveCase(
  tx: Tx,
  { buyerId, caseNo, status }: Pick<Case, 'buyerId' | 'caseNo' | 'status'>,
  to: AfterSaleStatus,
  change: CaseChange,
): Promise<void> {
  if (!canMove(status, to)) throw stateConflict({ status });
  const { numUpdatedRows } = await tx
    .updateTable('after_sales.case')
    .set({ ...change, status: to })
    .where('buyerId', '=', buyerId)
    .where('caseNo', '=', caseNo)
    .where('status', '=', status)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw stateConflict({ status });
  if (isEnded(to))
    await tx
      .updateTable('after_sales.caseLine')
      .set({ isOpen: false })
      .where('buyerId', '=', buyerId)
      .where('caseNo', '=', caseNo)
      .execute();
}

const hashOf = (
  before: string,
  {
    sequence,
    text,
    actor,
    at,
    pictures,
  }: { sequence: number; text: string; actor: string; at: string; pictures: string[] },
): string =>
  createHash('sha256')
    .update(JSON.stringify([before, sequence, text, actor, at, pictures]))
    .digest('hex');

/** Each entry's hash covers the one before; the case's lock keeps the sequence without gaps. */
export async function addEvent(
  tx: Tx,
  { buyerId, caseNo }: CaseKey,
  { text, actor, at, pictures = [] }: { text: string; actor: string; at: Date; pictures?: PictureRef[] },
): Promise<void> {
  const last = await tx
    .selectFrom('after_sales.caseEvent')
    .select(['sequence', 'hash'])
    .where('buyerId', '=', buyerId)
    .where('caseNo', '=', caseNo)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  const sequence = (last?.sequence ?? 0) + 1;
  const hash = hashOf(last?.hash ?? '', {
    sequence,
    text,
    actor,
    at: at.toISOString(),
    pictures: pictures.map((picture) => picture.hash),
  });
  await tx
    .insertInto('after_sales.caseEvent')
    .values({ buyerId, caseNo, sequence, text, actor, at, pictures: JSON.stringify(pictures), hash })
    .execute();
}

export interface LoggedEvent {
  sequence: number;
  text: string;
  actor: string;
  at: string;
  pictures: PictureRef[];
  hash: string;
}

/** @param events oldest first. False when one was changed, removed or slipped in. */
export function isChainWhole(events: readonly LoggedEvent[]): boolean {
  let before = '';
  return events.every((event, index) => {
    const at = new Date(event.at).toISOString();
    const hash = hashOf(before, { ...event, at, pictures: event.pictures.map((picture) => picture.hash) });
    before = event.hash;
    return event.sequence === index + 1 && hash === event.hash;
  });
}

export const dueCases = (db: Executor, now: Date, limit: number) =>
  db
    .selectFrom('after_sales.case')
    .select(['buyerId', 'caseNo', 'orderNo'])
    .where('deadline', '<=', now)
    .orderBy('deadline')
    .limit(limit)
    .execute();

export async function returnAddress(db: Executor, shopId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('after_sales.returnAddress')
    .select('sealed')
    .where('shopId', '=', shopId)
    .executeTakeFirst();
  return row?.sealed;
}

export async function setReturnAddress(tx: Tx, shopId: string, sealed: string, changedAt: Date): Promise<void> {
  await tx
    .insertInto('after_sales.returnAddress')
    .values({ shopId, sealed, changedAt })
    .onConflict((conflict) => conflict.column('shopId').doUpdateSet({ sealed, changedAt }))
    .execute();
}

/** What each line really gave back. */
export async function setLineAmounts(
  tx: Tx,
  { buyerId, caseNo }: CaseKey,
  lines: readonly { lineId: string; amount: number }[],
): Promise<void> {
  await sql`
    update after_sales.case_line l set amount = i.amount
    from unnest(${lines.map(({ lineId }) => lineId)}::uuid[], ${lines.map(({ amount }) => amount)}::int[]) as i (line_id, amount)
    where l.buyer_id = ${buyerId} and l.case_no = ${caseNo} and l.line_id = i.line_id`.execute(tx);
}
