import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runAudit } from '#platform/books.ts';
import { shanghaiDay } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { taxOf } from './distribution.tax.ts';
import { type DistributionWorld, openDistributionWorld } from './distribution.testing.ts';
import { distributionAudits } from './index.ts';

describe('money out of distribution', () => {
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

  describe('withdrawing', () => {
    const earned = async (commission: number) => {
      const distributor = await world.distributor();
      await world.order(await world.bound(distributor), [commission * 10]);
      await world.afterWindow();
      return distributor;
    };

    it('two at once: one is paid, the other finds nothing left; the same id is the same withdrawal', async () => {
      const distributor = await earned(5_000);
      const id = newId();
      const before = world.payouts.length;
      const outcomes = await Promise.all([
        refusal(world.withdraw(distributor, 5_000, id)),
        refusal(world.withdraw(distributor, 5_000, id)),
        refusal(world.withdraw(distributor, 5_000)),
        refusal(world.withdraw(distributor, 5_000)),
      ]);
      const isOther = outcomes.filter((one) => one === 'distribution.below_minimum').length;
      expect([2, 3]).toContain(isOther);
      expect(world.payouts.slice(before)).toMatchObject([
        { buyerId: distributor, amount: 5_000, payeeName: '张三丰', scene: 'commission', shopId: world.shopId },
      ]);
      expect(await world.balance(distributor)).toBe(0);
    });

    it('a failed payout gives the balance back once, a settled one never', async () => {
      const distributor = await earned(3_000);
      const { withdrawalId } = await world.withdraw(distributor, 3_000);
      const failed = { isPaid: false as const, reason: 'OVERDUE_CLOSE' };
      await Promise.all([1, 2, 3].map(() => world.payoutEnded(distributor, withdrawalId, failed)));
      expect(await world.balance(distributor)).toBe(3_000);
      await world.payoutEnded(distributor, withdrawalId, { isPaid: true });
      const again = await world.withdraw(distributor, 3_000);
      await world.payoutEnded(distributor, again.withdrawalId, { isPaid: true });
      await world.payoutEnded(distributor, again.withdrawalId, failed);
      expect(await world.balance(distributor)).toBe(0);
      const { items } = await world.distribution.withdrawals.list(world.db, world.shopId, distributor);
      expect(items.map(({ status }) => status).sort()).toEqual(['failed', 'paid']);
      const record = await world.distribution.withdrawals.taxRecord(
        world.db,
        world.shopId,
        new Date(world.clock.now().getTime() + 8 * 3_600_000).toISOString().slice(0, 7),
      );
      expect(record.items).toContainEqual(expect.objectContaining({ realName: '张三丰', amount: 3_000, payments: 1 }));
    });

    it('C10-RISK-07 a large one waits for people: refused it comes back, approved it is paid once', async () => {
      const distributor = await earned(120_000);
      const before = world.payouts.length;
      const { withdrawalId, status } = await world.withdraw(distributor, 120_000);
      expect([status, world.payouts.length - before]).toEqual(['reviewing', 0]);
      const decide = (id: string, decision: 'approve' | 'refuse', shopId = world.shopId) =>
        world.inTransaction((tx) =>
          world.distribution.withdrawals.decide(tx, shopId, id, { decision, reason: '' }, '财务'),
        );
      expect(await refusal(decide(withdrawalId, 'approve', world.otherShopId))).toBe(
        'distribution.withdrawal_not_found',
      );
      const refused = await Promise.all([1, 2].map(() => refusal(decide(withdrawalId, 'refuse'))));
      expect(refused.sort()).toEqual(['distribution.withdrawal_decided', 'done']);
      expect(await world.balance(distributor)).toBe(120_000);
      const next = await world.withdraw(distributor, 120_000);
      const approved = await Promise.all([1, 2, 3].map(() => refusal(decide(next.withdrawalId, 'approve'))));
      expect(approved.filter((one) => one === 'done')).toHaveLength(1);
      expect(world.payouts.slice(before)).toHaveLength(1);
      expect(await world.balance(distributor)).toBe(0);
    });

    it('C10-RISK-07 from the line on a code to the bound phone is needed: one withdrawal a code, few tries, few codes', async () => {
      await world.setRules({ secondFactorFrom: 4_000 });
      const distributor = await earned(5_000);
      expect(await refusal(world.withdraw(distributor, 5_000))).toBe('distribution.code_needed');
      expect(await refusal(world.sendCode(distributor))).toBe('distribution.phone_needed');
      world.phones.set(distributor, '13800000077');
      const sent = await Promise.all([1, 2, 3].map(() => refusal(world.sendCode(distributor))));
      expect(sent.sort()).toEqual(['distribution.code_too_soon', 'distribution.code_too_soon', 'done']);
      const code = world.codeTo('13800000077');
      expect(code).toMatch(/^\d{6}$/);
      const raw = await world.db
        .selectFrom('distribution.challenge')
        .selectAll()
        .where('buyerId', '=', distributor)
        .execute();
      expect(JSON.stringify(raw)).not.toContain(code);
      const wrong = code === '000000' ? '000001' : '000000';
      expect(await world.checkCode(distributor, wrong)).toBe(false);
      expect(await refusal(world.withdraw(distributor, 5_000))).toBe('distribution.code_needed');
      expect(await world.checkCode(distributor, code)).toBe(true);
      expect(await refusal(world.withdraw(distributor, 4_999))).toBe('distribution.amount_changed');
      const before = world.payouts.length;
      const both = await Promise.all([1, 2].map(() => refusal(world.withdraw(distributor, 5_000))));
      expect([both.filter((one) => one === 'done').length, world.payouts.length - before]).toEqual([1, 1]);
      // Used up; and five wrong tries close a code, even for the right one.
      expect(await world.checkCode(distributor, code)).toBe(false);
      world.clock.advance(61_000);
      await world.sendCode(distributor);
      for (let tries = 0; tries < 5; tries += 1) expect(await world.checkCode(distributor, wrong)).toBe(false);
      expect(await world.checkCode(distributor, world.codeTo('13800000077'))).toBe(false);
      // Too late is wrong; after five in a day there are no more.
      world.clock.advance(61_000);
      await world.sendCode(distributor);
      world.clock.advance(5 * 60_000);
      expect(await world.checkCode(distributor, world.codeTo('13800000077'))).toBe(false);
      world.switches.smsState = 'refused';
      expect(await refusal(world.sendCode(distributor))).toBe('distribution.code_not_sent');
      world.switches.smsState = 'sent';
      world.clock.advance(61_000);
      await world.sendCode(distributor);
      world.clock.advance(61_000);
      expect(await refusal(world.sendCode(distributor))).toBe('distribution.codes_used_up');
      await world.setRules();
    });

    it('the tax rule is off at first; on, it says what was taxed and keeps it back, as it stood when asked for', async () => {
      const distributor = await earned(30_000);
      await world.setRules({ tax: { isOn: true, deduction: 10_000, rate: 333 } });
      const before = world.payouts.length;
      const { withdrawalId, withheld } = await world.withdraw(distributor, 30_000);
      expect([withheld, world.payouts[before]?.amount]).toEqual([666, 29_334]);
      await world.setRules();
      await world.payoutEnded(distributor, withdrawalId, { isPaid: true });
      const month = shanghaiDay(world.clock.now()).slice(0, 7);
      const record = await world.distribution.withdrawals.taxRecord(world.db, world.shopId, month);
      expect(record.items.find(({ amount }) => amount === 30_000)).toMatchObject({ taxable: 20_000, withheld: 666 });
      const { items } = await world.distribution.desk.withdrawals(world.db, world.shopId, { page: 1, pageSize: 50 });
      expect(items.find((one) => one.withdrawalId === withdrawalId)).toMatchObject({
        ...{ taxable: 20_000, taxDeduction: 10_000, taxRate: 333, withheld: 666 },
      });
      // What comes back, comes back whole.
      const other = await earned(20_000);
      await world.setRules({ tax: { isOn: true, deduction: 0, rate: 1_000 } });
      const failing = await world.withdraw(other, 20_000);
      await world.payoutEnded(other, failing.withdrawalId, { isPaid: false, reason: '超时未确认' });
      expect(await world.balance(other)).toBe(20_000);
      await world.setRules();
    });

    it('what a payout keeps back is never more than the rate of it, and never the whole', () => {
      fc.assert(
        fc.property(
          fc.integer({ min: 30, max: 20_000_000 }),
          fc.integer({ min: 0, max: 10_000_000 }),
          fc.integer({ min: 0, max: 5_000 }),
          (amount, deduction, rate) => {
            const { taxable, withheld } = taxOf(amount, { isOn: true, deduction, rate });
            expect(taxable).toBe(Math.max(0, amount - deduction));
            expect(withheld * 10_000).toBeLessThanOrEqual((taxable ?? 0) * rate);
            expect(withheld).toBeLessThan(amount);
          },
        ),
      );
      expect(taxOf(30_000, { isOn: false, deduction: 0, rate: 5_000 })).toMatchObject({ taxable: null, withheld: 0 });
    });

    it('C01-CMP-03 whoever earned it hears of a settlement once, and of no later correction', async () => {
      const distributor = await world.distributor();
      const orderNo = await world.order(await world.bound(distributor), [50_000]);
      expect(await world.told(distributor)).toEqual([]);
      await world.afterWindow();
      expect(await world.told(distributor)).toEqual([5_000]);
      await world.refund(orderNo, 0, 10_000);
      await world.settle();
      expect(await world.told(distributor)).toEqual([5_000]);
    });

    it('what the page showed must still hold; below the minimum or without a mini program account nothing moves', async () => {
      const distributor = await earned(2_000);
      expect(await refusal(world.withdraw(distributor, 1_999))).toBe('distribution.amount_changed');
      await world.setRules({ minimumWithdrawal: 2_001 });
      expect(await refusal(world.withdraw(distributor, 2_000))).toBe('distribution.below_minimum');
      await world.setRules();
      const known = world.people.get(distributor);
      if (known) known.hasOpenid = false;
      expect(await refusal(world.withdraw(distributor, 2_000))).toBe('distribution.wechat_needed');
      if (known) known.hasOpenid = true;
      world.switches.payoutsOff = true;
      await expect(world.withdraw(distributor, 2_000)).rejects.toThrow('transfers are off');
      world.switches.payoutsOff = false;
      world.switches.maximum = 1_500;
      await world.withdraw(distributor, 1_500);
      world.switches.maximum = 500_000;
      expect(await world.balance(distributor)).toBe(500);
      await world.withdraw(distributor, 500);
    });
  });
});
