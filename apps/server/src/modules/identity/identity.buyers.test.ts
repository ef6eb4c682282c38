import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dayMs, minuteMs } from '#platform/clock.ts';
import { tokenHash } from '#platform/ids.ts';
import { type IdentityWorld, idOf, openIdentityWorld } from '../../../test/identity-fixture.ts';
import { createBuyerSessions } from './identity.buyer-sessions.ts';

describe('buyer identity', () => {
  let world: IdentityWorld;
  beforeAll(async () => {
    world = await openIdentityWorld();
  });
  afterAll(() => world.close());

  const mini = (code: string, token?: string) =>
    world.send('POST', '/api/session/wechat-mini', { body: { code }, token });
  const countBuyers = async (isGuest: boolean) => {
    const rows = await world.database.db
      .selectFrom('identity.buyer')
      .select('buyerId')
      .where('isGuest', '=', isGuest)
      .execute();
    return rows.length;
  };
  const mergeEvents = async (guestId: string) => {
    const rows = await world.database.db
      .selectFrom('platform.outbox')
      .select('payload')
      .where('name', '=', 'identity.guest_merged')
      .execute();
    return rows
      .map(({ payload }) => payload as { guestId: string; buyerId: string })
      .filter((event) => event.guestId === guestId);
  };
  async function oauthState(token: string, returnTo = '/pages/me/index'): Promise<string> {
    const { body } = await world.send('GET', `/api/session/wechat-oauth/url?returnTo=${encodeURIComponent(returnTo)}`, {
      token,
    });
    return new URL(body.url).searchParams.get('state') ?? '';
  }

  it('C01-ECO-03 gives a guest a session and refuses what is no session', async () => {
    const guest = await world.guest();
    const { status, body } = await world.send('GET', '/api/session', { token: guest.token });
    expect({ status, body }).toEqual({
      status: 200,
      body: { buyerId: guest.buyerId, isGuest: true, nickname: '游客', avatarUrl: null, maskedPhone: null },
    });
    for (const token of [undefined, 'x', 'A'.repeat(43)]) {
      const refused = await world.send('GET', '/api/session', { token });
      expect([refused.status, refused.body.error.code]).toEqual([401, 'identity.session_required']);
    }
  });

  it('C01-ECO-03 guests of one moment share a statement and are different people', async () => {
    let guests: { token: string; buyerId: string }[] = [];
    const statements = await world.database.statementsOf(async () => {
      guests = await Promise.all(Array.from({ length: 30 }, () => world.guest()));
    });
    expect(statements.length).toBeLessThanOrEqual(4);
    expect(new Set(guests.map(({ buyerId }) => buyerId)).size).toBe(30);
    for (const { token, buyerId } of guests)
      expect((await world.send('GET', '/api/session', { token })).body.buyerId).toBe(buyerId);
  });

  it('C01-ECO-03 known and new people who sign in at one moment each get their own session', async () => {
    const codes = Array.from({ length: 12 }, (_, at) => `beside-${at}`);
    for (const code of codes) world.people.set(code, { openid: `o-${code}`, unionid: undefined });
    const firsts = await Promise.all(codes.slice(0, 6).map((code) => mini(code)));
    const all = await Promise.all(codes.map((code) => mini(code)));
    expect(all.map(({ status }) => status)).toEqual(Array(12).fill(200));
    expect(all.slice(0, 6).map(({ body }) => body.buyer.buyerId)).toEqual(firsts.map(({ body }) => body.buyer.buyerId));
    expect(new Set(all.map(({ body }) => body.buyer.buyerId)).size).toBe(12);
    // One and the same person twice at once: two sessions.
    const twice = await Promise.all([mini('beside-0'), mini('beside-0')]);
    expect(twice[0]?.body.buyer.buyerId).toBe(twice[1]?.body.buyer.buyerId);
    expect(twice[0]?.body.token).not.toBe(twice[1]?.body.token);
  });

  it('keeps of a token only its hash', async () => {
    const { token } = await world.guest();
    const rows = await world.database.db.selectFrom('identity.buyerSession').select('tokenHash').execute();
    const hashes = rows.map((row) => row.tokenHash);
    expect(hashes).toContain(tokenHash(token));
    expect(hashes).not.toContain(token);
  });

  it('C01-ECO-03 logs in by one code, to the same buyer each time, and makes nobody of a bad code', async () => {
    world.people.set('first', { openid: 'o-first', unionid: undefined });
    const [one, two] = [await mini('first'), await mini('first')];
    expect([one.status, one.body.buyer.isGuest, one.body.buyer.nickname]).toEqual([200, false, '微信用户']);
    expect(two.body.buyer.buyerId).toBe(one.body.buyer.buyerId);
    expect(two.body.token).not.toBe(one.body.token);
    const before = await countBuyers(false);
    const bad = await mini('nobody');
    expect([bad.status, bad.body.error.code]).toEqual([422, 'identity.wechat_code_invalid']);
    expect((await world.send('POST', '/api/session/wechat-mini', { body: {} })).status).toBe(400);
    expect(await countBuyers(false)).toBe(before);
  });

  it('C02-BEH-03 merges a guest exactly once although two logins carry its token at once, and ends the guest at once', async () => {
    const guest = await world.guest();
    await world.send('GET', '/api/session', { token: guest.token });
    world.people.set('merge', { openid: 'o-merge', unionid: undefined });
    const replies = await Promise.all([
      mini('merge', guest.token),
      mini('merge', guest.token),
      mini('merge', guest.token),
    ]);
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    const buyerId = replies[0]?.body.buyer.buyerId;
    expect(await mergeEvents(guest.buyerId)).toEqual([{ guestId: guest.buyerId, buyerId }]);
    expect((await world.send('GET', '/api/session', { token: guest.token })).status).toBe(401);
    // A second login with the dead token is an ordinary login.
    expect((await mini('merge', guest.token)).status).toBe(200);
    expect(await mergeEvents(guest.buyerId)).toHaveLength(1);
  });

  it('does not merge a member into another member', async () => {
    const member = await world.member('o-stays');
    world.people.set('other', { openid: 'o-other', unionid: undefined });
    await mini('other', member.token);
    expect(await mergeEvents(member.buyerId)).toEqual([]);
    expect((await world.send('GET', '/api/session', { token: member.token })).body.buyerId).toBe(member.buyerId);
  });

  it('C03-DIF-04 makes one buyer of 20 parallel first logins with one unionid from mini program and official account', async () => {
    const before = await countBuyers(false);
    world.people.set('u-mini', { openid: 'o-u-mini', unionid: 'union-1' });
    world.people.set('u-oa', { openid: 'o-u-oa', unionid: 'union-1' });
    const guests = await Promise.all(Array.from({ length: 10 }, () => world.guest()));
    const states = await Promise.all(guests.map(({ token }) => oauthState(token)));
    const replies = await Promise.all([
      ...guests.map(() => mini('u-mini')),
      ...guests.map(({ token }, index) =>
        world.send('POST', '/api/session/wechat-oauth', { token, body: { code: 'u-oa', state: states[index] } }),
      ),
    ]);
    expect(replies.map(({ status }) => status)).toEqual(Array(20).fill(200));
    const ids = new Set(replies.map(({ body }) => body.buyer.buyerId));
    expect(ids.size).toBe(1);
    expect(await countBuyers(false)).toBe(before + 1);
    const [buyerId = ''] = ids;
    const { openidOf } = world.identity;
    expect([
      await openidOf(world.database.db, buyerId, 'mini'),
      await openidOf(world.database.db, buyerId, 'oa'),
    ]).toEqual(['o-u-mini', 'o-u-oa']);
    const links = await world.database.db
      .selectFrom('identity.wechatLink')
      .select('kind')
      .where('buyerId', '=', buyerId)
      .execute();
    expect(links.map(({ kind }) => kind).sort()).toEqual(['created', 'joined']);
  });

  it('makes one buyer of parallel first logins of one openid without a unionid', async () => {
    const before = await countBuyers(false);
    world.people.set('no-union', { openid: 'o-no-union', unionid: undefined });
    const replies = await Promise.all(Array.from({ length: 8 }, () => mini('no-union')));
    expect(new Set(replies.map(({ body }) => body.buyer.buyerId)).size).toBe(1);
    expect(await countBuyers(false)).toBe(before + 1);
  });

  it('X-29 joins a unionid that comes later, and leaves two buyers with a history apart but on record', async () => {
    const early = await world.member('o-early');
    world.people.set('late', { openid: 'o-early', unionid: 'union-late' });
    expect((await mini('late')).body.buyer.buyerId).toBe(early.buyerId);
    const guest = await world.guest();
    world.people.set('late-oa', { openid: 'o-late-oa', unionid: 'union-late' });
    const joined = await world.send('POST', '/api/session/wechat-oauth', {
      token: guest.token,
      body: { code: 'late-oa', state: await oauthState(guest.token) },
    });
    expect(joined.body.buyer.buyerId).toBe(early.buyerId);

    const apart = await world.member('o-apart');
    world.people.set('apart', { openid: 'o-apart', unionid: 'union-late' });
    expect((await mini('apart')).body.buyer.buyerId).toBe(apart.buyerId);
    await mini('apart');
    const conflicts = await world.database.db
      .selectFrom('identity.wechatLink')
      .select(['buyerId', 'otherBuyerId'])
      .where('kind', '=', 'conflict')
      .execute();
    expect(conflicts).toEqual([{ buyerId: apart.buyerId, otherBuyerId: early.buyerId }]);
  });

  it('answers a known session without SQL, slides it once a day, and ends it after 30 quiet days', async () => {
    const { token } = await world.guest();
    const authenticate = () =>
      world.identity.authenticators.buyer({ headers: { authorization: `Bearer ${token}` } } as never);
    // Remembered since it was opened here.
    expect(await world.database.statementsOf(authenticate)).toHaveLength(0);

    const start = world.clock.now();
    const expiry = async () => {
      const row = await world.database.db
        .selectFrom('identity.buyerSession')
        .select('expiresAt')
        .where('tokenHash', '=', tokenHash(token))
        .executeTakeFirstOrThrow();
      return row.expiresAt.getTime() - start.getTime();
    };
    // A second world stands for another process: nothing is in its memory.
    const fresh = () =>
      createBuyerSessions({ database: world.database, clock: world.clock, policies: world.policies }).find(token);
    expect(await expiry()).toBe(30 * dayMs);
    const elsewhere = createBuyerSessions({
      database: world.database,
      clock: world.clock,
      policies: world.policies,
    });
    expect(await world.database.statementsOf(() => elsewhere.find(token))).toHaveLength(1);
    expect(await world.database.statementsOf(() => elsewhere.find(token))).toHaveLength(0);
    world.clock.advance(dayMs + minuteMs);
    expect(await fresh()).toBeDefined();
    expect(await expiry()).toBe(31 * dayMs + minuteMs);
    world.clock.advance(30 * dayMs);
    expect(await fresh()).toBeUndefined();
    expect(await authenticate()).toBeUndefined();
    await world.database.inTransaction(async (tx) => {
      await tx.deleteFrom('identity.buyerSession').where('expiresAt', '<=', world.clock.now()).execute();
    });
    world.clock.set(start);
  });

  it('logs out at once, for this token only', async () => {
    const member = await world.member('o-logout');
    const second = await world.member('o-logout');
    await world.send('GET', '/api/session', { token: member.token });
    expect((await world.send('DELETE', '/api/session', { token: member.token })).status).toBe(204);
    expect((await world.send('GET', '/api/session', { token: member.token })).status).toBe(401);
    expect((await world.send('GET', '/api/session', { token: second.token })).status).toBe(200);
    expect((await world.send('DELETE', '/api/session', { token: member.token })).status).toBe(401);
  });

  it('a look-up that began before the log-out does not bring the session back', async () => {
    const { token } = await world.guest();
    const sessions = createBuyerSessions({ database: world.database, clock: world.clock, policies: world.policies });
    const lookUp = sessions.find(token);
    sessions.forget([tokenHash(token)]);
    expect(await lookUp).toBeUndefined();
    expect(await sessions.find(token)).toBeUndefined();
  });

  describe('OAuth on H5', () => {
    const finish = (token: string | undefined, state: string, code = 'h5') =>
      world.send('POST', '/api/session/wechat-oauth', { token, body: { code, state } });
    beforeAll(() => {
      world.people.set('h5', { openid: 'o-h5', unionid: undefined });
    });

    it('sends the shopper back to our own site and logs in once per state', async () => {
      const guest = await world.guest();
      const { body } = await world.send(
        'GET',
        `/api/session/wechat-oauth/url?returnTo=${encodeURIComponent('/pages/cart/index?a=1')}`,
        {
          token: guest.token,
        },
      );
      expect(new URL(body.url).searchParams.get('redirect_uri')).toBe('http://shop.test/#/pages/cart/index?a=1');
      const state = new URL(body.url).searchParams.get('state') ?? '';
      const first = await finish(guest.token, state);
      expect(first.status).toBe(200);
      expect(await mergeEvents(guest.buyerId)).toHaveLength(1);
      expect((await finish(first.body.token, state)).body.error.code).toBe('identity.oauth_state_unknown');
    });

    it('refuses the state of another session, an old one, and none at all; nobody is logged in', async () => {
      const [victim, attacker] = [await world.guest(), await world.guest()];
      const state = await oauthState(attacker.token);
      const before = await countBuyers(false);
      const crossed = await finish(victim.token, state);
      expect([crossed.status, crossed.body.error.code]).toEqual([422, 'identity.oauth_state_unknown']);
      expect((await finish(undefined, state)).status).toBe(401);
      expect((await finish(victim.token, 'A'.repeat(43))).status).toBe(422);
      const start = world.clock.now();
      world.clock.advance(11 * minuteMs);
      expect((await finish(attacker.token, state)).status).toBe(422);
      world.clock.set(start);
      expect(await countBuyers(false)).toBe(before);
      expect(await mergeEvents(victim.buyerId)).toEqual([]);
    });

    it('spends the state although the code is bad', async () => {
      const guest = await world.guest();
      const state = await oauthState(guest.token);
      expect((await finish(guest.token, state, 'bad')).body.error.code).toBe('identity.wechat_code_invalid');
      expect((await finish(guest.token, state)).body.error.code).toBe('identity.oauth_state_unknown');
    });

    it.each(['//evil.test', '/\\evil.test', 'https://evil.test', 'javascript:alert(1)', '/a\\b', '/a\nb'])(
      'refuses to return to %j',
      async (returnTo) => {
        const guest = await world.guest();
        const reply = await world.send(
          'GET',
          `/api/session/wechat-oauth/url?returnTo=${encodeURIComponent(returnTo)}`,
          { token: guest.token },
        );
        expect([reply.status, reply.body.error.code]).toEqual([400, 'identity.unsafe_return']);
      },
    );

    it('needs a session to ask for the address', async () => {
      expect((await world.send('GET', '/api/session/wechat-oauth/url')).status).toBe(401);
    });
  });

  describe('profile and phone', () => {
    it('X-13 keeps a phone number sealed and shows it masked; guests are asked to log in', async () => {
      const member = await world.member('o-phone');
      world.phones.set('button', '13800001234');
      const { status, body } = await world.send('POST', '/api/session/phone', {
        token: member.token,
        body: { code: 'button' },
      });
      expect([status, body.maskedPhone]).toEqual([200, '138****1234']);
      const row = await world.database.db
        .selectFrom('identity.buyer')
        .select(['phoneSealed', 'phoneIndex'])
        .where('buyerId', '=', member.buyerId)
        .executeTakeFirstOrThrow();
      expect(JSON.stringify(row)).not.toContain('13800001234');
      expect(world.cipher.decrypt(row.phoneSealed ?? '')).toBe('13800001234');

      const guest = await world.guest();
      const refused = await world.send('POST', '/api/session/phone', { token: guest.token, body: { code: 'button' } });
      expect([refused.status, refused.body.error.code]).toEqual([401, 'identity.login_required']);
      const bad = await world.send('POST', '/api/session/phone', { token: member.token, body: { code: 'used up' } });
      expect([bad.status, bad.body.error.code]).toEqual([422, 'identity.wechat_code_invalid']);
    });

    it('changes nickname and avatar, never to somebody else’s picture', async () => {
      const [owner, other] = [await world.member('o-avatar'), await world.member('o-avatar-2')];
      world.buyerPictures.set(idOf(800), owner.buyerId);
      const own = await world.send('PATCH', '/api/session', {
        token: owner.token,
        body: { nickname: ' 小王 ', avatarMediaId: idOf(800) },
      });
      expect([own.status, own.body.nickname, own.body.avatarUrl]).toEqual([200, '小王', '/media/abc/full.jpg']);
      const stolen = await world.send('PATCH', '/api/session', {
        token: other.token,
        body: { nickname: '小偷', avatarMediaId: idOf(800) },
      });
      expect([stolen.status, stolen.body.error.code]).toEqual([422, 'identity.avatar_not_found']);
      const summary = await world.identity.buyers(world.database.db, [owner.buyerId, other.buyerId]);
      expect(summary.get(owner.buyerId)).toEqual({
        nickname: '小王',
        avatarUrl: '/media/abc/full.jpg',
        maskedPhone: null,
      });
      expect(summary.get(other.buyerId)).toEqual({ nickname: '微信用户', avatarUrl: null, maskedPhone: null });
      expect((await world.send('PATCH', '/api/session', { token: owner.token, body: { nickname: '' } })).status).toBe(
        400,
      );
    });
  });
});
