import type { Bargain, FlashSale, Group, GroupOffer } from '@xiaopu/contracts';
import { beforeAll, expect, it } from 'vitest';
import { buildWeixin, weixinDist } from '../mp-stub/build.ts';
import { startMiniProgram } from '../mp-stub/mini-program.ts';
import { card, createShop, skuIds } from '../mp-stub/shop.ts';

beforeAll(buildWeixin, 180_000);

const anId = (n: number) => `0189000${n}-0000-7000-8000-000000000000`;
const member = () =>
  new Map<string, unknown>([
    [
      'xp.session',
      {
        token: 'member-token',
        expiresAt: '2099-01-01T00:00:00Z',
        buyer: { buyerId: 'b', isGuest: false, nickname: '林夏', avatarUrl: null, maskedPhone: null },
      },
    ],
  ]);
const { picture, title, spuId } = card(0);
const goods = {
  shopId: anId(1),
  shopName: '店',
  spuId,
  skuId: skuIds.grey,
  name: '活动',
  title,
  specText: '灰',
  picture,
};
const later = '2098-01-01T00:00:00.000Z';

it('C07-BRG-01 X-02 the share card of a bargain says how many are missing and leads to it; sharing gates nothing', async () => {
  const bargain: Bargain = {
    bargainId: anId(2),
    activityId: anId(3),
    offer: {
      ...{ ...goods, activityId: anId(3), salePrice: 10_000, listPrice: 12_000, floorPrice: 6_000, helpsNeeded: 3 },
      ...{ quota: 9, left: 9, hours: 24, startsAt: '2026-01-01T00:00:00.000Z', endsAt: later, state: 'running' },
    },
    ...{ startPrice: 10_000, price: 8_000, floorPrice: 6_000, helpsNeeded: 3, helped: 1, status: 'open' },
    ...{ expiresAt: later, orderNo: null, ownerName: '林*', ownerAvatarUrl: null, isMine: true, myCut: null },
    helpers: [{ nickname: '陈*', avatarUrl: null, amount: 2_000, at: '2026-11-23T00:00:00.000Z' }],
    serverTime: '2026-11-23T00:00:00.000Z',
  };
  const app = startMiniProgram({
    dist: weixinDist,
    answer: createShop({ 'GET /api/bargains/:id': () => ({ body: bargain }) }),
    storage: member(),
    holdTimersFromMs: 300,
  });
  await app.launch(`packages/bargain/detail?bargainId=${bargain.bargainId}`);
  expect(app.text()).toContain('再来 2 人一定到底价');
  const shared = (await app.hook('onShareAppMessage')) as { title: string; path: string; imageUrl: string };
  expect(shared.title).toContain('还差 2 人');
  expect(shared.path).toBe(`/packages/bargain/detail?bargainId=${bargain.bargainId}&from=share`);
  expect(shared.imageUrl).toContain(picture.url);
  // Buying at the price of the moment is open without a single share.
  await app.tap(app.byLabel('按现价购买')[0]);
  expect(app.route()).toBe('packages/checkout/index');
  const preview = app.requests.find(({ path }) => path === '/api/checkout/preview');
  expect(preview?.body).toMatchObject({ entry: { kind: 'bargain', id: bargain.bargainId } });
});

