/** The checkout page before the order exists: lines by shop, address, freight, arrival, and what stands in the way. */
import type {
  BookingChoice,
  CheckoutInput,
  CheckoutPreview,
  CheckoutSource,
  CheckoutStages,
  ChosenBooking,
  ChosenPickup,
  PickupChoice,
} from '@xiaopu/contracts';
import { LRUCache } from 'lru-cache';
import { type Clock, minuteMs } from '#platform/clock.ts';
import type { Executor } from '#platform/database/database.ts';
import { maskPhone } from '#platform/field-cipher.ts';
import type { ToPicture } from '#platform/picture.ts';
import type { Policies } from '#platform/policy.ts';
import type { FindSkus, FindStock, SellableSku, StockFigures } from '../cart/index.ts';
import { virtualOnIos } from './checkout.ios.ts';
import { consentsOf, hasSent, kindOf } from './checkout.kinds.ts';
import type { EarlyQuestion, OfferQuestion, OfferSource, PayStages } from './checkout.offers.ts';
import { minMarginRateOf } from './checkout.policies.ts';
import {
  breakdownOf,
  candidatesOf,
  gatherOffers,
  isForShoppers,
  type PreparedOffers,
  type PricedQuote,
  prepareOffers,
  priceQuote,
  questionLines,
  sumsOf,
  toNote,
} from './checkout.pricing.ts';
import {
  buildQuote,
  type FreightOf,
  pickupFreight,
  type Quote,
  type QuoteLine,
  type WantedLine,
} from './checkout.quote.ts';

export interface DeliveryAddress {
  addressId: string;
  name: string;
  phone: string;
  province: string;
  city: string;
  district: string;
  detail: string;
}

export type FindAddress = (db: Executor, buyerId: string, addressId: string) => Promise<DeliveryAddress | undefined>;

export interface CheckoutDeps {
  clock: Clock;
  policies: Policies;
  findSkus: FindSkus;
  findStock: FindStock;
  selectedCartLines(db: Executor, buyerId: string): Promise<{ lineId: string; skuId: string; quantity: number }[]>;
  findAddress: FindAddress;
  preferredAddress(db: Executor, buyerId: string): Promise<DeliveryAddress | undefined>;
  findShops(db: Executor, shopIds: string[]): Promise<Map<string, { shipsFrom: string }>>;
  freightOf: FreightOf;
  arrivalOf(route: { shipsFrom: string; province: string; now: Date }): {
    earliest: string;
    latest: string;
    text: string;
  };
  pickups: {
    /** Shops, of these, that hand goods out in a store. Nearly always without a statement. */
    offeredBy(db: Executor, shopIds: readonly string[]): Promise<Set<string>>;
    /** Choices as they stand now; one that names no store of its shop is left out. */
    chosen(db: Executor, choices: readonly PickupChoice[]): Promise<Map<string, ChosenPickup>>;
    /** What those stores have: figures by store, then SKU. One statement. */
    stockOf(
      db: Executor,
      skuIds: readonly string[],
      storeIds: readonly string[],
    ): Promise<Map<string, Map<string, { available: number }>>>;
  };
  /** Services as they can be booked now, by SKU; a choice that names no place of them is left out. No statement for none. */
  bookings: {
    chosen(
      db: Executor,
      lines: readonly { sku: SellableSku; quantity: number; choice: BookingChoice }[],
    ): Promise<Map<string, ChosenBooking>>;
  };
  /** Everything that lowers prices; the price pipeline puts it in order. */
  offerSources: readonly OfferSource[];
  toPicture: ToPicture;
}

/** What was chosen on the page, as offer sources are asked with it. */
export const choiceOf = (
  { coupons, points, entry }: Pick<CheckoutInput, 'coupons' | 'points' | 'entry'>,
  otherwise: 'best' | 'none',
): OfferQuestion['choice'] => ({
  couponIds: coupons ?? otherwise,
  ...(points !== undefined && { points }),
  ...(entry && { entry }),
});

/** Units of a flash sale or presale are held apart: that general stock is short is not this line's problem. */
const problemOf = ({ problem, priced }: Pick<QuoteLine, 'problem' | 'priced'>): QuoteLine['problem'] =>
  problem !== 'off_sale' && (priced?.activity?.kind === 'flash' || priced?.activity?.kind === 'presale')
    ? null
    : problem;

/** Asks every source what it offers for these lines and prices them with it. */
export async function priceWithOffers(
  { offerSources, policies }: { offerSources: readonly OfferSource[]; policies: Policies },
  db: Executor,
  quote: Quote,
  question: EarlyQuestion,
  prepared?: PreparedOffers,
): Promise<PricedQuote> {
  const offers = await gatherOffers(offerSources, db, { ...question, lines: questionLines(quote) }, prepared);
  return priceQuote(quote, offers, {
    at: question.at,
    choice: question.choice,
    minMarginRateOf: minMarginRateOf(policies),
  });
}

export type Checkout = ReturnType<typeof createCheckout>;

