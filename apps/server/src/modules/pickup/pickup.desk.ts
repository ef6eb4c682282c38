/** The clerk's side: what to get ready, what waits, and the code that hands it over once. */
import type { OrderStatus, StoreCard } from '@xiaopu/contracts';
import type { PickupDesk, PickupPage, PickupQuery, PickupRow, PickupTab, StoreTeam } from '@xiaopu/contracts/console';
import { type Clock, hourMs, secondMs } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { type FieldCipher, maskName } from '#platform/field-cipher.ts';
import { newId } from '#platform/ids.ts';
import type { ToPicture } from '#platform/picture.ts';
import type { Policies } from '#platform/policy.ts';
import type { Fulfilment } from '../fulfilment/index.ts';
import { type Orders, type StoreOrder, statusTextOf } from '../orders/index.ts';
import { readCode, windowText } from './pickup.domain.ts';
import { alreadyPickedUp, codeUnknown, exitCodeOld, noStore, storeUnknown } from './pickup.errors.ts';
import { behind } from './pickup.exit-code.ts';
import { codePurpose, exitPurpose } from './pickup.points.ts';
import { carriedHours, exitCodeSeconds } from './pickup.policies.ts';
import type { Booking } from './pickup.repository.ts';
import * as repository from './pickup.repository.ts';

export interface PickupDeskDeps {
  clock: Clock;
  fieldCipher: FieldCipher;
  policies: Pick<Policies, 'get'>;
  orders: Pick<Orders, 'markReady' | 'pickUp' | 'ofStores' | 'countsOfStores' | 'carriedSince'>;
  fulfilment: Pick<Fulfilment, 'recordHandOver'>;
  storesOf(db: Executor, shopIds: readonly string[]): Promise<Map<string, StoreCard[]>>;
  clerks: {
    storesOf(db: Executor, shopId: string, staffId: string): Promise<string[]>;
    ofShop(db: Executor, shopId: string): Promise<Map<string, string[]>>;
    set(tx: Tx, store: { shopId: string; storeId: string }, staffIds: readonly string[]): Promise<void>;
  };
  /** People who work in the shop, by id. */
  staffOf(db: Executor, shopId: string): Promise<Map<string, string>>;
  toPicture: ToPicture;
}

export interface Clerk {
  staffId: string;
  name: string;
  shopId: string;
  permissions: ReadonlySet<string>;
}

const statusesOf: Record<PickupTab, readonly OrderStatus[]> = {
  to_prepare: ['paid'],
  ready: ['ready_for_pickup'],
  carried: ['paid'],
  done: ['completed'],
  returned: ['refunding', 'refunded'],
};
const momentFace = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  month: 'numeric',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
});

export type PickupDeskService = ReturnType<typeof createPickupDesk>;

/** A code is good in its own step and the next; of older ones it is still known what they were. */
const goodSteps = 2;
const rememberedSteps = 12;

