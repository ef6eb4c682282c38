/** Placing: one order a shop under one payment, stock held for all of them or for none. At most twelve SQL statements. */
import { createHash } from 'node:crypto';
import type { ConsentAsked, PickupChoice, PlacedOrder, PlaceOrder, ShippingHold } from '@xiaopu/contracts';
import type { Tx } from '#platform/database/database.ts';
import { maskName } from '#platform/field-cipher.ts';
import { newId, newTradeNo } from '#platform/ids.ts';
import {
  buildQuote,
  choiceOf,
  consentsOf,
  couponsOfPart,
  type DeliveryAddress,
  hasSent,
  kindOf,
  missingConsents,
  notesOfShop,
  type OfferTaking,
  type OrderPart,
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
import { paymentWindow } from './orders.policies.ts';
import type { OrdersDeps } from './orders.ports.ts';
import { refusalError } from './orders.queue.domain.ts';
import * as repository from './orders.repository.ts';
import type { Intake, KeptConsent } from './orders.tables.ts';

export const phoneTailPurpose = 'orders.phone_tail';

/** Equal contents give equal hashes whatever order the client wrote the fields in. */
export function hashBody(body: unknown): string {
  const sorted = JSON.stringify(body, (_key, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash('sha256').update(sorted).digest('hex');
}

/** Region and masked name: enough for a list, nothing to ring at. */
export const recipientLabel = ({ name, province, city }: Pick<DeliveryAddress, 'name' | 'province' | 'city'>): string =>
  `${maskName(name)} ${province === city ? '' : province}${city}`;

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
const nowhereToGo = { storeId: null, pickup: null, pickupExpiresAt: null };

const keptConsents = (asked: readonly ConsentAsked[], at: Date): KeptConsent[] =>
  asked.map(({ key, version, text }) => ({ key, version, text, at: at.toISOString() }));

export function createPlace(deps: OrdersDeps) {
  const { clock, policies, fieldCipher, inventory, payments, findSkus, findAddress, freightOf } = deps;

  function newNumbers(buyerId: string, at: Date, count: number): string[] {
    const numbers = new Set<string>();
    while (numbers.size < count) numbers.add(newTradeNo(buyerId, at));
    return [...numbers].sort();
  }

  const describe = (shops: readonly QuoteShop[]): string => {
    const [first] = shops;
    const title = first?.lines[0]?.sku.title ?? '';
    const count = shops.reduce((sum, { lines }) => sum + lines.length, 0);
    return count > 1 ? `${title} 等 ${count} 件商品` : title;
  };

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
  function askBuyer(tx: Tx, buyerId: string, body: PlaceOrder, at: Date) {
    const question = { buyerId, at, purpose: 'place', choice: choiceOf(body, 'none') } as const;
    return {
      question,
      addressing: body.addressId ? soon(findAddress(tx, buyerId, body.addressId)) : Promise.resolve(undefined),
      prepared: prepareOffers(deps.offerSources, tx, question),
    };
  }

  const askGoods = (tx: Tx, wanted: Intake['wanted']) =>
    soon(
      findSkus(
        tx,
        wanted.map(({ skuId }) => skuId),
      ),
    );

  /** The key is claimed and nothing was made of it yet. `asked`: what is on its way already. */
  async function fill(
    tx: Tx,
    buyerId: string,
    idempotencyKey: string,
    { body, wanted, cartLineIds, onIos = false }: Intake,
    asked = { ...askBuyer(tx, buyerId, body, clock.now()), finding: askGoods(tx, wanted) },
  ): Promise<PlacedOrder> {
    const { question, addressing, prepared, finding } = asked;
    const { at: now, choice } = question;
    if (wanted.length === 0) throw orderEmpty();
    const [skus, address] = await Promise.all([finding, addressing]);
    const choiceOfShop = new Map(body.pickups?.map((pickup) => [pickup.shopId, pickup]));
    const plain = buildQuote(wanted, skus, undefined, {
      freightOf: pickupFreight(freightOf, choiceOfShop),
      province: address?.province ?? '',
      storeOf: (shopId) => choiceOfShop.get(shopId)?.storeId,
    });
    const isSent = ({ shopId }: { shopId: string }) => !choiceOfShop.has(shopId);
    const lines = plain.shops.flatMap((shop) => shop.lines);
    const kinds = new Set(lines.map(({ sku }) => kindOf(sku)));
    if (onIos && kinds.has('virtual') && policies.get(virtualOnIos) === 0) throw virtualNotOnIos();
    if (!address && (plain.shops.length === 0 || plain.shops.some((shop) => isSent(shop) && hasSent(shop))))
      throw addressMissing();
    const isWalkIn = !kinds.has('service') && (body.pickups?.every(({ now }) => now) ?? false);
    // What is delivered by itself needs nobody to come.
    const isUnattended = kinds.size === 1 && kinds.has('virtual');
    const contact = body.contact ?? address ?? (isWalkIn ? walkIn : isUnattended ? nobody : undefined);
    if (!contact) throw contactMissing();
    const gone = wanted.filter(({ skuId }) => !skus.get(skuId)?.onSale);
    if (gone.length > 0) throw lineUnavailable({ lines: gone.map(({ skuId }) => ({ skuId, problem: 'off_sale' })) });
    const wantedConsents = consentsOf(lines);
    const unticked = missingConsents(wantedConsents, body.consents);
    if (unticked.length > 0) throw consentMissing({ consents: unticked });
    const priced = await priceWithOffers(deps, tx, plain, question, prepared);
    refuseUnusable(priced);
    const { quote, result } = priced;
    const { payable } = quote;
    if (body.expectedPayable !== undefined && body.expectedPayable !== payable) {
      throw priceChanged({ payable, expectedPayable: body.expectedPayable });
    }

    const { stages } = priced;
    if (stages && (quote.shops.length !== 1 || quote.shops[0]?.lines.length !== 1)) throw stagesAlone();
    const paymentId = newId();
    const window = paymentWindow(policies, now);
    let [closesAt, heldUntil] = [window.closesAt, window.heldUntil];
    const parts = partsOf(quote, result);
    const orderNos = newNumbers(buyerId, now, parts.length);
    const planned = parts.map((shop, index) => ({
      shop,
      orderNo: orderNos[index] as string,
      reservationId: newId(),
    }));
    const pools = new Map<string, PoolHold>();
    const shippingHolds = new Map<string, ShippingHold>();
    // What is kept for a shorter time than goods are (a flash unit, a place in a group) is paid by then or given back.
    const payBy = (at: Date) => {
      if (at < heldUntil) heldUntil = at;
      if (at < closesAt) closesAt = at;
    };
    const due = stages?.deposit ?? payable;
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
    const isPickedUp = (shop: OrderPart) => shop.goods === 'physical' && !isSent(shop);
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
    const reply: PlacedOrder = {
      paymentId,
      orderNos,
      payable,
      due,
      heldUntil: heldUntil.toISOString(),
      closesAt: closesAt.toISOString(),
    };

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
      alongside: planned.map(({ orderNo, shop }) => ({
        name: 'orders.order_placed' as const,
        payload: { buyerId, orderNo, shopId: shop.shopId, payable: shop.payable },
      })),
    });

    const remarkOf = new Map(body.remarks?.map(({ shopId, remark }) => [shopId, remark.trim()]));
    const person = { name: contact.name, phone: contact.phone };
    const sealed = (to: Omit<DeliveryAddress, 'addressId'>) => {
      const { name, phone, province, city, district, detail } = to;
      return {
        recipient: fieldCipher.encrypt(JSON.stringify({ name, phone, province, city, district, detail })),
        recipientLabel: recipientLabel(to),
        phoneTailIndex: fieldCipher.blindIndex(phoneTailPurpose, phone.slice(-4)),
      };
    };
    const sentTo = address && sealed(address);
    /** Whoever comes, to the store. */
    const recipientOf = (shop: OrderPart, orderNo: string) => {
      const service = services.get(orderNo);
      if (shop.goods === 'physical') return { ...pickupOf(shop), booking: null };
      const to = {
        ...person,
        province: '',
        city: '',
        district: '',
        detail: service ? `${service.place}（${service.address}）` : '',
      };
      return {
        ...nowhereToGo,
        ...sealed(to),
        recipientLabel: service ? `${maskName(person.name)} 预约·${service.place}` : '自动发放',
        booking: service ?? null,
      };
    };
    const pickupOf = (shop: OrderPart) => {
      const pickup = isPickedUp(shop) ? booked.get(shop.shopId) : undefined;
      if (!pickup) return { ...sentTo, storeId: null, pickup: null, pickupExpiresAt: null };
      const { terms, expiresAt } = pickup;
      const to = { ...person, province: '', city: '', district: '', detail: `${terms.name}（${terms.address}）` };
      return {
        ...sealed(to),
        recipientLabel: `${maskName(person.name)} 自提·${terms.name}`,
        storeId: terms.storeId,
        pickup: terms,
        pickupExpiresAt: expiresAt,
      };
    };
    await repository.insertPlacement(tx, {
      buyerId,
      idempotencyKey,
      reply,
      paymentId,
      heldUntil,
      closesAt,
      createdAt: now,
      orders: planned.map(({ orderNo, reservationId, shop }) => ({
        ...(recipientOf(shop, orderNo) as ReturnType<typeof recipientOf> & Required<ReturnType<typeof sealed>>),
        goods: shop.goods,
        consents: keptConsents(consentsOf(shop.lines), now),
        orderNo,
        reservationId,
        shopId: shop.shopId,
        shopName: shop.shopName,
        listTotal: shop.listTotal,
        goodsTotal: shop.goodsTotal,
        freight: shop.freight,
        discount: shop.discount,
        payable: shop.payable,
        unitCount: shop.lines.reduce((sum, { quantity }) => sum + quantity, 0),
        remark: remarkOf.get(shop.shopId) ?? '',
        totals: shop.totals,
        notes: notesOfShop(result, shop.shopId, shop),
        coupons: couponsOfPart(shop, result),
        shippingHold: shippingHolds.get(orderNo) ?? null,
        deposit: stages?.deposit ?? 0,
        balanceOpensAt: stages?.balanceOpensAt ?? null,
        balanceClosesAt: stages?.balanceClosesAt ?? null,
        shipsBy: stages?.shipsBy ?? null,
        forfeits: stages?.forfeits ?? false,
        // Only units set apart: a hot pool's place is spent with its first hold.
        poolId:
          shop.lines.map(({ sku: { skuId } }) => pools.get(skuId)).find((pool) => pool && !pool.requestId)?.poolId ??
          null,
      })),
      lines: planned.flatMap(({ orderNo, shop }) =>
        shop.lines.map(({ sku, quantity, payable: linePayable, priced: line }) => ({
          orderNo,
          lineId: newId(),
          shopId: shop.shopId,
          spuId: sku.spuId,
          skuId: sku.skuId,
          skuCode: sku.skuCode,
          title: sku.title,
          specText: sku.specText,
          picture: sku.picture,
          quantity,
          listPrice: sku.listPrice,
          salePrice: sku.salePrice,
          cost: sku.cost,
          payable: linePayable,
          discounts: line?.discounts ?? [],
          pointsUsed: line?.pointsUsed ?? 0,
          activity: line?.activity ?? null,
          returnable: sku.returnable && shop.goods === 'physical',
        })),
      ),
    });
    await payments.open(tx, {
      paymentId,
      buyerId,
      amount: due,
      description: stages ? `定金：${describe(quote.shops)}` : describe(quote.shops),
      orderNos,
      shopIds: parts.map(({ shopId }) => shopId),
      prepayUntil: heldUntil,
      // A deposit is one order's; what several owe together tells who takes which part.
      parts: planned.map(({ orderNo, shop }) => ({ orderNo, shopId: shop.shopId, amount: shop.payable })),
    });
    if (cartLineIds.length > 0) await deps.removeFromCart(tx, buyerId, cartLineIds);
    if (body.addressId && address && parts.some((shop) => shop.goods === 'physical' && isSent(shop)))
      await deps.markAddressUsed(tx, buyerId, body.addressId);
    return reply;
  }

  return { place, fill };
}
