/**
 * The demo's last weeks, played and not made up: people log in, order, pay at the twin, receive, review and return by the same
 * calls as everybody, while the clock stands in the past. So every ledger, bill, tier and chart has something to show, and adds up.
 */
import { randomUUID } from 'node:crypto';
import { ApiError, type BuyerApi, createBuyerApi } from '@xiaopu/api-client';
import type { OfferEntry, ProductCard } from '@xiaopu/contracts';
import { type Random, randomOf } from '@xiaopu/demo-data';
import { dayMs, hourMs, type MovableClock, minuteMs, shanghaiDay, startOfShanghaiDay } from '#platform/clock.ts';
import type { Logger } from '#platform/logger.ts';
import { buyInActivity, openActivities, type RunningActivities } from './demo-history.activities.ts';
import { followUp, type Running } from './demo-history.aftermath.ts';
import { type HistoryCalls, historyCalls, type InProcessApp } from './demo-history.calls.ts';
import { openDistribution, payDistributor } from './demo-history.distribution.ts';
import { type Looks, openLooks } from './demo-history.looks.ts';
import { anybody, arrive, type Customer, type People } from './demo-history.people.ts';

export interface HistoryDeps {
  app: InProcessApp;
  clock: MovableClock;
  log: Logger;
  /** Delivers what waits in the outbox. */
  deliver(): Promise<unknown>;
  /** Does everything that is due by the clock. */
  settle(options?: { isUpkeepLeft: boolean }): Promise<void>;
}

export interface PlayedHistory {
  orders: number;
  tookMs: number;
}

/** Plays `days` days up to now. @throws nothing: a demo without a past is still a shop; what went wrong is logged */
export async function playHistory(deps: HistoryDeps, days: number): Promise<PlayedHistory> {
  const startedAt = performance.now();
  let orders = 0;
  try {
    orders = await play(deps, days);
  } catch (error) {
    deps.log.warn({ err: error }, 'the demo’s past was not played to its end');
  }
  deps.clock.visit(null);
  await deps.settle();
  return { orders, tookMs: performance.now() - startedAt };
}

/** When the first shop's activities begin: early enough for results, late enough to run on after today. */
const activitiesOpenDaysAgo = 10;
/** What is bought on a day besides the ordinary orders, while they run. */
const activityOrdersADay = 1.4;
const pointsSpentShare = 0.25;
const frontShopShare = 0.55;

interface Stage {
  deps: HistoryDeps;
  calls: HistoryCalls;
  random: Random;
  people: People;
  /** Best sellers by shop; of the shop the console opens with first. */
  shelves: ProductCard[][];
  running: Running[];
  looks: Looks;
}

async function play(deps: HistoryDeps, days: number): Promise<number> {
  const { app, clock, settle } = deps;
  const now = clock.now().getTime();
  const today = startOfShanghaiDay(shanghaiDay(new Date(now))).getTime();
  const random = randomOf('demo history');
  const calls = historyCalls(app);

  clock.visit(new Date(today - days * dayMs));
  const people = await arrive(calls);
  const shelves = await shelvesOf(calls);
  const looks = await openLooks(calls, people, shelves[0]?.[0]?.shopId ?? '');
  const stage: Stage = { deps, calls, random, people, shelves, running: [], looks };
  const distributing = await distributingShop(people.crowd);
  if (distributing) await openDistribution(calls, people.crowd, distributing);
  let activities: RunningActivities | undefined;
  let orders = 0;
  for (let day = days; day >= 0; day -= 1) {
    const opens = today - day * dayMs;
    const morning = opens + 8 * hourMs;
    if (morning < now) {
      clock.visit(new Date(morning));
      await looks.tell();
      await settle({ isUpkeepLeft: true });
      await followUp(calls, stage.running, random, { at: morning, now });
      for (const { api } of people.regulars) if (random.chance(0.8)) await api.points.signIn();
      if (day === Math.min(days - 1, activitiesOpenDaysAgo)) activities = await openInFrontShop(stage, morning);
    }
    looks.plan(opens, now);
    for (const at of ordersOf(opens, days - day, random)) {
      if (at >= now - 2 * minuteMs) break;
      clock.visit(new Date(at));
      const isThrough = activities !== undefined && random.chance(activityOrdersADay / ordersPerDay(days - day));
      if (activities && isThrough) orders += await throughActivity(stage, activities, at);
      else orders += await plainly(stage, at);
    }
    await settle({ isUpkeepLeft: true });
  }
  // Today's are told as of now.
  clock.visit(null);
  await looks.tell();
  if (distributing) await payDistributor(calls, people.crowd, distributing, settle);
  return orders;
}

/** The shop whose programme is open. */
async function distributingShop([one]: readonly Customer[]): Promise<string | undefined> {
  const { items } = (await one?.api.distribution.programs()) ?? { items: [] };
  return items.find(({ isOn }) => isOn)?.shopId;
}

const ordersPerDay = (elapsed: number) => 3 + elapsed / 5;

