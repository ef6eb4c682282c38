import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFixedClock, minuteMs, secondMs } from '#platform/clock.ts';
import { createAccessTokens } from './identity.access-tokens.ts';
import { createWechatClient } from './identity.wechat-client.ts';
import { createWechatMiniGateway } from './identity.wechat-mini.gateway.ts';
import { createWechatOaGateway } from './identity.wechat-oa.gateway.ts';

const app = { appId: 'wx-mini', secret: 'very-secret' };

describe('WeChat gateways', () => {
  const clock = createFixedClock('2026-11-22T00:00:00Z');
  let sent: { url: URL; body: unknown }[];
  let answers: Record<string, (body: unknown, url: URL) => unknown>;
  let logged: string[];
  let tokenNumber: number;

  const fakeFetch = (async (input: string, init?: RequestInit) => {
    const url = new URL(input);
    const body = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined;
    sent.push({ url, body });
    await new Promise((done) => setTimeout(done, 2));
    const reply = answers[url.pathname]?.(body, url);
    if (reply instanceof Response) return reply;
    if (reply === undefined) throw new TypeError('fetch failed');
    return Response.json(reply);
  }) as typeof fetch;

  function open(timeoutMs?: number, send = fakeFetch) {
    const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) });
    const call = createWechatClient({ apiBaseUrl: 'https://api.test', log, fetch: send, timeoutMs });
    const tokens = createAccessTokens({ call, clock });
    return {
      tokens,
      mini: createWechatMiniGateway({ call, app, tokens, log }),
      oa: createWechatOaGateway({
        call,
        app: { appId: 'wx-oa', secret: 'oa-secret' },
        openBaseUrl: 'https://open.test',
        log,
      }),
    };
  }
  beforeEach(() => {
    sent = [];
    logged = [];
    tokenNumber = 0;
    clock.reset();
    answers = {
      '/cgi-bin/stable_token': () => {
        tokenNumber += 1;
        return { access_token: `token-${tokenNumber}`, expires_in: 7200 };
      },
      '/sns/jscode2session': () => ({ openid: 'o-1', session_key: 'k', unionid: 'u-1' }),
      '/wxa/business/getuserphonenumber': () => ({
        errcode: 0,
        errmsg: 'ok',
        phone_info: { purePhoneNumber: '13800001234', watermark: { appid: 'wx-mini' } },
      }),
      '/sns/oauth2/access_token': () => ({ access_token: 'a', openid: 'o-2' }),
    };
  });
  const codeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => 'ok',
      (error: { code?: string }) => error.code,
    );

  it('asks for the access token once for 20 who wait, keeps it, renews it five minutes before the end', async () => {
    const { tokens } = open();
    const all = await Promise.all(Array.from({ length: 20 }, () => tokens.get(app)));
    expect(new Set(all)).toEqual(new Set(['token-1']));
    expect(sent).toHaveLength(1);
    expect(sent[0]?.body).toEqual({
      grant_type: 'client_credential',
      appid: 'wx-mini',
      secret: 'very-secret',
      force_refresh: false,
    });
    clock.advance(7200 * secondMs - 5 * minuteMs - 1);
    expect(await tokens.get(app)).toBe('token-1');
    clock.advance(1);
    expect(await tokens.get(app)).toBe('token-2');
    tokens.drop('wx-mini', 'token-1');
    expect(await tokens.get(app)).toBe('token-2');
    tokens.drop('wx-mini', 'token-2');
    expect(await tokens.get(app)).toBe('token-3');
  });

  it('asks again after a failure instead of remembering it', async () => {
    const { tokens } = open();
    const stable = answers['/cgi-bin/stable_token'];
    answers['/cgi-bin/stable_token'] = () => ({ errcode: -1, errmsg: 'system error' });
    await expect(tokens.get(app)).rejects.toThrow();
    answers['/cgi-bin/stable_token'] = stable as () => unknown;
    expect(await tokens.get(app)).toBe('token-1');
  });

  it('exchanges login codes', async () => {
    const { mini, oa } = open();
    expect(await mini.personOf('code-1')).toEqual({ openid: 'o-1', unionid: 'u-1' });
    expect(Object.fromEntries(sent[0]?.url.searchParams ?? [])).toEqual({
      appid: 'wx-mini',
      secret: 'very-secret',
      js_code: 'code-1',
      grant_type: 'authorization_code',
    });
    expect(await oa.personOf('code-2')).toEqual({ openid: 'o-2', unionid: undefined });
    const url = new URL(oa.authorizeUrl({ redirectUri: 'https://shop.test/#/pages/me', state: 's-1' }));
    expect([
      url.pathname,
      url.hash,
      url.searchParams.get('appid'),
      url.searchParams.get('redirect_uri'),
      url.searchParams.get('state'),
    ]).toEqual(['/connect/oauth2/authorize', '#wechat_redirect', 'wx-oa', 'https://shop.test/#/pages/me', 's-1']);
  });

  it.each([
    [40029, 'identity.wechat_code_invalid'],
    [40163, 'identity.wechat_code_invalid'],
    [40226, 'identity.wechat_blocked'],
    [45011, 'identity.wechat_too_frequent'],
    [-1, 'identity.wechat_unavailable'],
    [40125, 'identity.wechat_unavailable'],
  ])('turns errcode %i into %s', async (errcode, code) => {
    answers['/sns/jscode2session'] = () => ({ errcode, errmsg: 'no' });
    expect(await codeOf(open().mini.personOf('x'))).toBe(code);
  });

  it('says unavailable when WeChat answers 500, nonsense, nothing, or too late', async () => {
    for (const answer of [
      () => new Response('', { status: 500 }),
      () => new Response('<html>'),
      () => undefined,
      () => ({ session_key: 'k' }),
    ]) {
      answers['/sns/jscode2session'] = answer;
      expect(await codeOf(open().mini.personOf('x'))).toBe('identity.wechat_unavailable');
    }
    const never = ((_url: string, init?: RequestInit) =>
      new Promise((_done, fail) =>
        init?.signal?.addEventListener('abort', () => fail(init.signal?.reason)),
      )) as typeof fetch;
    expect(await codeOf(open(20, never).mini.personOf('x'))).toBe('identity.wechat_unavailable');
  });

  it('takes a new access token once when WeChat refuses the old one', async () => {
    const { mini } = open();
    const phone = answers['/wxa/business/getuserphonenumber'] as () => unknown;
    answers['/wxa/business/getuserphonenumber'] = (_body, url) =>
      url.searchParams.get('access_token') === 'token-1' ? { errcode: 40001, errmsg: 'invalid credential' } : phone();
    expect(await mini.phoneOf('p')).toBe('13800001234');
    expect(sent.map(({ url }) => url.pathname)).toEqual([
      '/cgi-bin/stable_token',
      '/wxa/business/getuserphonenumber',
      '/cgi-bin/stable_token',
      '/wxa/business/getuserphonenumber',
    ]);
    answers['/wxa/business/getuserphonenumber'] = () => ({ errcode: 42001, errmsg: 'expired' });
    expect(await codeOf(mini.phoneOf('p'))).toBe('identity.wechat_unavailable');
    expect(sent.slice(4).map(({ url }) => url.pathname)).toEqual([
      '/wxa/business/getuserphonenumber',
      '/cgi-bin/stable_token',
      '/wxa/business/getuserphonenumber',
    ]);
  });

  it('refuses a phone number meant for another app', async () => {
    answers['/wxa/business/getuserphonenumber'] = () => ({
      errcode: 0,
      phone_info: { purePhoneNumber: '13800001234', watermark: { appid: 'wx-someone-else' } },
    });
    expect(await codeOf(open().mini.phoneOf('p'))).toBe('identity.wechat_unavailable');
  });

  it('writes no secret, token, code, openid or number into the log', async () => {
    const { mini } = open();
    await mini.phoneOf('phone-code');
    answers['/wxa/business/getuserphonenumber'] = () => ({ errcode: 48001, errmsg: 'api unauthorized' });
    await codeOf(mini.phoneOf('phone-code'));
    answers['/sns/jscode2session'] = () => undefined;
    await codeOf(mini.personOf('login-code'));
    expect(logged.length).toBe(2);
    expect(logged.join('')).not.toMatch(/very-secret|token-1|phone-code|login-code|13800001234|o-1/);
  });
});
