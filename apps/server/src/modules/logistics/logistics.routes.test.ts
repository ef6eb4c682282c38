import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '#platform/http/app.ts';
import { createLogger } from '#platform/logger.ts';
import { logisticsRoutes } from './index.ts';

describe('GET /api/console/carriers', () => {
  let app: Awaited<ReturnType<typeof createApp>>;
  beforeAll(async () => {
    app = await createApp({
      log: createLogger('silent'),
      version: 'test',
      rateLimitPerMinute: 0,
      authenticators: {
        buyer: async () => undefined,
        staff: async ({ headers }) =>
          headers['x-right']
            ? { staffId: 's', name: '小周', shopId: 'shop', permissions: new Set([headers['x-right']]) as never }
            : undefined,
      },
    });
    logisticsRoutes(app);
  });
  afterAll(() => app.close());
  const get = (headers: Record<string, string>) => app.inject({ url: '/api/console/carriers', headers });

  it('200 lists them in order of use, 401 without staff, 403 without the right', async () => {
    const reply = await get({ 'x-right': 'orders.read' });
    expect(reply.statusCode).toBe(200);
    expect(reply.json().carriers).toHaveLength(14);
    expect(reply.json().carriers[0]).toEqual({ code: 'SF', name: '顺丰速运', wechatCode: 'SF' });
    expect((await get({})).statusCode).toBe(401);
    expect((await get({ 'x-right': 'catalog.read' })).statusCode).toBe(403);
  });
});