/** When people order on a day: more towards the end of the weeks, at weekends, and in the evening. */
function ordersOf(opens: number, elapsed: number, random: Random): number[] {
  const weekday = new Date(opens + 12 * hourMs).getUTCDay();
  const atWeekend = weekday === 0 || weekday === 6 ? 2 : 0;
  const count = Math.round(ordersPerDay(elapsed) + atWeekend + random.between(-1.5, 1.5));
  const hour = () => {
    const roll = random.next();
    if (roll < 0.12) return random.between(0, 9);
    return roll < 0.6 ? random.between(9, 19) : random.between(19, 23.9);
  };
  return Array.from({ length: count }, () => opens + Math.floor(hour() * hourMs)).sort((a, b) => a - b);
}

/** The best sellers of each shop, best first; the shop the console opens with before the others. */
async function shelvesOf(calls: HistoryCalls): Promise<ProductCard[][]> {
  const api = createBuyerApi(calls.as());
  const { shops } = await (await calls.staff())('').session.get();
  const shelves = new Map<string, ProductCard[]>(shops.map(({ shopId }) => [shopId, []]));
  let cursor: string | undefined;
  do {
    const page = await api.catalog.products({ limit: 50, inStock: true, sort: 'sales', cursor });
    for (const card of page.items) shelves.get(card.shopId)?.push(card);
    cursor = page.nextCursor ?? undefined;
  } while (cursor && [...shelves.values()].some((cards) => cards.length < 12));
  return [...shelves.values()].filter((cards) => cards.length > 0);
}

async function openInFrontShop({ calls, shelves }: Stage, now: number): Promise<RunningActivities | undefined> {
  const [shelf] = shelves;
  const [card] = shelf ?? [];
  if (!shelf || !card) return undefined;
  const api = createBuyerApi(calls.as());
  const shop = (await calls.staff())(card.shopId);
  // The very best sell without help.
  return openActivities(shop, shelf.slice(4), (spuId) => api.catalog.product(spuId), now);
}

/** Nobody buys when the shop refuses: a second piece beyond the limit, a sale that ended. */
async function throughActivity(stage: Stage, activities: RunningActivities, at: number): Promise<number> {
  const { people, random, running, shelves } = stage;
  const shopId = shelves[0]?.[0]?.shopId ?? '';
  let orders = 0;
  await stage.deps.deliver();
  await buyInActivity(activities, people, random, async (customer, sku, entry) => {
    const orderNo = await order(stage, customer, [{ skuId: sku.skuId, quantity: 1 }], entry);
    if (orderNo === undefined) return undefined;
    orders += 1;
    running.push({ customer, orderNo, shopId, placedAt: at, isShipped: false, plan: planOf(random) });
    return { orderNo };
  }).catch((error: unknown) => {
    if (!(error instanceof ApiError)) throw error;
  });
  return orders;
}

async function plainly(stage: Stage, at: number): Promise<number> {
  const { calls, people, random, running, shelves } = stage;
  const customer = anybody(people, random);
  const shelf = random.chance(frontShopShare) ? shelves[0] : random.pick(shelves);
  // A few goods sell most: the square leans to the front of the shelf.
  const card = shelf?.[Math.floor(random.next() ** 2 * shelf.length)];
  if (!card) return 0;
  const product = await createBuyerApi(calls.as()).catalog.product(card.spuId);
  const sku = product.skus.find(({ available }) => available > 8);
  if (!sku) return 0;
  await stage.looks.beforeOrder(customer, card.spuId, at);
  const orderNo = await order(stage, customer, [{ skuId: sku.skuId, quantity: random.chance(0.2) ? 2 : 1 }]);
  if (orderNo === undefined) return 0;
  running.push({ customer, orderNo, shopId: card.shopId, placedAt: at, isShipped: false, plan: planOf(random) });
  return 1;
}

const planOf = (random: Random): Running['plan'] => {
  const roll = random.next();
  if (roll < 0.03) return 'cancel';
  if (roll < 0.07) return 'return';
  return roll < 0.5 ? 'review' : 'keep';
};

/** Places, and pays unless they think better of it: the timers close what is left. @returns the order when it is paid */
async function order(
  { calls, random, deps }: Stage,
  { api, addressId, persona }: Customer,
  lines: { skuId: string; quantity: number }[],
  entry?: OfferEntry,
): Promise<string | undefined> {
  const source = { kind: 'lines' as const, lines };
  const { coupons, points, consents } = await api.checkout.preview({ source, addressId, ...(entry ? { entry } : {}) });
  const spends = points !== null && points.usable > 0 && random.chance(pointsSpentShare);
  const { paymentId, orderNos } = await api.orders.place(
    {
      ...{ source, addressId, coupons: coupons.best.couponIds },
      consents: consents.map(({ key, version }) => ({ key, version })),
      ...(spends ? { points: 'max' as const } : {}),
      ...(entry ? { entry } : {}),
    },
    randomUUID(),
  );
  const orderNo = orderNos[0] ?? '';
  if (!entry && random.chance(0.05)) return undefined;
  const { params } = await api.payments.start(paymentId, { client: 'mp-weixin' });
  await calls.pay(persona, { ...params, fundedBy: 'card' });
  await paidSoon(api, orderNo, deps.deliver);
  return orderNo;
}

/** WeChat's notice comes over the network, a moment later. */
async function paidSoon(api: BuyerApi, orderNo: string, deliver: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    await deliver();
    if ((await api.orders.get(orderNo)).status === 'paid') return;
    await new Promise((done) => setTimeout(done, 10));
  }
  throw new Error(`order ${orderNo} was not paid`);
}
