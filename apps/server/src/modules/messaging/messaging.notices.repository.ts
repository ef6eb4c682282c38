/** Notices are the shopper's: every call on one leads with the buyer. */
import { sql } from 'kysely';
import type { Executor, Tx } from '#platform/database/database.ts';
import { newId } from '#platform/ids.ts';
import { sevenDaysBefore, startOfDay } from './messaging.decide.ts';
import { marketingKinds, pushOnlyCounts } from './messaging.kinds.ts';
import type { NoticeRow } from './messaging.notices.ts';

type New = Pick<
  NoticeRow,
  | 'buyerId'
  | 'sourceKey'
  | 'kind'
  | 'shopId'
  | 'title'
  | 'body'
  | 'page'
  | 'facts'
  | 'validUntil'
  | 'dueAt'
  | 'createdAt'
> &
  Partial<
    Pick<NoticeRow, 'noticeId' | 'hourFrom' | 'hourUntil' | 'campaignId' | 'state' | 'reason' | 'channel' | 'decidedAt'>
  >;

/** @returns false when the same cause is known */
export async function insertNotice(tx: Tx, notice: New): Promise<boolean> {
  const { facts, ...row } = notice;
  const stored = await tx
    .insertInto('messaging.notice')
    .values({
      noticeId: newId(),
      hourFrom: null,
      hourUntil: null,
      campaignId: null,
      state: 'waiting',
      reason: null,
      channel: null,
      decidedAt: null,
      openedAt: null,
      ...row,
      facts: JSON.stringify(facts),
    })
    .onConflict((conflict) => conflict.columns(['buyerId', 'sourceKey']).doNothing())
    .executeTakeFirst();
  return stored.numInsertedOrUpdatedRows === 1n;
}

/** Whoever holds it decides for this shopper alone, until the transaction ends. */
export async function lockPace(tx: Tx, buyerId: string): Promise<void> {
  await tx
    .insertInto('messaging.pace')
    .values({ buyerId })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await tx.selectFrom('messaging.pace').select('buyerId').where('buyerId', '=', buyerId).forUpdate().execute();
}

export const dueBuyers = (db: Executor, now: Date, limit: number) =>
  db
    .selectFrom('messaging.notice')
    .select('buyerId')
    .distinct()
    .where('state', '=', 'waiting')
    .where('dueAt', '<=', now)
    .limit(limit)
    .execute();

export const dueNotices = (tx: Tx, buyerId: string, now: Date): Promise<NoticeRow[]> =>
  tx
    .selectFrom('messaging.notice')
    .selectAll()
    .where('buyerId', '=', buyerId)
    .where('state', '=', 'waiting')
    .where('dueAt', '<=', now)
    .orderBy('noticeId')
    .forUpdate()
    .execute();

/** Marketing messages this shopper has had. What is in the inbox anyway counts only when it was pushed too. */
export async function paceOf(tx: Tx, buyerId: string, now: Date): Promise<{ today: number; thisWeek: number }> {
  return tx
    .selectFrom('messaging.notice')
    .select((eb) => [
      eb.fn.countAll<number>().filterWhere('decidedAt', '>=', startOfDay(now)).as('today'),
      eb.fn.countAll<number>().as('thisWeek'),
    ])
    .where('buyerId', '=', buyerId)
    .where('state', '=', 'sent')
    .where('decidedAt', '>', sevenDaysBefore(now))
    .where('kind', 'in', marketingKinds)
    .where((eb) => eb.or([eb('channel', '<>', 'inbox'), eb('kind', 'not in', pushOnlyCounts)]))
    .executeTakeFirstOrThrow();
}

export const changeNotice = (
  tx: Tx,
  { buyerId, noticeId }: Pick<NoticeRow, 'buyerId' | 'noticeId'>,
  set: Partial<Pick<NoticeRow, 'state' | 'reason' | 'channel' | 'decidedAt' | 'dueAt'>>,
) =>
  tx.updateTable('messaging.notice').set(set).where('buyerId', '=', buyerId).where('noticeId', '=', noticeId).execute();

/** The push of it was refused for good: it did not reach the shopper, and does not count. */
export const failNotice = (tx: Tx, buyerId: string, sourceKey: string, reason: string) =>
  tx
    .updateTable('messaging.notice')
    .set({ state: 'failed', reason: reason.slice(0, 200) })
    .where('buyerId', '=', buyerId)
    .where('sourceKey', '=', sourceKey)
    .where('state', '=', 'sent')
    .where('channel', '<>', 'inbox')
    .execute();

