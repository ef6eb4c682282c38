import { type Selectable, sql } from 'kysely';
import type { Executor, Tx } from '#platform/database/database.ts';
import { sendLater } from '#platform/database/dialect.ts';
import { fixedQuery } from '#platform/database/hot-query.ts';
import { newId } from '#platform/ids.ts';
import type { PictureRef } from '#platform/picture.ts';
import type { BuyerTable, WechatApp } from './identity.tables.ts';

export type BuyerRow = Selectable<BuyerTable>;
export interface SessionRow {
  buyerId: string;
  isGuest: boolean;
  expiresAt: Date;
}

export async function findSessions(db: Executor, tokenHashes: readonly string[]): Promise<Map<string, SessionRow>> {
  const rows = await readSessions(db, tokenHashes);
  return new Map(rows.map(({ tokenHash, ...session }) => [tokenHash, session]));
}

const readSessions = fixedQuery<SessionRow & { tokenHash: string }, [tokenHashes: readonly string[]]>(
  'select token_hash, buyer_id, is_guest, expires_at from identity.buyer_session where token_hash = any($1::text[])',
);

type NewSession = SessionRow & { tokenHash: string; createdAt: Date };

export const insertSession = (tx: Tx, row: NewSession): Promise<void> =>
  sendLater(tx, tx.insertInto('identity.buyerSession').values(row));

export interface KnownSignIn {
  app: WechatApp;
  openid: string;
  unionid: string | undefined;
  tokenHash: string;
  createdAt: Date;
  expiresAt: Date;
}

/**
 * Sessions for known accounts that bring nothing new, in one statement, which needs no transaction.
 * @returns by token hash; nothing, and nothing is written, for an account or a unionid not seen before
 */
export async function insertKnownSessions(db: Executor, asked: readonly KnownSignIn[]): Promise<Map<string, BuyerRow>> {
  const rows = await insertSessionsOfAccounts(
    db,
    asked.map(({ app }) => app),
    asked.map(({ openid }) => openid),
    asked.map(({ unionid }) => unionid ?? null),
    asked.map((one) => one.tokenHash),
    asked.map(({ createdAt }) => createdAt),
    asked.map(({ expiresAt }) => expiresAt),
  );
  return new Map(rows.map(({ sessionHash, ...buyer }) => [sessionHash, buyer]));
}

const insertSessionsOfAccounts = fixedQuery<
  BuyerRow & { sessionHash: string },
  [
    apps: readonly WechatApp[],
    openids: readonly string[],
    unionids: readonly (string | null)[],
    tokenHashes: readonly string[],
    createdAt: readonly Date[],
    expiresAt: readonly Date[],
  ]
>(
  `with asked as (
     select asked.*, account.buyer_id
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[])
       as asked (app, openid, unionid, token_hash, created_at, expires_at)
     join identity.wechat_account account
       on account.app = asked.app and account.openid = asked.openid
       and (asked.unionid is null or account.unionid = asked.unionid)
   ), session as (
     insert into identity.buyer_session (token_hash, buyer_id, is_guest, created_at, expires_at)
     select token_hash, buyer_id, false, created_at, expires_at from asked
   )
   select asked.token_hash as session_hash, buyer.* from identity.buyer join asked using (buyer_id)`,
);

export interface NewGuest {
  buyerId: string;
  tokenHash: string;
  createdAt: Date;
  expiresAt: Date;
}

/** Guests and their sessions in one statement, which needs no transaction around it. */
export const insertGuests = (db: Executor, guests: readonly NewGuest[]): Promise<never[]> =>
  insertGuestsWithSessions(
    db,
    guests.map(({ buyerId }) => buyerId),
    guests.map((guest) => guest.tokenHash),
    guests.map(({ createdAt }) => createdAt),
    guests.map(({ expiresAt }) => expiresAt),
  );

const insertGuestsWithSessions = fixedQuery<
  never,
  [buyerIds: readonly string[], tokenHashes: readonly string[], createdAt: readonly Date[], expiresAt: readonly Date[]]
>(
  `with asked as (
     select * from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[])
       as asked (buyer_id, token_hash, created_at, expires_at)
   ), guest as (
     insert into identity.buyer (buyer_id, is_guest, created_at) select buyer_id, true, created_at from asked
   )
   insert into identity.buyer_session (token_hash, buyer_id, is_guest, created_at, expires_at)
   select token_hash, buyer_id, true, created_at, expires_at from asked`,
);

export async function extendSession(db: Executor, tokenHash: string, expiresAt: Date): Promise<void> {
  await db.updateTable('identity.buyerSession').set({ expiresAt }).where('tokenHash', '=', tokenHash).execute();
}

/** @returns hashes of the sessions that ended */
export async function deleteSessions(tx: Tx, of: { tokenHash: string } | { buyerId: string }): Promise<string[]> {
  const query = tx.deleteFrom('identity.buyerSession').returning('tokenHash');
  const rows = await ('tokenHash' in of
    ? query.where('tokenHash', '=', of.tokenHash)
    : query.where('buyerId', '=', of.buyerId)
  ).execute();
  return rows.map(({ tokenHash }) => tokenHash);
}

export async function insertBuyer(
  tx: Tx,
  { buyerId, isGuest }: { buyerId: string; isGuest: boolean },
  now: Date,
): Promise<void> {
  await tx
    .insertInto('identity.buyer')
    .values({ buyerId, isGuest, phoneSealed: null, phoneIndex: null, mergedInto: null, mergedAt: null, createdAt: now })
    .execute();
}

