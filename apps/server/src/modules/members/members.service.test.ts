import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secondMs } from '#platform/clock.ts';
import { type IdentityWorld, idOf, openIdentityWorld } from '../../../test/identity-fixture.ts';

describe('favourites and footprints', () => {
  let world: IdentityWorld;
  let spus: string[];
  beforeAll(async () => {
    world = await openIdentityWorld();
    spus = Array.from({ length: 230 }, (_, i) => world.addProduct(1_000 + i, 1_000 + i));
  });
  afterAll(() => world.close());

  const spu = (index: number) => spus[index] ?? '';
  const put = (kind: 'favourites' | 'footprints', spuId: string, token: string) =>
    world.send('PUT', `/api/${kind}/${spuId}`, { token });
  async function all(kind: 'favourites' | 'footprints', token: string, limit = 50): Promise<string[]> {
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await world.send('GET', `/api/${kind}?limit=${limit}${cursor && `&cursor=${cursor}`}`, {
        token,
      });
      seen.push(...body.items.map(({ product }: { product: { spuId: string } }) => product.spuId));
      cursor = body.nextCursor ?? '';
    } while (cursor);
    return seen;
  }
  const rows = async (buyerId: string) => {
    const { rows: found } = await sql`
      select (select count(*) from members.favourite where buyer_id = ${buyerId}) as favourites,
        (select count(*) from members.footprint where buyer_id = ${buyerId}) as footprints,
        (select count(*) from members.address where buyer_id = ${buyerId}) as addresses`.execute(world.database.db);
    return found[0];
  };

  it('keeps a favourite with its first price, once, however often it is added at once', async () => {
    const { token, buyerId } = await world.guest();
    const replies = await Promise.all(Array.from({ length: 10 }, () => put('favourites', spu(0), token)));
    expect(replies.map(({ status, body }) => [status, body.isFavourite])).toEqual(Array(10).fill([200, true]));
    expect(await rows(buyerId)).toMatchObject({ favourites: 1 });
    world.addProduct(1_000, 800);
    world.clock.advance(secondMs);
    await put('favourites', spu(0), token);
    const { body } = await world.send('GET', '/api/favourites', { token });
    expect(body.items).toHaveLength(1);
    expect(body.items[0]).toMatchObject({
      priceWhenAdded: 1_000,
      product: { salePrice: 800 },
      addedAt: '2026-11-22T08:00:00.000Z',
    });
    world.addProduct(1_000, 1_000);
    const url = `/api/favourites/${spu(0)}`;
    expect((await world.send('GET', url, { token })).body).toEqual({ isFavourite: true });
    expect((await world.send('DELETE', url, { token })).body).toEqual({ isFavourite: false });
    expect((await world.send('DELETE', url, { token })).body).toEqual({ isFavourite: false });
    expect((await world.send('GET', url, { token })).body).toEqual({ isFavourite: false });
  });

  it('refuses a product nobody knows, and leaves out one that went', async () => {
    const { token, buyerId } = await world.guest();
    for (const kind of ['favourites', 'footprints'] as const) {
      const reply = await put(kind, idOf(5), token);
      expect([reply.status, reply.body.error.code]).toEqual([404, 'members.product_not_found']);
      expect((await put(kind, 'x', token)).status).toBe(400);
    }
    expect(await rows(buyerId)).toEqual({ favourites: 0, footprints: 0, addresses: 0 });
    const gone = world.addProduct(5_000, 1);
    await put('favourites', gone, token);
    await put('favourites', spu(3), token);
    world.products.delete(gone);
    expect(await all('favourites', token)).toEqual([spu(3)]);
  });

  it('pages newest first without gaps or repeats, also where many share an instant, in two statements', async () => {
    const { token, buyerId } = await world.guest();
    for (let i = 0; i < 12; i += 1) await put('favourites', spu(i), token);
    world.clock.advance(secondMs);
    await put('favourites', spu(12), token);
    const expected = [spu(12), ...spus.slice(0, 12).toReversed()];
    expect(await all('favourites', token, 5)).toEqual(expected);
    expect(await all('favourites', token, 13)).toEqual(expected);
    expect(
      await world.database.statementsOf(() => world.members.favourites(world.database.db, buyerId, { limit: 5 })),
    ).toHaveLength(2);
    const bad = await world.send('GET', '/api/favourites?cursor=xyz', { token });
    expect([bad.status, bad.body.error.code]).toEqual([400, 'members.cursor_invalid']);
    expect((await world.send('GET', '/api/favourites?limit=51', { token })).status).toBe(400);
  });

  it('moves a product seen again to the front, and keeps the newest 200', async () => {
    const { token, buyerId } = await world.guest();
    for (const index of [0, 1, 2, 0]) {
      world.clock.advance(secondMs);
      expect((await put('footprints', spu(index), token)).status).toBe(204);
    }
    expect(await all('footprints', token)).toEqual([spu(0), spu(2), spu(1)]);
    const db = world.database.db;
    await db
      .insertInto('members.footprint')
      .values(
        spus
          .slice(3, 210)
          .map((spuId, i) => ({ buyerId, spuId, viewedAt: new Date(Date.UTC(2026, 0, 1) + i * secondMs) })),
      )
      .execute();
    world.clock.advance(secondMs);
    await put('footprints', spu(220), token);
    const kept = await all('footprints', token);
    expect([kept.length, kept.slice(0, 4), kept.at(-1)]).toEqual([200, [spu(220), spu(0), spu(2), spu(1)], spu(14)]);
    expect((await world.send('DELETE', '/api/footprints', { token })).status).toBe(204);
    expect(await all('footprints', token)).toEqual([]);
  });

  it('is each buyer’s own, and nobody’s without a session', async () => {
    const [owner, stranger] = [await world.guest(), await world.guest()];
    await put('favourites', spu(0), owner.token);
    await put('footprints', spu(0), owner.token);
    expect(await all('favourites', stranger.token)).toEqual([]);
    expect(await all('footprints', stranger.token)).toEqual([]);
    await world.send('DELETE', `/api/favourites/${spu(0)}`, { token: stranger.token });
    await world.send('DELETE', '/api/footprints', { token: stranger.token });
    expect(await rows(owner.buyerId)).toEqual({ favourites: 1, footprints: 1, addresses: 0 });
    for (const [method, url] of [
      ['GET', '/api/favourites'],
      ['GET', `/api/favourites/${spu(0)}`],
      ['PUT', `/api/favourites/${spu(0)}`],
      ['DELETE', `/api/favourites/${spu(0)}`],
      ['GET', '/api/footprints'],
      ['PUT', `/api/footprints/${spu(0)}`],
      ['DELETE', '/api/footprints'],
    ] as const) {
      expect((await world.send(method, url)).status).toBe(401);
    }
  });

  it('C02-BEH-03 a guest’s favourites, footprints and addresses are the buyer’s after the login, once, however often it is told', async () => {
    const address = {
      name: '张三',
      phone: '13800001234',
      province: '浙江省',
      city: '杭州市',
      district: '西湖区',
      detail: '文三路1号',
    };
    const [guest, member] = [await world.guest(), await world.member('o-members')];
    const add = (token: string, name: string) =>
      world.send('POST', '/api/addresses', { token, body: { ...address, name } });
    await put('favourites', spu(1), member.token);
    await put('footprints', spu(1), member.token);
    await add(member.token, '原来的');
    world.clock.advance(secondMs);
    for (const kind of ['favourites', 'footprints'] as const)
      for (const index of [1, 2]) await put(kind, spu(index), guest.token);
    await add(guest.token, '游客的');

    const { body } = await world.send('POST', '/api/session/wechat-mini', {
      token: guest.token,
      body: { code: 'code of o-members' },
    });
    await world.messaging.relay.drain();
    const token = body.token as string;
    const check = async () => {
      expect(await all('favourites', token)).toEqual([spu(2), spu(1)]);
      expect(await all('footprints', token)).toEqual([spu(2), spu(1)]);
      const { addresses } = (await world.send('GET', '/api/addresses', { token })).body;
      expect(addresses.map(({ name, isDefault }: { name: string; isDefault: boolean }) => [name, isDefault])).toEqual([
        ['原来的', true],
        ['游客的', false],
      ]);
      expect(await rows(guest.buyerId)).toEqual({ favourites: 0, footprints: 0, addresses: 0 });
    };
    await check();
    await world.database.db.updateTable('platform.outbox').set({ deliveredAt: null }).execute();
    await world.messaging.relay.drain();
    await world.database.inTransaction((tx) => world.members.mergeGuest(tx, guest.buyerId, member.buyerId));
    await check();
  });

  it('a new buyer takes over the guest’s default address; a full book takes what fits', async () => {
    const address = {
      name: '张三',
      phone: '13800001234',
      province: '浙江省',
      city: '杭州市',
      district: '西湖区',
      detail: '文三路1号',
    };
    const guest = await world.guest();
    await world.send('POST', '/api/addresses', { token: guest.token, body: address });
    const member = await world.member('o-new-default');
    await world.database.inTransaction((tx) => world.members.mergeGuest(tx, guest.buyerId, member.buyerId));
    expect((await world.send('GET', '/api/addresses', { token: member.token })).body.addresses[0].isDefault).toBe(true);

    const other = await world.guest();
    for (let i = 0; i < 3; i += 1)
      await world.send('POST', '/api/addresses', { token: other.token, body: { ...address, name: `人${i}` } });
    for (let i = 0; i < 27; i += 1) await world.send('POST', '/api/addresses', { token: member.token, body: address });
    await world.database.inTransaction((tx) => world.members.mergeGuest(tx, other.buyerId, member.buyerId));
    const { addresses } = (await world.send('GET', '/api/addresses', { token: member.token })).body;
    expect(addresses).toHaveLength(30);
    expect(addresses.filter(({ isDefault }: { isDefault: boolean }) => isDefault)).toHaveLength(1);
  });
});