export function createPickupDesk(deps: PickupDeskDeps) {
  const { clock, policies, fieldCipher, orders, fulfilment, storesOf, clerks, staffOf, toPicture } = deps;

  /** The stores somebody serves: their own, or all for whoever manages them. */
  async function servedBy(db: Executor, { staffId, shopId, permissions }: Clerk): Promise<StoreCard[]> {
    const stores = (await storesOf(db, [shopId])).get(shopId) ?? [];
    if (permissions.has('pickup.manage')) return stores;
    const own = new Set(await clerks.storesOf(db, shopId, staffId));
    return stores.filter(({ storeId }) => own.has(storeId));
  }
  async function storeIdsOf(db: Executor, clerk: Clerk): Promise<string[]> {
    const stores = await servedBy(db, clerk);
    if (stores.length === 0) throw noStore();
    return stores.map(({ storeId }) => storeId);
  }

  function toRow(order: StoreOrder, booking: Booking | undefined): PickupRow {
    const now = clock.now();
    const { pickup } = order;
    const { name } = JSON.parse(fieldCipher.decrypt(order.recipient)) as { name: string };
    const [from, until] = [new Date(pickup?.from ?? 0), new Date(pickup?.until ?? 0)];
    return {
      orderNo: order.orderNo,
      storeId: order.storeId ?? '',
      storeName: pickup?.name ?? '',
      status: order.status,
      statusText: statusTextOf(order),
      contact: maskName(name),
      lines: order.lines
        .map(({ picture, title, specText, skuCode, quantity, withdrawnQuantity }) => ({
          ...{ title, specText, skuCode },
          picture: toPicture(picture),
          quantity: quantity - withdrawnQuantity,
        }))
        .filter(({ quantity }) => quantity > 0),
      unitCount: order.lines.reduce((sum, { quantity, withdrawnQuantity }) => sum + quantity - withdrawnQuantity, 0),
      payable: order.payable,
      remark: order.remark,
      windowText: windowText({ from, until }, now),
      isCarried: pickup?.now === true,
      until: until.toISOString(),
      expiresAt: (order.pickupExpiresAt ?? until).toISOString(),
      isLate: now > until && statusesOf.to_prepare.concat(statusesOf.ready).includes(order.status),
      paidAt: order.paidAt?.toISOString() ?? null,
      readyAt: order.readyAt?.toISOString() ?? null,
      pickedUpAt: booking?.pickedUpAt?.toISOString() ?? null,
      pickedUpBy: booking?.pickedUpBy ?? null,
    };
  }

  async function rowOf(db: Executor, shopId: string, storeIds: readonly string[], orderNo: string): Promise<PickupRow> {
    const { rows } = await orders.ofStores(db, shopId, {
      ...{ storeIds, orderNo, newestFirst: true, offset: 0, limit: 1 },
      statuses: Object.values(statusesOf).flat(),
    });
    const [order] = rows;
    if (!order) throw codeUnknown();
    return toRow(order, await repository.findBooking(db, order.buyerId, orderNo));
  }

  /** Of several with the same digits, the one that still waits. */
  async function bookingOf(db: Executor, shopId: string, storeIds: readonly string[], text: string): Promise<Booking> {
    const digits = readCode(text);
    if (digits === undefined) throw codeUnknown();
    const indexOf = (code: string) => fieldCipher.blindIndex(codePurpose, code);
    const stepMs = policies.get(exitCodeSeconds) * secondMs;
    const step = Math.floor(clock.now().getTime() / stepMs);
    const keyed = (piece: string) => fieldCipher.blindIndex(exitPurpose, piece);
    const ofExits = Array.from({ length: rememberedSteps }, (_, ago) => indexOf(behind(keyed, digits, step - ago)));
    const plain = indexOf(digits);
    const found = await repository.bookingsByCode(db, shopId, storeIds, [plain, ...ofExits]);
    const waitsFirst = (bookings: Booking[]) => bookings.find(({ state }) => state === 'booked') ?? bookings.at(-1);
    const booking = waitsFirst(
      found.filter(({ carried, codeIndex }) =>
        carried ? ofExits.slice(0, goodSteps).includes(codeIndex) : codeIndex === plain,
      ),
    );
    if (booking) return booking;
    if (found.some(({ carried, codeIndex }) => carried && ofExits.includes(codeIndex))) throw exitCodeOld();
    throw codeUnknown();
  }

  return {
    async desk(db: Executor, clerk: Clerk): Promise<PickupDesk> {
      const stores = await servedBy(db, clerk);
      const counts = await orders.countsOfStores(
        db,
        clerk.shopId,
        stores.map(({ storeId }) => storeId),
      );
      return {
        stores: stores.map((store) => ({ ...store, ...(counts.get(store.storeId) ?? { toPrepare: 0, ready: 0 }) })),
      };
    },

    async list(db: Executor, clerk: Clerk, { storeId, tab, q, page, pageSize }: PickupQuery): Promise<PickupPage> {
      const own = await storeIdsOf(db, clerk);
      if (storeId !== undefined && !own.includes(storeId)) throw storeUnknown();
      const text = q?.replaceAll(/\D/g, '');
      const { rows, total } = await orders.ofStores(db, clerk.shopId, {
        storeIds: storeId === undefined ? own : [storeId],
        statuses: statusesOf[tab],
        numberTail: text && text.length >= 4 ? text : undefined,
        carried: tab === 'carried' ? true : tab === 'to_prepare' ? false : undefined,
        newestFirst: tab === 'done' || tab === 'returned',
        offset: (page - 1) * pageSize,
        limit: pageSize,
      });
      const bookings = await repository.bookingsOfOrders(
        db,
        clerk.shopId,
        rows.map(({ orderNo }) => orderNo),
      );
      const bookingOfOrder = new Map(bookings.map((booking) => [booking.orderNo, booking]));
      return { items: rows.map((order) => toRow(order, bookingOfOrder.get(order.orderNo))), total, page, pageSize };
    },

    async markReady(tx: Tx, clerk: Clerk, orderNo: string): Promise<PickupRow> {
      const { shopId, name: staffName } = clerk;
      const storeIds = await storeIdsOf(tx, clerk);
      await orders.markReady(tx, { shopId, orderNo, storeIds, staffName });
      return rowOf(tx, shopId, storeIds, orderNo);
    },

    /** What a code is for, before it is checked off. A used one says when and by whom. */
    async find(db: Executor, clerk: Clerk, code: string): Promise<PickupRow> {
      const storeIds = await storeIdsOf(db, clerk);
      const { orderNo } = await bookingOf(db, clerk.shopId, storeIds, code);
      return rowOf(db, clerk.shopId, storeIds, orderNo);
    },

    /** Hands over against the code: once, whoever else tries at the same time; of a used one it says when that was. */
    async checkOff(tx: Tx, clerk: Clerk, code: string): Promise<PickupRow> {
      const { shopId, name: staffName } = clerk;
      const storeIds = await storeIdsOf(tx, clerk);
      const { buyerId, orderNo } = await bookingOf(tx, shopId, storeIds, code);
      const parcelId = newId();
      const refuseUsed = async () => {
        const now = await repository.findBooking(tx, buyerId, orderNo);
        if (now?.state !== 'picked_up' || !now.pickedUpAt) return;
        const by = now.pickedUpBy ?? '';
        const text = `${momentFace.format(now.pickedUpAt)} 由${by}核销`;
        throw alreadyPickedUp({ at: now.pickedUpAt.toISOString(), by, text });
      };
      await refuseUsed();
      // Whoever came second waited for the order's lock inside, and finds it handed over.
      const handed = await orders
        .pickUp(tx, { shopId, orderNo, storeIds, parcelId, staffName })
        .catch(async (error: unknown) => {
          await refuseUsed();
          throw error;
        });
      await repository.markPickedUp(tx, buyerId, orderNo, clock.now(), staffName);
      await fulfilment.recordHandOver(tx, shopId, { ...handed, orderNo, parcelId, staffName, way: 'pickup' });
      return rowOf(tx, shopId, storeIds, orderNo);
    },

    /** Paid and carried away without a look at the exit: the goods are gone, so the order is done. */
    async closeCarried(
      db: Executor,
      inTransaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>,
      limit = 50,
    ): Promise<number> {
      const before = new Date(clock.now().getTime() - policies.get(carriedHours) * hourMs);
      const due = await orders.carriedSince(db, before, limit);
      for (const { shopId, orderNo, storeId } of due)
        await inTransaction(async (tx) => {
          const [parcelId, staffName] = [newId(), '系统'];
          const storeIds = storeId === null ? [] : [storeId];
          const handed = await orders.pickUp(tx, { shopId, orderNo, storeIds, parcelId, staffName });
          await repository.markPickedUp(tx, handed.buyerId, orderNo, clock.now(), staffName);
          await fulfilment.recordHandOver(tx, shopId, { ...handed, orderNo, parcelId, staffName, way: 'pickup' });
        });
      return due.length;
    },

    /** Whether somebody serves this store; asked before its shelf is shown or changed. */
    async requireStore(db: Executor, clerk: Clerk, storeId: string): Promise<void> {
      if (!(await servedBy(db, clerk)).some((store) => store.storeId === storeId)) throw storeUnknown();
    },

    async team(db: Executor, shopId: string): Promise<StoreTeam> {
      const [stores, byStore, names] = await Promise.all([
        storesOf(db, [shopId]),
        clerks.ofShop(db, shopId),
        staffOf(db, shopId),
      ]);
      return {
        stores: (stores.get(shopId) ?? []).map(({ storeId, name }) => ({
          storeId,
          name,
          clerks: (byStore.get(storeId) ?? []).flatMap((staffId) => {
            const clerkName = names.get(staffId);
            return clerkName === undefined ? [] : [{ staffId, name: clerkName }];
          }),
        })),
      };
    },

    async setTeam(tx: Tx, shopId: string, storeId: string, staffIds: readonly string[]): Promise<StoreTeam> {
      const stores = (await storesOf(tx, [shopId])).get(shopId) ?? [];
      if (!stores.some((store) => store.storeId === storeId)) throw storeUnknown();
      const names = await staffOf(tx, shopId);
      await clerks.set(
        tx,
        { shopId, storeId },
        staffIds.filter((staffId) => names.has(staffId)),
      );
      return this.team(tx, shopId);
    },
  };
}
