/** Placing: one order a shop under one payment, stock held for all of them or for none. At most twelve SQL statements. */
import { createHash } from 'node:crypto';
import type { PickupChoice, PlacedOrder, PlaceOrder, ShippingHold } from '@xiaopu/contracts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { newId, newTradeNo } from '#platform/ids.ts';
import {
  buildQuote,
  choiceOf,
  consentsOf,
  hasSent,
  kindOf,
  missingConsents,
  type OfferTaking,
  type PricedQuote,
  partsOf,
  pickupFreight,
  prepareOffers,
  priceWithOffers,
  type QuoteShop,
  virtualOnIos,
} from '../checkout/index.ts';
import type { PoolHold } from '../inventory/index.ts';
import {
  addressMissing,
  consentMissing,
  contactMissing,
  couponUnusable,
  goodsNotForActivity,
  idempotencyConflict,
  lineUnavailable,
  orderEmpty,
  pickupNotForActivity,
  priceBelowFloor,
  priceChanged,
  stagesAlone,
  virtualNotOnIos,
} from './orders.errors.ts';
import { isPickedUpIn, type PlannedOrder, type PricedOrder, placementRows } from './orders.place.rows.ts';
import { insertPlacements } from './orders.placement.repository.ts';
import { paymentWindow } from './orders.policies.ts';
import type { OrdersDeps } from './orders.ports.ts';
import { refusalError } from './orders.queue.domain.ts';
import * as repository from './orders.repository.ts';
import type { Intake } from './orders.tables.ts';

