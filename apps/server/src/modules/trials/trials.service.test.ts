import type { ProductCard, Tier } from '@xiaopu/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFixedClock, dayMs } from '#platform/clock.ts';
import type { AppError } from '#platform/errors.ts';
import { createFieldCipher } from '#platform/field-cipher.ts';
import { newId } from '#platform/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { createTrials, type Trials } from './index.ts';

const shopId = newId();
const spuId = newId();

describe('trials of new goods', () => {
  let database: TestDatabase;
  let trials: Trials;
  const tiers = new Map<string, Tier>();
  const clock = createFixedClock('2026-11-23T04:00:00.000Z');
  beforeAll(async () => {
    database = await createTestDatabase(12);
    trials = createTrials({
      clock,
      cipher: createFieldCipher('k1:000102030405060708090a0b0c0d0e0f'),
      tierOf: async (_db, buyerId) => tiers.get(buyerId) ?? 'bronze',
      cards: async () => new Map([[spuId, { spuId, title: '燕麦杯' } as ProductCard]]),
      isOwnProduct: async (_db, shop, spu) => shop === shopId && spu === spuId,
      findAddress: async (_db, _buyerId, addressId) =>
        addressId === shopId
          ? {
              name: '林夏',
              phone: '13800000001',
              province: '浙江省',
              city: '杭州市',
              district: '西湖区',
              detail: '文三路1号',
            }
          : undefined,
      nicknames: async () => new Map(),
    });
  });
  afterAll(() => database.close());

  const inTx = <T>(work: Parameters<typeof database.inTransaction<T>>[0]) => database.inTransaction(work);
  const someone = (tier: Tier) => {
    const buyerId = newId();
    tiers.set(buyerId, tier);
    return buyerId;
  };
  const open = async (places: number) => {
    const trialId = newId();
    const now = clock.now().getTime();
    await inTx((tx) =>
      trials.create(
        tx,
        { shopId, staffName: '小陈' },
        {
          trialId,
          spuId,
          text: '收到后写一篇真实的试用',
          places,
          tiers: ['diamond'],
          opensAt: new Date(now).toISOString(),
          closesAt: new Date(now + dayMs).toISOString(),
        },
      ),
    );
    return trialId;
  };
  const apply = (buyerId: string, trialId: string, addressId = shopId) =>
    inTx((tx) => trials.apply(tx, buyerId, trialId, addressId));

  it('C06-WCM-02 ten places for diamonds: gold is refused, and of many at once the 11th', async () => {
    const trialId = await open(10);
    await expect(apply(someone('gold'), trialId)).rejects.toMatchObject({ code: 'trials.not_for_you' });
    const diamonds = Array.from({ length: 25 }, () => someone('diamond'));
    const outcomes = await Promise.allSettled([...diamonds, ...diamonds].map((buyerId) => apply(buyerId, trialId)));
    const codes = outcomes.flatMap((one) => (one.status === 'rejected' ? [(one.reason as AppError).code] : []));
    expect(new Set(codes)).toEqual(new Set(['trials.gone']));
    expect((await trials.applications(database.db, shopId, trialId)).items).toHaveLength(10);
    expect((await trials.page(database.db, shopId, { page: 1, pageSize: 5 })).items).toMatchObject([
      { taken: 10, state: 'gone', sent: 0 },
    ]);
  });

  it('shows each member what they may, keeps the address sealed, and tells when it was sent', async () => {
    const trialId = await open(1);
    const [diamond, gold] = [someone('diamond'), someone('gold')];
    const stateOf = async (buyerId: string) =>
      (await trials.list(database.db, buyerId)).find((one) => one.trialId === trialId)?.state;
    expect([await stateOf(diamond), await stateOf(gold)]).toEqual(['open', 'not_for_you']);
    await expect(apply(diamond, trialId, newId())).rejects.toMatchObject({ code: 'trials.address_not_found' });
    await apply(diamond, trialId);
    expect([await stateOf(diamond), await stateOf(someone('diamond'))]).toEqual(['applied', 'gone']);
    const stored = await database.db
      .selectFrom('trials.application')
      .select('recipient')
      .where('buyerId', '=', diamond)
      .executeTakeFirstOrThrow();
    expect(stored.recipient).not.toContain('林夏');
    await expect(trials.applications(database.db, newId(), trialId)).rejects.toMatchObject({
      code: 'trials.not_found',
    });
    await inTx((tx) => trials.send(tx, shopId, trialId, diamond, 'SF1234567890'));
    expect((await trials.list(database.db, diamond)).find((one) => one.trialId === trialId)?.waybill).toBe(
      'SF1234567890',
    );
    clock.advance(dayMs);
    await expect(apply(someone('diamond'), trialId)).rejects.toMatchObject({ code: 'trials.closed' });
  });
});