export const listBuyers = (db: Executor, buyerIds: readonly string[]): Promise<BuyerRow[]> =>
  db.selectFrom('identity.buyer').selectAll().where(sql<boolean>`buyer_id = any(${buyerIds}::uuid[])`).execute();

export async function updateBuyer(
  tx: Tx,
  buyerId: string,
  change: { nickname?: string; avatar?: PictureRef; phone?: { sealed: string; index: string } },
): Promise<void> {
  const { nickname, avatar, phone } = change;
  const set = {
    ...(nickname === undefined ? {} : { nickname }),
    ...(avatar === undefined ? {} : { avatar: JSON.stringify(avatar) }),
    ...(phone === undefined ? {} : { phoneSealed: phone.sealed, phoneIndex: phone.index }),
  };
  if (Object.keys(set).length === 0) return;
  await tx.updateTable('identity.buyer').set(set).where('buyerId', '=', buyerId).execute();
}

/** Marks the guest merged. @returns false when it was merged before or is no guest */
export async function markMerged(tx: Tx, guestId: string, buyerId: string, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('identity.buyer')
    .set({ mergedInto: buyerId, mergedAt: now })
    .where('buyerId', '=', guestId)
    .where('isGuest', '=', true)
    .where('mergedInto', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export const findAccount = (tx: Tx, app: WechatApp, openid: string) =>
  tx
    .selectFrom('identity.wechatAccount')
    .select(['buyerId', 'unionid'])
    .where('app', '=', app)
    .where('openid', '=', openid)
    .forUpdate()
    .executeTakeFirst();

/** First writer wins; a second one waits for the first to commit. @returns whether this call wrote it */
export async function claimAccount(
  tx: Tx,
  row: { app: WechatApp; openid: string; buyerId: string; unionid: string | null; createdAt: Date },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('identity.wechatAccount')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export const findUnionid = async (db: Executor, buyerId: string): Promise<string | undefined> =>
  (
    await db
      .selectFrom('identity.wechatUnion')
      .select('unionid')
      .where('buyerId', '=', buyerId)
      .limit(1)
      .executeTakeFirst()
  )?.unionid;

/** First writer wins. @returns whose unionid it is now */
export async function claimUnion(tx: Tx, unionid: string, buyerId: string, now: Date): Promise<string> {
  await tx
    .insertInto('identity.wechatUnion')
    .values({ unionid, buyerId, createdAt: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await tx
    .selectFrom('identity.wechatUnion')
    .select('buyerId')
    .where('unionid', '=', unionid)
    .executeTakeFirstOrThrow();
  return row.buyerId;
}

export async function handOverUnion(tx: Tx, unionid: string, from: string, to: string): Promise<void> {
  await tx
    .updateTable('identity.wechatUnion')
    .set({ buyerId: to })
    .where('unionid', '=', unionid)
    .where('buyerId', '=', from)
    .execute();
}

export async function rememberUnionid(tx: Tx, app: WechatApp, openid: string, unionid: string): Promise<void> {
  await tx
    .updateTable('identity.wechatAccount')
    .set({ unionid })
    .where('app', '=', app)
    .where('openid', '=', openid)
    .execute();
}

export async function logLink(
  tx: Tx,
  link: {
    buyerId: string;
    app: WechatApp;
    openid: string;
    unionid: string | null;
    kind: 'created' | 'joined' | 'conflict';
    otherBuyerId?: string;
  },
  now: Date,
): Promise<void> {
  await tx
    .insertInto('identity.wechatLink')
    .values({ ...link, otherBuyerId: link.otherBuyerId ?? null, linkId: newId(), linkedAt: now })
    .execute();
}

export async function findOpenid(db: Executor, buyerId: string, app: WechatApp): Promise<string | undefined> {
  const row = await db
    .selectFrom('identity.wechatAccount')
    .select('openid')
    .where('buyerId', '=', buyerId)
    .where('app', '=', app)
    .orderBy('createdAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.openid;
}

export async function insertOauthState(
  tx: Tx,
  row: { stateHash: string; sessionHash: string; returnTo: string; expiresAt: Date },
): Promise<void> {
  await tx.insertInto('identity.oauthState').values(row).execute();
}

/** Takes the state away, so that it works once. @returns whether it was this session's and still fresh */
export async function takeOauthState(tx: Tx, stateHash: string, sessionHash: string, now: Date): Promise<boolean> {
  const row = await tx
    .deleteFrom('identity.oauthState')
    .where('stateHash', '=', stateHash)
    .where('sessionHash', '=', sessionHash)
    .where('expiresAt', '>', now)
    .returning('stateHash')
    .executeTakeFirst();
  return row !== undefined;
}

/** @returns how many rows went */
export async function deleteExpired(tx: Tx, now: Date, attemptsBefore: Date, limit: number): Promise<number> {
  const { rows } = await sql<{ gone: number }>`
    with sessions as (
      delete from identity.buyer_session where token_hash in (
        select token_hash from identity.buyer_session where expires_at <= ${now} limit ${limit}) returning 1),
    states as (delete from identity.oauth_state where expires_at <= ${now} returning 1),
    attempts as (delete from identity.login_attempt where attempted_at < ${attemptsBefore} returning 1)
    select (select count(*) from sessions) + (select count(*) from states) + (select count(*) from attempts) as gone`.execute(
    tx,
  );
  return rows[0]?.gone ?? 0;
}