export const addressText = ({
  province,
  city,
  district,
  detail,
}: Omit<DeliveryAddress, 'addressId' | 'name' | 'phone'>): string =>
  // Municipalities are their own province: 北京市 once is enough.
  `${province === city ? '' : province}${city}${district}${detail}`;

const stagesView = (stages: PayStages, payable: number): CheckoutStages => ({
  deposit: stages.deposit,
  depositWorth: stages.depositWorth,
  balance: payable - stages.deposit,
  balanceOpensAt: stages.balanceOpensAt.toISOString(),
  balanceClosesAt: stages.balanceClosesAt.toISOString(),
  shipsBy: stages.shipsBy.toISOString(),
  forfeits: stages.forfeits,
  terms: stages.terms,
  consent: stages.consent,
});

/** The first thing that stands in the way, as the page would ask for it. */
function blockOf(
  { quote, result }: PricedQuote,
  {
    address,
    contact,
    isPickedUp,
    hasWindow,
    isBooked,
    isIosBlocked,
  }: {
    address: DeliveryAddress | undefined;
    contact: { phone: string } | undefined;
    isPickedUp(shopId: string): boolean;
    hasWindow(shopId: string): boolean;
    isBooked(skuId: string): boolean;
    /** Virtual goods are not sold where this is asked from. */
    isIosBlocked: boolean;
  },
): CheckoutPreview['blockedBy'] {
  const { shops } = quote;
  if (shops.length === 0) return 'empty';
  if (shops.some(({ lines }) => lines.some((line) => problemOf(line) !== null))) return 'stock';
  const kinds = new Set(shops.flatMap(({ lines }) => lines.map(({ sku }) => kindOf(sku))));
  if (isIosBlocked && kinds.has('virtual')) return 'virtual_on_ios';
  if (!address && shops.some((shop) => hasSent(shop) && !isPickedUp(shop.shopId))) return 'no_address';
  if (shops.some((shop) => hasSent(shop) && isPickedUp(shop.shopId) && !hasWindow(shop.shopId))) return 'no_window';
  if (shops.some(({ lines }) => lines.some(({ sku }) => kindOf(sku) === 'service' && !isBooked(sku.skuId))))
    return 'no_booking';
  // Nobody has to come for what is delivered by itself.
  if (!contact && !(kinds.size === 1 && kinds.has('virtual'))) return 'no_contact';
  return result.ok ? null : 'price';
}

