import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApi } from '../../test/api.ts';
import { type RunningSandbox, startSandbox } from '../../test/start-sandbox.ts';

let sandbox: RunningSandbox;
let api: ReturnType<typeof createApi>;

beforeAll(async () => {
  sandbox = await startSandbox();
  api = createApi(sandbox);
});
afterAll(() => sandbox.stop());

const CALLBACK = 'https://shop.example/login?next=1#/pages/me';
const authorize = (over: Record<string, string> = {}) =>
  fetch(
    `${sandbox.base}/wechat-open/connect/oauth2/authorize?${new URLSearchParams({
      appid: sandbox.credentials.oaAppId,
      redirect_uri: CALLBACK,
      response_type: 'code',
      scope: 'snsapi_userinfo',
      state: 's-1',
      ...over,
    })}`,
    { redirect: 'manual' },
  );
const landing = async (over: Record<string, string>) => new URL((await authorize(over)).headers.get('location') ?? '');
const exchange = (code: string, over: Record<string, string> = {}) =>
  api.get('/sns/oauth2/access_token', {
    appid: sandbox.credentials.oaAppId,
    secret: sandbox.credentials.oaAppSecret,
    code,
    grant_type: 'authorization_code',
    ...over,
  });

it('shows every persona on the consent page', async () => {
  const page = await (await authorize()).text();
  for (const name of ['林夏', '陈默', '周雨桐', '王大力', '苏晚', '马可']) expect(page).toContain(name);
  expect(page).toContain('获得你的昵称、头像');
});

it('redirects with code and state in the query, before the fragment', async () => {
  const target = await landing({ persona: 'su-wan' });
  expect([target.host, target.searchParams.get('next'), target.searchParams.get('state'), target.hash]).toEqual([
    'shop.example',
    '1',
    's-1',
    '#/pages/me',
  ]);
  const token = await exchange(target.searchParams.get('code') ?? '');
  expect(token).toMatchObject({ expires_in: 7200, scope: 'snsapi_userinfo', openid: expect.stringMatching(/^o/) });
  const info = await api.get('/sns/userinfo', {
    access_token: String(token.access_token),
    openid: String(token.openid),
    lang: 'zh_CN',
  });
  expect(info).toMatchObject({ nickname: '苏晚', openid: token.openid, unionid: token.unionid });
  const avatar = await fetch(String(info.headimgurl));
  expect([avatar.status, avatar.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
});

it('gives one unionid to the same person in both apps, and two openids', async () => {
  const { code } = await sandbox.phone('/login-code', { persona: 'su-wan' });
  const mini = await api.login(String(code));
  const web = await exchange((await landing({ persona: 'su-wan' })).searchParams.get('code') ?? '');
  expect(web.unionid).toBe(mini.unionid);
  expect(web.openid).not.toBe(mini.openid);
});

it('comes back without a code when denied', async () => {
  const target = await landing({ deny: '1' });
  expect([target.searchParams.get('code'), target.searchParams.get('state')]).toEqual([null, 's-1']);
});

it.each([
  [{ appid: 'wx0' }],
  [{ scope: 'everything' }],
  [{ response_type: 'token' }],
  [{ redirect_uri: 'javascript:alert(1)' }],
])('shows an error page for %o, and sends nobody anywhere', async (over) => {
  const response = await authorize({ persona: 'su-wan', ...over });
  expect([response.status, response.headers.get('location')]).toEqual([400, null]);
});

it('checks the redirect host when a list is set', async () => {
  await sandbox.switchTo({ 'oa.redirectHosts': 'other.example' });
  expect((await authorize({ persona: 'su-wan' })).status).toBe(400);
  await sandbox.switchTo({ 'oa.redirectHosts': '' });
});

it('takes a code once, for five minutes, with the right secret', async () => {
  const code = (await landing({ persona: 'su-wan' })).searchParams.get('code') ?? '';
  expect((await exchange(code, { secret: 'guess' })).errcode).toBe(40125);
  expect((await exchange(code)).openid).toBeDefined();
  expect((await exchange(code)).errcode).toBe(40163);
  const late = (await landing({ persona: 'su-wan' })).searchParams.get('code') ?? '';
  await sandbox.control('POST', '/clock/advance', { ms: 300_000 });
  expect((await exchange(late)).errcode).toBe(42003);
});

it('keeps the profile from snsapi_base, expires, and refreshes', async () => {
  const base = await exchange(
    (await landing({ persona: 'su-wan', scope: 'snsapi_base' })).searchParams.get('code') ?? '',
  );
  const ask = (token: string) => api.get('/sns/userinfo', { access_token: token, openid: String(base.openid) });
  expect((await ask(String(base.access_token))).errcode).toBe(48001);
  expect((await api.get('/sns/auth', { access_token: String(base.access_token), openid: 'oOther' })).errcode).toBe(
    40003,
  );
  await sandbox.control('POST', '/clock/advance', { ms: 7_200_000 });
  expect((await ask(String(base.access_token))).errcode).toBe(42001);
  const fresh = await api.get('/sns/oauth2/refresh_token', {
    appid: sandbox.credentials.oaAppId,
    grant_type: 'refresh_token',
    refresh_token: String(base.refresh_token),
  });
  expect(fresh.openid).toBe(base.openid);
});
