import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMerchant, type Merchant } from '../../test/merchant.ts';
import { makeDataDir, type RunningSandbox, startSandbox } from '../../test/start-sandbox.ts';
import { demoCredentials, sandboxPlugin } from '../main/sandbox.ts';
import type { JournalEntry } from '../platform/journal.ts';

let sandbox: RunningSandbox;
let merchant: Merchant;

beforeAll(async () => {
  sandbox = await startSandbox();
  merchant = createMerchant(sandbox);
});
afterAll(() => sandbox.stop());

const log = async (query = '') => (await sandbox.control<{ items: JournalEntry[] }>('GET', `/log?${query}`)).items;

describe('traffic', () => {
  it('keeps both sides of every exchange, and the verdict on its signature', async () => {
    const { outTradeNo, reply } = await merchant.place();
    await merchant.call('GET', '/v3/certificates', undefined, { signedPath: '/elsewhere' });
    const [refused, placed] = await log('twin=wechat-pay');
    expect(placed).toMatchObject({
      direction: 'in',
      method: 'POST',
      url: '/sandbox/wechat-pay/v3/pay/transactions/jsapi',
      status: 200,
      verdict: 'ok',
      responseBody: reply.text,
    });
    expect(JSON.parse(placed?.requestBody ?? '').out_trade_no).toBe(outTradeNo);
    expect(placed?.responseHeaders['wechatpay-signature']).toBe(reply.headers.get('wechatpay-signature'));
    expect(refused).toMatchObject({ status: 401, verdict: 'bad', note: '签名错误' });
  });

  it('is filtered by twin, failure and text, and cleared', async () => {
    const { outTradeNo } = await merchant.place();
    await sandbox.phone('/login-code', { persona: 'lin-xia' });
    expect((await log('twin=phone')).every(({ twin }) => twin === 'phone')).toBe(true);
    expect((await log('status=failed')).every(({ status }) => status >= 400)).toBe(true);
    expect(await log(`contains=${outTradeNo}`)).toHaveLength(1);
    await sandbox.control('DELETE', '/log');
    expect(await log()).toEqual([]);
  });
});

describe('the page', () => {
  it('serves itself, its files and the faces', async () => {
    const page = await fetch(sandbox.base);
    const text = await page.text();
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    for (const section of ['收发记录', '订单与退款', '通知队列', '顾客手机', '包裹轨迹', '故障开关'])
      expect(text).toContain(section);
    for (const path of [
      '/assets/dashboard.css',
      '/assets/dashboard.js',
      '/assets/views.js',
      '/assets/phone.js',
      '/avatar/lin-xia.svg',
      '/cashier/assets/cashier.js',
      '/wechat-open/assets/oauth.css',
    ]) {
      expect([path, (await fetch(sandbox.base + path)).status]).toEqual([path, 200]);
    }
  });

  it('never shows a private key or the APIv3 key', async () => {
    const text = await (await fetch(sandbox.base)).text();
    expect(text).not.toContain(sandbox.credentials.apiV3Key);
    expect(text).not.toContain('PRIVATE KEY');
  });
});

describe('control', () => {
  it('moves the clock, and back', async () => {
    const time = async () => Date.parse((await sandbox.control<{ now: string }>('GET', '/clock')).now);
    const before = await time();
    await sandbox.control('POST', '/clock/advance', { ms: 86_400_000 });
    expect((await time()) - before).toBeGreaterThanOrEqual(86_400_000);
    await sandbox.control('POST', '/clock/reset');
    expect(Math.abs((await time()) - Date.now())).toBeLessThan(2000);
    expect(await sandbox.control('POST', '/clock/advance', { ms: -5 })).toMatchObject({
      error: { code: 'sandbox.control' },
    });
  });

  it('adds a crowd whose members can pay', async () => {
    const { items } = await sandbox.control<{ items: Array<{ id: string; openid: string }> }>('POST', '/personas', {
      count: 3,
    });
    expect(new Set(items.map(({ openid }) => openid)).size).toBe(3);
    const { prepayId } = await merchant.place({ payer: { openid: items[2]?.openid } });
    expect(
      await sandbox.phone('/request-payment', { ...merchant.invocation(prepayId), persona: items[2]?.openid }),
    ).toMatchObject({ result: 'ok' });
  });

  it('has every switch in the README', async () => {
    const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
    const { definitions } = await sandbox.control<{ definitions: Array<{ key: string }> }>('GET', '/switches');
    const missing = definitions.filter(({ key }) => !key.endsWith('Times') && !readme.includes(`\`${key}\``));
    expect(missing).toEqual([]);
  });

  it('answers for what is not there', async () => {
    for (const [method, path] of [
      ['POST', '/notifications/none/send'],
      ['GET', '/orders/NONE'],
      ['POST', '/parcels/NONE/advance'],
      ['PUT', '/personas/nobody/balance'],
    ] as const) {
      expect(await sandbox.control(method, path, method === 'GET' ? undefined : {})).toMatchObject({
        error: { code: 'sandbox.control' },
      });
    }
  });
});

