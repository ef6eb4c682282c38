/**
 * The demo's last weeks, played and not made up: people log in, order, pay at the twin, receive, review and return by the same
 * calls as everybody, while the clock stands in the past. So every ledger, bill, tier and chart has something to show, and adds up.
 */
import { randomUUID } from 'node:crypto';
import { type BuyerApi, type ConsoleApi, createBuyerApi } from '@xiaopu/api-client';
import type { OrderDetail, ProductCard } from '@xiaopu/contracts';
import { customers, type DemoCustomer, type Random, randomOf } from '@xiaopu/demo-data';
import { dayMs, hourMs, type MovableClock, minuteMs, shanghaiDay, startOfShanghaiDay } from '#platform/clock.ts';
import type { Logger } from '#platform/logger.ts';
import { type HistoryCalls, historyCalls, type InProcessApp } from './demo-history.calls.ts';
import { openDistribution, payDistributor } from './demo-history.distribution.ts';

export interface HistoryDeps {
  app: InProcessApp;
  clock: MovableClock;
  log: Logger;
  /** Delivers what waits in the outbox. */
  deliver(): Promise<unknown>;
  /** Does everything that is due by the clock. */
  settle(): Promise<void>;
}

export interface PlayedHistory {
  orders: number;
  tookMs: number;
}

interface Customer {
  who: DemoCustomer;
  persona: string;
  api: BuyerApi;
  addressId: string;
}

/** What became of an order so far, and what its people still mean to do. */
interface Running {
  customer: Customer;
  orderNo: string;
  shopId: string;
  placedAt: number;
  isShipped: boolean;
  plan: 'keep' | 'review' | 'return' | 'cancel';
}

const receiptAfterMs = 3 * dayMs;
const praise = ['和图片一样，家里人都说好。', '做工细致，发货也快。', '第二次买了，质量稳定。', '大小合适，颜色耐看。'];
const blame = ['包装有点压，东西没坏。', '颜色比页面上深一点，还能接受。'];

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

async function play({ app, clock, deliver, settle }: HistoryDeps, days: number): Promise<number> {
  const now = clock.now().getTime();
  const today = startOfShanghaiDay(shanghaiDay(new Date(now))).getTime();
  const random = randomOf('demo history');
  const calls = historyCalls(app);

  clock.visit(new Date(today - days * dayMs));
  const people = await arrive(calls);
  const shelves = await shelvesOf(createBuyerApi(calls.as()));
  const distributing = await distributingShop(people);
  if (distributing) await openDistribution(calls, people, distributing);
  const running: Running[] = [];
  let orders = 0;
  for (let day = days; day >= 0; day -= 1) {
    const opens = today - day * dayMs;
    const morning = opens + 8 * hourMs;
    if (morning < now) {
      clock.visit(new Date(morning));
      await settle();
      await followUp(calls, running, random, { at: morning, now });
    }
    for (const at of ordersOf(opens, days - day, random)) {
      if (at >= now - 2 * minuteMs) break;
      clock.visit(new Date(at));
      const placed = await buy(calls, random.pick(people), random.pick(shelves), random, deliver);
      if (!placed) continue;
      orders += 1;
      running.push({ ...placed, placedAt: at });
    }
    await settle();
  }
  if (distributing) await payDistributor(calls, people, distributing, settle);
  return orders;
}

/** The shop whose programme is open. */
async function distributingShop([one]: readonly Customer[]): Promise<string | undefined> {
  const { items } = (await one?.api.distribution.programs()) ?? { items: [] };
  return items.find(({ isOn }) => isOn)?.shopId;
}

/** When people order on a day: more towards the end of the weeks, at weekends, and in the evening. */
function ordersOf(opens: number, elapsed: number, random: Random): number[] {
  const weekday = new Date(opens + 12 * hourMs).getUTCDay();
  const count = Math.round(2 + elapsed / 12 + (weekday === 0 || weekday === 6 ? 1 : 0) + random.between(-1, 1.5));
  const hour = () => (random.chance(0.4) ? random.between(19, 23) : random.between(9, 19));
  return Array.from({ length: count }, () => opens + Math.floor(hour() * hourMs)).sort((a, b) => a - b);
}

async function arrive(calls: HistoryCalls): Promise<Customer[]> {
  const personas = await calls.crowd(customers.length);
  const people: Customer[] = [];
  for (const [index, who] of customers.entries()) {
    const persona = personas[index] ?? '';
    const api = await calls.shopper(persona);
    await api.session.updateProfile({ nickname: who.nickname });
    const { name, phone, province, city, district, detail } = who;
    const { addressId } = await api.addresses.create({
      name,
      phone,
      province,
      city,
      district,
      detail,
      isDefault: true,
    });
    const { items } = await api.coupons.centre();
    for (const { templateId } of items.slice(0, 1 + (index % 3)))
      await api.coupons.claim({ templateId }).catch(() => {});
    people.push({ who, persona, api, addressId });
  }
  return people;
}

