import type { Buyer, Session, UpdateProfile } from '@xiaopu/contracts';
import { type Clock, dayMs, minuteMs } from '#platform/clock.ts';
import type { Db, Executor, Tx } from '#platform/database/database.ts';
import { gather } from '#platform/database/gather.ts';
import { type FieldCipher, maskPhone } from '#platform/field-cipher.ts';
import { newId, newToken, tokenHash } from '#platform/ids.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import type { PictureRef, ToPicture } from '#platform/picture.ts';
import type { Policies } from '#platform/policy.ts';
import type { BuyerSessions } from './identity.buyer-sessions.ts';
import type { BuyerRow } from './identity.buyers.repository.ts';
import * as repository from './identity.buyers.repository.ts';
import { avatarNotFound, oauthStateUnknown, unsafeReturn } from './identity.errors.ts';
import { oauthStateMinutes } from './identity.policies.ts';
import type { WechatApp } from './identity.tables.ts';
import type { WechatPerson } from './identity.wechat-mini.gateway.ts';

export interface BuyersDeps {
  database: { db: Db };
  clock: Clock;
  outbox: Outbox;
  policies: Policies;
  cipher: FieldCipher;
  sessions: BuyerSessions;
  toPicture: ToPicture;
  /** A picture this buyer uploaded; undefined for anyone else's. */
  buyerPicture(db: Executor, buyerId: string, mediaId: string): Promise<PictureRef | undefined>;
  /** With the login itself: the page after it shows the cart, and an event may still be on its way (C02-BEH-03). */
  moveCart(tx: Tx, guestId: string, buyerId: string): Promise<void>;
  /** Where shoppers reach the H5 storefront. */
  publicBaseUrl: string;
}

export interface BuyerSummary {
  nickname: string;
  avatarUrl: string | null;
  maskedPhone: string | null;
}

export type Buyers = ReturnType<typeof createBuyers>;

const phonePurpose = 'buyer phone';
/** A path of our own: no host, no scheme, nothing a browser could read as one. */
const safeReturn = /^\/(?![/\\])[^\\\p{Cc}]*$/u;