export const withdraw = (tx: Tx, buyerId: string, kinds: readonly NoticeRow['kind'][], now: Date) =>
  tx
    .updateTable('messaging.notice')
    .set({ state: 'suppressed', reason: 'no_longer_true', decidedAt: now })
    .where('buyerId', '=', buyerId)
    .where('state', '=', 'waiting')
    .where('kind', 'in', [...kinds])
    .execute();

/** @returns undefined when it is not this shopper's; `isFirst` once */
export async function markOpened(
  tx: Tx,
  buyerId: string,
  noticeId: string,
  now: Date,
): Promise<{ notice: NoticeRow; isFirst: boolean } | undefined> {
  const opened = await tx
    .updateTable('messaging.notice')
    .set({ openedAt: now })
    .where('buyerId', '=', buyerId)
    .where('noticeId', '=', noticeId)
    .where('state', '=', 'sent')
    .where('openedAt', 'is', null)
    .returningAll()
    .executeTakeFirst();
  if (opened) return { notice: opened, isFirst: true };
  const notice = await tx
    .selectFrom('messaging.notice')
    .selectAll()
    .where('buyerId', '=', buyerId)
    .where('noticeId', '=', noticeId)
    .executeTakeFirst();
  return notice && { notice, isFirst: false };
}

export async function preferencesOf(db: Executor, buyerId: string): Promise<Map<string, boolean>> {
  const rows = await db
    .selectFrom('messaging.preference')
    .select(['what', 'isOn'])
    .where('buyerId', '=', buyerId)
    .execute();
  return new Map(rows.map(({ what, isOn }) => [what, isOn]));
}

export const setPreference = (tx: Tx, preference: { buyerId: string; what: string; isOn: boolean; changedAt: Date }) =>
  tx
    .insertInto('messaging.preference')
    .values(preference)
    .onConflict((conflict) =>
      conflict.columns(['buyerId', 'what']).doUpdateSet({ isOn: preference.isOn, changedAt: preference.changedAt }),
    )
    .execute();

export const kindFigures = async (db: Executor, shopId: string, since: Date) => {
  const { rows } = await sql<{
    kind: NoticeRow['kind'];
    sent: number;
    pushed: number;
    opened: number;
    suppressed: number;
    failed: number;
  }>`
    select kind, count(*) filter (where state = 'sent')::int as sent,
      count(*) filter (where state = 'sent' and channel <> 'inbox')::int as pushed,
      count(*) filter (where opened_at is not null)::int as opened,
      count(*) filter (where state = 'suppressed')::int as suppressed,
      count(*) filter (where state = 'failed')::int as failed
    from messaging.notice where shop_id = ${shopId} and created_at >= ${since} group by kind`.execute(db);
  return new Map(rows.map(({ kind, ...figures }) => [kind, figures]));
};

export const reasonFigures = async (db: Executor, shopId: string, since: Date) => {
  const { rows } = await sql<{ reason: string; count: number }>`
    select reason, count(*)::int as count from messaging.notice
    where shop_id = ${shopId} and created_at >= ${since} and state = 'suppressed' group by reason order by 2 desc`.execute(
    db,
  );
  return rows;
};

/** With how many there are in all, in one statement. */
export async function noticeLog(
  db: Executor,
  shopId: string,
  {
    page,
    pageSize,
    kind,
    state,
  }: { page: number; pageSize: number; kind?: NoticeRow['kind']; state?: NoticeRow['state'] },
): Promise<{ rows: NoticeRow[]; total: number }> {
  const rows = await db
    .selectFrom('messaging.notice')
    .selectAll()
    .select(sql<number>`(count(*) over ())::int`.as('total'))
    .where('shopId', '=', shopId)
    .$if(kind !== undefined, (query) => query.where('kind', '=', kind as NoticeRow['kind']))
    .$if(state !== undefined, (query) => query.where('state', '=', state as NoticeRow['state']))
    .orderBy('noticeId', 'desc')
    .offset((page - 1) * pageSize)
    .limit(pageSize)
    .execute();
  return { rows, total: rows[0]?.total ?? 0 };
}