describe('state', () => {
  it('survives a restart: keys, orders, switches, people, codes and the log', async () => {
    const dataDir = makeDataDir();
    const first = await startSandbox({ dataDir });
    const shop = createMerchant(first);
    const { outTradeNo, prepayId } = await shop.place();
    await first.switchTo({ 'pay.refundSeconds': 9 });
    await first.control('PUT', '/personas/ma-ke/balance', { balance: 77 });
    const { code } = await first.phone('/login-code', { persona: 'lin-xia' });
    const credentials = first.credentials;
    await first.stop();

    const second = await startSandbox({ dataDir });
    expect(second.credentials).toEqual(credentials);
    const again = createMerchant(second);
    expect(await second.phone('/request-payment', { ...again.invocation(prepayId), persona: 'lin-xia' })).toMatchObject(
      { result: 'ok' },
    );
    expect((await second.control<{ state: string }>('GET', `/orders/${outTradeNo}`)).state).toBe('SUCCESS');
    expect(
      (await second.control<{ values: Record<string, unknown> }>('GET', '/switches')).values['pay.refundSeconds'],
    ).toBe(9);
    const { items: people } = await second.control<{ items: Array<{ id: string; balance: number }> }>(
      'GET',
      '/personas',
    );
    expect(people.find(({ id }) => id === 'ma-ke')?.balance).toBe(77);
    const { items } = await second.control<{ items: JournalEntry[] }>('GET', '/log');
    expect(items.some(({ url }) => url.endsWith('/v3/pay/transactions/jsapi'))).toBe(true);
    const login = await fetch(
      `${second.base}/wechat-api/sns/jscode2session?${new URLSearchParams({ appid: credentials.miniAppId, secret: credentials.miniAppSecret, js_code: String(code), grant_type: 'authorization_code' })}`,
    );
    expect(await login.json()).toHaveProperty('openid');
    await second.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('fits into a host with its own parsers, hooks and not-found page, and leaves them alone', async () => {
    const dataDir = makeDataDir();
    const host = Fastify();
    let moved = 0;
    const clock = {
      now: () => new Date(Date.now() + moved),
      advance: (ms: number) => {
        moved += ms;
      },
      reset: () => {
        moved = 0;
      },
    };
    host.setNotFoundHandler((_request, reply) => reply.code(404).send({ host: true }));
    host.post('/echo', async (request) => request.body);
    host.register(sandboxPlugin, { prefix: '/sandbox', publicBaseUrl: 'http://shop.example', dataDir, clock });
    const echo = await host.inject({ method: 'POST', url: '/echo', payload: { parsed: true } });
    expect(echo.json()).toEqual({ parsed: true });
    expect((await host.inject('/nowhere')).json()).toEqual({ host: true });
    expect((await host.inject('/sandbox/wechat-pay/v3/nowhere')).body).toBe('');
    const login = await host.inject({
      method: 'POST',
      url: '/sandbox/phone/login-code',
      payload: { persona: 'lin-xia' },
    });
    expect(login.json()).toMatchObject({ errMsg: 'login:ok' });
    await host.inject({ method: 'POST', url: '/sandbox/control/clock/advance', payload: { ms: 60_000 } });
    expect(moved).toBe(60_000);
    await host.close();
    expect(demoCredentials(dataDir).mchid).toBe('1900006511');
    rmSync(dataDir, { recursive: true, force: true });
  });
});