export function createBuyers({
  database: { db },
  clock,
  outbox,
  policies,
  cipher,
  sessions,
  toPicture,
  buyerPicture,
  moveCart,
  publicBaseUrl,
}: BuyersDeps) {
  function summary({
    nickname,
    avatar,
    phoneSealed,
    isGuest,
  }: Pick<BuyerRow, 'nickname' | 'avatar' | 'phoneSealed' | 'isGuest'>): BuyerSummary {
    return {
      nickname: nickname || (isGuest ? '游客' : '微信用户'),
      avatarUrl: avatar === null ? null : toPicture(avatar).url,
      maskedPhone: phoneSealed === null ? null : maskPhone(cipher.decrypt(phoneSealed)),
    };
  }

  // Guests and sign-ins of one moment share a statement and its commit; what each writes is nobody else's.
  const insertGuest = gather({
    async together(guests: readonly repository.NewGuest[]) {
      await repository.insertGuests(db, guests);
      return guests;
    },
  });
  const insertKnownSession = gather({
    async together(asked: readonly repository.KnownSignIn[]) {
      const buyers = await repository.insertKnownSessions(db, asked);
      return asked.map((one) => buyers.get(one.tokenHash));
    },
  });

  async function view(executor: Executor, buyerId: string): Promise<Buyer> {
    const [row] = await repository.listBuyers(executor, [buyerId]);
    if (!row) throw new Error('a session without its buyer');
    return { buyerId, isGuest: row.isGuest, ...summary(row) };
  }

  async function openSession(tx: Tx, buyerId: string, isGuest: boolean): Promise<Session> {
    const now = clock.now();
    const token = newToken();
    const expiresAt = sessions.expiryFrom(now);
    const row = { tokenHash: tokenHash(token), buyerId, isGuest, createdAt: now, expiresAt };
    const [buyer] = await Promise.all([view(tx, buyerId), repository.insertSession(tx, row)]);
    return { token, expiresAt: expiresAt.toISOString(), buyer };
  }

  /** The buyer of a WeChat account, made at first sight; a known unionid joins the account to its buyer. */
  async function resolve(tx: Tx, app: WechatApp, { openid, unionid }: WechatPerson): Promise<string> {
    const now = clock.now();
    const known = await repository.findAccount(tx, app, openid);
    if (known) {
      if (unionid !== undefined && known.unionid !== unionid) {
        const owner = await repository.claimUnion(tx, unionid, known.buyerId, now);
        await repository.rememberUnionid(tx, app, openid, unionid);
        const link = { buyerId: known.buyerId, app, openid, unionid };
        // Both have a history by now: people decide which one stays, the openid keeps its buyer meanwhile.
        if (owner === known.buyerId) await repository.logLink(tx, { ...link, kind: 'joined' }, now);
        else await repository.logLink(tx, { ...link, kind: 'conflict', otherBuyerId: owner }, now);
      }
      return known.buyerId;
    }
    const candidate = newId();
    const owner = unionid === undefined ? candidate : await repository.claimUnion(tx, unionid, candidate, now);
    const account = { app, openid, buyerId: owner, unionid: unionid ?? null, createdAt: now };
    if (!(await repository.claimAccount(tx, account))) {
      const winner = await repository.findAccount(tx, app, openid);
      if (!winner) throw new Error('a WeChat account vanished');
      if (unionid !== undefined && owner === candidate)
        await repository.handOverUnion(tx, unionid, candidate, winner.buyerId);
      return winner.buyerId;
    }
    if (owner === candidate) await repository.insertBuyer(tx, { buyerId: owner, isGuest: false }, now);
    const link = { buyerId: owner, app, openid, unionid: unionid ?? null };
    await repository.logLink(tx, { ...link, kind: owner === candidate ? 'created' : 'joined' }, now);
    return owner;
  }

  async function mergeGuest(tx: Tx, guestId: string, buyerId: string): Promise<void> {
    if (!(await repository.markMerged(tx, guestId, buyerId, clock.now()))) return;
    sessions.forget(await repository.deleteSessions(tx, { buyerId: guestId }));
    await moveCart(tx, guestId, buyerId);
    await outbox.publish(tx, 'identity.guest_merged', { guestId, buyerId });
  }

  return {
    view,

    /** One statement at most, which needs no transaction around it. */
    async startGuest(): Promise<Session> {
      const now = clock.now();
      const buyerId = newId();
      const token = newToken();
      const expiresAt = sessions.expiryFrom(now);
      await insertGuest({ buyerId, tokenHash: tokenHash(token), createdAt: now, expiresAt });
      const buyer = {
        buyerId,
        isGuest: true,
        ...summary({ nickname: '', avatar: null, phoneSealed: null, isGuest: true }),
      };
      return { token, expiresAt: expiresAt.toISOString(), buyer };
    },

    /** The common sign-in: a known account, no guest to merge. One statement at most. @returns undefined when it takes `signIn` */
    async signInKnown(app: WechatApp, { openid, unionid }: WechatPerson): Promise<Session | undefined> {
      const now = clock.now();
      const token = newToken();
      const expiresAt = sessions.expiryFrom(now);
      const row = await insertKnownSession({
        ...{ app, openid, unionid, createdAt: now, expiresAt },
        tokenHash: tokenHash(token),
      });
      if (!row) return undefined;
      const buyer = { buyerId: row.buyerId, isGuest: row.isGuest, ...summary(row) };
      return { token, expiresAt: expiresAt.toISOString(), buyer };
    },

    /** Signs a WeChat person in; the guest who asked, if any, is merged into the buyer (C02-BEH-03). */
    async signIn(tx: Tx, app: WechatApp, person: WechatPerson, guestId: string | undefined): Promise<Session> {
      const buyerId = await resolve(tx, app, person);
      if (guestId !== undefined && guestId !== buyerId) await mergeGuest(tx, guestId, buyerId);
      return openSession(tx, buyerId, false);
    },

    async endSession(tx: Tx, hash: string): Promise<void> {
      await repository.deleteSessions(tx, { tokenHash: hash });
      sessions.forget([hash]);
    },

    /** A state only this session can finish with; WeChat sends the shopper back to `returnTo` on our own site. */
    async startOauth(tx: Tx, sessionHash: string, returnTo: string): Promise<{ state: string; redirectUri: string }> {
      if (!safeReturn.test(returnTo)) throw unsafeReturn();
      const state = newToken();
      const expiresAt = new Date(clock.now().getTime() + policies.get(oauthStateMinutes) * minuteMs);
      await repository.insertOauthState(tx, { stateHash: tokenHash(state), sessionHash, returnTo, expiresAt });
      return { state, redirectUri: `${publicBaseUrl}/#${returnTo}` };
    },

    /** Spends the state, whatever comes of the code: both work once. */
    async finishOauth(tx: Tx, sessionHash: string, state: string): Promise<void> {
      if (!(await repository.takeOauthState(tx, tokenHash(state), sessionHash, clock.now()))) throw oauthStateUnknown();
    },

    async savePhone(tx: Tx, buyerId: string, phone: string): Promise<Buyer> {
      const sealed = { sealed: cipher.encrypt(phone), index: cipher.blindIndex(phonePurpose, phone) };
      await repository.updateBuyer(tx, buyerId, { phone: sealed });
      return view(tx, buyerId);
    },

    async updateProfile(tx: Tx, buyerId: string, { nickname, avatarMediaId }: UpdateProfile): Promise<Buyer> {
      const avatar = avatarMediaId === undefined ? undefined : await buyerPicture(tx, buyerId, avatarMediaId);
      if (avatarMediaId !== undefined && !avatar) throw avatarNotFound();
      await repository.updateBuyer(tx, buyerId, { nickname: nickname?.trim() || undefined, avatar });
      return view(tx, buyerId);
    },

    /** How two buyers relate: no such buyer or a guest, one person by phone, or two people. One statement. */
    async kinship(db: Executor, buyerId: string, otherId: string): Promise<'unknown' | 'same' | 'other'> {
      const rows = await repository.listBuyers(db, [buyerId, otherId]);
      const other = rows.find((row) => row.buyerId === otherId);
      if (!other || other.isGuest) return 'unknown';
      // An openid belongs to one buyer only (its primary key), so the phone is what two accounts of one person share.
      const phone = rows.find((row) => row.buyerId === buyerId)?.phoneIndex ?? null;
      return otherId === buyerId || (phone !== null && phone === other.phoneIndex) ? 'same' : 'other';
    },
    /** Those of them who have an account, guests left out. One statement. */
    membersAmong: async (db: Executor, buyerIds: readonly string[]): Promise<Set<string>> =>
      new Set(
        (buyerIds.length === 0 ? [] : await repository.listBuyers(db, buyerIds))
          .filter(({ isGuest }) => !isGuest)
          .map(({ buyerId }) => buyerId),
      ),
    /** The number itself, for a provider that calls or writes it; never for a screen or a log. */
    phoneOf: async (db: Executor, buyerId: string): Promise<string | null> => {
      const sealed = (await repository.listBuyers(db, [buyerId]))[0]?.phoneSealed ?? null;
      return sealed === null ? null : cipher.decrypt(sealed);
    },
    phoneIndexOf: async (db: Executor, buyerId: string): Promise<string | null> =>
      (await repository.listBuyers(db, [buyerId]))[0]?.phoneIndex ?? null,

    /** Names the person in every app of the same owner; what WeCom knows a customer by. */
    unionidOf: (db: Executor, buyerId: string): Promise<string | undefined> => repository.findUnionid(db, buyerId),
    openidOf: (db: Executor, buyerId: string, app: WechatApp) => repository.findOpenid(db, buyerId, app),

    /** One statement, for lists of any length. */
    async buyers(db: Executor, buyerIds: readonly string[]): Promise<Map<string, BuyerSummary>> {
      if (buyerIds.length === 0) return new Map();
      const rows = await repository.listBuyers(db, buyerIds);
      return new Map(rows.map((row) => [row.buyerId, summary(row)]));
    },

    /** Expired sessions, states and old login attempts go; a sweep calls it until nothing is left. */
    deleteExpired: (tx: Tx) =>
      repository.deleteExpired(tx, clock.now(), new Date(clock.now().getTime() - dayMs), 1_000),
  };
}
