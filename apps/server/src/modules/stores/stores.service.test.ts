import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declaredPolicies, definePolicy } from '#platform/policy.ts';
import { type IdentityWorld, idOf, openIdentityWorld, pictureRef, toPicture } from '../../../test/identity-fixture.ts';

definePolicy({ key: 'test.packing_days', title: '打包天数', unit: '天', defaultValue: 30, minimum: 1, maximum: 200 });

describe('shops and their settings', () => {
  let world: IdentityWorld;
  let shop: string;
  let otherShop: string;
  let owner: string;
  let rival: string;
  beforeAll(async () => {
    world = await openIdentityWorld();
    [shop, otherShop] = [await world.addShop(1, '一舍家居'), await world.addShop(2, '青禾集')];
    await world.database.inTransaction(async (tx) => {
      for (const [account, shopId] of [
        ['owner', shop],
        ['rival', otherShop],
      ] as const) {
        await world.identity.ensureStaff(tx, {
          account,
          name: account,
          password: 'a-good-password',
          role: 'owner',
          shopIds: [shopId],
        });
      }
      await world.stores.savePhysicalStore(tx, {
        shopId: otherShop,
        storeId: idOf(50),
        name: '文三路店',
        address: '杭州市西湖区文三路388号',
        phone: '0571-00000103',
        hours: '09:00–21:30',
        lat: 30.2779,
        lng: 120.1245,
      });
    });
    [owner, rival] = [await world.staff('owner', 'a-good-password'), await world.staff('rival', 'a-good-password')];
  });
  afterAll(() => world.close());

  const profile = (change: object = {}) => ({
    name: '一舍家居',
    slogan: '好好住',
    brandColor: '#B4532F',
    servicePhone: '400-000-0571',
    shipsFrom: '浙江杭州',
    ...change,
  });
  const save = (cookie: string, body: object) => world.send('PUT', '/api/console/settings/profile', { cookie, body });
  const setPolicy = (cookie: string, key: string, value: unknown) =>
    world.send('PUT', `/api/console/settings/policies/${key}`, { cookie, body: { value } });
  const state = async () => {
    const { rows } = await sql`
      select (select jsonb_agg(to_jsonb(s) order by s.shop_id) from stores.shop s) as shops,
        (select jsonb_agg(to_jsonb(p) order by p.scope, p.key) from platform.policy_setting p) as policies,
        (select count(*) from identity.audit_entry) as audit`.execute(world.database.db);
    return JSON.stringify(rows);
  };

  it('shows shoppers a shop with its physical stores', async () => {
    const { status, body } = await world.send('GET', `/api/shops/${otherShop}`);
    expect([status, body]).toEqual([
      200,
      {
        shopId: otherShop,
        name: '青禾集',
        logo: toPicture(pictureRef),
        brandColor: '#336699',
        slogan: '好好生活',
        productCount: 7,
        stores: [
          {
            storeId: idOf(50),
            name: '文三路店',
            address: '杭州市西湖区文三路388号',
            phone: '0571-00000103',
            hours: '09:00–21:30',
            lat: 30.2779,
            lng: 120.1245,
          },
        ],
      },
    ]);
    const missing = await world.send('GET', `/api/shops/${idOf(77)}`);
    expect([missing.status, missing.body.error.code]).toEqual([404, 'stores.shop_not_found']);
    expect((await world.send('GET', '/api/shops/x')).status).toBe(400);
  });

  it('gives any number of shops in one statement', async () => {
    const { stores, database } = world;
    const names = async (ids?: string[]) =>
      [...(await stores.shops(database.db, ids)).values()].map(({ name }) => name);
    expect(await names()).toEqual(['一舍家居', '青禾集']);
    expect(await names([otherShop, idOf(77)])).toEqual(['青禾集']);
    expect(await names([])).toEqual([]);
    expect(await database.statementsOf(() => stores.shops(database.db, [shop, otherShop]))).toHaveLength(1);
  });

  it('saves the profile of the current shop only, with an audit entry', async () => {
    const saved = await save(owner, profile({ name: '一舍生活' }));
    expect([saved.status, saved.body]).toEqual([
      200,
      { shopId: shop, logo: toPicture(pictureRef), ...profile({ name: '一舍生活' }) },
    ]);
    expect((await world.send('GET', '/api/console/settings/profile', { cookie: owner })).body).toEqual(saved.body);
    expect((await world.send('GET', '/api/console/settings/profile', { cookie: rival })).body.name).toBe('青禾集');
    expect((await save(owner, profile({ logoMediaId: null }))).body.logo).toBeNull();
    expect((await save(owner, profile({ logoMediaId: pictureRef.mediaId }))).body.logo).toEqual(toPicture(pictureRef));
    const audit = (await world.send('GET', '/api/console/audit', { cookie: owner })).body;
    expect([audit.total, audit.items[2].action, audit.items[2].summary]).toEqual([
      3,
      'settings.profile',
      '修改店铺资料：一舍生活',
    ]);
    expect((await world.send('GET', '/api/console/audit', { cookie: rival })).body.total).toBe(0);
  });

  it('refuses another shop’s logo, bad colours and other people’s shops; nothing is written', async () => {
    const before = await state();
    const stolen = await save(rival, profile({ logoMediaId: pictureRef.mediaId }));
    expect([stolen.status, stolen.body.error.code]).toEqual([422, 'stores.logo_not_found']);
    expect((await save(owner, profile({ brandColor: 'red' }))).status).toBe(400);
    const foreign = await world.send('PUT', '/api/console/settings/profile', {
      cookie: rival,
      shopId: shop,
      body: profile(),
    });
    expect([foreign.status, foreign.body.error.code]).toEqual([403, 'identity.shop_not_yours']);
    expect((await world.send('PUT', '/api/console/settings/profile', { body: profile() })).status).toBe(401);
    expect(await state()).toBe(before);
  });

  it('lists every declared policy with title, bounds and history, and sets it for one shop', async () => {
    const key = 'test.packing_days';
    const first = await world.send('GET', '/api/console/settings/policies', { cookie: owner });
    expect(first.body.settings.map((setting: { key: string }) => setting.key)).toEqual(
      declaredPolicies()
        .map((policy) => policy.key)
        .sort(),
    );
    expect((await setPolicy(owner, key, 20)).status).toBe(200);
    world.clock.advance(1_000);
    const { body } = await setPolicy(owner, key, 25);
    expect(body.settings.find((setting: { key: string }) => setting.key === key)).toEqual({
      key,
      title: '打包天数',
      unit: '天',
      value: 25,
      defaultValue: 30,
      minimum: 1,
      maximum: 200,
      isInstallWide: false,
      history: [
        { value: 25, at: '2026-11-22T08:00:01.000Z', by: 'owner' },
        { value: 20, at: '2026-11-22T08:00:00.000Z', by: 'owner' },
      ],
    });
    const theirs = (await world.send('GET', '/api/console/settings/policies', { cookie: rival })).body.settings;
    expect(theirs.find((setting: { key: string }) => setting.key === key)).toMatchObject({ value: 30, history: [] });
    const audit = (await world.send('GET', '/api/console/audit?pageSize=1', { cookie: owner })).body.items[0];
    expect([audit.action, audit.target, audit.summary]).toEqual(['settings.policy', key, '打包天数改为 25']);
  });

  it('changes a number of the whole install only for somebody who may in every shop', async () => {
    const key = 'members.address_limit';
    const before = await state();
    const refused = await setPolicy(owner, key, 20);
    expect([refused.status, refused.body.error.code]).toEqual([403, 'stores.every_shop_needed']);
    expect(await state()).toBe(before);
    await world.database.inTransaction((tx) => world.identity.demoStaff(tx, [shop, otherShop]));
    const admin = await world.staff('admin');
    expect((await setPolicy(admin, key, 20)).status).toBe(200);
    const theirs = (await world.send('GET', '/api/console/settings/policies', { cookie: rival })).body.settings;
    expect(theirs.find((setting: { key: string }) => setting.key === key)).toMatchObject({
      value: 20,
      isInstallWide: true,
      history: [{ value: 20, by: '周店主' }],
    });
  });

  it('refuses policy values out of bounds and unknown policies; nothing is written', async () => {
    const before = await state();
    for (const [key, value, status, code] of [
      ['test.packing_days', 0, 422, 'policy.out_of_range'],
      ['test.packing_days', 1_000, 422, 'policy.out_of_range'],
      ['no.such_policy', 1, 404, 'policy.unknown'],
      ['test.packing_days', 'many', 400, 'request.invalid'],
    ] as const) {
      const reply = await setPolicy(owner, key, value);
      expect([reply.status, reply.body.error.code]).toEqual([status, code]);
    }
    expect(await state()).toBe(before);
  });
});
