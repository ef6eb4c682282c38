import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFixedClock, dayMs } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { type Agent, answererOf, pickAgent, sessionOf } from './agents.domain.ts';
import { type Agents, createAgents } from './index.ts';

const link = (name: string) => `https://work.weixin.qq.com/kfid/${name}`;

describe('own service channel', () => {
  let database: TestDatabase;
  let agents: Agents;
  const clock = createFixedClock('2026-11-23T04:00:00.000Z');
  const rights = new Map<string, { isConcierge: boolean }>();
  const gone = new Set<string>();
  let shopId = newId();
  let [wang, chen] = [newId(), newId()];
  beforeAll(async () => {
    database = await createTestDatabase(12);
    agents = createAgents({
      clock,
      rightOf: async (_db, buyerId) => rights.get(buyerId) ?? null,
      shopsOf: async () => [shopId],
      isPatron: async (_db, shop) => shop === shopId,
      shops: async (_db, ids) =>
        new Map(ids.filter((id) => id === shopId).map((id) => [id, { name: '栖木家居', servicePhone: '400-1' }])),
      teamOf: async () =>
        new Map(
          [
            [wang, '王'],
            [chen, '陈'],
          ].filter(([id]) => !gone.has(id as string)) as [string, string][],
        ),
      faces: async () => new Map(),
    });
  });
  afterAll(() => database.close());
  const inTx = <T>(work: Parameters<typeof database.inTransaction<T>>[0]) => database.inTransaction(work);
  const member = (isConcierge = false) => {
    const buyerId = newId();
    rights.set(buyerId, { isConcierge });
    return buyerId;
  };
  const open = (buyerId: string) => inTx((tx) => agents.open(tx, buyerId, shopId));
  const given = (staffId: string, name: string, more: { capacity?: number; chatUrl?: string } = {}) =>
    inTx((tx) => agents.saveAgent(tx, shopId, staffId, { name, capacity: 50, chatUrl: link(staffId), ...more }));
  const away = (staffId: string, isAway: boolean) =>
    inTx((tx) => agents.setAway(tx, { shopId, staffId, mayManage: false }, staffId, isAway));
  const boss = () => ({ shopId, staffName: '店主' });
  const loads = async () =>
    Object.fromEntries((await agents.desk(database.db, shopId, wang)).agents.map(({ name, load }) => [name, load]));
  beforeEach(async () => {
    [shopId, wang, chen] = [newId(), newId(), newId()];
    gone.clear();
    await inTx((tx) => agents.saveDesk(tx, shopId, { corpId: 'ww1', chatUrl: link('public'), hours: '9:00–21:00' }));
  });

  it('C03-SCN-08 opens the own agent’s queue first for whoever has the right, and the public queue for all others', async () => {
    await given(wang, '小王');
    const mine = await open(member(true));
    expect(mine).toMatchObject({
      agent: { name: '小王', isConcierge: true, isAway: false },
      chat: { corpId: 'ww1', url: link(wang) },
      sessionFrom: '管家:小王',
      coveredBy: null,
      hours: '9:00–21:00',
    });
    expect(await open(newId())).toMatchObject({
      agent: null,
      chat: { corpId: 'ww1', url: link('public') },
      sessionFrom: 'service',
      phone: '400-1',
    });
    await expect(inTx((tx) => agents.open(tx, newId(), newId()))).rejects.toMatchObject({
      code: 'agents.shop_not_found',
    });
  });

  it('C03-SCN-08 gives a member one agent however often and however many at once, evenly, never above what an agent takes', async () => {
    await given(wang, '小王', { capacity: 6 });
    await given(chen, '小陈', { capacity: 3 });
    const many = Array.from({ length: 12 }, () => member());
    const answers = await Promise.all([...many, ...many].map(open));
    for (const [index, answer] of answers.slice(0, 12).entries())
      expect(answer.agent?.name).toBe(answers[index + 12]?.agent?.name);
    expect(await loads()).toEqual({ 小王: 6, 小陈: 3 });
    expect(answers.slice(0, 12).filter(({ agent }) => agent === null)).toHaveLength(3);
  });

  it('C03-SCN-08 is answered by another while the agent is away, then by the public queue, and by the agent again after', async () => {
    await given(wang, '小王');
    const buyerId = member();
    await open(buyerId);
    await given(chen, '小陈');
    await away(wang, true);
    expect(await open(buyerId)).toMatchObject({
      agent: { name: '小王', isAway: true },
      coveredBy: '小陈',
      chat: { url: link(chen) },
      sessionFrom: '专属:小王;代:小陈',
    });
    await away(chen, true);
    expect(await open(buyerId)).toMatchObject({
      agent: { isAway: true },
      coveredBy: null,
      chat: { url: link('public') },
    });
    await away(wang, false);
    expect(await open(buyerId)).toMatchObject({ agent: { name: '小王', isAway: false }, chat: { url: link(wang) } });
    gone.add(wang);
    await away(chen, false);
    expect(await open(buyerId)).toMatchObject({ agent: { name: '小王', isAway: true }, coveredBy: '小陈' });
    expect((await agents.desk(database.db, shopId, wang)).agents.map(({ isGone }) => isGone)).toEqual([true, false]);
    await expect(
      inTx((tx) => agents.setAway(tx, { shopId, staffId: wang, mayManage: false }, chen, true)),
    ).rejects.toMatchObject({ code: 'agents.not_yourself' });
  });

  it('C03-SCN-08 hands over all of an agent’s members, and lets only whoever has none go', async () => {
    await given(wang, '小王');
    const buyers = [member(), member(), member()];
    await Promise.all(buyers.map(open));
    await given(chen, '小陈', { capacity: 1 });
    const code = (code: string) => ({ code });
    await expect(inTx((tx) => agents.removeAgent(tx, shopId, wang))).rejects.toMatchObject(code('agents.has_members'));
    await expect(inTx((tx) => agents.handOver(tx, boss(), wang, wang))).rejects.toMatchObject(
      code('agents.same_agent'),
    );
    await expect(inTx((tx) => agents.handOver(tx, boss(), wang, newId()))).rejects.toMatchObject(
      code('agents.not_found'),
    );
    const twice = await Promise.all([1, 2].map(() => inTx((tx) => agents.handOver(tx, boss(), wang, chen))));
    expect(twice.sort()).toEqual([0, 3]);
    expect(await loads()).toEqual({ 小王: 0, 小陈: 3 });
    const { items } = await agents.members(database.db, shopId, chen, { page: 1, pageSize: 10 });
    expect(items.map(({ givenBy }) => givenBy)).toEqual(['店主', '店主', '店主']);
    await inTx((tx) => agents.removeAgent(tx, shopId, wang));
    expect(await loads()).toEqual({ 小陈: 3 });
    expect((await open(buyers[0] as string)).agent?.name).toBe('小陈');
  });

  it('C03-SCN-08 is given by hand to whoever has the right only, and let go when the right is over', async () => {
    await given(wang, '小王');
    await given(chen, '小陈');
    const buyerId = member();
    await expect(inTx((tx) => agents.assign(tx, boss(), newId(), wang))).rejects.toMatchObject({
      code: 'agents.not_entitled',
    });
    await expect(inTx((tx) => agents.assign(tx, { ...boss(), shopId: newId() }, buyerId, wang))).rejects.toMatchObject({
      code: 'agents.member_not_found',
    });
    await inTx((tx) => agents.assign(tx, boss(), buyerId, chen));
    expect([...(await agents.namesOf(database.db, [buyerId], shopId)).values()]).toEqual(['小陈']);
    expect(await agents.shopsFor(database.db, buyerId)).toEqual({
      shops: [{ shopId, name: '栖木家居', agentName: '小陈' }],
    });
    rights.delete(buyerId);
    expect((await open(buyerId)).agent).toBeNull();
    expect(await inTx((tx) => agents.releaseLapsed(tx))).toBe(0);
    clock.advance(dayMs + 1);
    while ((await inTx((tx) => agents.releaseLapsed(tx))) > 0);
    expect(await loads()).toEqual({ 小王: 0, 小陈: 0 });
  });

  it('picks the emptiest who is here and has a place, and answers for nobody who is here themselves', () => {
    const agent = fc.record({
      staffId: fc.uuid(),
      name: fc.constant('x'),
      chatUrl: fc.constant(''),
      capacity: fc.integer({ min: 1, max: 5 }),
      load: fc.integer({ min: 0, max: 7 }),
      isAway: fc.boolean(),
      isGone: fc.boolean(),
    });
    const isHere = ({ isAway, isGone }: Agent) => !isAway && !isGone;
    fc.assert(
      fc.property(fc.uniqueArray(agent, { selector: ({ staffId }) => staffId, minLength: 1, maxLength: 6 }), (all) => {
        const free = all.filter((one) => isHere(one) && one.load < one.capacity);
        const picked = pickAgent(all);
        expect(picked === undefined).toBe(free.length === 0);
        for (const one of free)
          expect((picked?.load ?? 0) * one.capacity).toBeLessThanOrEqual(one.load * (picked?.capacity ?? 1));
        for (const own of all) {
          const answerer = answererOf(all, own);
          if (isHere(own)) expect(answerer).toBe(own);
          else expect(answerer === undefined).toBe(!all.some(isHere));
          expect(sessionOf(own, answerer, true).length).toBeLessThanOrEqual(200);
        }
      }),
    );
  });
});
