import type { IncomingHttpHeaders } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createFixedClock } from '../clock.ts';
import { defineError } from '../errors.ts';
import { createLogger } from '../logger.ts';
import { type App, createApp } from './app.ts';
import { addressOf } from './fast-lane.ts';

const gone = defineError('test.gone', 'conflict', '没有了');
const knownBuyer = ({ authorization }: IncomingHttpHeaders) =>
  authorization ? { buyerId: authorization, isGuest: authorization === 'guest' } : undefined;

describe('the fast lane', () => {
  let app: App;
  let origin: string;
  let fresh: Buffer | undefined;
  let isGone = true;
  let full = 0;
  const served: string[] = [];
  async function open(rateLimitPerMinute = 0): Promise<void> {
    full = 0;
    served.length = 0;
    fresh = Buffer.from('{"cached":true}');
    app = await createApp({
      log: createLogger('silent'),
      clock: createFixedClock('2026-11-30T00:00:00Z'),
      authenticators: {
        buyer: async ({ headers }) => knownBuyer(headers),
        knownBuyer,
        staff: async () => undefined,
      },
      version: 'test',
      rateLimitPerMinute,
    });
    app.fastLane.onServed(({ method, route, status }) => void served.push(`${method} ${route} ${status}`));
    app.get<{ Params: { id: string } }>('/api/things/:id', { config: { access: 'anyone' } }, async (request, reply) => {
      full += 1;
      if (request.params.id === 'none') return reply.code(404).send({});
      request.server.fastLane.open(request.url, '/api/things/:id', () => fresh);
      return reply.type('application/json; charset=utf-8').send(fresh ?? '{"cached":false}');
    });
    app.fastLane.refuse('/api/things/:id/places', ({ buyer, param, headers }) =>
      isGone && param === 'gone' && headers['x-held'] === undefined && buyer.buyerId !== 'lucky' ? gone() : undefined,
    );
    app.post('/api/things/:id/places', { config: { access: 'member' } }, async (request, reply) => {
      full += 1;
      if (request.headers['x-held']) return reply.code(201).send({ held: request.body });
      throw gone();
    });
    origin = await app.listen({ port: 0, host: '127.0.0.1' });
  }
  afterEach(() => app.close());
  const get = async (path: string, init?: RequestInit) => {
    const reply = await fetch(origin + path, init);
    const {
      date: _date,
      connection: _connection,
      'keep-alive': _alive,
      ...headers
    } = Object.fromEntries(reply.headers);
    return { status: reply.status, text: await reply.text(), headers };
  };

  it('C04-TECH-08 answers what the full path answered before, with the same head and an id of its own', async () => {
    await open();
    const first = await get('/api/things/1');
    const second = await get('/api/things/1');
    expect([full, served]).toEqual([1, ['GET /api/things/:id 200']]);
    expect(second.text).toBe(first.text);
    const { 'x-request-id': firstId, ...firstHead } = first.headers;
    const { 'x-request-id': secondId, ...secondHead } = second.headers;
    expect(secondHead).toEqual(firstHead);
    expect(secondId).toMatch(/^[0-9a-f-]{36}$/);
    expect(secondId).not.toBe(firstId);
  });

  it('leaves other addresses, other methods, refusals and what is no longer fresh to the full path', async () => {
    await open();
    await get('/api/things/1');
    await get('/api/things/2');
    await get('/api/things/1?x=1');
    expect((await get('/api/things/1', { method: 'POST' })).status).toBe(404);
    for (let times = 0; times < 2; times += 1) expect((await get('/api/things/none')).status).toBe(404);
    expect([full, served]).toEqual([5, []]);
    fresh = undefined;
    expect((await get('/api/things/1')).text).toBe('{"cached":false}');
    expect(full).toBe(6);
  });

  it('C04-TECH-06 counts both paths in one window and lets the full path refuse', async () => {
    await open(3);
    const seen = [];
    for (let times = 0; times < 4; times += 1) {
      const { status, headers } = await get('/api/things/1');
      seen.push([status, headers['x-ratelimit-remaining']]);
    }
    expect(seen).toEqual([
      [200, '2'],
      [200, '1'],
      [200, '0'],
      [429, '0'],
    ]);
    expect(served).toHaveLength(2);
    // Another address behind the same proxy has its own count.
    expect((await get('/api/things/1', { headers: { 'x-forwarded-for': '203.0.113.7' } })).status).toBe(200);
  });

  it('refuses in the same words as the full path what is certain to be refused, and nobody else', async () => {
    await open(100);
    const post = (
      thing: string,
      authorization = 'someone',
      more: Record<string, string> = {},
      body = '{"quantity":1}',
    ) =>
      get(`/api/things/${thing}/places`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json', ...more },
        body,
      });
    const plain = ({ status, text, headers }: Awaited<ReturnType<typeof get>>) => {
      const { 'x-request-id': id = '', 'x-ratelimit-remaining': _left, ...head } = headers;
      return { status, text: text.replace(id, 'id'), head: { ...head, 'x-ratelimit-reset': '' } };
    };
    isGone = false;
    const slow = await post('gone');
    isGone = true;
    const quick = await post('gone');
    expect(plain(quick)).toEqual(plain(slow));
    expect([full, served]).toEqual([1, ['POST /api/things/:id/places 409']]);
    expect(Number(slow.headers['x-ratelimit-remaining']) - Number(quick.headers['x-ratelimit-remaining'])).toBe(1);

    expect((await post('there')).status).toBe(409);
    expect((await post('gone', 'lucky')).status).toBe(409);
    expect((await post('gone', 'guest')).status).toBe(401);
    expect((await post('gone', '')).status).toBe(401);
    expect((await post('gone', 'someone', {}, JSON.stringify({ long: 'x'.repeat(3_000) }))).status).toBe(409);
    expect(await post('gone', 'someone', { 'x-held': 'yes' })).toMatchObject({
      status: 201,
      text: '{"held":{"quantity":1}}',
    });
    expect([full, served.length]).toEqual([5, 1]);
    // The unread body of one does not spoil the next request on the same connection.
    for (let times = 0; times < 5; times += 1) expect((await post('gone')).status).toBe(409);
    expect([full, served.length]).toEqual([5, 6]);
  });

  it('sees the caller behind a proxy on this machine, and believes nobody else', () => {
    const from = (remoteAddress: string, forwarded?: string) =>
      addressOf({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } } as never);
    expect(from('127.0.0.1', '198.51.100.1, 203.0.113.7, 127.0.0.1')).toBe('203.0.113.7');
    expect(from('127.0.0.1', '127.0.0.2')).toBe('127.0.0.2');
    expect(from('127.0.0.1')).toBe('127.0.0.1');
    expect(from('192.0.2.9', '203.0.113.7')).toBe('192.0.2.9');
  });
});