/** Equal contents give equal hashes whatever order the client wrote the fields in. */
export function hashBody(body: unknown): string {
  const sorted = JSON.stringify(body, (_key, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash('sha256').update(sorted).digest('hex');
}

/** Met where it is awaited; a placement that is refused before has its own reason. */
function soon<T>(asked: Promise<T>): Promise<T> {
  asked.catch(() => {});
  return asked;
}

/** Coupons that were named and cannot be used must not be left out silently. */
export function refuseUnusable({ result, unknownCoupons }: PricedQuote): void {
  const coupons = [
    ...unknownCoupons.map((couponId) => ({ couponId, text: '优惠券已使用或已失效' })),
    ...result.coupons.rejected.map(({ couponId, text }) => ({ couponId, text })),
  ];
  if (coupons.length > 0) throw couponUnusable({ coupons });
  if (!result.ok) throw priceBelowFloor();
}

/** Whoever scans in the store needs no name: the goods are in their hands. */
const walkIn = { name: '到店顾客', phone: '' };
/** Nor what is delivered by itself. */
const nobody = { name: '自动发放', phone: '' };

export type Place = ReturnType<typeof createPlace>;

export function createPlace(deps: OrdersDeps) {
  const { clock, policies, fieldCipher, inventory, payments, findSkus, findAddress, freightOf } = deps;

  function newNumbers(buyerId: string, at: Date, count: number): string[] {
    const numbers = new Set<string>();
    while (numbers.size < count) numbers.add(newTradeNo(buyerId, at));
    return [...numbers].sort();
  }

  /** The same key and body give the first reply again; another body is refused. What waits in the queue is placed at once. */
  async function place(
    tx: Tx,
    buyerId: string,
    idempotencyKey: string,
    body: PlaceOrder,
    { onIos = false }: { onIos?: boolean } = {},
  ): Promise<PlacedOrder> {
    const bodyHash = hashBody(body);
    const now = clock.now();
    // Asked in one go, before any answer is looked at: where the body names the goods it is one write to the database.
    const claiming = soon(repository.claimKey(tx, buyerId, idempotencyKey, bodyHash, now));
    const asked = askBuyer(tx, buyerId, body, now);
    const goods = await deps.wantedLines(tx, buyerId, body.source);
    const finding = askGoods(tx, goods.wanted);

    const earlier = await claiming;
    if (earlier) {
      const { reply, refusal, intake } = earlier;
      if (earlier.bodyHash !== bodyHash) throw idempotencyConflict();
      if (reply) return reply;
      if (refusal) throw refusalError(refusal);
      if (intake) return fill(tx, buyerId, idempotencyKey, intake);
      throw idempotencyConflict();
    }
    return fill(tx, buyerId, idempotencyKey, { body, ...goods, onIos }, { ...asked, finding });
  }

  /** What is asked of the buyer, and ahead of it of whoever lowers prices. */
  function askBuyer(db: Executor, buyerId: string, body: PlaceOrder, at: Date) {
    const question = { buyerId, at, purpose: 'place', choice: choiceOf(body, 'none') } as const;
    return {
      question,
      addressing: body.addressId ? soon(findAddress(db, buyerId, body.addressId)) : Promise.resolve(undefined),
      prepared: prepareOffers(deps.offerSources, db, question),
    };
  }

  const askGoods = (db: Executor, wanted: Intake['wanted']) =>
    soon(
      findSkus(
        db,
        wanted.map(({ skuId }) => skuId),
      ),
    );

  /** What it comes to now. @throws whatever refuses it before anything is taken */
  async function priceOrder(
    db: Executor,
    buyerId: string,
    { body, wanted, cartLineIds, onIos = false }: Intake,
    asked = { ...askBuyer(db, buyerId, body, clock.now()), finding: askGoods(db, wanted) },
  ): Promise<PricedOrder> {
    const { question, addressing, prepared, finding } = asked;
    const { at, choice } = question;
    if (wanted.length === 0) throw orderEmpty();
    const [skus, address] = await Promise.all([finding, addressing]);
    const choiceOfShop = new Map(body.pickups?.map((pickup) => [pickup.shopId, pickup]));
    const plain = buildQuote(wanted, skus, undefined, {
      freightOf: pickupFreight(freightOf, choiceOfShop),
      province: address?.province ?? '',
      storeOf: (shopId) => choiceOfShop.get(shopId)?.storeId,
    });
    const lines = plain.shops.flatMap((shop) => shop.lines);
    const kinds = new Set(lines.map(({ sku }) => kindOf(sku)));
    if (onIos && kinds.has('virtual') && policies.get(virtualOnIos) === 0) throw virtualNotOnIos();
    const isSent = (shop: QuoteShop) => !choiceOfShop.has(shop.shopId) && hasSent(shop);
    if (!address && (plain.shops.length === 0 || plain.shops.some(isSent))) throw addressMissing();
    const isWalkIn = !kinds.has('service') && (body.pickups?.every(({ now }) => now) ?? false);
    // What is delivered by itself needs nobody to come.
    const isUnattended = kinds.size === 1 && kinds.has('virtual');
    const contact = body.contact ?? address ?? (isWalkIn ? walkIn : isUnattended ? nobody : undefined);
    if (!contact) throw contactMissing();
    const gone = wanted.filter(({ skuId }) => !skus.get(skuId)?.onSale);
    if (gone.length > 0) throw lineUnavailable({ lines: gone.map(({ skuId }) => ({ skuId, problem: 'off_sale' })) });
    const unticked = missingConsents(consentsOf(lines), body.consents);
    if (unticked.length > 0) throw consentMissing({ consents: unticked });
    const priced = await priceWithOffers(deps, db, plain, question, prepared);
    refuseUnusable(priced);
    const { quote, result, stages } = priced;
    const { payable, shops } = quote;
    if (body.expectedPayable !== undefined && body.expectedPayable !== payable) {
      throw priceChanged({ payable, expectedPayable: body.expectedPayable });
    }
    if (stages && (shops.length !== 1 || shops[0]?.lines.length !== 1)) throw stagesAlone();
    return { buyerId, body, cartLineIds, at, choice, address, contact, priced, parts: partsOf(quote, result) };
  }

  const plan = ({ buyerId, at, parts }: PricedOrder): PlannedOrder[] => {
    const orderNos = newNumbers(buyerId, at, parts.length);
    return parts.map((shop, index) => ({ shop, orderNo: orderNos[index] as string, reservationId: newId() }));
  };

  const announce = (buyerId: string, planned: readonly PlannedOrder[]) =>
    planned.map(({ orderNo, shop: { shopId, payable } }) => ({
      name: 'orders.order_placed' as const,
      payload: { buyerId, orderNo, shopId, payable },
    }));

  /** The key is claimed and nothing was made of it yet. `asked`: what is on its way already. */
  async function fill(
    tx: Tx,
    buyerId: string,
    idempotencyKey: string,
    intake: Intake,
    asked?: Parameters<typeof priceOrder>[3],
  ): Promise<PlacedOrder> {
    const order = await priceOrder(tx, buyerId, intake, asked);
    const { body, cartLineIds, at: now, choice, address, priced, parts } = order;
    const { quote, result, stages } = priced;
    const choiceOfShop = new Map(body.pickups?.map((pickup) => [pickup.shopId, pickup]));
    const paymentId = newId();
    const window = paymentWindow(policies, now);
    let [closesAt, heldUntil] = [window.closesAt, window.heldUntil];
    const planned = plan(order);
    const pools = new Map<string, PoolHold>();
    const shippingHolds = new Map<string, ShippingHold>();
    // What is kept for a shorter time than goods are (a flash unit, a place in a group) is paid by then or given back.
    const payBy = (at: Date) => {
      if (at < heldUntil) heldUntil = at;
      if (at < closesAt) closesAt = at;
    };
    const taking: OfferTaking = {
      buyerId,
      paymentId,
      at: now,
      orders: planned.map(({ orderNo, shop: { shopId, lineIds } }) => ({
        ...{ orderNo, shopId },
        ...(parts.length > quote.shops.length && { lineIds }),
      })),
      result,
      choice,
      holdStock({ skuId, pool, payUntil }) {
        pools.set(skuId, pool);
        if (payUntil) payBy(payUntil);
      },
      holdShipping({ orderNo, reason, payUntil }) {
        shippingHolds.set(orderNo, reason);
        payBy(payUntil);
      },
    };
    // Before stock, in the order of the list: every placement locks in the same order.
    for (const source of deps.offerSources) await source.take?.(tx, taking);
    const isPickedUp = isPickedUpIn(body);
    const pickedUp = planned.filter(({ shop }) => isPickedUp(shop));
    const unsent = planned.filter(({ shop }) => shop.goods !== 'physical');
    // Units set apart, and orders that wait for others, are sent or fetched.
    if (
      unsent.some(
        ({ orderNo, shop }) => shippingHolds.has(orderNo) || shop.lineIds.some((skuId) => pools.has(skuId)),
      ) ||
      (stages && unsent.length > 0)
    )
      throw goodsNotForActivity();
    const apart = pickedUp.flatMap(({ shop }) => shop.lines.map(({ sku }) => sku.skuId)).filter((id) => pools.has(id));
    if (apart.length > 0 || (stages && pickedUp.length > 0)) throw pickupNotForActivity({ skuIds: apart });
    const booked = await deps.pickups.book(
      tx,
      buyerId,
      pickedUp.map(({ orderNo, shop: { shopId } }) => ({
        orderNo,
        choice: choiceOfShop.get(shopId) as PickupChoice,
      })),
    );
    const services = await deps.bookings.book(
      tx,
      buyerId,
      unsent.flatMap(({ orderNo, shop }) => {
        const [line] = shop.lines;
        if (shop.goods !== 'service' || !line) return [];
        const choice = body.bookings?.find(({ skuId }) => skuId === line.sku.skuId);
        return [{ orderNo, sku: line.sku, quantity: line.quantity, choice }];
      }),
    );
    // Last of all locks, whoever comes by whatever path; what is in a pool is locked there.
    const general = parts
      .filter((shop) => !isPickedUp(shop))
      .flatMap(({ lines }) => lines.map(({ sku }) => sku.skuId))
      .filter((id) => !pools.has(id));
    const locked = general.length > 0 ? await inventory.lockLevels(tx, general) : undefined;
    await inventory.reserveAll(tx, {
      buyerId,
      until: heldUntil,
      locked,
      reservations: planned.map(({ reservationId, shop }) => ({
        reservationId,
        lines: shop.lines.map(({ sku: { skuId }, quantity }) => ({
          skuId,
          quantity,
          pool: pools.get(skuId),
          storeId: isPickedUp(shop) ? booked.get(shop.shopId)?.terms.storeId : undefined,
        })),
      })),
      alongside: announce(buyerId, planned),
    });
    const { placement, payment } = placementRows(fieldCipher, idempotencyKey, order, {
      ...{ paymentId, planned, heldUntil, closesAt, pools, shippingHolds, booked, services },
    });
    await insertPlacements(tx, [placement]);
    await payments.open(tx, payment);
    if (cartLineIds.length > 0) await deps.removeFromCart(tx, buyerId, cartLineIds);
    if (body.addressId && address && parts.some((shop) => shop.goods === 'physical' && !isPickedUp(shop)))
      await deps.markAddressesUsed(tx, [{ buyerId, addressId: body.addressId }]);
    return placement.reply;
  }

  return { place, fill, priceOrder, plan, announce };
}
