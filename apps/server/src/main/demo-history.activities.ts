/** What the first shop ran in the demo's past: a flash sale, a group purchase and a bargain, opened by its owner and bought in. */
import { randomUUID } from 'node:crypto';
import type { ConsoleApi } from '@xiaopu/api-client';
import type { OfferEntry, ProductCard, ProductDetail } from '@xiaopu/contracts';
import type { Random } from '@xiaopu/demo-data';
import { dayMs, hourMs } from '#platform/clock.ts';
import { anybody, type Customer, type People } from './demo-history.people.ts';

type Sku = ProductDetail['skus'][number];

/** Buys `sku` through an activity's door; @returns what the order became */
export type BuyThrough = (customer: Customer, sku: Sku, entry: OfferEntry) => Promise<{ orderNo: string } | undefined>;

export interface RunningActivities {
  flash: { saleId: string; sku: Sku };
  group: { activityId: string; sku: Sku };
  bargain: { activityId: string; sku: Sku };
}

const flashRate = 0.8;
const groupRate = 8_500;
const bargainRate = 0.75;
const friendsNeeded = 3;
const plentiful = 40;

/** Opens the three on goods of the shelf whose margin allows their prices. @returns undefined when the shelf has none such */
export async function openActivities(
  shop: ConsoleApi,
  shelf: readonly ProductCard[],
  productOf: (spuId: string) => Promise<ProductDetail>,
  now: number,
): Promise<RunningActivities | undefined> {
  const at = (days: number) => new Date(now + days * dayMs).toISOString();
  const window = { startsAt: new Date(now + hourMs).toISOString(), endsAt: at(21) };
  const chosen: { product: ProductDetail; sku: Sku }[] = [];
  for (const { spuId } of shelf) {
    if (chosen.length === 3) break;
    const product = await productOf(spuId);
    const sku = product.skus.find(({ available }) => available > plentiful);
    if (!sku) continue;
    const price = Math.round((sku.salePrice * bargainRate) / 100) * 100;
    const { floor } = await shop.activities.check({ kind: 'bargain', skuId: sku.skuId, price, ...window });
    if (floor <= price) chosen.push({ product, sku });
  }
  const [first, second, third] = chosen;
  if (!first || !second || !third) return undefined;
  const running: RunningActivities = {
    flash: { saleId: randomUUID(), sku: first.sku },
    group: { activityId: randomUUID(), sku: second.sku },
    bargain: { activityId: randomUUID(), sku: third.sku },
  };
  await shop.flashSales.create({
    ...{ saleId: running.flash.saleId, skuId: first.sku.skuId, name: '爆款限时抢', poolSize: 30, buyerLimit: 2 },
    ...{ flashPrice: yuan(first.sku.salePrice * flashRate), holdSeconds: 300, ...window },
  });
  await shop.groupBuys.create({
    ...{ activityId: running.group.activityId, spuId: second.product.spuId, skuIds: [second.sku.skuId] },
    ...{ name: '两人拼，立减 15%', steps: [{ size: 2, payRate: groupRate }], quota: 60, buyerLimit: 3 },
    ...{ hours: 24, allowsSolo: true, ...window },
  });
  await shop.bargains.create({
    ...{ activityId: running.bargain.activityId, skuId: third.sku.skuId, name: '三位好友砍到底' },
    ...{
      floorPrice: yuan(third.sku.salePrice * bargainRate),
      helpsNeeded: friendsNeeded,
      quota: 30,
      hours: 24,
      ...window,
    },
  });
  return running;
}

const yuan = (fen: number) => Math.ceil(fen / 100) * 100;

/** Somebody buys in one of them, now and then. */
export async function buyInActivity(
  running: RunningActivities,
  people: People,
  random: Random,
  buy: BuyThrough,
): Promise<void> {
  const customer = anybody(people, random);
  const roll = random.next();
  if (roll < 0.45) await buyFlash(running.flash, customer, buy);
  else if (roll < 0.8) await buyTogether(running.group, [customer, another(people, random, customer)], random, buy);
  else await buyBargained(running.bargain, customer, people, random, buy);
}

const another = (people: People, random: Random, than: Customer): Customer => {
  const others = people.crowd.filter((each) => each !== than);
  return random.pick(others);
};

async function buyFlash({ saleId, sku }: RunningActivities['flash'], customer: Customer, buy: BuyThrough) {
  await customer.api.activities.seen(saleId);
  const place = await customer.api.flashSales.take(saleId, { quantity: 1 }, randomUUID());
  await buy(customer, sku, { kind: 'flash', id: place.placeId });
}

/** One opens, a friend joins; some friends never come, and the money goes back by itself. */
async function buyTogether(
  { activityId, sku }: RunningActivities['group'],
  [one, friend]: [Customer, Customer],
  random: Random,
  buy: BuyThrough,
) {
  for (const each of [one, friend]) await each.api.activities.seen(activityId);
  const opened = await buy(one, sku, { kind: 'group', id: activityId });
  if (!opened || random.chance(0.15)) return;
  const { groupId } = await one.api.groupBuys.ofOrder(opened.orderNo);
  await friend.api.groupBuys.visit(groupId, {});
  await buy(friend, sku, { kind: 'group', id: groupId });
}

async function buyBargained(
  { activityId, sku }: RunningActivities['bargain'],
  customer: Customer,
  people: People,
  random: Random,
  buy: BuyThrough,
) {
  await customer.api.activities.seen(activityId);
  const { bargainId } = await customer.api.bargains.open({ activityId });
  const friends = people.crowd.filter((each) => each !== customer);
  const start = random.integer(0, friends.length - 1);
  const wanted = random.integer(1, friendsNeeded);
  for (let index = 0; index < wanted; index += 1) {
    const friend = friends[(start + index) % friends.length];
    await friend?.api.activities.seen(activityId);
    await friend?.api.bargains.help(bargainId).catch(() => {});
  }
  if (random.chance(0.7)) await buy(customer, sku, { kind: 'bargain', id: bargainId });
}
