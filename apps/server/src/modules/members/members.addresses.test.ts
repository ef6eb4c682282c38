import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { minuteMs } from '#platform/clock.ts';
import { type IdentityWorld, idOf, openIdentityWorld, type Reply } from '../../../test/identity-fixture.ts';

describe('address book', () => {
  let world: IdentityWorld;
  beforeAll(async () => {
    world = await openIdentityWorld();
  });
  afterAll(() => world.close());

  const input = (change: object = {}) => ({
    name: '张三',
    phone: '13800001234',
    province: '浙江省',
    city: '杭州市',
    district: '西湖区',
    detail: '文三路1号',
    ...change,
  });
  const create = (token: string, change: object = {}) =>
    world.send('POST', '/api/addresses', { token, body: input(change) });
  const list = async (
    token: string,
    query = '',
  ): Promise<{ name: string; isDefault: boolean; distanceMetres: number | null; addressId: string }[]> =>
    (await world.send('GET', `/api/addresses${query}`, { token })).body.addresses;
  const rowsOf = async (buyerId: string) => {
    const { rows } = await sql`select * from members.address where buyer_id = ${buyerId} order by address_id`.execute(
      world.database.db,
    );
    return JSON.stringify(rows);
  };
  const codesOf = (replies: Reply[]) => replies.map(({ status }) => status).sort();

  it('keeps an address: first one default, sealed at rest, whole for its owner', async () => {
    const buyer = await world.guest();
    const { status, body } = await create(buyer.token);
    expect([status, body]).toEqual([
      201,
      {
        addressId: body.addressId,
        ...input(),
        maskedPhone: '138****1234',
        isDefault: true,
        lastUsedAt: null,
        distanceMetres: null,
      },
    ]);
    const stored = await rowsOf(buyer.buyerId);
    expect(stored).not.toMatch(/张三|13800001234|文三路/);
    expect(await list(buyer.token)).toEqual([body]);
    expect(await world.members.address(world.database.db, buyer.buyerId, body.addressId)).toEqual({
      addressId: body.addressId,
      ...input(),
    });
  });

  it('changes and removes it; reads in one statement', async () => {
    const buyer = await world.guest();
    const { addressId } = (await create(buyer.token)).body;
    const changed = await world.send('PUT', `/api/addresses/${addressId}`, {
      token: buyer.token,
      body: input({ name: '李四', isDefault: false }),
    });
    expect([changed.status, changed.body.name, changed.body.isDefault]).toEqual([200, '李四', false]);
    expect(
      await world.database.statementsOf(() => world.members.addresses.list(world.database.db, buyer.buyerId, {})),
    ).toHaveLength(1);
    expect((await world.send('DELETE', `/api/addresses/${addressId}`, { token: buyer.token })).status).toBe(204);
    expect((await world.send('DELETE', `/api/addresses/${addressId}`, { token: buyer.token })).status).toBe(404);
    expect(await list(buyer.token)).toEqual([]);
  });

  it.each([[{ phone: '12345' }], [{ name: '' }], [{ detail: '' }], [{ lat: 91, lng: 0 }], [{ lat: 30 }]])(
    'refuses %j with 400 and writes nothing',
    async (change) => {
      const buyer = await world.guest();
      expect((await create(buyer.token, change)).status).toBe(400);
      expect(await list(buyer.token)).toEqual([]);
    },
  );

  it('has one default although ten are made default at once, and whichever update came last', async () => {
    const buyer = await world.guest();
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, i) => create(buyer.token, { name: `人${i}`, isDefault: true })),
    );
    expect(codesOf(replies)).toEqual(Array(10).fill(201));
    const addresses = await list(buyer.token);
    expect(addresses.filter(({ isDefault }) => isDefault)).toHaveLength(1);
    const updates = await Promise.all(
      addresses
        .slice(0, 5)
        .map(({ addressId }) =>
          world.send('PUT', `/api/addresses/${addressId}`, { token: buyer.token, body: input({ isDefault: true }) }),
        ),
    );
    expect(codesOf(updates)).toEqual(Array(5).fill(200));
    expect((await list(buyer.token)).filter(({ isDefault }) => isDefault)).toHaveLength(1);
  });

  it('holds 30 addresses although 34 come at once', async () => {
    const buyer = await world.guest();
    const replies = await Promise.all(Array.from({ length: 34 }, () => create(buyer.token)));
    expect(codesOf(replies)).toEqual([...Array(30).fill(201), ...Array(4).fill(409)]);
    expect(replies.find(({ status }) => status === 409)?.body.error).toMatchObject({
      code: 'members.address_book_full',
      details: { limit: 30 },
    });
    expect(await list(buyer.token)).toHaveLength(30);
  });

  it('C05-PATH-05 lists the nearest of three first, without a position the default, then the last used', async () => {
    const buyer = await world.guest();
    const far = (await create(buyer.token, { name: '上海', lat: 31.2304, lng: 121.4737 })).body.addressId;
    const near = (await create(buyer.token, { name: '西湖', lat: 30.2741, lng: 120.1551 })).body.addressId;
    await create(buyer.token, { name: '没有位置' });
    await create(buyer.token, { name: '宁波', lat: 29.8683, lng: 121.544 });
    const here = await list(buyer.token, '?lat=30.28&lng=120.16');
    expect(here.map(({ name }) => name)).toEqual(['西湖', '宁波', '上海', '没有位置']);
    expect(here[0]?.distanceMetres).toBeGreaterThan(600);
    expect(here[0]?.distanceMetres).toBeLessThan(1_000);
    world.clock.advance(minuteMs);
    await world.database.inTransaction((tx) =>
      world.members.markAddressesUsed(tx, [{ buyerId: buyer.buyerId, addressId: near }]),
    );
    expect((await list(buyer.token)).map(({ name }) => name).slice(0, 2)).toEqual(['上海', '西湖']);
    expect((await world.members.preferredAddress(world.database.db, buyer.buyerId))?.addressId).toBe(far);
    await world.send('PUT', `/api/addresses/${far}`, {
      token: buyer.token,
      body: input({ name: '上海', isDefault: false }),
    });
    expect((await world.members.preferredAddress(world.database.db, buyer.buyerId))?.addressId).toBe(near);
    expect((await world.send('GET', '/api/addresses?lat=30', { token: buyer.token })).status).toBe(400);
  });

  it('cannot, for another buyer: nothing read, nothing written', async () => {
    const [owner, stranger] = [await world.guest(), await world.guest()];
    const { addressId } = (await create(owner.token)).body;
    const before = await rowsOf(owner.buyerId);
    expect(await list(stranger.token)).toEqual([]);
    const put = await world.send('PUT', `/api/addresses/${addressId}`, {
      token: stranger.token,
      body: input({ name: '小偷' }),
    });
    const removed = await world.send('DELETE', `/api/addresses/${addressId}`, { token: stranger.token });
    expect([put.status, put.body.error.code, removed.status]).toEqual([404, 'members.address_not_found', 404]);
    expect(await world.members.address(world.database.db, stranger.buyerId, addressId)).toBeUndefined();
    await world.database.inTransaction((tx) =>
      world.members.markAddressesUsed(tx, [{ buyerId: stranger.buyerId, addressId }]),
    );
    expect(await rowsOf(owner.buyerId)).toBe(before);
    expect(await rowsOf(stranger.buyerId)).toBe('[]');
    for (const [method, url] of [
      ['GET', '/api/addresses'],
      ['POST', '/api/addresses'],
      ['PUT', `/api/addresses/${idOf(1)}`],
      ['DELETE', `/api/addresses/${idOf(1)}`],
      ['POST', '/api/addresses/recognise'],
    ] as const) {
      expect((await world.send(method, url)).status).toBe(401);
    }
  });

  it('C05-PATH-06 recognises a pasted text and stores none of it', async () => {
    const buyer = await world.guest();
    const text = '张三 13800001234 浙江省杭州市西湖区文三路1号';
    const sql = await world.database.statementsOf(async () => {
      const reply = await world.send('POST', '/api/addresses/recognise', { token: buyer.token, body: { text } });
      expect([reply.status, reply.body]).toEqual([
        200,
        {
          name: '张三',
          phone: '13800001234',
          province: '浙江省',
          city: '杭州市',
          district: '西湖区',
          detail: '文三路1号',
        },
      ]);
    });
    expect(sql.filter((statement) => !statement.includes('identity.buyer_session'))).toEqual([]);
    expect(
      (await world.send('POST', '/api/addresses/recognise', { token: buyer.token, body: { text: '长'.repeat(401) } }))
        .status,
    ).toBe(400);
  });
});
