import { ApiError } from '@xiaopu/api-client/transport';
import { expect, it } from 'vitest';
import { createSend, type Exchange, endpointOf, needsSession, type Reply, type SlowRequest } from './request.core.ts';

type Step = Partial<Reply> | 'timeout' | 'network';

function setUp(steps: Step[], { token = undefined as string | undefined, online = true, stepMs = 10 } = {}) {
  const seen: Exchange[] = [];
  const slow: SlowRequest[] = [];
  const state = { now: 0, token, opened: 0, online };
  const send = createSend({
    baseUrl: 'https://shop.test',
    async exchange(request) {
      seen.push(request);
      state.now += stepMs;
      const step = steps.shift() ?? { status: 200, body: null };
      if (step === 'timeout' || step === 'network') throw { errMsg: step };
      return { status: 200, body: null, requestId: 'r', ...step };
    },
    failureOf: (error) => (error as { errMsg: 'timeout' | 'network' }).errMsg,
    session: {
      token: () => state.token,
      async open() {
        state.opened++;
        state.token = `guest-${state.opened}`;
        return state.token;
      },
      settled: () => Promise.resolve(),
      forget() {
        state.token = undefined;
      },
    },
    isOnline: () => state.online,
    networkType: () => '4g',
    now: () => state.now,
    newRequestId: () => 'made-here',
    onSlow: (request) => slow.push(request),
  });
  return { send, seen, slow, state };
}
const refusal = (code: string) => ({ error: { code, message: '说明', requestId: 'r' } });

it('reads the shop window without a session and opens one guest for everything else', async () => {
  const { send, seen, state } = setUp([]);
  await send({ method: 'GET', path: '/api/home' });
  expect(state.opened).toBe(0);
  expect(seen[0]?.headers.authorization).toBeUndefined();
  await send({ method: 'GET', path: '/api/cart' });
  expect(state.opened).toBe(1);
  expect(seen[1]?.headers.authorization).toBe('Bearer guest-1');
  expect(needsSession('/api/search/history')).toBe(true);
  expect(needsSession('/api/search/hot-words')).toBe(false);
  expect(needsSession('/api/products/1')).toBe(false);
  expect(needsSession('/api/products/1/offers')).toBe(true);
  expect(needsSession('/api/session/guest')).toBe(false);
});

it('tries an idempotent read once more, and a write never', async () => {
  const read = setUp(['network', { body: { ok: true } }]);
  await expect(read.send({ method: 'GET', path: '/api/home' })).resolves.toEqual({ ok: true });
  expect(read.seen).toHaveLength(2);

  const broken = setUp([
    { status: 503, body: refusal('http.unavailable') },
    { status: 503, body: refusal('http.unavailable') },
  ]);
  await expect(broken.send({ method: 'GET', path: '/api/home' })).rejects.toMatchObject({
    code: 'http.unavailable',
    status: 503,
  });
  expect(broken.seen).toHaveLength(2);

  const write = setUp(['timeout'], { token: 't' });
  await expect(write.send({ method: 'POST', path: '/api/orders', body: {} })).rejects.toMatchObject({
    code: 'client.timeout',
  });
  expect(write.seen).toHaveLength(1);
});

it('keeps a guest’s session, and the cart with it, when a member’s page refuses the guest', async () => {
  const { send, seen } = setUp([{ status: 401, body: refusal('identity.login_required') }], { token: 'guest' });
  await expect(send({ method: 'GET', path: '/api/orders' })).rejects.toMatchObject({ code: 'identity.login_required' });
  expect(seen).toHaveLength(1);
});
it('replaces a refused session once and repeats the call, even a write', async () => {
  const { send, seen } = setUp([{ status: 401, body: refusal('identity.session_expired') }, { body: 1 }], {
    token: 'old',
  });
  await expect(send({ method: 'POST', path: '/api/cart/lines', body: {} })).resolves.toBe(1);
  expect(seen.map((request) => request.headers.authorization)).toEqual(['Bearer old', 'Bearer guest-1']);

  const twice = setUp(
    [
      { status: 401, body: refusal('a.b') },
      { status: 401, body: refusal('a.b') },
    ],
    { token: 'old' },
  );
  await expect(twice.send({ method: 'GET', path: '/api/cart' })).rejects.toMatchObject({ status: 401 });
  expect(twice.seen).toHaveLength(2);
});

it('says offline at once, without touching the network', async () => {
  const { send, seen } = setUp([], { online: false });
  await expect(send({ method: 'GET', path: '/api/home' })).rejects.toMatchObject({ code: 'client.offline', status: 0 });
  expect(seen).toHaveLength(0);
});

it('C05-PERF-09 singles out a call of 1.6 s with endpoint, trace id and network, and leaves 1.5 s alone', async () => {
  const slow = setUp([{}], { stepMs: 1_600 });
  await slow.send({ method: 'GET', path: '/api/products/0198f2c1-aaaa-7bbb-8ccc-0123456789ab' });
  expect(slow.slow).toEqual([
    {
      endpoint: 'GET /api/products/:id',
      requestId: 'made-here',
      tookMs: 1_600,
      network: '4g',
      at: '1970-01-01T00:00:01.600Z',
    },
  ]);
  const quick = setUp([{}], { stepMs: 1_500 });
  await quick.send({ method: 'GET', path: '/api/home' });
  expect(quick.slow).toEqual([]);
  expect(endpointOf('GET', '/api/orders/20261122123456789012')).toBe('GET /api/orders/:id');
});

it('keeps code, details and request id of a refusal, and names a reply that is none of ours', async () => {
  const { send } = setUp([
    {
      status: 409,
      body: {
        error: { code: 'inventory.out_of_stock', message: '库存不足', details: { available: 2 }, requestId: 'r9' },
      },
    },
    { status: 500, body: '<html>' },
  ]);
  const error = (await send({ method: 'GET', path: '/api/home' }).catch((caught: unknown) => caught)) as ApiError;
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({
    status: 409,
    code: 'inventory.out_of_stock',
    message: '库存不足',
    details: { available: 2 },
    requestId: 'r9',
  });
  await expect(send({ method: 'GET', path: '/api/home' })).rejects.toMatchObject({ code: 'client.bad_reply' });
});

it('encodes queries and sends a body only when there is one', async () => {
  const { send, seen } = setUp([]);
  await send({ method: 'GET', path: '/api/products', query: { q: '被子', attr: ['a:1', 'a:2'], cursor: undefined } });
  expect(seen[0]?.url).toBe('https://shop.test/api/products?q=%E8%A2%AB%E5%AD%90&attr=a%3A1&attr=a%3A2');
  expect(seen[0]?.body).toBeUndefined();
});