/** The best sellers of each shop, best first. */
async function shelvesOf(api: BuyerApi): Promise<ProductCard[][]> {
  const shelves = new Map<string, ProductCard[]>();
  let cursor: string | undefined;
  do {
    const page = await api.catalog.products({ limit: 50, inStock: true, sort: 'sales', cursor });
    for (const card of page.items) shelves.set(card.shopId, [...(shelves.get(card.shopId) ?? []), card]);
    cursor = page.nextCursor ?? undefined;
  } while (cursor && [...shelves.values()].some((cards) => cards.length < 12) && shelves.size < 6);
  return [...shelves.values()];
}

async function buy(
  calls: HistoryCalls,
  customer: Customer,
  shelf: ProductCard[],
  random: Random,
  deliver: () => Promise<unknown>,
): Promise<Omit<Running, 'placedAt'> | undefined> {
  const { api, addressId, persona } = customer;
  // A few goods sell most: the square leans to the front of the shelf.
  const card = shelf[Math.floor(random.next() ** 2 * shelf.length)];
  if (!card) return undefined;
  const product = await api.catalog.product(card.spuId);
  const sku = product.skus.find(({ available }) => available > 8);
  if (!sku) return undefined;
  const source = { kind: 'lines' as const, lines: [{ skuId: sku.skuId, quantity: random.chance(0.2) ? 2 : 1 }] };
  const preview = await api.checkout.preview({ source, addressId });
  const { paymentId, orderNos } = await api.orders.place(
    { source, addressId, coupons: preview.coupons.best.couponIds },
    randomUUID(),
  );
  const orderNo = orderNos[0] ?? '';
  // Some think better of it; the timers close what they leave.
  if (random.chance(0.05)) return undefined;
  const { params } = await api.payments.start(paymentId, { client: 'mp-weixin' });
  await calls.pay(persona, { ...params, fundedBy: 'card' });
  await paidSoon(api, orderNo, deliver);
  const roll = random.next();
  const plan = roll < 0.03 ? 'cancel' : roll < 0.07 ? 'return' : roll < 0.5 ? 'review' : 'keep';
  return { customer, orderNo, shopId: card.shopId, isShipped: false, plan };
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

/** A morning at the shops: yesterday's orders leave; what arrived days ago is received, reviewed, or sent back. */
async function followUp(
  calls: HistoryCalls,
  running: Running[],
  random: Random,
  { at, now }: { at: number; now: number },
): Promise<void> {
  const sign = await calls.staff();
  for (const entry of [...running]) {
    const { customer, orderNo, plan, placedAt } = entry;
    const shop = sign(entry.shopId);
    if (!entry.isShipped && plan === 'cancel') {
      await customer.api.orders.refund(orderNo, { reason: '拍错了，重新买' });
      running.splice(running.indexOf(entry), 1);
    } else if (!entry.isShipped && now - placedAt > dayMs) {
      await shop.orders.ship(orderNo, { carrierCode: 'SF', waybillNo: waybillNo(random) });
      entry.isShipped = true;
    } else if (entry.isShipped && at - placedAt > receiptAfterMs) {
      const order = await customer.api.orders.confirmReceipt(orderNo);
      if (plan === 'review') await review(shop, customer.api, order, random, now - at > 2 * dayMs);
      if (plan === 'return') await sendBack(shop, customer.api, order, random, now - at > 3 * dayMs);
      running.splice(running.indexOf(entry), 1);
    }
  }
}

async function review(shop: ConsoleApi, api: BuyerApi, order: OrderDetail, random: Random, isModerated: boolean) {
  const [line] = order.lines;
  if (!line) return;
  const isHappy = random.chance(0.85);
  await api.orders.review(order.orderNo, {
    lineId: line.lineId,
    rating: isHappy ? 5 : 3,
    text: random.pick(isHappy ? praise : blame),
    mediaIds: [],
    anonymous: random.chance(0.3),
  });
  if (!isModerated) return; // The newest wait for somebody at the console.
  const { items } = await shop.reviews.list({ status: 'held', page: 1, pageSize: 10 });
  for (const { reviewId } of items) await shop.reviews.moderate(reviewId, { decision: 'show' });
}

async function sendBack(shop: ConsoleApi, api: BuyerApi, order: OrderDetail, random: Random, isOver: boolean) {
  const [line] = order.lines;
  if (!line) return;
  const { caseNo } = await api.afterSales.apply({
    orderNo: order.orderNo,
    kind: 'return',
    reason: 'quality',
    lines: [{ lineId: line.lineId, quantity: 1 }],
    description: '边角有点瑕疵，想退。',
    mediaIds: [],
  });
  if (!isOver) return; // The newest wait for somebody at the console.
  await shop.afterSales.agree(caseNo);
  await api.afterSales.shipBack(caseNo, { carrierCode: 'SF', waybillNo: waybillNo(random) });
  await shop.afterSales.receive(caseNo, { restock: true });
}

const waybillNo = (random: Random) => `SF${String(random.integer(100_000_000_000, 999_999_999_999))}`;
