import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { leanFetch } from './http/lean-fetch.ts';
import { createLogger } from './logger.ts';
import { createOutsideCalls, OutsideRefused, type OutsideService } from './outside-call.ts';

const twin: OutsideService = {
  name: 'twin',
  title: '测试',
  fallback: 'waits',
  timeoutMs: 150,
  concurrency: 4,
  queue: 4,
  failures: 5,
  openMs: 200,
  retries: 0,
};

describe('C04-TECH-07 a call to a service of others', () => {
  let server: Server;
  let url: string;
  /** What the service does with the nth request it hears. */
  let behave: (heard: number) => { status?: number; delayMs?: number; drop?: boolean };
  let heard = 0;
  beforeAll(async () => {
    server = createServer((request, response) => {
      heard += 1;
      const { status = 200, delayMs = 0, drop } = behave(heard);
      if (drop) return void request.socket.destroy();
      setTimeout(() => response.writeHead(status).end(`answer ${status}`), delayMs);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`;
  });
  afterAll(() => void server.close());
  beforeEach(() => {
    heard = 0;
    behave = () => ({});
  });

  function guard(given: Partial<OutsideService> = {}) {
    const calls = createOutsideCalls({ log: createLogger('silent') });
    const send = calls.guard({ ...twin, ...given }, leanFetch);
    return { send, state: () => calls.states()[0] };
  }
  const outcome = (call: Promise<Response>) =>
    call.then(
      ({ status }) => status,
      (error: Error) => error.name,
    );

  it('opens after five failures in a row and then does not send; one look closes it again', async () => {
    behave = (nth) => ({ status: nth <= 5 ? 503 : 200 });
    const { send, state } = guard();
    const seen = [];
    for (let call = 0; call < 8; call += 1) seen.push(await outcome(send(url)));
    expect(seen).toEqual([503, 503, 503, 503, 503, 'OutsideRefused', 'OutsideRefused', 'OutsideRefused']);
    expect(heard).toBe(5);
    expect(state()).toMatchObject({ state: 'open', calls: 5, failures: 5, refused: 3, lastFailure: 'HTTP 503' });
    await new Promise((done) => setTimeout(done, 230));
    expect(await outcome(send(url))).toBe(200);
    expect(state()?.state).toBe('closed');
  });

  it('a dead service opens it, a refusal of ours does not: 4xx are answers', async () => {
    behave = () => ({ status: 404 });
    const polite = guard();
    for (let call = 0; call < 7; call += 1) expect(await outcome(polite.send(url))).toBe(404);
    expect(polite.state()).toMatchObject({ state: 'closed', failures: 0 });
    behave = () => ({ drop: true });
    const dead = guard({ failures: 2 });
    await outcome(dead.send(url));
    await outcome(dead.send(url));
    expect(await outcome(dead.send(url))).toBe('OutsideRefused');
    expect(dead.state()?.state).toBe('open');
  });

  it('a flapping service that answers now and then keeps it closed', async () => {
    behave = (nth) => ({ status: nth % 3 === 0 ? 200 : 500 });
    const { send, state } = guard();
    for (let call = 0; call < 12; call += 1) await outcome(send(url));
    expect([heard, state()?.state]).toEqual([12, 'closed']);
  });

  it('gives a slow service its time and no more', async () => {
    behave = () => ({ delayMs: 600 });
    const { send, state } = guard({ failures: 2 });
    const cpu = performance.now();
    expect(await outcome(send(url))).not.toBe(200);
    expect(performance.now() - cpu).toBeLessThan(590);
    await outcome(send(url));
    expect(state()).toMatchObject({ state: 'open', failures: 2 });
  });

  it('lets so many through at once and so many wait; the next is refused at once', async () => {
    behave = () => ({ delayMs: 60 });
    const { send, state } = guard({ concurrency: 2, queue: 1, timeoutMs: 2_000 });
    const seen = await Promise.all([1, 2, 3, 4, 5].map(() => outcome(send(url))));
    expect(seen.filter((one) => one === 200)).toHaveLength(3);
    expect(seen.filter((one) => one === 'OutsideRefused')).toHaveLength(2);
    expect(state()).toMatchObject({ refused: 2, running: 0, state: 'closed' });
  });

  it('asks again only what may be repeated', async () => {
    behave = (nth) => ({ status: nth === 1 ? 500 : 200 });
    expect(await outcome(guard({ retries: 1 }).send(url))).toBe(200);
    expect(heard).toBe(2);
    heard = 0;
    expect(await outcome(guard({ retries: 1 }).send(url, { method: 'POST', body: '{}' }))).toBe(500);
    expect(heard).toBe(1);
  });

  it('says that it was not sent', async () => {
    behave = () => ({ status: 500 });
    const { send } = guard({ failures: 1 });
    await outcome(send(url));
    await expect(send(url)).rejects.toThrow(new OutsideRefused('twin: breaker open'));
  });

  it('lets a long body arrive after its head', async () => {
    const calls = createOutsideCalls({ log: createLogger('silent') });
    const slow = createServer((_request, response) => {
      response.write('begin ');
      setTimeout(() => response.end('end'), 50);
    });
    await new Promise<void>((done) => slow.listen(0, '127.0.0.1', done));
    const { port } = slow.address() as AddressInfo;
    const send = calls.guard(
      { ...twin, name: 'slow body' },
      // The built-in one hands the body on as it comes.
      fetch,
    );
    expect(await (await send(`http://127.0.0.1:${port}/`)).text()).toBe('begin end');
    slow.close();
  });

  it('keeps the breakers of many addresses apart', async () => {
    behave = () => ({ status: 503 });
    const calls = createOutsideCalls({ log: createLogger('silent') });
    const send = calls.guardEach(twin, leanFetch);
    for (let call = 0; call < 6; call += 1) await outcome(send(url));
    expect(calls.states()).toMatchObject([{ state: 'open', calls: 5, refused: 1 }]);
    const other = createServer((_request, response) => response.end('fine'));
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const { port } = other.address() as AddressInfo;
    expect(await outcome(send(`http://127.0.0.1:${port}/`))).toBe(200);
    expect(await outcome(send(url))).toBe('OutsideRefused');
    other.close();
  });
});
