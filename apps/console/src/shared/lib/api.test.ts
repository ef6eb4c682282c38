import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError, actOnShop, send, toApiError, whenSignedOut } from './api.ts';

function answer(status: number, body: string) {
  const fetched = vi.fn(async () => new Response(status === 204 ? null : body, { status }));
  vi.stubGlobal('fetch', fetched);
  return fetched as unknown as { mock: { calls: [string, RequestInit][] } };
}

afterEach(() => {
  vi.unstubAllGlobals();
  actOnShop('');
  whenSignedOut(() => {});
});

describe('calls to the server', () => {
  it('carries the console header, the shop, and only the query that is set', async () => {
    const fetched = answer(200, '{"items":[]}');
    actOnShop('shop-1');
    await send({ method: 'GET', path: '/api/console/orders', query: { page: 1, status: undefined } });
    const [url, init] = fetched.mock.calls[0] ?? [];
    expect(url).toBe('/api/console/orders?page=1');
    expect(init?.headers).toMatchObject({ 'x-requested-with': 'xiaopu-console', 'x-shop-id': 'shop-1' });
    expect(init?.headers).not.toHaveProperty('content-type');
  });

  it('reads an empty reply as null', async () => {
    answer(204, '');
    await expect(send({ method: 'DELETE', path: '/api/console/session' })).resolves.toBeNull();
  });

  it("passes the server's own words on", async () => {
    answer(
      409,
      '{"error":{"code":"catalog.edit_conflict","message":"有人改过","details":{"currentVersion":3},"requestId":"r1"}}',
    );
    const error = await send({ method: 'PUT', path: '/x', body: {} }).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      status: 409,
      code: 'catalog.edit_conflict',
      message: '有人改过',
      details: { currentVersion: 3 },
      requestId: 'r1',
    });
  });

  it('speaks Chinese when the reply is not ours, or there is none', async () => {
    expect(toApiError(502, null).message).toBe('服务暂时不可用，请稍后重试');
    expect(toApiError(429, null).message).toBe('操作太频繁，请稍后再试');
    vi.stubGlobal('fetch', async () => {
      throw new TypeError('Failed to fetch');
    });
    await expect(send({ method: 'GET', path: '/x' })).rejects.toMatchObject({ status: 0, code: 'network.offline' });
  });

  it('reports a lost session once, but not a refused login', async () => {
    const lost = vi.fn();
    whenSignedOut(lost);
    answer(401, '{"error":{"code":"access.login_required","message":"请先登录","requestId":"r"}}');
    await send({ method: 'POST', path: '/api/console/session', body: {} }).catch(() => {});
    expect(lost).not.toHaveBeenCalled();
    await send({ method: 'GET', path: '/api/console/orders' }).catch(() => {});
    expect(lost).toHaveBeenCalledTimes(1);
  });
});
