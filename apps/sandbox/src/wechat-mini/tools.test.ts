import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../../test/api.ts';
import { openidOf } from '../../test/merchant.ts';
import { type RunningSandbox, type Shop, startSandbox, startShop } from '../../test/start-sandbox.ts';
import { sha1 } from '../platform/random.ts';
import { DEMO_TEMPLATES } from './templates.ts';

let sandbox: RunningSandbox;
let shop: Shop;
let api: ReturnType<typeof createApi>;
let openid: string;

beforeAll(async () => {
  shop = await startShop();
  sandbox = await startSandbox({ messagePushUrl: `${shop.url}/push` });
  api = createApi(sandbox);
  openid = await openidOf(sandbox, 'lin-xia');
});
afterEach(() => sandbox.control('POST', '/switches/reset'));
afterAll(async () => {
  await sandbox.stop();
  await shop.stop();
});

describe('subscription messages', () => {
  const { id } = DEMO_TEMPLATES.orderShipped;
  const data = {
    character_string1: { value: '20261122000000000001' },
    thing2: { value: '景德镇手作青瓷茶壶' },
    phrase3: { value: '顺丰速运' },
    character_string4: { value: 'SF1234567890123' },
    time5: { value: '2026年11月22日 20:30' },
  };
  const send = async (over: Record<string, unknown> = {}) =>
    Number(
      (await api.post('/cgi-bin/message/subscribe/send', { touser: openid, template_id: id, data, ...over })).errcode,
    );
  const subscribe = (times = 1, choice = 'accept') =>
    Promise.all(
      Array.from({ length: times }, () =>
        sandbox.phone('/subscribe', { persona: 'lin-xia', templateIds: [id], choice }),
      ),
    );

  it('may be sent once for each accept, which add up', async () => {
    expect(await send()).toBe(43101);
    await subscribe(2);
    expect([await send(), await send(), await send()]).toEqual([0, 0, 43101]);
    const { items } = (await (await fetch(`${sandbox.base}/phone/messages?persona=lin-xia`)).json()) as {
      items: unknown[];
    };
    expect(items).toHaveLength(2);
    expect(items[0]).toMatchObject({
      channel: '服务通知',
      title: '订单发货通知',
      lines: [
        ['订单编号', '20261122000000000001'],
        ['商品名称', '景德镇手作青瓷茶壶'],
        ['快递公司', '顺丰速运'],
        ['快递单号', 'SF1234567890123'],
        ['发货时间', '2026年11月22日 20:30'],
      ],
    });
  });

  it('are not earned by a reject', async () => {
    await subscribe(1, 'reject');
    expect(await send()).toBe(43101);
  });

  it.each([
    ['an openid of nobody', { touser: 'oNobody' }, 40003],
    ['an unknown template', { template_id: 'x'.repeat(43) }, 40037],
    ['a thing of 21 characters', { data: { ...data, thing2: { value: '长'.repeat(21) } } }, 47003],
    ['a phrase of six', { data: { ...data, phrase3: { value: '顺丰速运快递' } } }, 47003],
    ['an empty value', { data: { ...data, thing2: { value: '' } } }, 47003],
    ['a missing value', { data: { thing2: { value: '茶' } } }, 47003],
    ['a line break', { data: { ...data, thing2: { value: '茶\n壶' } } }, 47003],
    ['Chinese in a character_string', { data: { ...data, character_string1: { value: '订单1' } } }, 47003],
    ['a page with a leading slash', { page: '/pages/home' }, 41030],
  ])('refuse %s, and use nothing up', async (_name, over, errcode) => {
    await subscribe();
    expect(await send(over)).toBe(errcode);
    expect([await send(), await send()]).toEqual([0, 43101]);
  });

  it('name the field that is wrong', async () => {
    const reply = await api.post('/cgi-bin/message/subscribe/send', {
      touser: openid,
      template_id: id,
      data: { ...data, time5: { value: 'soon' } },
    });
    expect(reply.errmsg).toMatch(/^argument invalid! data\.time5\.value invalid rid: /);
  });
});

