import { allPermissions } from '@xiaopu/contracts';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { shanghaiDay } from '#platform/clock.ts';
import { type IdentityWorld, idOf, openIdentityWorld } from '../../../test/identity-fixture.ts';

const password = 'xiaopu-demo-2026';

describe('staff and roles', () => {
  let world: IdentityWorld;
  let shop: string;
  let otherShop: string;
  let owner: string;
  let roles: Map<string, string>;
  let people: Map<string, string>;
  beforeAll(async () => {
    world = await openIdentityWorld();
    [shop, otherShop] = [await world.addShop(1, '一舍家居'), await world.addShop(2, '青禾集')];
    await world.database.inTransaction(async (tx) => {
      const add = (account: string, role: 'owner' | 'operator', shopIds: string[]) =>
        world.identity.ensureStaff(tx, { account, name: account, password, role, shopIds });
      await add('boss', 'owner', [shop]);
      await add('partner', 'owner', [shop]);
      await add('clerk', 'operator', [shop]);
      await add('rival', 'owner', [otherShop]);
      await add('both', 'operator', [shop, otherShop]);
    });
    owner = await world.staff('boss');
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    const list = await world.database.db
      .selectFrom('identity.role')
      .select(['name', 'roleId'])
      .where('shopId', '=', shop)
      .execute();
    roles = new Map(list.map(({ name, roleId }) => [name, roleId]));
    const staff = await world.database.db.selectFrom('identity.staff').select(['account', 'staffId']).execute();
    people = new Map(staff.map(({ account, staffId }) => [account, staffId]));
  });

  const role = (name: string) => roles.get(name) ?? '';
  const person = (account: string) => people.get(account) ?? '';
  const createStaff = (cookie: string, body: object) => world.send('POST', '/api/console/staff', { cookie, body });
  const update = (cookie: string, staffId: string, body: object) =>
    world.send('PUT', `/api/console/staff/${staffId}`, { cookie, body });
  /** Everything that says who may do what. */
  const state = async () => {
    const { rows } = await sql`
      select (select jsonb_agg(to_jsonb(m) order by m.staff_id, m.shop_id) from identity.membership m) as memberships,
        (select jsonb_agg(to_jsonb(r) order by r.role_id) from identity.role r) as roles,
        (select jsonb_agg(jsonb_build_array(s.account, s.name, s.password_hash) order by s.staff_id) from identity.staff s) as staff,
        (select count(*) from identity.audit_entry) as audit`.execute(world.database.db);
    return JSON.stringify(rows);
  };
  async function refused(
    work: () => Promise<{ status: number; body: { error?: { code: string } } }>,
    status: number,
    code: string,
  ) {
    const before = await state();
    const reply = await work();
    expect([reply.status, reply.body?.error?.code]).toEqual([status, code]);
    expect(await state()).toBe(before);
  }

  it('lists the shop’s own staff and built-in roles', async () => {
    const { body } = await world.send('GET', '/api/console/staff?pageSize=3', { cookie: owner });
    expect([body.total, body.page, body.pageSize, body.items.length]).toEqual([4, 1, 3, 3]);
    expect(body.items[0]).toMatchObject({ account: 'boss', roleName: '店主', isActive: true, totpEnabled: false });
    expect(body.items.map(({ account }: { account: string }) => account)).not.toContain('rival');
    const list = (await world.send('GET', '/api/console/roles', { cookie: owner })).body.roles;
    expect(
      list.map(({ name, isBuiltIn, staffCount }: { name: string; isBuiltIn: boolean; staffCount: number }) => [
        name,
        isBuiltIn,
        staffCount,
      ]),
    ).toEqual([
      ['店主', true, 2],
      ['运营', true, 2],
      ['客服', true, 0],
      ['仓库', true, 0],
      ['店员', true, 0],
      ['财务', true, 0],
    ]);
    expect(list[0].permissions).toEqual(allPermissions);
  });

  it('adds a person who can then sign in, and records it', async () => {
    const body = { account: 'New.Person', name: '新人', roleId: role('客服'), password: 'a-good-password' };
    expect((await createStaff(owner, body)).status).toBe(204);
    const reply = await world.login({ account: 'new.person', password: 'a-good-password' });
    expect([reply.status, reply.body.shops.length]).toEqual([200, 1]);
    const audit = await world.send('GET', '/api/console/audit', { cookie: owner });
    expect(audit.body.items[0]).toMatchObject({
      staffName: 'boss',
      action: 'staff.create',
      summary: '新增员工 新人（new.person），角色 客服',
      ip: '10.0.0.1',
    });
    await refused(() => createStaff(owner, body), 409, 'identity.account_taken');
    await refused(
      () => createStaff(owner, { ...body, account: 'fresh', password: undefined }),
      422,
      'identity.password_needed',
    );
    await refused(
      () => createStaff(owner, { ...body, account: 'fresh', roleId: idOf(77) }),
      404,
      'identity.role_not_found',
    );
    await refused(() => createStaff(owner, { ...body, account: '坏' }), 400, 'request.invalid');
  });

  it('of two parallel sign-ups with one account one wins', async () => {
    const body = { account: 'twin', name: '双胞胎', roleId: role('仓库'), password: 'a-good-password' };
    const replies = await Promise.all([createStaff(owner, body), createStaff(owner, body)]);
    expect(replies.map(({ status }) => status).sort()).toEqual([204, 409]);
  });

  it('nobody grants, edits or takes over more than they have', async () => {
    const managing = { name: '人事', permissions: ['staff.read', 'staff.write', 'orders.read'] };
    expect((await world.send('POST', '/api/console/roles', { cookie: owner, body: managing })).status).toBe(204);
    const list = (await world.send('GET', '/api/console/roles', { cookie: owner })).body.roles as {
      name: string;
      roleId: string;
    }[];
    roles = new Map(list.map(({ name, roleId }) => [name, roleId]));
    await createStaff(owner, { account: 'manager', name: '人事', roleId: role('人事'), password: 'a-good-password' });
    const manager = await world.staff('manager', 'a-good-password');
    const bossBody = { account: 'boss', name: 'boss', roleId: role('店主'), password: 'taken-over-now' };

    await refused(
      () =>
        createStaff(manager, { account: 'puppet', name: '傀儡', roleId: role('店主'), password: 'a-good-password' }),
      403,
      'identity.cannot_grant',
    );
    await refused(() => update(manager, person('boss'), bossBody), 403, 'identity.cannot_grant');
    await refused(
      () => update(manager, person('clerk'), { account: 'clerk', name: 'clerk', roleId: role('人事') }),
      403,
      'identity.cannot_grant',
    );
    await refused(
      () =>
        world.send('POST', '/api/console/roles', {
          cookie: manager,
          body: { name: '越权', permissions: ['orders.read', 'refunds.decide'] },
        }),
      403,
      'identity.cannot_grant',
    );
    const allowed = await world.send('POST', '/api/console/roles', {
      cookie: manager,
      body: { name: '查单', permissions: ['orders.read'] },
    });
    expect(allowed.status).toBe(204);
  });

  it('keeps roles tidy: built-in ones, unknown permissions, names, other shops', async () => {
    const put = (roleId: string, body: object, cookie = owner) =>
      world.send('PUT', `/api/console/roles/${roleId}`, { cookie, body });
    await refused(() => put(role('客服'), { name: '客服', permissions: [] }), 409, 'identity.role_built_in');
    await refused(
      () => put(role('查单'), { name: '查单', permissions: ['orders.read', 'moon.walk'] }),
      422,
      'identity.permission_unknown',
    );
    await refused(() => put(role('查单'), { name: '客服', permissions: [] }), 409, 'identity.role_name_taken');
    await refused(() => put(idOf(77), { name: '无', permissions: [] }), 404, 'identity.role_not_found');
    const rival = await world.staff('rival');
    await refused(() => put(role('查单'), { name: '抢走', permissions: [] }, rival), 404, 'identity.role_not_found');
    expect(
      (await put(role('查单'), { name: '查单员', permissions: ['orders.read', 'orders.read', 'audit.read'] })).status,
    ).toBe(204);
    const list = (await world.send('GET', '/api/console/roles', { cookie: owner })).body.roles as {
      name: string;
      permissions: string[];
    }[];
    expect(list.find(({ name }) => name === '查单员')?.permissions).toEqual(['audit.read', 'orders.read']);
  });

  it('a changed role and a stopped person take effect with the next request', async () => {
    const clerk = await world.staff('clerk');
    expect((await world.send('GET', '/api/console/settings/profile', { cookie: clerk })).status).toBe(200);
    await update(owner, person('clerk'), { account: 'clerk', name: 'clerk', roleId: role('仓库') });
    expect((await world.send('GET', '/api/console/settings/profile', { cookie: clerk })).status).toBe(403);
    await update(owner, person('clerk'), { account: 'clerk', name: 'clerk', roleId: role('仓库'), isActive: false });
    expect((await world.send('GET', '/api/console/session', { cookie: clerk })).status).toBe(401);
    expect((await world.login({ account: 'clerk', password })).body.error.code).toBe('identity.staff_inactive');
    await update(owner, person('clerk'), { account: 'clerk', name: 'clerk', roleId: role('运营') });
    expect((await world.send('GET', '/api/console/session', { cookie: clerk })).status).toBe(200);
  });

  it('a reset password ends the person’s sessions', async () => {
    const clerk = await world.staff('clerk');
    await update(owner, person('clerk'), {
      account: 'clerk',
      name: 'clerk',
      roleId: role('运营'),
      password: 'a-new-password',
    });
    expect((await world.send('GET', '/api/console/session', { cookie: clerk })).status).toBe(401);
    expect((await world.login({ account: 'clerk', password: 'a-new-password' })).status).toBe(200);
  });

  it('C12-ENC-04 finds what was done by what it is about, by whom or what it touched, and by day', async () => {
    const find = async (query: string, cookie = owner) =>
      (await world.send('GET', `/api/console/audit?${query}`, { cookie })).body;
    const body = { account: 'found', name: '寻得', roleId: role('客服'), password: 'a-good-password' };
    expect((await createStaff(owner, body)).status).toBe(204);
    const [newest] = (await find('area=staff&pageSize=1')).items;
    expect(newest).toMatchObject({ action: 'staff.create', summary: '新增员工 寻得（found），角色 客服' });
    expect((await find(`q=${encodeURIComponent('寻得')}`)).total).toBe(1);
    expect((await find(`q=${newest.target}`)).items[0].auditId).toBe(newest.auditId);
    // Wild cards of a pattern are letters.
    expect((await find('q=%25')).total).toBe(0);
    expect((await find('area=catalog')).total).toBe(0);
    const day = shanghaiDay(new Date(newest.at));
    expect((await find(`from=${day}&to=${day}&area=staff`)).total).toBeGreaterThan(0);
    expect((await find('to=2020-01-01')).total).toBe(0);
    expect((await find('area=nonsense')).error.code).toBe('request.invalid');
    expect((await find('area=staff', await world.staff('rival'))).total).toBe(0);
  });

  it('a person of two shops keeps account, name and password from one shop’s owner; role and state are each shop’s', async () => {
    const body = { account: 'both', name: 'both', roleId: role('运营') };
    await refused(
      () => update(owner, person('both'), { ...body, password: 'stolen-account' }),
      403,
      'identity.shared_staff',
    );
    await refused(() => update(owner, person('both'), { ...body, name: '改名' }), 403, 'identity.shared_staff');
    expect((await update(owner, person('both'), { ...body, isActive: false })).status).toBe(204);
    const both = await world.login({ account: 'both', password });
    expect(both.body.shops.map(({ shopId }: { shopId: string }) => shopId)).toEqual([otherShop]);
  });

  it('cannot, for another shop’s staff', async () => {
    const body = { account: 'rival', name: '改名', roleId: role('仓库'), isActive: false };
    await refused(() => update(owner, person('rival'), body), 404, 'identity.staff_not_found');
    const rival = await world.staff('rival');
    await refused(() => update(rival, person('boss'), { ...body, account: 'boss' }), 404, 'identity.staff_not_found');
    const audit = await world.send('GET', '/api/console/audit', { cookie: rival });
    expect(audit.body).toEqual({ items: [], total: 0, page: 1, pageSize: 20 });
  });

  it('never loses the last owner, although two owners step down at once', async () => {
    const partner = await world.staff('partner');
    const down = (cookie: string, account: string) =>
      update(cookie, person(account), { account, name: account, roleId: role('运营') });
    const replies = await Promise.all([down(owner, 'boss'), down(partner, 'partner')]);
    expect(replies.map(({ status }) => status).sort()).toEqual([204, 409]);
    const owners = await world.database.db
      .selectFrom('identity.membership')
      .select('staffId')
      .where('shopId', '=', shop)
      .where('roleId', '=', role('店主'))
      .where('isActive', '=', true)
      .execute();
    expect(owners).toHaveLength(1);
    const [account, cookie] = owners[0]?.staffId === person('boss') ? ['boss', owner] : ['partner', partner];
    const stop = { account, name: account, roleId: role('店主'), isActive: false };
    await refused(() => update(cookie ?? '', person(account ?? ''), stop), 409, 'identity.last_owner');
  });

  it('the audit table cannot be rewritten', async () => {
    const { db } = world.database;
    await expect(db.deleteFrom('identity.auditEntry').execute()).rejects.toThrow('append-only');
    await expect(db.updateTable('identity.auditEntry').set({ summary: '' }).execute()).rejects.toThrow('append-only');
    await expect(sql`truncate identity.audit_entry`.execute(db)).rejects.toThrow('append-only');
  });
});
