/** The merchant's side of booked services: who comes when, and the code that is redeemed once. */
import type { BookingDay, BookingRow } from '@xiaopu/contracts/console';
import { type Clock, dayMs, startOfShanghaiDay } from '#platform/clock.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import type { FieldCipher } from '#platform/field-cipher.ts';
import { newId } from '#platform/ids.ts';
import type { Policies } from '#platform/policy.ts';
import type { Fulfilment } from '../fulfilment/index.ts';
import type { Orders } from '../orders/index.ts';
import { readCode, windowText } from '../pickup/index.ts';
import { alreadyRedeemed, codeUnknown } from './bookings.errors.ts';
import { noShowDays } from './bookings.policies.ts';
import type { Booking } from './bookings.repository.ts';
import * as repository from './bookings.repository.ts';
import { type Bookings, codePurpose } from './bookings.service.ts';

export interface BookingDeskDeps {
  clock: Clock;
  policies: Pick<Policies, 'get'>;
  fieldCipher: FieldCipher;
  bookings: Pick<Bookings, 'overdue'>;
  orders: Pick<Orders, 'redeem' | 'expireBooking' | 'getOfShop' | 'bookedOf'>;
  fulfilment: Pick<Fulfilment, 'recordHandOver'>;
}
export type BookingDeskService = ReturnType<typeof createBookingDesk>;

const momentFace = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  ...{ month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false },
});

export function createBookingDesk(deps: BookingDeskDeps) {
  const { clock, policies, fieldCipher, orders, fulfilment, bookings } = deps;

  async function rowsOf(db: Executor, shopId: string, found: readonly Booking[]): Promise<BookingRow[]> {
    const facts = await orders.bookedOf(
      db,
      shopId,
      found.map(({ orderNo }) => orderNo),
    );
    return found.flatMap((booking) => {
      const order = facts.get(booking.orderNo);
      // Not paid yet: it may still come to nothing.
      if (!order || order.status === 'pending_payment' || order.status === 'cancelled') return [];
      const { orderNo, place, startsAt, endsAt, quantity, state, redeemedAt, redeemedBy } = booking;
      return [
        {
          ...{ orderNo, place, quantity, state, redeemedBy },
          ...order,
          from: startsAt.toISOString(),
          until: endsAt.toISOString(),
          windowText: windowText({ from: startsAt, until: endsAt }, clock.now()),
          redeemedAt: redeemedAt?.toISOString() ?? null,
        },
      ];
    });
  }

  async function bookingOf(db: Executor, shopId: string, text: string): Promise<Booking> {
    const digits = readCode(text);
    if (digits === undefined) throw codeUnknown();
    const found = await repository.bookingsByCode(db, shopId, fieldCipher.blindIndex(codePurpose, digits));
    const booking = found.find(({ state }) => state === 'booked') ?? found.at(-1);
    if (!booking) throw codeUnknown();
    return booking;
  }

  return {
    async day(db: Executor, shopId: string, day: string): Promise<BookingDay> {
      const from = startOfShanghaiDay(day);
      const found = await repository.bookingsBetween(db, shopId, from, new Date(from.getTime() + dayMs));
      return { items: await rowsOf(db, shopId, found) };
    },

    /** Whose code it is, before it is redeemed. */
    async find(db: Executor, shopId: string, code: string): Promise<BookingRow> {
      const [row] = await rowsOf(db, shopId, [await bookingOf(db, shopId, code)]);
      if (!row) throw codeUnknown();
      return row;
    },

    /** Once, whoever else tries at the same time; of a used code it says when that was. */
    async redeem(
      tx: Tx,
      { shopId, name: staffName }: { shopId: string; name: string },
      code: string,
    ): Promise<BookingRow> {
      const { buyerId, orderNo } = await bookingOf(tx, shopId, code);
      const refuseUsed = async () => {
        const now = await repository.findBooking(tx, buyerId, orderNo);
        if (now?.state !== 'redeemed' || !now.redeemedAt) return;
        const by = now.redeemedBy ?? '';
        const text = `${momentFace.format(now.redeemedAt)} 由${by}核销`;
        throw alreadyRedeemed({ at: now.redeemedAt.toISOString(), by, text });
      };
      await refuseUsed();
      const parcelId = newId();
      // Whoever came second waited for the order's lock inside, and finds it used.
      const handed = await orders.redeem(tx, { shopId, orderNo, parcelId, staffName }).catch(async (error: unknown) => {
        await refuseUsed();
        throw error;
      });
      await repository.markRedeemed(tx, buyerId, orderNo, clock.now(), staffName);
      await fulfilment.recordHandOver(tx, shopId, { ...handed, orderNo, parcelId, staffName, way: 'service' });
      const found = await repository.findBooking(tx, buyerId, orderNo);
      const [row] = await rowsOf(tx, shopId, found ? [found] : []);
      if (!row) throw codeUnknown();
      return row;
    },

    /** Nobody came, long ago: the order is done. */
    async expire({ db, inTransaction }: Pick<Database, 'db' | 'inTransaction'>, limit = 50): Promise<number> {
      const due = await bookings.overdue(db, policies.get(noShowDays), limit);
      let done = 0;
      for (const { shopId, buyerId, orderNo } of due)
        done += await inTransaction(async (tx) => {
          const [parcelId, staffName] = [newId(), '系统'];
          const handed = await orders.expireBooking(tx, buyerId, orderNo, parcelId);
          if (!handed) {
            // Never paid, or given back: not looked at again.
            await repository.release(tx, buyerId, orderNo);
            return 0;
          }
          await repository.markRedeemed(tx, buyerId, orderNo, clock.now(), staffName);
          await fulfilment.recordHandOver(tx, shopId, { ...handed, orderNo, parcelId, staffName, way: 'service' });
          return 1;
        });
      return done;
    },
  };
}
