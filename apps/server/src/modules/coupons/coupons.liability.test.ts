import type { CouponTemplateInput } from '@xiaopu/contracts/console';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#platform/ids.ts';
import { openTrade, shopA, shopB, type Trade } from '../../../test/trade.ts';
import { rateFor, useRateOf } from './coupons.liability.ts';
import { couponAudits, createCoupons } from './index.ts';

describe('coupon liability', () => {
  let trade: Trade;
  let coupons: ReturnType<typeof createCoupons>;
  beforeAll(async () => {
    trade = await openTrade();
    coupons = createCoupons({
      distancesTo: async () => new Map(),
      storesOf: async () => [],
      clock: trade.clock,
      outbox: trade.messaging.outbox,
      policies: trade.policies,
      shopNames: async () => new Map(),
      audiencesOf: async () => [],
      kinship: async () => 'other',
      nicknames: async () => new Map(),
    });
  });
  afterAll(() => trade.close());

  const days = (count: number) => new Date(trade.clock.now().getTime() + count * 86_400_000).toISOString();
  const template = async (input: Partial<CouponTemplateInput> = {}, shopId = shopA) => {
    const whole: CouponTemplateInput = {
      ...{ name: '满100减20', kind: 'amount', threshold: 10_000, off: 2_000, scope: {}, rollingDays: 30 },
      ...{ claimFrom: days(-1), claimUntil: days(60), channel: 'grant', audiences: [], layerOffs: [] },
      ...{ perUserLimit: 1, platformShare: 0, exclusive: false, returnsOnRefund: true, ...input },
    };
    const saved = await trade.inTransaction((tx) => coupons.save(tx, { shopId, staffName: '小陈' }, whole));
    return saved.templateId;
  };
  const grant = (templateId: string, buyerIds: string[], shopId = shopA) =>
    trade.inTransaction((tx) => coupons.grant(tx, shopId, templateId, buyerIds));
  const set = (templateId: string, buyerIds: string[], values: object) =>
    trade.db
      .updateTable('coupons.coupon')
      .set(values)
      .where('templateId', '=', templateId)
      .where('buyerId', 'in', buyerIds)
      .execute();
  const people = (count: number) => Array.from({ length: count }, () => newId());
  const faults = async () => {
    const found = [];
    for (const { query } of couponAudits) found.push(...(await query(trade.clock.now()).execute(trade.db)).rows);
    return found;
  };

  it('sums worst case and past use by template; what is past its day has expired, swept or not', async () => {
    const amount = await template();
    const crowd = people(40);
    await grant(amount, crowd);
    const [used, over, rest] = [crowd.slice(0, 10), crowd.slice(10, 30), crowd.slice(30)];
    await set(amount, used, {
      status: 'used',
      saving: 2_000,
      paymentId: newId(),
      lockedAt: trade.clock.now(),
      usedAt: trade.clock.now(),
    });
    await set(amount, over, { validFrom: new Date(days(-9)), expiresAt: new Date(trade.clock.now().getTime() - 1) });
    await set(amount, rest.slice(0, 2), { expiresAt: new Date(days(3)) });
    await set(amount, rest.slice(2, 3), { status: 'locked', paymentId: newId(), lockedAt: trade.clock.now() });
    const capped = await template({ name: '九折', kind: 'percent', payRate: 9_000, cap: 1_500, off: undefined });
    await grant(capped, people(2));
    const open = await template({ name: '八折', kind: 'percent', payRate: 8_000, off: undefined });
    await grant(open, people(3));
    await grant(await template({}, shopB), people(5), shopB);

    const found = await coupons.liability(trade.db, shopA);
    const of = (id: string) => found.templates.find(({ templateId }) => templateId === id);
    expect(of(amount)).toMatchObject({
      ...{ issued: 40, held: 9, locked: 1, used: 10, expired: 20, spent: 20_000 },
      // 10 of the 30 that came to an end were used.
      ...{ worst: 20_000, useRate: 3_333, expected: 6_666, unbounded: 0, soon: 2, soonWorth: 4_000 },
    });
    // Too few came to an end to say anything: the shop's rate stands in.
    expect(of(capped)).toMatchObject({ worst: 3_000, useRate: 3_333, expected: 1_000 });
    expect(of(open)).toMatchObject({ worst: 0, unbounded: 3, held: 3 });
    expect(found.totals).toMatchObject({ issued: 45, held: 14, worst: 23_000, unbounded: 3, expected: 7_666 });
    // Days of the outlook sum to what is held.
    expect(found.expiry.reduce((sum, day) => sum + day.coupons, 0)).toBe(14);
    expect(found.expiry.reduce((sum, day) => sum + day.worth, 0)).toBe(21_000);
    const statements = await trade.database.statementsOf(() => coupons.liability(trade.db, shopA));
    expect(statements).toHaveLength(2);
  });

  it('says nothing of a rate where nothing has come to an end', () => {
    expect(useRateOf([{ used: 0, expired: 0 }])).toBeNull();
    expect(rateFor({ used: 0, expired: 0 }, null)).toBeNull();
    expect(rateFor({ used: 20, expired: 0 }, 0.1)).toBe(10_000);
    expect(rateFor({ used: 19, expired: 0 }, 0.1)).toBe(1_000);
  });

  it('counts exactly what it gave when two give to the same people at once', async () => {
    const templateId = await template();
    const crowd = people(12);
    await Promise.all(Array.from({ length: 6 }, () => grant(templateId, crowd)));
    const { claimed } = await trade.db
      .selectFrom('coupons.template')
      .select('claimed')
      .where('templateId', '=', templateId)
      .executeTakeFirstOrThrow();
    expect(claimed).toBe(12);
    expect(await faults()).toEqual([]);
  });
});
