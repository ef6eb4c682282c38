import type { CouponTemplateInput } from '@xiaopu/contracts/console';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hourMs } from '#platform/clock.ts';
import { AppError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { openTrade, shopA, type Trade } from '../../../test/trade.ts';
import type { OfferSource } from '../checkout/index.ts';
import { metresBetween } from '../stores/index.ts';
import { createCoupons } from './index.ts';

/** 12:30 in Shanghai. */
const lunch = '2026-03-09T04:30:00Z';
const noodles = { storeId: newId(), name: '文三路店', lat: 30.2779, lng: 120.1245 };
const tea = { storeId: newId(), name: '湖滨店', lat: 30.2551, lng: 120.1672 };
const stores = [noodles, tea];
const card = { address: '文三路 388 号', phone: '0571-1', hours: '09:00–21:00' };
/** North of the store by so many metres. */
const metresFrom = ({ lat, lng }: { lat: number; lng: number }, metres: number) => ({
  lat: lat + metres / 111_195,
  lng,
});

describe('coupons claimed near a store', () => {
  let trade: Trade;
  let coupons: ReturnType<typeof createCoupons>;
  const offerSources: OfferSource[] = [];
  beforeAll(async () => {
    trade = await openTrade({ offerSources });
    trade.clock.set(lunch);
    trade.physicalStores.set(
      shopA,
      stores.map((store) => ({ ...card, ...store })),
    );
    coupons = createCoupons({
      clock: trade.clock,
      outbox: trade.messaging.outbox,
      policies: trade.policies,
      shopNames: async () => new Map([[shopA, '栖木家居']]),
      audiencesOf: async () => [],
      kinship: async () => 'other',
      nicknames: async () => new Map(),
      storesOf: async () => stores,
      distancesTo: async (_db, storeIds, from) =>
        new Map(
          stores
            .filter(({ storeId }) => storeIds.includes(storeId))
            .map(({ storeId, name, ...at }) => [storeId, { name, metres: Math.round(metresBetween(from, at)) }]),
        ),
    });
    offerSources.push({ name: 'coupons', offers: coupons.offers, take: coupons.take });
  });
  afterAll(() => trade.close());

  const inHours = (hours: number) => new Date(trade.clock.now().getTime() + hours * hourMs).toISOString();
  const save = async (input: Partial<CouponTemplateInput> = {}): Promise<string> => {
    const template: CouponTemplateInput = {
      name: '限时堂食5折券',
      kind: 'percent',
      threshold: 0,
      payRate: 5_000,
      cap: 3_000,
      scope: {},
      rollingHours: 2,
      claimFrom: inHours(-1),
      claimUntil: inHours(24 * 30),
      channel: 'nearby',
      fence: { storeIds: [noodles.storeId], metres: 1_000, from: '11:00', until: '14:00', inStoreOnly: true },
      audiences: [],
      layerOffs: [],
      perUserLimit: 1,
      platformShare: 0,
      exclusive: false,
      returnsOnRefund: true,
      ...input,
    };
    const { templateId } = await trade.inTransaction((tx) =>
      coupons.save(tx, { shopId: shopA, staffName: '小陈' }, template),
    );
    coupons.forget();
    return templateId;
  };
  const nearby = (buyerId: string, metres: number) =>
    trade.inTransaction((tx) => coupons.nearby(tx, buyerId, metresFrom(noodles, metres)));
  const claim = (buyerId: string, templateId: string, metres?: number) =>
    trade.inTransaction((tx) =>
      coupons.claim(tx, buyerId, {
        templateId,
        ...(metres !== undefined && { at: metresFrom(noodles, metres) }),
      }),
    );
  const outcomeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: unknown) => (error instanceof AppError ? error.code : Promise.reject(error)),
    );

  it('C03-SCN-05 inside the fence at lunch it is offered as new once, and ends on time', async () => {
    trade.clock.set(lunch);
    const templateId = await save();
    const buyerId = newId();
    const isIt = (coupon: { templateId: string }) => coupon.templateId === templateId;
    expect((await nearby(buyerId, 1_010)).filter(isIt)).toEqual([]);
    const [first] = (await nearby(buyerId, 990)).filter(isIt);
    expect(first).toMatchObject({
      ...{ isNew: true, storeName: '文三路店', state: 'open', distance: 990, validityText: '领取后 2 小时内有效' },
      ...{ untilText: '今天 14:00 前可领', useText: '限本店自提或扫码购使用' },
    });
    expect((await nearby(buyerId, 990)).find(isIt)).toMatchObject({ isNew: false });
    const coupon = await claim(buyerId, templateId, 300);
    expect(new Date(coupon.expiresAt).getTime() - trade.clock.now().getTime()).toBe(2 * hourMs);
    expect((await nearby(buyerId, 300)).find(isIt)).toMatchObject({ state: 'claimed' });

    trade.clock.set(coupon.expiresAt);
    const { items } = await coupons.listOf(trade.db, buyerId, { tab: 'usable', limit: 10 });
    expect(items).toEqual([]);
    expect(await nearby(newId(), 300)).toEqual([]);
  });

  it('C03-SCN-05 the server decides who is near: without a position, too far or after lunch nobody gets it', async () => {
    trade.clock.set(lunch);
    const templateId = await save({ totalLimit: 5 });
    expect(await outcomeOf(claim(newId(), templateId))).toBe('coupons.not_near');
    expect(await outcomeOf(claim(newId(), templateId, 1_010))).toBe('coupons.not_near');
    trade.clock.set('2026-03-09T06:00:00Z');
    expect(await outcomeOf(claim(newId(), templateId, 10))).toBe('coupons.not_near');
    trade.clock.set('2026-03-09T05:59:00Z');
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => outcomeOf(claim(newId(), templateId, 10))));
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(5);
    expect(outcomes.filter((outcome) => outcome === 'coupons.gone')).toHaveLength(7);
    const public_ = await coupons.centre(trade.db, newId());
    expect(public_.some((coupon) => coupon.templateId === templateId)).toBe(false);
  });

  it('C03-SCN-05 takes half off what is carried out of that store, and nothing off what is sent or fetched elsewhere', async () => {
    trade.clock.set(lunch);
    const skuId = await trade.givenSku({ salePrice: 5_000 });
    const { spuId } = trade.skus.get(skuId) as { spuId: string };
    await trade.inTransaction((tx) =>
      trade.inventory.openShelves(
        tx,
        stores.map(({ storeId }) => ({ skuId, spuId, shopId: shopA, storeId, onHand: 3 })),
      ),
    );
    const buyerId = newId();
    const { couponId } = await claim(buyerId, await save(), 10);
    const source = { kind: 'lines' as const, lines: [{ skuId, quantity: 1 }] };
    const couponOf = async (storeId?: string) => {
      const preview = await trade.checkout.preview(trade.db, buyerId, {
        source,
        ...(storeId
          ? { pickups: [{ shopId: shopA, storeId, now: true }] }
          : { addressId: trade.givenAddress(buyerId) }),
      });
      const coupon = preview.coupons.candidates.find((candidate) => candidate.couponId === couponId);
      return { saving: preview.breakdown.coupon, reason: coupon?.reason, text: coupon?.text };
    };
    expect(await couponOf(noodles.storeId)).toMatchObject({ saving: 2_500, reason: null });
    expect(await couponOf(tea.storeId)).toMatchObject({ saving: 0, reason: 'not_in_store' });
    expect(await couponOf()).toMatchObject({
      saving: 0,
      reason: 'not_in_store',
      text: '仅限在指定门店自提或扫码购时使用',
    });
    const place = (storeId: string) =>
      trade.inTransaction((tx) =>
        trade.orders.place(tx, buyerId, newId(), {
          ...{ source, coupons: [couponId], expectedPayable: 2_500 },
          pickups: [{ shopId: shopA, storeId, now: true }],
        }),
      );
    expect(await outcomeOf(place(tea.storeId))).not.toBe('done');
    const { orderNos } = await place(noodles.storeId);
    expect((await trade.orders.get(trade.db, buyerId, orderNos[0] as string)).payable).toBe(2_500);
  });

  it('X-14 C03-SCN-05 keeps how often a position was asked about, never where, and stops one who tries many places', async () => {
    trade.clock.set(lunch);
    const buyerId = newId();
    const ask = () => trade.inTransaction((tx) => coupons.countAsk(tx, buyerId));
    const outcomes = await Promise.all(Array.from({ length: 33 }, () => outcomeOf(ask())));
    expect(outcomes.filter((outcome) => outcome === 'coupons.asked_too_often')).toHaveLength(3);
    trade.clock.set(inHours(1));
    expect(await outcomeOf(ask())).toBe('done');
    const kept = await trade.db.selectFrom('coupons.positionAsk').selectAll().where('buyerId', '=', buyerId).execute();
    expect(kept.map((row) => Object.keys(row).toSorted())).toEqual([
      ['asks', 'buyerId', 'hour'],
      ['asks', 'buyerId', 'hour'],
    ]);
    trade.clock.set(inHours(5));
    await trade.inTransaction((tx) => coupons.forgetAsks(tx));
    expect(await trade.db.selectFrom('coupons.positionAsk').selectAll().execute()).toEqual([]);
  });

  it('takes only the shop’s own stores, and a fence only with its channel', async () => {
    const saving = (input: Partial<CouponTemplateInput>) => outcomeOf(save(input));
    expect(await saving({ fence: { storeIds: [newId()], metres: 500, inStoreOnly: false } })).toBe('coupons.invalid');
    expect(await saving({ channel: 'public' })).toBe('coupons.invalid');
    expect(await saving({ rollingDays: 1 })).toBe('coupons.invalid');
    expect(
      await saving({
        fence: { storeIds: [tea.storeId], metres: 500, from: '14:00', until: '11:00', inStoreOnly: true },
      }),
    ).toBe('coupons.invalid');
  });
});
