/** Notices are the shopper's: every call on one leads with the buyer. */
import { sql } from 'kysely';
import type { Executor, Tx } from '#platform/database/database.ts';
import { fixedWrite } from '#platform/database/hot-query.ts';
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

const writeSentNotices = fixedWrite<
  [
    buyerIds: readonly string[],
    noticeIds: readonly string[],
    sourceKeys: readonly string[],
    kinds: readonly string[],
    shopIds: readonly (string | null)[],
    titles: readonly string[],
    bodies: readonly string[],
    pages: readonly string[],
    facts: readonly string[],
    channels: readonly string[],
    at: Date,
  ]
>(
  `insert into messaging.notice (buyer_id, notice_id, source_key, kind, shop_id, title, body, page, facts, channel, state,
     due_at, valid_until, decided_at, created_at)
   select buyer_id, notice_id, source_key, kind, shop_id, title, body, page, facts::jsonb, channel, 'sent',
     $11::timestamptz, $11::timestamptz, $11::timestamptz, $11::timestamptz
   from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[],
     $10::text[]) as sent (buyer_id, notice_id, source_key, kind, shop_id, title, body, page, facts, channel)
   order by buyer_id, source_key
   on conflict (buyer_id, source_key) do nothing`,
);
type Sent = Pick<NoticeRow, 'buyerId' | 'sourceKey' | 'kind' | 'shopId' | 'title' | 'body' | 'page' | 'facts'> & {
  channel: 'wechat' | 'inbox';
};
/** Of what went out at once. A cause that is known already is left as it is. */
export const insertSentNotices = (tx: Tx, sent: readonly Sent[], at: Date): Promise<void> =>
  writeSentNotices(
    tx,
    sent.map(({ buyerId }) => buyerId),
    sent.map(() => newId()),
    sent.map(({ sourceKey }) => sourceKey),
    sent.map(({ kind }) => kind),
    sent.map(({ shopId }) => shopId),
    sent.map(({ title }) => title),
    sent.map(({ body }) => body),
    sent.map(({ page }) => page),
    sent.map(({ facts }) => JSON.stringify(facts)),
    sent.map(({ channel }) => channel),
    at,
  );

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

export const withdraw = fixedWrite<[buyerIds: readonly string[], kinds: readonly NoticeRow['kind'][], now: Date]>(
  `with untrue as (
     select buyer_id, notice_id from messaging.notice
     where buyer_id = any($1::uuid[]) and state = 'waiting' and kind = any($2::text[])
     order by buyer_id, notice_id for update
   )
   update messaging.notice n set state = 'suppressed', reason = 'no_longer_true', decided_at = $3::timestamptz
   from untrue where n.buyer_id = untrue.buyer_id and n.notice_id = untrue.notice_id`,
);

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