export function createCheckout(deps: CheckoutDeps) {
  const { clock, findSkus, findStock, findAddress, preferredAddress, findShops, freightOf, arrivalOf, toPicture } =
    deps;

  /** What is to be bought; `cartLineIds` leave the cart once it is. */
  async function wantedLines(
    db: Executor,
    buyerId: string,
    source: CheckoutSource,
  ): Promise<{ wanted: WantedLine[]; cartLineIds: string[] }> {
    if (source.kind === 'lines') return { wanted: source.lines, cartLineIds: [] };
    const lines = await deps.selectedCartLines(db, buyerId);
    return { wanted: lines, cartLineIds: lines.map(({ lineId }) => lineId) };
  }

  /** Where shops ship from, in memory: an edit shows within a minute. */
  const shipsFrom = new LRUCache<string, string>({ max: 10_000, ttl: minuteMs });
  async function originsOf(db: Executor, shopIds: string[]): Promise<(shopId: string) => string> {
    const unknown = shopIds.filter((shopId) => !shipsFrom.has(shopId));
    if (unknown.length > 0)
      for (const [shopId, shop] of await findShops(db, unknown)) shipsFrom.set(shopId, shop.shipsFrom);
    return (shopId) => shipsFrom.get(shopId) ?? '';
  }

  /** Of what is picked up, the chosen store's stock counts, not the warehouse's. */
  async function withShelves(
    db: Executor,
    stock: ReadonlyMap<string, StockFigures>,
    skus: Awaited<ReturnType<FindSkus>>,
    pickupShops: ReadonlyMap<string, PickupChoice>,
    chosen: ReadonlyMap<string, ChosenPickup>,
  ): Promise<ReadonlyMap<string, StockFigures>> {
    const units = [...skus.values()].filter((sku) => pickupShops.has(sku.shopId) && kindOf(sku) === 'physical');
    if (units.length === 0 || chosen.size === 0) return stock;
    const shelves = await deps.pickups.stockOf(
      db,
      units.map(({ skuId }) => skuId),
      [...chosen.values()].map(({ store }) => store.storeId),
    );
    const merged = new Map(stock);
    for (const { skuId, shopId } of units) {
      const storeId = chosen.get(shopId)?.store.storeId;
      if (storeId === undefined) continue;
      merged.set(skuId, {
        ...(stock.get(skuId) as StockFigures),
        available: shelves.get(storeId)?.get(skuId)?.available ?? 0,
      });
    }
    return merged;
  }

  return {
    wantedLines,

    /** Another buyer's or a deleted address counts as none, so that the page falls back to picking one (C05-PATH-02). */
    async preview(
      db: Executor,
      buyerId: string,
      input: CheckoutInput,
      { onIos = false }: { onIos?: boolean } = {},
    ): Promise<CheckoutPreview> {
      const { source, addressId, pickups = [], bookings = [] } = input;
      const pickupShops = new Map(pickups.map((choice) => [choice.shopId, choice]));
      const question = { buyerId, at: clock.now(), purpose: 'preview', choice: choiceOf(input, 'best') } as const;
      // All in one write to the database where the goods are named by the caller.
      const prepared = prepareOffers(deps.offerSources, db, question);
      const addressed = addressId ? findAddress(db, buyerId, addressId) : preferredAddress(db, buyerId);
      const found = wantedLines(db, buyerId, source).then(async ({ wanted }) => {
        const skuIds = wanted.map(({ skuId }) => skuId);
        const [skus, stock] = await Promise.all([findSkus(db, skuIds), findStock(db, skuIds)]);
        return { wanted, skus, stock };
      });
      const [address, { wanted, skus, stock: ofWarehouse }] = await Promise.all([addressed, found]);
      const chosen = pickups.length === 0 ? new Map<string, ChosenPickup>() : await deps.pickups.chosen(db, pickups);
      const stock = await withShelves(db, ofWarehouse, skus, pickupShops, chosen);
      const priced = await priceWithOffers(
        deps,
        db,
        buildQuote(wanted, skus, stock, {
          freightOf: pickupFreight(freightOf, pickupShops),
          province: address?.province ?? '',
          storeOf: (shopId) => chosen.get(shopId)?.store.storeId,
        }),
        question,
        prepared,
      );
      const { quote, result } = priced;
      const shopIds = quote.shops.map(({ shopId }) => shopId);
      const [origins, offering] = await Promise.all([originsOf(db, shopIds), deps.pickups.offeredBy(db, shopIds)]);
      /** Units set apart for an activity stand in no store. */
      const isApart = priced.stages !== undefined || input.entry?.kind === 'flash';
      const lines = quote.shops.flatMap((shop) => shop.lines);
      const booked = await deps.bookings.chosen(
        db,
        lines.flatMap(({ sku, quantity }) => {
          const choice = bookings.find(({ skuId }) => skuId === sku.skuId);
          return choice ? [{ sku, quantity, choice }] : [];
        }),
      );
      const needsContact = lines.some(({ sku }) => kindOf(sku) === 'service');
      const blockedBy = blockOf(priced, {
        address,
        contact:
          input.contact ?? address ?? (!needsContact && pickups.every(({ now }) => now) ? { phone: '' } : undefined),
        isPickedUp: (shopId) => pickupShops.has(shopId),
        hasWindow: (shopId) => chosen.get(shopId)?.window?.isFull === false,
        isBooked: (skuId) => booked.get(skuId)?.window?.isFull === false,
        isIosBlocked: onIos && deps.policies.get(virtualOnIos) === 0,
      });
      const { listTotal, goodsTotal, freight, discount, payable } = quote;
      return {
        address: address
          ? {
              addressId: address.addressId,
              name: address.name,
              maskedPhone: maskPhone(address.phone),
              text: addressText(address),
            }
          : null,
        shops: quote.shops.map((shop) => ({
          shopId: shop.shopId,
          shopName: shop.shopName,
          lines: shop.lines.map(({ sku, quantity, payable: linePayable, priced: line, available, ...rest }) => ({
            spuId: sku.spuId,
            skuId: sku.skuId,
            title: sku.title,
            specText: sku.specText,
            picture: toPicture(sku.picture),
            quantity,
            salePrice: sku.salePrice,
            listPrice: sku.listPrice,
            payable: linePayable,
            discounts: line?.discounts ?? [],
            available,
            problem: problemOf({ priced: line, ...rest }),
            goods: kindOf(sku),
            booking: booked.get(sku.skuId) ?? null,
          })),
          goodsTotal: shop.goodsTotal,
          freight: shop.freight,
          freightNote: shop.freightNote,
          discount: shop.discount,
          payable: shop.payable,
          arrival:
            address && hasSent(shop) && !pickupShops.has(shop.shopId)
              ? arrivalOf({
                  shipsFrom: origins(shop.shopId),
                  province: address.province,
                  now: clock.now(),
                })
              : null,
          offersPickup: offering.has(shop.shopId) && !isApart && hasSent(shop),
          pickup: chosen.get(shop.shopId) ?? null,
        })),
        listTotal,
        goodsTotal,
        freight,
        discount,
        payable,
        breakdown: breakdownOf(result.totals),
        notes: result.notes.map((note) => toNote(note)).filter(isForShoppers),
        coupons: {
          candidates: candidatesOf(priced),
          best: { couponIds: priced.best?.couponIds ?? [], saving: priced.best?.saving ?? 0 },
          ...(input.sums === true && { sums: sumsOf(priced) }),
        },
        points: priced.points,
        stages: priced.stages ? stagesView(priced.stages, payable) : null,
        needsAddress: quote.shops.some((shop) => hasSent(shop) && !pickupShops.has(shop.shopId)),
        consents: consentsOf(lines),
        canSubmit: blockedBy === null,
        blockedBy,
      };
    },
  };
}
