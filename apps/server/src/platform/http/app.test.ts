import { Type } from 'typebox';
import { afterEach, describe, expect, it } from 'vitest';
import { defineError } from '../errors.ts';
import { createLogger } from '../logger.ts';
import { type App, createApp } from './app.ts';

const log = createLogger('silent');
const teapot = defineError<{ cups: number }>('test.teapot', 'conflict', ({ cups }) => `还差 ${cups} 杯`);
let app: App | undefined;
afterEach(() => app?.close());

async function given(
  authenticators = { buyer: async () => undefined, staff: async () => undefined } as Parameters<
    typeof createApp
  >[0]['authenticators'],
  rateLimitPerMinute = 0,
) {
  app = await createApp({ log, authenticators, version: '0', rateLimitPerMinute });
  return app;
}

describe('the HTTP app', () => {
  it('does not start with an API route that does not say who may call it', async () => {
    const server = await given();
    expect(() => server.get('/api/open-door', async () => 'hello')).toThrow('does not say who may call it');
  });

  it('answers 401 without a session, to guests where a login is needed, and to strangers in the console', async () => {
    const server = await given({
      buyer: async (request) => (request.headers.authorization ? { buyerId: 'b', isGuest: true } : undefined),
      staff: async () => undefined,
    });
    server.get('/api/mine', { config: { access: 'shopper' } }, async (request) => request.buyer);
    server.get('/api/members', { config: { access: 'member' } }, async (request) => request.buyer);
    server.get('/api/console/x', { config: { access: { permission: 'orders.read' } } }, async () => 'secret');
    const codes = async (url: string, headers = {}) => {
      const reply = await server.inject({ url, headers });
      return [reply.statusCode, reply.json().error?.code];
    };
    expect(await codes('/api/mine')).toEqual([401, 'identity.session_required']);
    expect(await codes('/api/mine', { authorization: 'Bearer t' })).toEqual([200, undefined]);
    expect(await codes('/api/members', { authorization: 'Bearer t' })).toEqual([401, 'identity.login_required']);
    expect(await codes('/api/console/x')).toEqual([401, 'identity.staff_login_required']);
  });

  it('C12-ENC-04 answers 403 to staff without the permission, and refuses console writes from other sites', async () => {
    const staff = { staffId: 's', name: '小王', shopId: 'shop', permissions: new Set(['orders.read'] as const) };
    const server = await given({ buyer: async () => undefined, staff: async () => staff });
    server.get('/api/console/orders', { config: { access: { permission: 'orders.read' } } }, async () => ({
      ok: true,
    }));
    server.post('/api/console/ship', { config: { access: { permission: 'fulfilment.ship' } } }, async () => ({
      ok: true,
    }));
    const status = async (method: 'GET' | 'POST', url: string, headers = {}) =>
      (await server.inject({ method, url, headers })).statusCode;
    expect(await status('GET', '/api/console/orders')).toBe(200);
    expect(await status('POST', '/api/console/ship')).toBe(403);
    const reply = await server.inject({
      method: 'POST',
      url: '/api/console/ship',
      headers: { 'x-requested-with': 'xiaopu-console' },
    });
    expect(reply.json().error).toMatchObject({
      code: 'identity.permission_missing',
      details: { permission: 'fulfilment.ship' },
    });
  });

  it('gives each failure one shape: declared, invalid, unknown address, unexpected', async () => {
    const server = await given();
    const body = Type.Object({ quantity: Type.Integer() });
    server.post('/api/tea', { config: { access: 'anyone' }, schema: { body } }, async () => {
      throw teapot({ cups: 2 });
    });
    server.get('/api/broken', { config: { access: 'anyone' } }, async () => {
      throw new Error('password is hunter2');
    });
    const post = (payload: unknown) => server.inject({ method: 'POST', url: '/api/tea', payload: payload as object });
    const declared = await post({ quantity: 1 });
    expect([declared.statusCode, declared.json().error]).toEqual([
      409,
      { code: 'test.teapot', message: '还差 2 杯', details: { cups: 2 }, requestId: declared.headers['x-request-id'] },
    ]);
    const invalid = await post({ quantity: '1' });
    expect([invalid.statusCode, invalid.json().error.code, invalid.json().error.details.fields[0].field]).toEqual([
      400,
      'request.invalid',
      '/quantity',
    ]);
    const broken = await server.inject('/api/broken');
    expect([broken.statusCode, broken.json().error.code]).toEqual([500, 'platform.internal']);
    expect(broken.body).not.toContain('hunter2');
    expect((await server.inject('/api/nowhere')).json().error.code).toBe('request.not_found');
    expect(
      (
        await server.inject({
          method: 'POST',
          url: '/api/tea',
          payload: '{"quantity":',
          headers: { 'content-type': 'application/json' },
        })
      ).statusCode,
    ).toBe(400);
  });

  it('C04-TECH-06 answers 429 to the 101st call of a minute where the limit is 100', async () => {
    const server = await given(undefined, 100);
    server.get('/api/x', { config: { access: 'anyone' } }, async () => ({ ok: true }));
    const statuses: number[] = [];
    for (let i = 0; i < 101; i += 1) statuses.push((await server.inject('/api/x')).statusCode);
    expect(statuses.filter((status) => status === 200)).toHaveLength(100);
    expect(statuses.at(-1)).toBe(429);
  });

  it('C04-TECH-06 answers the version a client names, and tells one it does not know', async () => {
    const server = await given();
    server.get('/api/x', { config: { access: 'anyone' } }, async () => ({ ok: true }));
    const named = await server.inject('/api/v1/x?page=2');
    expect([named.statusCode, named.headers['x-api-version']]).toEqual([200, '1']);
    expect((await server.inject('/api/x')).statusCode).toBe(200);
    const later = await server.inject('/api/v2/x');
    expect([later.statusCode, later.json().error.code]).toEqual([404, 'request.unknown_version']);
    expect((await server.inject('/api/v1/nowhere')).json().error.code).toBe('request.not_found');
  });

  it('goes by the request id of the client, unless it is none', async () => {
    const server = await given();
    server.get('/api/x', { config: { access: 'anyone' } }, async () => ({ ok: true }));
    const idFor = async (id: string) =>
      (await server.inject({ url: '/api/x', headers: { 'x-request-id': id } })).headers['x-request-id'];
    expect(await idFor('mf1k2abcd1234')).toBe('mf1k2abcd1234');
    expect(await idFor('<script>alert(1)')).toMatch(/^[0-9a-f-]{36}$/);
  });
});
