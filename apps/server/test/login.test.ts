/** Login against the sandbox twin over real HTTP: mini program, official account on H5, phone button. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestShop, type TestShop } from './shop.ts';

describe('login through the twin', () => {
  let world: TestShop;
  beforeAll(async () => {
    world = await openTestShop();
  }, 120_000);
  afterAll(() => world?.close());

  const post = (url: string, body: unknown, token?: string) =>
    world.inject({
      method: 'POST',
      url,
      body,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
  const get = (url: string, token: string) =>
    world.inject({ method: 'GET', url, headers: { authorization: `Bearer ${token}` } });

  /** What the browser does: ask for the address, consent as `persona`, come back with code and state. */
  async function consent(token: string, persona: string): Promise<{ location: URL; code: string; state: string }> {
    const { body } = await get('/api/session/wechat-oauth/url?returnTo=%2Fpages%2Fcart%2Findex', token);
    const reply = await fetch(`${(body as { url: string }).url.replace('#wechat_redirect', '')}&persona=${persona}`, {
      redirect: 'manual',
    });
    const location = new URL(reply.headers.get('location') ?? '');
    return { location, code: location.searchParams.get('code') ?? '', state: location.searchParams.get('state') ?? '' };
  }

  it('C03-DIF-04 the mini program and H5 lead one person to one buyer, and H5 comes back to its own page', async () => {
    const inMini = await world.buyer('chen-mo');
    const guest = (await post('/api/session/guest', undefined)).body as { token: string };
    const { location, code, state } = await consent(guest.token, 'chen-mo');
    expect([location.origin, location.hash]).toEqual([world.origin, '#/pages/cart/index']);
    const session = await post('/api/session/wechat-oauth', { code, state }, guest.token);
    expect([session.status, (session.body as { buyer: { buyerId: string } }).buyer.buyerId]).toEqual([
      200,
      inMini.buyerId,
    ]);
    expect((await get('/api/session', guest.token)).status).toBe(401);
  });

  it('X-13 a code works once, and the phone button gives the number to a member only', async () => {
    const { code } = await world.sandbox<{ code: string }>('POST', '/phone/login-code', { persona: 'lin-xia' });
    const first = await post('/api/session/wechat-mini', { code });
    const second = await post('/api/session/wechat-mini', { code });
    expect([first.status, second.status, (second.body as { error: { code: string } }).error.code]).toEqual([
      200,
      422,
      'identity.wechat_code_invalid',
    ]);

    const { token } = first.body as { token: string };
    const phone = await world.sandbox<{ code: string }>('POST', '/phone/phone-code', { persona: 'lin-xia' });
    const bound = await post('/api/session/phone', { code: phone.code }, token);
    expect([bound.status, (bound.body as { maskedPhone: string }).maskedPhone]).toEqual([
      200,
      expect.stringMatching(/^1\d{2}\*{4}\d{4}$/),
    ]);
    expect((await post('/api/session/phone', { code: phone.code }, token)).status).toBe(422);
  });

  it('says so when WeChat is down, and logs in when it is back', async () => {
    const { code } = await world.sandbox<{ code: string }>('POST', '/phone/login-code', { persona: 'lin-xia' });
    await world.sandbox('PUT', '/control/switches', { 'mini.fault': 'busy', 'mini.faultPath': 'jscode2session' });
    const down = await post('/api/session/wechat-mini', { code });
    expect([down.status, (down.body as { error: { code: string } }).error.code]).toEqual([
      503,
      'identity.wechat_unavailable',
    ]);
    await world.sandbox('PUT', '/control/switches', { 'mini.fault': 'none' });
    expect((await post('/api/session/wechat-mini', { code })).status).toBe(200);
  });
});
