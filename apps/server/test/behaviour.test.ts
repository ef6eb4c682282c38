/** Acts, recommendations and the switch on the whole server. */
import type { ShopperAct } from '@xiaopu/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../src/platform/ids.ts';
import { openTestShop, type TestBuyer, type TestShop } from './shop.ts';

describe('behaviour', () => {
  let world: TestShop;
  let buyer: TestBuyer;
  beforeAll(async () => {
    world = await openTestShop();
    buyer = await world.buyer('lin-xia');
    await world.shop.settle();
  }, 120_000);
  afterAll(() => world?.close());

  const act = <Kind extends ShopperAct['kind']>(kind: Kind, facts: object = {}) =>
    ({ eventId: newId(), at: world.clock.now().toISOString(), kind, ...facts }) as ShopperAct;

  /** The last product of the hot list's least prominent category: nobody sees it first by chance. */
  async function quietCategory() {
    const { categories } = await buyer.api.catalog.categories();
    const { items } = await buyer.api.recommendations.list({ scene: 'home', limit: 10 });
    const prominent = new Set(items.map(({ product }) => product.spuId));
    for (const { categoryId } of categories.toReversed()) {
      const page = await buyer.api.catalog.products({ categoryId, limit: 20, inStock: true });
      const ids = page.items.map(({ spuId }) => spuId);
      if (ids.length >= 4 && !ids.some((id) => prominent.has(id))) return { categoryId, ids };
    }
    throw new Error('every category is in the hot list');
  }

  it('C02-CPT-05 reorders the next home by what was dwelt on and carted, within two statements; off gives the default order', async () => {
    const fresh = await buyer.api.recommendations.list({ scene: 'home', limit: 10 });
    expect(fresh.basis).toBe('hot');
    const { ids } = await quietCategory();
    const [first = '', second = ''] = ids;
    await buyer.api.sendActs({
      acts: [
        ...[act('visit'), act('view', { spuId: first }), act('dwell', { spuId: first, ms: 80_000 })],
        ...[act('cart', { spuId: second, quantity: 1 }), act('view', { spuId: second, origin: 'list' })],
      ],
    });
    const page = await buyer.api.recommendations.list({ scene: 'home', limit: 10 });
    expect(page.basis).toBe('personal');
    expect(page.items.slice(0, 3).every(({ product }) => ids.includes(product.spuId))).toBe(true);
    const statements = (
      await world.database.statementsOf(() => buyer.api.recommendations.list({ scene: 'home', limit: 10 }))
    ).filter((statement) => !/identity\./.test(statement));
    expect(statements.length, statements.join('\n')).toBeLessThanOrEqual(2);

    expect(await buyer.api.recommendations.setPreference({ isOff: true })).toEqual({ isOff: true });
    expect(await buyer.api.recommendations.preference()).toEqual({ isOff: true });
    expect(await buyer.api.recommendations.list({ scene: 'home', limit: 10 })).toEqual({ ...fresh, isOff: true });
    expect(await buyer.api.sendActs({ acts: [act('view', { spuId: first })] })).toEqual({ stored: 0, isOff: true });
    const kept = await world.database.db
      .selectFrom('events.act')
      .select('eventId')
      .where('buyerId', '=', buyer.buyerId)
      .execute();
    expect(kept).toEqual([]);
  });

  it('C06-REC-01 refuses unknown kinds and fields, too many at once, and who has no session', async () => {
    const post = (body: unknown, headers = buyer.headers) =>
      world.inject({ method: 'POST', url: '/api/events', headers, body });
    const one = act('visit');
    const refused = [
      { acts: [{ ...one, kind: 'pay', amount: 1 }] },
      { acts: [{ ...one, phone: '13800001234' }] },
      { acts: [{ ...one, eventId: 'x' }] },
      { acts: Array.from({ length: 51 }, () => act('visit')) },
      { acts: [] },
    ];
    for (const body of refused) expect((await post(body)).status, JSON.stringify(body).slice(0, 80)).toBe(400);
    expect((await post({ acts: [one] }, {})).status).toBe(401);
    expect((await post({ acts: [{ ...one, kind: 'x'.repeat(40_000) }] })).status).toBe(413);
  });

  it('C02-BEH-03 what a guest looked at is the member’s after the login', async () => {
    const guest = await world.inject({ method: 'POST', url: '/api/session/guest' });
    const { token } = guest.body as { token: string };
    const headers = { authorization: `Bearer ${token}` };
    const { ids } = await quietCategory();
    await world.inject({
      ...{ method: 'POST', url: '/api/events', headers },
      body: { acts: [act('cart', { spuId: ids[0], quantity: 2 })] },
    });
    const code = await world.sandbox<{ code: string }>('POST', '/phone/login-code', { persona: 'chen-mo' });
    const login = await world.inject({
      method: 'POST',
      url: '/api/session/wechat-mini',
      headers,
      body: { code: code.code },
    });
    await world.shop.settle();
    const member = { authorization: `Bearer ${(login.body as { token: string }).token}` };
    const page = await world.inject({ method: 'GET', url: '/api/recommendations?scene=home&limit=5', headers: member });
    expect(page.body).toMatchObject({ basis: 'personal' });
  });
});
