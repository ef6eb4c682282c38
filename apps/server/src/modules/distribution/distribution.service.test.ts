import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runAudit } from '#platform/books.ts';
import { newId, newTradeNo } from '#platform/ids.ts';
import { type DistributionWorld, idNumberOf, openDistributionWorld } from './distribution.testing.ts';
import { distributionAudits } from './index.ts';

const day = 86_400_000;

describe('distribution', () => {
  let world: DistributionWorld;
  beforeAll(async () => {
    world = await openDistributionWorld();
  }, 60_000);
  beforeEach(() => world.setRules());
  // Whatever a test did, the books must agree.
  afterEach(async () => {
    const results = await runAudit(world.database, { checks: distributionAudits, pairs: [], now: world.clock.now() });
    expect(results.filter(({ differences }) => differences > 0)).toEqual([]);
  });
  afterAll(() => world.close());

  const code = (error: unknown) => (error as { code?: string }).code;
  const refusal = (work: Promise<unknown>) => work.then(() => 'done', code);

  describe('who may distribute', () => {
    const apply = (buyerId: string, more: object = {}) =>
      world.inTransaction((tx) =>
        world.distribution.roster.apply(
          tx,
          world.shopId,
          buyerId,
          { realName: '林夏', idNumber: idNumberOf(901), consent: true, ...more },
          null,
        ),
      );

    it('X-04 applying needs a name, a valid adult identity and consent, and no money at all', async () => {
      const buyer = world.someone();
      expect(await refusal(apply(buyer, { consent: false }))).toBe('distribution.consent_needed');
      expect(await refusal(apply(buyer, { realName: '13800001234' }))).toBe('distribution.real_name_wrong');
      expect(await refusal(apply(buyer, { idNumber: '330106199001010001' }))).toBe('distribution.id_number_wrong');
      expect(await refusal(apply(buyer))).toBe('done');
      expect(await refusal(apply(buyer))).toBe('distribution.already_applied');
      const row = await world.distribution.roster.find(world.db, world.shopId, buyer);
      expect(row).toMatchObject({ state: 'applied' });
      expect(JSON.stringify(row)).not.toContain(idNumberOf(901).slice(6, 14));
      expect(row?.realName).not.toContain('林夏');
    });

    it('one person is one distributor of a shop, also when both apply at once', async () => {
      const buyers = Array.from({ length: 6 }, () => world.someone());
      const outcomes = await Promise.all(buyers.map((buyer) => refusal(apply(buyer, { idNumber: idNumberOf(902) }))));
      expect(outcomes.filter((one) => one === 'done')).toHaveLength(1);
      const rows = await world.db
        .selectFrom('distribution.distributor')
        .select('buyerId')
        .where('buyerId', 'in', buyers)
        .execute();
      expect(rows).toHaveLength(1);
    });

    it('a refused one may apply again, a suspended one earns no new order', async () => {
      const buyer = world.someone();
      await apply(buyer, { idNumber: idNumberOf(903) });
      const decide = (decision: 'approve' | 'refuse' | 'suspend' | 'resume') =>
        world.inTransaction((tx) =>
          world.distribution.roster.decide(tx, world.shopId, buyer, { decision, reason: '资料不清晰' }, '店长'),
        );
      await decide('refuse');
      expect(await refusal(decide('approve'))).toBe('distribution.state_refused');
      await apply(buyer, { idNumber: idNumberOf(903) });
      await decide('approve');
      await decide('approve');
      const customer = await world.bound(buyer);
      await decide('suspend');
      expect(await world.rows(await world.order(customer, [10_000]))).toEqual([]);
      await decide('resume');
      expect(await world.rows(await world.order(customer, [10_000]))).toHaveLength(1);
    });
  });

  describe('binding', () => {
    it('C01-CMP-03 a guest who came through a link is bound on logging in, once', async () => {
      const distributor = await world.distributor();
      const [guest, buyer] = [newId(), world.someone()];
      const landing = await world.visit(guest, await world.codeOf(distributor), true);
      expect(landing).toMatchObject({ isBound: false, guideName: '林**' });
      for (let times = 0; times < 2; times += 1)
        await world.inTransaction((tx) => world.distribution.bindings.guestMerged(tx, guest, buyer));
      const binding = await world.distribution.bindings.current(world.db, buyer, world.shopId);
      expect(binding).toMatchObject({ distributorId: distributor, channel: 'chat' });
    });

    it('nobody is their own customer: not the same account, not the same phone', async () => {
      const person = newId();
      const distributor = await world.distributor(null, world.someone({ person }));
      const other = world.someone({ person });
      const link = await world.codeOf(distributor);
      expect((await world.visit(distributor, link)).isBound).toBe(false);
      expect((await world.visit(other, link)).isBound).toBe(false);
      expect(await world.distribution.bindings.current(world.db, other, world.shopId)).toBeUndefined();
      expect(await world.rows(await world.order(other, [10_000]))).toEqual([]);
    });

    it('two links at once bind to one of them, and history is kept when the protection ends', async () => {
      const [a, b] = [await world.distributor(), await world.distributor()];
      const links = [await world.codeOf(a), await world.codeOf(b)];
      const customer = world.someone();
      await Promise.all([0, 1, 0, 1, 0, 1].map((at) => world.visit(customer, links[at] as string)));
      const rows = () =>
        world.db.selectFrom('distribution.binding').selectAll().where('buyerId', '=', customer).execute();
      expect(await rows()).toHaveLength(1);
      const owner = (await rows())[0]?.distributorId;
      const earlier = await world.order(customer, [10_000], 'pending_payment');
      world.clock.advance(30 * day);
      await world.visit(customer, links[owner === a ? 1 : 0] as string);
      expect((await rows()).filter(({ endedAt }) => endedAt === null)).toMatchObject([
        { distributorId: owner === a ? b : a },
      ]);
      // The order was placed before the move: it stays with whoever brought it.
      await world.become(earlier, 'paid', 'paid');
      expect(await world.rows(earlier)).toMatchObject([{ buyerId: owner }]);
    });

    it('an order paid before anybody heard of its placing belongs to the binding of that moment', async () => {
      const [a, b] = [await world.distributor(), await world.distributor()];
      const customer = await world.bound(a);
      const orderNo = await world.order(customer, [10_000], 'pending_payment');
      await world.db.deleteFrom('distribution.attribution').where('orderNo', '=', orderNo).execute();
      await world.setRules({ bindingRule: 'last_link' });
      world.clock.advance(1_000);
      await world.visit(customer, await world.codeOf(b));
      await world.become(orderNo, 'paid', 'paid');
      expect((await world.rows(orderNo))[0]).toMatchObject({ buyerId: a, amount: 1_000 });
    });

    it('C01-ECO-01 first and last channel of the visits are kept with the order', async () => {
      const distributor = await world.distributor();
      const customer = world.someone();
      for (const channel of ['moments', 'group', 'poster'] as const) {
        const link = await world.distribution.roster.linkOf(world.db, {
          ...{ shopId: world.shopId, buyerId: distributor, spuId: null, channel },
        });
        await world.visit(customer, link);
        world.clock.advance(1_000);
      }
      const orderNo = await world.order(customer, [10_000]);
      const kept = await world.db
        .selectFrom('distribution.attribution')
        .select(['firstChannel', 'lastChannel'])
        .where('orderNo', '=', orderNo)
        .executeTakeFirst();
      expect(kept).toEqual({ firstChannel: 'moments', lastChannel: 'poster' });
      const today = '2026-01-01';
      const results = await world.distribution.desk.results(world.db, world.shopId, { from: today, to: '2027-12-31' });
      const of = (wanted: string) => results.channels.find(({ channel }) => channel === wanted);
      expect(of('moments')).toMatchObject({ firstTouchOrders: 1, bound: 1 });
      expect(of('poster')).toMatchObject({ orders: 1, sales: 10_000, visits: 1 });
    });
  });

  describe('commission', () => {
    it('C01-CMP-03 paid is estimated, received is frozen, after the return window it is in the balance', async () => {
      const top = await world.distributor();
      const below = await world.distributor(top);
      const customer = await world.bound(below);
      const orderNo = await world.order(customer, [10_000, 5_055], 'paid');
      expect(await world.rows(orderNo)).toMatchObject([
        { buyerId: below, level: 1, amount: 1_505, kept: 15_055, status: 'estimated', booked: 0 },
        { buyerId: top, level: 2, amount: 451, status: 'estimated', booked: 0 },
      ]);
      await world.become(orderNo, 'completed');
      expect((await world.rows(orderNo)).map(({ status }) => status)).toEqual(['frozen', 'frozen']);
      world.clock.advance(15 * day - 1);
      await world.settle();
      expect(await world.balance(below)).toBe(0);
      world.clock.advance(1);
      await world.settle();
      expect([await world.balance(below), await world.balance(top)]).toEqual([1_505, 451]);
      // The same events again, late and twice, change nothing.
      for (const what of ['placed', 'paid', 'changed', 'changed'] as const) await world.hear(orderNo, what);
      expect([await world.balance(below), await world.balance(top)]).toEqual([1_505, 451]);
      const { trend, ...figures } = await world.distribution.centre.centre(world.db, world.shopId, below);
      expect(figures).toMatchObject({ balance: 1_505, estimated: 0, frozen: 0, total: { orders: 1, sales: 15_055 } });
      expect(trend).toHaveLength(14);
    });

    it('X-04 a third level never earns, and one level pays the first only', async () => {
      const a = await world.distributor();
      const b = await world.distributor(a);
      const c = await world.distributor(b);
      const customer = await world.bound(c);
      expect((await world.rows(await world.order(customer, [10_000]))).map(({ buyerId }) => buyerId)).toEqual([c, b]);
      await world.setRules({ levels: 1 });
      expect((await world.rows(await world.order(customer, [10_000]))).map(({ buyerId }) => buyerId)).toEqual([c]);
      await expect(world.setRules({ levels: 3 as 2 })).rejects.toMatchObject({ code: 'policy.out_of_range' });
      await expect(world.setRules({ firstRate: 4_000, secondRate: 1_001 })).rejects.toMatchObject({
        code: 'distribution.rate_too_high',
      });
      const third = world.db
        .insertInto('distribution.commission')
        .values({
          ...{ buyerId: a, orderNo: '1', level: 3 as 2, shopId: world.shopId, customerId: customer, title: '' },
          ...{ picture: '{}', kept: 1, amount: 1, status: 'estimated', orderedAt: new Date() },
          ...{ settleAt: null, settledAt: null },
        })
        .execute();
      await expect(third).rejects.toThrow(/check/);
    });

    it('own purchases earn nothing unless the shop says so', async () => {
      const distributor = await world.distributor();
      expect(await world.rows(await world.order(distributor, [10_000]))).toEqual([]);
      await world.setRules({ ownPurchases: true });
      expect(await world.rows(await world.order(distributor, [10_000]))).toMatchObject([{ buyerId: distributor }]);
    });

    it('new rules leave orders that were placed before as they were', async () => {
      const customer = await world.bound(await world.distributor());
      const orderNo = await world.order(customer, [10_000], 'pending_payment');
      await world.setRules({ firstRate: 100 });
      await world.become(orderNo, 'paid', 'paid');
      expect(await world.rows(orderNo)).toMatchObject([{ amount: 1_000 }]);
    });

    it('of orders heard of together only those are looked at that somebody may earn by', async () => {
      const customer = await world.bound(await world.distributor());
      const [followed, alone] = [
        await world.order(customer, [10_000], 'pending_payment'),
        newTradeNo(customer, new Date()),
      ];
      const stranger = newId();
      const concerned = await world.distribution.commissions.concerned(world.db, [
        { buyerId: customer, orderNo: followed, shopId: world.shopId },
        // Bound in one shop, a customer is nobody's in another.
        { buyerId: customer, orderNo: alone, shopId: newId() },
        { buyerId: stranger, orderNo: newTradeNo(stranger, new Date()), shopId: world.shopId },
        // Another's number beside one's own name brings nobody anything.
        { buyerId: stranger, orderNo: followed, shopId: newId() },
      ]);
      expect(concerned.map(({ buyerId, shopId }) => [buyerId, shopId])).toEqual([[customer, world.shopId]]);
    });

    it('an order cancelled unpaid never was anybody’s; money that wins it back makes it so', async () => {
      const customer = await world.bound(await world.distributor());
      const orderNo = await world.order(customer, [10_000], 'pending_payment');
      await world.become(orderNo, 'cancelled');
      expect(await world.rows(orderNo)).toEqual([]);
      await world.become(orderNo, 'paid', 'paid');
      expect(await world.rows(orderNo)).toMatchObject([{ amount: 1_000, status: 'estimated' }]);
    });

    it('an open after-sale case puts the settlement off', async () => {
      const distributor = await world.distributor();
      const orderNo = await world.order(await world.bound(distributor), [10_000]);
      world.openCases.add(orderNo);
      await world.afterWindow();
      expect(await world.balance(distributor)).toBe(0);
      world.openCases.delete(orderNo);
      world.clock.advance(12 * 3_600_000);
      await world.settle();
      expect(await world.balance(distributor)).toBe(1_000);
    });
  });

  describe('refunds', () => {
    it('C01-CMP-03 C13-GMV-02 before and after settlement a refund takes back in proportion, and the next earnings cover it', async () => {
      const distributor = await world.distributor();
      const customer = await world.bound(distributor);
      const orderNo = await world.order(customer, [10_000, 3_333]);
      await world.refund(orderNo, 0, 2_500);
      expect(await world.rows(orderNo)).toMatchObject([{ amount: 750 + 333, kept: 10_833 }]);
      await world.afterWindow();
      expect(await world.balance(distributor)).toBe(1_083);
      await world.withdraw(distributor, 1_083);
      expect(await world.balance(distributor)).toBe(0);
      await world.refund(orderNo, 0, 7_500);
      await world.refund(orderNo, 1, 3_333);
      expect(await world.balance(distributor)).toBe(-1_083);
      expect(await world.rows(orderNo)).toMatchObject([{ amount: 0, status: 'void', booked: 0 }]);
      expect(await refusal(world.withdraw(distributor, 0))).toBe('distribution.below_minimum');
      await world.order(customer, [20_000]);
      await world.afterWindow();
      expect(await world.balance(distributor)).toBe(2_000 - 1_083);
    });

    it('a refund that races the settlement ends as if one had followed the other', async () => {
      const distributor = await world.distributor();
      const customer = await world.bound(distributor);
      for (let round = 0; round < 5; round += 1) {
        const before = await world.balance(distributor);
        const orderNo = await world.order(customer, [10_000]);
        world.clock.advance(15 * day);
        await Promise.all([
          world.settle(),
          world.refund(orderNo, 0, 4_000),
          world.settle(),
          world.hear(orderNo),
          world.hear(orderNo),
        ]);
        await world.settle();
        expect(await world.balance(distributor)).toBe(before + 600);
      }
    });

    it('whatever is refunded and whenever, the balance is the commission of what remains', async () => {
      const distributor = await world.distributor();
      const customer = await world.bound(distributor);
      let expected = 0;
      const step = fc.record({ line: fc.nat(1), amount: fc.integer({ min: 1, max: 4_000 }), waits: fc.boolean() });
      await fc.assert(
        fc.asyncProperty(
          fc.tuple(fc.integer({ min: 1, max: 9_999 }), fc.integer({ min: 1, max: 9_999 })),
          fc.array(step, { maxLength: 4 }),
          async (payables, steps) => {
            const orderNo = await world.order(customer, payables);
            const left = [...payables] as number[];
            for (const { line, amount, waits } of steps) {
              if (waits) await world.afterWindow();
              const back = Math.min(amount, left[line] as number);
              if (back > 0) await world.refund(orderNo, line, back);
              left[line] = (left[line] as number) - back;
            }
            await world.afterWindow();
            expected += left.reduce((sum, kept) => sum + Math.floor(kept / 10), 0);
            expect(await world.balance(distributor)).toBe(expected);
          },
        ),
        { numRuns: 15 },
      );
    });
  });

  describe('workbench', () => {
    it('C08-SCRM-07 X-15 only an own customer who allows it is shown, and each look is written down', async () => {
      const [guide, other] = [await world.distributor(), await world.distributor()];
      const customer = await world.bound(guide);
      const product = (shopId: string, title: string) => ({
        ...{ spuId: newId(), shopId, title, brief: '', salePrice: 100, listPrice: 100, soldCount: 0, inStock: true },
        ...{ tags: [], soleSkuId: null, picture: { url: '', webp: {} } },
      });
      const at = world.clock.now().toISOString();
      world.viewed.set(customer, [
        { product: product(world.shopId, '亚麻靠垫') as never, at },
        { product: product(world.otherShopId, '龙井') as never, at },
        { product: product(world.shopId, '很久以前') as never, at: '2026-01-01T00:00:00.000Z' },
      ]);
      const { workbench, centre } = world.distribution;
      const list = await centre.customers(world.db, world.shopId, guide, { limit: 20 });
      const bindingId = list.items[0]?.bindingId ?? '';
      expect(list.items).toMatchObject([{ name: '林**', allowsLook: false }]);
      const look = (as: string, id = bindingId) =>
        world.inTransaction((tx) => workbench.interests(tx, world.shopId, as, id));
      expect(await refusal(look(guide))).toBe('distribution.look_not_allowed');
      const allow = (isOn: boolean) =>
        world.inTransaction((tx) => workbench.allowLook(tx, customer, world.shopId, isOn));
      await allow(true);
      const seen = await look(guide);
      expect(seen.viewed.map(({ title }) => title)).toEqual(['亚麻靠垫']);
      expect(await refusal(look(other))).toBe('distribution.customer_not_found');
      expect(await refusal(look(guide, newId()))).toBe('distribution.customer_not_found');
      expect((await workbench.guides(world.db, customer)).items).toMatchObject([{ allowsLook: true, looks: 1 }]);
      await allow(false);
      expect(await refusal(look(guide))).toBe('distribution.look_not_allowed');
      // Permission was given to this guide, not to the next one.
      await allow(true);
      await world.setRules({ bindingRule: 'last_link' });
      await world.visit(customer, await world.codeOf(other));
      expect(await refusal(look(guide))).toBe('distribution.customer_not_found');
      const [moved] = (await centre.customers(world.db, world.shopId, other, { limit: 20 })).items;
      expect(await refusal(look(other, moved?.bindingId ?? ''))).toBe('distribution.look_not_allowed');
    });
  });
});
