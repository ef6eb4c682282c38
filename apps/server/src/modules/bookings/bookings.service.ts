/** Booked services: what is free, the places an order takes, and the code that is redeemed once. */
import { randomBytes } from 'node:crypto';
import type {
  BookingChoice,
  BookingOffers,
  BookingWindow,
  ChosenBooking,
  GoodsTerms,
  PickupCode,
  ServiceTerms,
} from '@xiaopu/contracts';
import { type Clock, dayMs } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { FieldCipher } from '#platform/field-cipher.ts';
import type { Policies } from '#platform/policy.ts';
import { qrRows } from '#platform/qr.ts';
import type { BookingDesk } from '../orders/index.ts';
import { codeOfNumber, codeText, spacedCode, type Window, windowText } from '../pickup/index.ts';
import { refundUntilOf, windowsFor } from './bookings.domain.ts';
import { choiceMissing, placeUnknown, serviceUnknown, windowFull, windowGone } from './bookings.errors.ts';
import * as repository from './bookings.repository.ts';

export const codePurpose = 'bookings.code';

export interface BookingsDeps {
  clock: Clock;
  policies: Pick<Policies, 'get'>;
  fieldCipher: FieldCipher;
  /** Terms of a service on sale; undefined: there is none. */
  termsOf(db: Executor, spuId: string): Promise<ServiceTerms | undefined>;
}

interface ServiceSku {
  skuId: string;
  spuId: string;
  goods?: GoodsTerms | null;
}

export type Bookings = ReturnType<typeof createBookings>;

export function createBookings({ clock, fieldCipher, termsOf }: BookingsDeps) {
  const toWindow = (window: Window, booked: number, { capacity }: ServiceTerms, quantity = 1): BookingWindow => ({
    from: window.from.toISOString(),
    until: window.until.toISOString(),
    text: windowText(window, clock.now()),
    left: Math.max(0, capacity - booked),
    isFull: booked + quantity > capacity,
  });
  const windowAt = (terms: ServiceTerms, from: string): Window | undefined =>
    windowsFor(terms, clock.now()).find((window) => window.from.getTime() === new Date(from).getTime());

  const book: BookingDesk['book'] = async (tx, buyerId, orders) => {
    const wanted = orders.map(({ orderNo, sku, quantity, choice }) => {
      const terms = sku.goods;
      if (terms?.kind !== 'service' || !choice) throw choiceMissing();
      const place = terms.places.find(({ name }) => name === choice.place);
      if (!place) throw placeUnknown();
      const window = windowAt(terms, choice.from);
      if (!window) throw windowGone();
      return { orderNo, sku, quantity, terms, place, window };
    });
    if (wanted.length === 0) return new Map();
    const rows = wanted.map(({ orderNo, sku: { shopId, spuId }, quantity, terms, place, window }) => {
      const digits = codeOfNumber(randomBytes(8).readBigUInt64BE());
      return {
        ...{ buyerId, orderNo, shopId, spuId, quantity },
        place: place.name,
        startsAt: window.from,
        endsAt: window.until,
        capacity: terms.capacity,
        code: fieldCipher.encrypt(digits),
        codeIndex: fieldCipher.blindIndex(codePurpose, digits),
      };
    });
    if (!(await repository.book(tx, rows))) throw windowFull();
    return new Map(
      wanted.map(({ orderNo, quantity, terms, place, window }) => [
        orderNo,
        {
          place: place.name,
          address: place.address,
          from: window.from.toISOString(),
          until: window.until.toISOString(),
          quantity,
          refundUntil: refundUntilOf(terms, window.from).toISOString(),
        },
      ]),
    );
  };

  return {
    book,

    /** Every place of a service with its windows. Two statements. */
    async offers(db: Executor, spuId: string): Promise<BookingOffers> {
      const terms = await termsOf(db, spuId);
      if (!terms) throw serviceUnknown();
      const windows = windowsFor(terms, clock.now());
      const taken = await repository.placesTaken(db, [spuId], clock.now());
      return {
        places: terms.places.map(({ name, address }) => ({
          ...{ name, address },
          windows: windows.map((window) =>
            toWindow(window, taken.get(repository.slotKey(spuId, name, window.from)) ?? 0, terms),
          ),
        })),
      };
    },

    /** Choices as they stand now. One statement, none for no choice. */
    async chosen(
      db: Executor,
      lines: readonly { sku: ServiceSku; quantity: number; choice: BookingChoice }[],
    ): Promise<Map<string, ChosenBooking>> {
      if (lines.length === 0) return new Map();
      const taken = await repository.placesTaken(
        db,
        lines.map(({ sku }) => sku.spuId),
        clock.now(),
      );
      return new Map(
        lines.flatMap(({ sku: { skuId, spuId, goods }, quantity, choice }) => {
          if (goods?.kind !== 'service') return [];
          const place = goods.places.find(({ name }) => name === choice.place);
          if (!place) return [];
          const window = windowAt(goods, choice.from);
          const booked = window ? (taken.get(repository.slotKey(spuId, place.name, window.from)) ?? 0) : 0;
          return [
            [
              skuId,
              {
                place: place.name,
                address: place.address,
                window: window ? toWindow(window, booked, goods, quantity) : null,
              },
            ] as const,
          ];
        }),
      );
    },

    async codeOf(db: Executor, buyerId: string, orderNo: string): Promise<PickupCode | null> {
      const booking = await repository.findBooking(db, buyerId, orderNo);
      if (!booking) return null;
      const digits = fieldCipher.decrypt(booking.code);
      return { digits: spacedCode(digits), rows: qrRows(codeText(digits)), refreshAt: null };
    },

    /** The order will not be used: its places are free again, once. */
    release: (tx: Tx, buyerId: string, orderNo: string): Promise<void> => repository.release(tx, buyerId, orderNo),

    /** Paid. @returns false when the places were given back meanwhile and are gone, or the time is over */
    async isStanding(tx: Tx, buyerId: string, orderNo: string): Promise<boolean> {
      const booking = await repository.findBooking(tx, buyerId, orderNo);
      if (!booking) return false;
      if (booking.state === 'booked') return true;
      return booking.state === 'released' && booking.startsAt > clock.now() && repository.retake(tx, booking);
    },

    overdue: (db: Executor, days: number, limit: number) =>
      repository.overdue(db, new Date(clock.now().getTime() - days * dayMs), limit),
  };
}