describe('content safety', () => {
  const check = (content: string, over: Record<string, unknown> = {}) =>
    api.post('/wxa/msg_sec_check', { content, version: 2, scene: 2, openid, ...over });

  it.each([
    ['茶壶很好看，包装也仔细', 'pass', 100],
    ['加微信领红包', 'review', 10001],
    ['网上赌博请进', 'risky', 20006],
  ])('judges %s: %s', async (content, suggest, label) => {
    expect((await check(content)).result).toEqual({ suggest, label });
  });

  it('can be told what to find', async () => {
    await sandbox.switchTo({ 'mini.textVerdict': 'risky' });
    expect((await check('你好')).result).toMatchObject({ suggest: 'risky' });
  });

  it('wants version 2, a scene, a person of this app, and 2500 characters at most', async () => {
    expect((await check('好', { version: 1 })).errcode).toBe(40129);
    expect((await check('好', { scene: 9 })).errcode).toBe(40129);
    expect((await check('好', { openid: 'oNobody' })).errcode).toBe(40003);
    expect((await check('好'.repeat(2501))).errcode).toBe(40097);
    await sandbox.switchTo({ 'mini.visitCheck': true });
    expect((await check('好')).errcode).toBe(61010);
    await api.login(String((await sandbox.phone('/login-code', { persona: 'lin-xia' })).code));
    expect((await check('好')).errcode).toBe(0);
  });

  it('checks pictures later, and pushes the verdict signed with the token until it is taken', async () => {
    await sandbox.switchTo({ 'mini.mediaVerdict': 'risky', 'mini.mediaDelayMs': 0 });
    shop.received.length = 0;
    shop.answer = (index) => (index === 0 ? 500 : 200);
    const { trace_id: traceId } = await api.post('/wxa/media_check_async', {
      media_url: 'https://shop.example/a.webp',
      media_type: 2,
      version: 2,
      scene: 2,
      openid,
    });
    await shop.waitFor(1);
    await expect
      .poll(async () => {
        await sandbox.control('POST', '/clock/advance', { ms: 5_000 });
        return shop.received.length;
      })
      .toBe(2);
    const { url, body } = shop.received[1] ?? { url: '', body: '' };
    const query = new URL(url, shop.url).searchParams;
    const expected = sha1(
      [sandbox.credentials.messagePushToken, query.get('timestamp'), query.get('nonce')].sort().join(''),
    );
    expect(query.get('signature')).toBe(expected);
    expect(JSON.parse(body)).toMatchObject({
      MsgType: 'event',
      Event: 'wxa_media_check',
      FromUserName: openid,
      trace_id: traceId,
      errcode: 0,
      result: { suggest: 'risky' },
    });
    await sandbox.control('POST', '/clock/reset');
  });
});

describe('mini program codes', () => {
  const draw = (body: Record<string, unknown>) => api.raw('/wxa/getwxacodeunlimit', body);

  it('are real PNG files of the width asked for', async () => {
    const response = await draw({ scene: 'spu=8', page: 'pages/product/index', width: 300 });
    const png = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get('content-type')).toBe('image/png');
    expect([png.subarray(1, 4).toString(), png.readUInt32BE(16)]).toEqual(['PNG', 300]);
  });

  it.each([
    [{ scene: '' }, 40169],
    [{ scene: 'x'.repeat(33) }, 40169],
    [{ scene: '100%' }, 40129],
    [{ scene: '中文' }, 40129],
    [{ scene: 'a=1', page: '/pages/home' }, 41030],
    [{ scene: 'a=1', page: 'pages/home?x=1' }, 41030],
    [{ scene: 'a=1', page: 'pages/unknown/index' }, 41030],
    [{ scene: 'a=1', width: 100 }, 40097],
    [{ scene: 'a=1', env_version: 'beta' }, 40097],
  ])('refuse %o with %i', async (body, errcode) => {
    expect(await (await draw(body)).json()).toMatchObject({ errcode });
  });

  it('know which pages are published, when that is checked', async () => {
    await sandbox.switchTo({ 'mini.checkPage': true, 'mini.publishedPages': 'pages/home/index' });
    expect(await (await draw({ scene: 'a', page: 'pages/new/index' })).json()).toMatchObject({ errcode: 41030 });
    expect((await draw({ scene: 'a', page: 'pages/new/index', check_path: false })).headers.get('content-type')).toBe(
      'image/png',
    );
  });
});
