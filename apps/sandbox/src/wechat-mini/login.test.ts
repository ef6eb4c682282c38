import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../../test/api.ts';
import { type RunningSandbox, startSandbox } from '../../test/start-sandbox.ts';

let sandbox: RunningSandbox;
let api: ReturnType<typeof createApi>;

beforeAll(async () => {
  sandbox = await startSandbox();
  api = createApi(sandbox);
});
afterAll(() => sandbox.stop());

const MINUTE = 60_000;
const advance = (ms: number) => sandbox.control('POST', '/clock/advance', { ms });
const loginCode = async (persona = 'lin-xia') => String((await sandbox.phone('/login-code', { persona })).code);

describe('login', () => {
  it('turns a code into the same person every time, with a new session key', async () => {
    const first = await api.login(await loginCode());
    const second = await api.login(await loginCode());
    expect(first).toEqual({
      openid: expect.stringMatching(/^o.{27}$/),
      session_key: expect.any(String),
      unionid: expect.stringMatching(/^u/),
    });
    expect(Buffer.from(String(first.session_key), 'base64')).toHaveLength(16);
    expect([second.openid, second.unionid]).toEqual([first.openid, first.unionid]);
    expect(second.session_key).not.toBe(first.session_key);
    expect((await api.login(await loginCode('chen-mo'))).openid).not.toBe(first.openid);
  });

  it('takes a code once, within five minutes, for its own app', async () => {
    const used = await loginCode();
    await api.login(used);
    expect((await api.login(used)).errcode).toBe(40163);
    const late = await loginCode();
    await advance(5 * MINUTE);
    expect((await api.login(late)).errcode).toBe(40029);
    expect((await api.login('invented')).errcode).toBe(40029);
    const { oaAppId, oaAppSecret } = sandbox.credentials;
    expect((await api.login(await loginCode(), { appid: oaAppId, secret: oaAppSecret })).errcode).toBe(40029);
  });

  it.each([
    [{ appid: 'wx0' }, 40013],
    [{ secret: 'guess' }, 40125],
    [{ secret: '' }, 41004],
    [{ appid: '' }, 41002],
    [{ grant_type: 'password' }, 40002],
    [{ js_code: '' }, 41008],
  ])('refuses %o with %i', async (over, errcode) => {
    expect((await api.login(await loginCode(), over)).errcode).toBe(errcode);
  });

  it('gives a code to one of two who try it at once', async () => {
    const code = await loginCode();
    const replies = await Promise.all([api.login(code), api.login(code)]);
    expect(replies.filter(({ openid }) => openid)).toHaveLength(1);
  });

  it('leaves the unionid out when no open platform account is bound', async () => {
    await sandbox.switchTo({ 'mini.withUnionid': false });
    expect((await api.login(await loginCode())).unionid).toBeUndefined();
    await sandbox.switchTo({ 'mini.withUnionid': true });
  });

  it('fails as switched, as often as switched', async () => {
    await sandbox.switchTo({ 'mini.fault': 'busy', 'mini.faultTimes': 2, 'mini.faultPath': 'jscode2session' });
    const code = await loginCode();
    expect([(await api.login(code)).errcode, (await api.login(code)).errcode]).toEqual([-1, -1]);
    expect((await api.login(code)).openid).toBeDefined();
    await sandbox.switchTo({ 'mini.faultPath': '' });
  });
});

describe('phone number', () => {
  it('needs its own code, once', async () => {
    const { code } = await sandbox.phone('/phone-code', { persona: 'zhou-yutong' });
    const reply = await api.post('/wxa/business/getuserphonenumber', { code });
    expect(reply.phone_info).toMatchObject({
      phoneNumber: '13900000003',
      purePhoneNumber: '13900000003',
      countryCode: '86',
      watermark: { appid: sandbox.credentials.miniAppId },
    });
    expect((await api.post('/wxa/business/getuserphonenumber', { code })).errcode).toBe(40029);
    expect((await api.post('/wxa/business/getuserphonenumber', { code: await loginCode() })).errcode).toBe(40029);
  });

  it('can be denied by the person', async () => {
    expect(await sandbox.phone('/phone-code', { persona: 'lin-xia', action: 'deny' })).toEqual({
      errMsg: 'getPhoneNumber:fail user deny',
    });
  });
});

describe('access tokens', () => {
  const probe = async (token: string) => (await api.post('/wxa/sec/order/is_trade_managed', {}, token)).errcode;

  it('stable: the same token with what is left of it, renewed five minutes early', async () => {
    const first = await api.stableToken();
    expect(Number(first.expires_in)).toBeLessThanOrEqual(7200);
    await advance(60 * MINUTE);
    const later = await api.stableToken();
    expect(later.access_token).toBe(first.access_token);
    expect(Number(later.expires_in)).toBeLessThanOrEqual(3600);
    await advance(56 * MINUTE);
    expect((await api.stableToken()).access_token).not.toBe(first.access_token);
  });

  it('stable: force_refresh kills the old one, and not twice within 30 seconds', async () => {
    await advance(MINUTE);
    const before = String((await api.stableToken()).access_token);
    const forced = await api.stableToken({ force_refresh: true });
    expect([await probe(before), await probe(String(forced.access_token))]).toEqual([40001, 0]);
    expect((await api.stableToken({ force_refresh: true })).errcode).toBe(45011);
  });

  it('plain: a new one leaves the old five minutes, and never disturbs the stable one', async () => {
    const stable = String((await api.stableToken()).access_token);
    const old = String((await api.plainToken()).access_token);
    const fresh = String((await api.plainToken()).access_token);
    expect([await probe(old), await probe(fresh), await probe(stable)]).toEqual([0, 0, 0]);
    await advance(5 * MINUTE);
    expect([await probe(old), await probe(fresh), await probe(stable)]).toEqual([42001, 0, 0]);
  });

  it('plain: so many a day, and no more', async () => {
    await sandbox.switchTo({ 'mini.plainTokensPerDay': 1 });
    expect((await api.plainToken()).errcode).toBe(45009);
    await advance(24 * 60 * MINUTE);
    expect([(await api.plainToken()).errcode, (await api.plainToken()).errcode]).toEqual([undefined, 45009]);
    await sandbox.switchTo({ 'mini.plainTokensPerDay': 2000 });
  });

  it('are missing, malformed or unknown in their own ways', async () => {
    expect([await probe(''), await probe('short'), await probe('x'.repeat(120))]).toEqual([41001, 40014, 40001]);
    const good = String((await api.stableToken()).access_token);
    await sandbox.switchTo({ 'mini.fault': 'token-expired', 'mini.faultTimes': 1 });
    expect([await probe(good), await probe(good)]).toEqual([42001, 0]);
    expect((await api.stableToken({ secret: 'guess' })).errcode).toBe(40125);
    expect((await api.post('/cgi-bin/stable_token', 'not json')).errcode).toBe(47001);
  });
});
