import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hourMs, minuteMs, secondMs } from '#platform/clock.ts';
import { cookieOf, type IdentityWorld, idOf, openIdentityWorld } from '../../../test/identity-fixture.ts';
import { totpAt } from './identity.totp.ts';

const password = 'xiaopu-demo-2026';

describe('console sign-in', () => {
  let world: IdentityWorld;
  let shops: string[];
  beforeAll(async () => {
    world = await openIdentityWorld();
    shops = [await world.addShop(1, '一舍家居'), await world.addShop(2, '青禾集'), await world.addShop(3, '玩物志')];
    await world.database.inTransaction((tx) => world.identity.demoStaff(tx, shops));
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.database.db.deleteFrom('identity.loginAttempt').execute();
  });

  const session = (cookie: string | undefined, shopId?: string) =>
    world.send('GET', '/api/console/session', { cookie, shopId });
  const attempts = async () =>
    (await world.database.db.selectFrom('identity.loginAttempt').select('attemptId').execute()).length;

  it('signs the demo owner in: three shops, all permissions, a strict HttpOnly cookie', async () => {
    const reply = await world.login({ account: 'Admin', password });
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({ account: 'admin', totpEnabled: false, currentShopId: shops[0] });
    expect(reply.body.shops.map(({ name }: { name: string }) => name)).toEqual(['一舍家居', '青禾集', '玩物志']);
    expect(reply.body.shops[0].permissions).toContain('staff.write');
    expect(String(reply.headers['set-cookie'])).toMatch(
      /^xp_console=[\w-]{43}; Path=\/api\/console; HttpOnly; SameSite=Strict$/,
    );
    expect((await session(cookieOf(reply))).body.account).toBe('admin');
    expect(await attempts()).toBe(0);
  });

  it('sends the cookie by https only where the shop is reached by https', async () => {
    const secure = await openIdentityWorld({ publicBaseUrl: 'https://shop.test' });
    try {
      const shopId = await secure.addShop(1, '一舍家居');
      await secure.database.inTransaction((tx) => secure.identity.demoStaff(tx, [shopId]));
      expect(String((await secure.login({ account: 'admin', password })).headers['set-cookie'])).toContain('; Secure');
    } finally {
      await secure.close();
    }
  });

  it('seeding again changes nothing', async () => {
    const count = async () =>
      (await world.database.db.selectFrom('identity.membership').select('staffId').execute()).length;
    const before = await count();
    await world.database.inTransaction((tx) => world.identity.demoStaff(tx, shops));
    expect([before, await count()]).toEqual([12, 12]);
  });

  it('refuses a wrong password and an unknown account alike, and a request from a foreign page', async () => {
    for (const account of ['admin', 'nobody']) {
      const { status, body, headers } = await world.login({ account, password: 'wrong-password' });
      expect([status, body.error.code, body.error.message, headers['set-cookie']]).toEqual([
        401,
        'identity.wrong_password',
        '账号或密码不正确',
        undefined,
      ]);
    }
    const foreign = await world.send('POST', '/api/console/session', {
      body: { account: 'admin', password },
      headers: { 'x-requested-with': '' },
    });
    expect([foreign.status, foreign.body.error.code]).toEqual([403, 'identity.cross_site_refused']);
    expect((await world.send('POST', '/api/console/session', { body: { account: 'admin' } })).status).toBe(400);
  });

  it('tries five of 20 parallel wrong passwords, then locks even the right one for 15 minutes', async () => {
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, i) => world.login({ account: 'operator', password: `wrong-${i}` }, `10.1.0.${i}`)),
    );
    const statuses = replies.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array(5).fill(401), ...Array(15).fill(429)]);
    const locked = await world.login({ account: 'operator', password }, '10.9.9.9');
    expect([locked.status, locked.body.error.code, locked.body.error.details]).toEqual([
      429,
      'identity.login_locked',
      { retryAfterSeconds: 900 },
    ]);
    expect((await world.login({ account: 'service', password }, '10.9.9.9')).status).toBe(200);
    const start = world.clock.now();
    world.clock.advance(15 * minuteMs);
    expect((await world.login({ account: 'operator', password }, '10.9.9.9')).status).toBe(200);
    world.clock.set(start);
  });

  it('locks an address that guesses across accounts', async () => {
    for (let i = 0; i < 20; i += 1)
      expect((await world.login({ account: `guess${i}`, password: 'x' }, '10.2.0.1')).status).toBe(401);
    expect((await world.login({ account: 'admin', password }, '10.2.0.1')).status).toBe(429);
    expect((await world.login({ account: 'admin', password }, '10.2.0.2')).status).toBe(200);
  });

  it('starts the count again after a right password', async () => {
    for (let i = 0; i < 4; i += 1) await world.login({ account: 'service', password: 'wrong' });
    expect((await world.login({ account: 'service', password })).status).toBe(200);
    for (let i = 0; i < 4; i += 1)
      expect((await world.login({ account: 'service', password: 'wrong' })).status).toBe(401);
    expect((await world.login({ account: 'service', password })).status).toBe(200);
  });

  it('ends after 12 idle hours, not before, and at sign-out at once', async () => {
    const cookie = await world.staff('admin');
    const start = world.clock.now();
    for (let i = 0; i < 3; i += 1) {
      world.clock.advance(12 * hourMs - secondMs);
      expect((await session(cookie)).status).toBe(200);
    }
    world.clock.advance(12 * hourMs + secondMs);
    expect((await session(cookie)).body.error.code).toBe('identity.staff_login_required');
    world.clock.set(start);
    const other = await world.staff('admin');
    const ended = await world.send('DELETE', '/api/console/session', { cookie: other });
    expect([ended.status, String(ended.headers['set-cookie'])]).toEqual([204, expect.stringContaining('Max-Age=0')]);
    expect((await session(other)).status).toBe(401);
    expect((await session(undefined)).status).toBe(401);
  });

  it('acts on the shop of the header, and on nobody else’s', async () => {
    const lonely = await world.addShop(4, '别家');
    const cookie = await world.staff('admin');
    expect((await session(cookie, shops[1])).body.currentShopId).toBe(shops[1]);
    for (const shopId of [lonely, idOf(99), 'x']) {
      const refused = await session(cookie, shopId);
      expect([refused.status, refused.body.error.code]).toEqual([403, 'identity.shop_not_yours']);
    }
  });

  it('refuses writes without the console header, and what the role does not allow', async () => {
    const cookie = await world.staff('service');
    const foreign = await world.send('DELETE', '/api/console/session', {
      cookie,
      headers: { 'x-requested-with': 'other' },
    });
    expect([foreign.status, foreign.body.error.code]).toEqual([403, 'identity.cross_site_refused']);
    for (const [method, url] of [
      ['GET', '/api/console/staff'],
      ['POST', '/api/console/staff'],
      ['PUT', `/api/console/staff/${idOf(5)}`],
      ['GET', '/api/console/roles'],
      ['POST', '/api/console/roles'],
      ['PUT', `/api/console/roles/${idOf(5)}`],
      ['GET', '/api/console/audit'],
      ['GET', '/api/console/settings/profile'],
      ['PUT', '/api/console/settings/profile'],
      ['GET', '/api/console/settings/policies'],
      ['PUT', '/api/console/settings/policies/members.address_limit'],
    ] as const) {
      expect((await world.send(method, url)).status, `${method} ${url}`).toBe(401);
      const denied = await world.send(method, url, { cookie, body: method === 'GET' ? undefined : {} });
      expect([denied.status, denied.body.error.code], `${method} ${url}`).toEqual([403, 'identity.permission_missing']);
    }
  });

  it('changes one’s own password and ends the other sessions', async () => {
    const [here, elsewhere] = [await world.staff('warehouse'), await world.staff('warehouse')];
    const change = (current: string, next: string) =>
      world.send('POST', '/api/console/session/password', { cookie: here, body: { current, next } });
    expect((await change('wrong-password', 'another-good-one')).body.error.code).toBe(
      'identity.current_password_wrong',
    );
    expect((await change(password, 'short')).status).toBe(400);
    expect((await change(password, 'another-good-one')).status).toBe(204);
    expect([(await session(here)).status, (await session(elsewhere)).status]).toEqual([200, 401]);
    expect((await world.login({ account: 'warehouse', password })).status).toBe(401);
    expect((await world.login({ account: 'warehouse', password: 'another-good-one' })).status).toBe(200);
    expect((await change('another-good-one', password)).status).toBe(204);
  });

  describe('TOTP', () => {
    const put = (cookie: string, totp: string) =>
      world.send('PUT', '/api/console/session/totp', { cookie, body: { totp } });
    const remove = (cookie: string, totp: string) =>
      world.send('POST', '/api/console/session/totp/remove', { cookie, body: { totp } });
    const code = (secret: string, offsetSeconds = 0) =>
      totpAt(secret, new Date(world.clock.now().getTime() + offsetSeconds * secondMs));
    const wrongCode = (secret: string) =>
      code(secret) === '000000'
        ? '111111'
        : [code(secret), code(secret, -30), code(secret, 30)].includes('000000')
          ? '222222'
          : '000000';

    it('is enrolled, confirmed, asked for, accepted once, and removed', async () => {
      const cookie = await world.staff('operator');
      expect((await put(cookie, '123456')).body.error.code).toBe('identity.totp_not_started');
      const enrolment = await world.send('POST', '/api/console/session/totp', { cookie });
      const { secret, otpauthUrl } = enrolment.body as { secret: string; otpauthUrl: string };
      expect(otpauthUrl).toMatch(/^otpauth:\/\/totp\//);
      expect((await world.login({ account: 'operator', password })).status).toBe(200);
      expect((await put(cookie, wrongCode(secret))).body.error.code).toBe('identity.totp_wrong');
      expect((await put(cookie, code(secret))).status).toBe(204);
      const stored = await world.database.db
        .selectFrom('identity.staff')
        .select('totpSecret')
        .where('account', '=', 'operator')
        .executeTakeFirstOrThrow();
      expect(stored.totpSecret).not.toContain(secret);
      expect((await world.send('POST', '/api/console/session/totp', { cookie })).body.error.code).toBe(
        'identity.totp_already_on',
      );
      expect((await session(cookie)).body.totpEnabled).toBe(true);

      const asked = await world.login({ account: 'operator', password });
      expect([asked.status, asked.body.error.code, await attempts()]).toEqual([401, 'identity.totp_required', 0]);
      // The code that confirmed the enrolment is spent.
      expect((await world.login({ account: 'operator', password, totp: code(secret) })).body.error.code).toBe(
        'identity.totp_login_wrong',
      );
      world.clock.advance(60 * secondMs);
      const totp = code(secret);
      const both = await Promise.all([
        world.login({ account: 'operator', password, totp }),
        world.login({ account: 'operator', password, totp }),
      ]);
      expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
      world.clock.advance(60 * secondMs);
      expect((await world.login({ account: 'operator', password, totp: code(secret, 30) })).status).toBe(200);
      // An older step than the last one used is refused although it is within the window.
      expect((await world.login({ account: 'operator', password, totp: code(secret) })).status).toBe(401);
      world.clock.advance(120 * secondMs);
      expect((await world.login({ account: 'operator', password, totp: code(secret, -60) })).status).toBe(401);
      expect((await world.login({ account: 'operator', password, totp: code(secret, -30) })).status).toBe(200);

      expect((await remove(cookie, wrongCode(secret))).body.error.code).toBe('identity.totp_wrong');
      world.clock.advance(60 * secondMs);
      expect((await remove(cookie, code(secret))).status).toBe(204);
      expect((await world.login({ account: 'operator', password })).status).toBe(200);
      expect((await remove(cookie, code(secret))).body.error.code).toBe('identity.totp_not_started');
    });

    it('counts wrong codes towards the lock', async () => {
      const cookie = await world.staff('warehouse');
      const { secret } = (await world.send('POST', '/api/console/session/totp', { cookie })).body as { secret: string };
      await put(cookie, code(secret));
      world.clock.advance(60 * secondMs);
      for (let i = 0; i < 5; i += 1) await world.login({ account: 'warehouse', password, totp: wrongCode(secret) });
      expect((await world.login({ account: 'warehouse', password, totp: code(secret) })).status).toBe(429);
    });
  });
});