it('C07-SEC-02 C07-SEC-03 a place in line shows its position, then leads to checkout; no share is asked', async () => {
  const sale: FlashSale = {
    ...{
      ...goods,
      saleId: anId(4),
      flashPrice: 5_000,
      salePrice: 10_000,
      listPrice: 12_000,
      poolSize: 5,
      remaining: 2,
    },
    ...{
      tiers: [],
      buyerLimit: 1,
      holdSeconds: 300,
      startsAt: '2026-01-01T00:00:00.000Z',
      endsAt: later,
      state: 'running',
    },
  };
  const place = { placeId: anId(5), saleId: sale.saleId, skuId: sale.skuId, quantity: 1 };
  const app = startMiniProgram({
    dist: weixinDist,
    answer: createShop({
      'GET /api/flash-sales/:id': () => ({ body: sale }),
      'POST /api/flash-sales/:id/places': () => ({
        status: 202,
        body: { ...place, status: 'waiting', until: null, position: 7, pollAfterMs: 500 },
      }),
      'GET /api/flash-sales/:id/places/:id': () => ({
        body: { ...place, status: 'held', until: later, position: null, pollAfterMs: null },
      }),
    }),
    storage: member(),
    holdTimersFromMs: 300,
  });
  await app.launch(`packages/flash-sale/detail?saleId=${sale.saleId}`);
  await app.tap(app.byLabel('立即抢购')[0]);
  expect(app.text()).toContain('正在排队，前面还有 7 人');
  expect(app.requests.filter(({ path }) => path.endsWith('/places'))).toHaveLength(1);
});

it('C02-BEH-01 C07-GRP-01 X-01 the share card of a group leads to it with who invited, and joining needs no share', async () => {
  const offer: GroupOffer = {
    ...{ activityId: anId(6), shopId: anId(1), shopName: '店', spuId, name: '一起拼', title, picture },
    skus: [
      {
        skuId: skuIds.grey,
        specText: '灰',
        salePrice: 10_000,
        steps: [
          { size: 2, price: 9_000 },
          { size: 5, price: 7_000 },
        ],
      },
    ],
    steps: [
      { size: 2, price: 9_000 },
      { size: 5, price: 7_000 },
    ],
    ...{ salePrice: 10_000, listPrice: 12_000, quota: 50, left: 48, buyerLimit: 1, hours: 24, allowsSolo: true },
    ...{ startsAt: '2026-01-01T00:00:00.000Z', endsAt: later, state: 'running' },
  };
  const member1 = { nickname: '陈*', avatarUrl: null, isOpener: true, at: '2026-11-23T00:00:00.000Z' };
  const group: Group = {
    ...{ groupId: anId(7), activityId: anId(6), offer, status: 'open', paid: 1, held: 0, leastSize: 2, size: 5 },
    ...{ reachedSize: null, deadline: later, endedAt: null, openerName: '陈*', members: [member1], mine: null },
    serverTime: '2026-11-23T00:00:00.000Z',
  };
  const mine = {
    orderNo: '1'.repeat(20),
    status: 'paid' as const,
    paidPrice: 9_000,
    finalPrice: null,
    invite: anId(8),
  };
  let shown: Group = { ...group, mine };
  const shop = createShop({
    'GET /api/groups/:id': () => ({ body: shown }),
    'POST /api/groups/:id/visits': () => ({ status: 204, body: null }),
  });
  const start = () => startMiniProgram({ dist: weixinDist, answer: shop, storage: member(), holdTimersFromMs: 300 });
  const sharer = start();
  await sharer.launch(`packages/group-buy/group?groupId=${group.groupId}`);
  expect(sharer.text()).toContain('还差 1 人成团');
  const card1 = (await sharer.hook('onShareAppMessage')) as { title: string; path: string; imageUrl: string };
  expect(card1.title).toContain('还差 1 人');
  expect(card1.path).toBe(`/packages/group-buy/group?groupId=${group.groupId}&invite=${anId(8)}`);
  expect(card1.imageUrl).toContain(picture.url);

  shown = group;
  const friend = start();
  await friend.launch(card1.path.slice(1));
  expect(friend.route()).toBe('packages/group-buy/group');
  const visit = friend.requests.find(({ path }) => path.endsWith('/visits'));
  expect(visit?.body).toEqual({ invite: anId(8) });
  await friend.tap(friend.byLabel('付 ¥90 参团')[0]);
  expect(friend.route()).toBe('packages/checkout/index');
  const preview = friend.requests.find(({ path }) => path === '/api/checkout/preview');
  expect(preview?.body).toMatchObject({ entry: { kind: 'group', id: group.groupId } });
});
