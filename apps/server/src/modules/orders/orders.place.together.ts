/**
 * Placing in company (ADR 22): whoever places while a batch is being written goes with the next one, under one commit.
 * Only what takes nothing but stock goes so; whatever is unusual, or does not fit, is placed alone, which knows every refusal.
 */
import type { PlacedOrder, PlaceOrder } from '@xiaopu/contracts';
import { type Database, sqlState, type Tx } from '#platform/database/database.ts';
import { gather } from '#platform/database/gather.ts';
import { newId } from '#platform/ids.ts';
import type { OpenPayment } from '../payments/index.ts';
import { isPlain, mayBePlain, type PlannedOrder, type PricedOrder, placementRows } from './orders.place.rows.ts';
import { hashBody, type Place } from './orders.place.ts';
import {
  claimKeys,
  dropKeys,
  insertPlacements,
  type Placement,
  type PlacementKey,
  placementKey,
} from './orders.placement.repository.ts';
import { paymentWindow } from './orders.policies.ts';
import type { OrdersDeps } from './orders.ports.ts';

type Caller = NonNullable<Parameters<Place['place']>[4]>;

interface Asked extends PlacementKey {
  order: PricedOrder;
}
interface Ready extends Asked {
  paymentId: string;
  planned: PlannedOrder[];
  heldUntil: Date;
  closesAt: Date;
}

const most = 50;

export function createPlaceTogether(
  deps: OrdersDeps,
  { place, priceOrder, plan, announce }: Pick<Place, 'place' | 'priceOrder' | 'plan' | 'announce'>,
  { shared, inTransaction }: Pick<Database, 'shared' | 'inTransaction'>,
) {
  const { clock, policies, fieldCipher, inventory, payments } = deps;

  /** @returns each one's reply; undefined: nothing of it was written, and it is to be placed alone */
  async function write(tx: Tx, asked: readonly Asked[]): Promise<(PlacedOrder | undefined)[]> {
    // One a buyer: what the others of the same buyer (perhaps of the same key) find depends on what becomes of this one.
    const firstOf = new Map<string, Ready>();
    for (const each of asked) {
      const { buyerId, order } = each;
      if (firstOf.has(buyerId)) continue;
      const planned = plan(order);
      firstOf.set(buyerId, { ...each, planned, paymentId: newId(), ...paymentWindow(policies, order.at) });
    }
    const firsts = [...firstOf.values()];
    const goods = firsts.flatMap(({ planned }) =>
      planned.flatMap(({ shop }) => shop.lines.map(({ sku }) => sku.skuId)),
    );
    // Keys before stock, as alone. Stock that others hold is not waited for: who waits here makes all wait.
    const [claimed, locked] = await Promise.all([
      claimKeys(tx, firsts, clock.now()),
      inventory.lockFreeLevels(tx, [...new Set(goods)]),
    ]);
    const own = firsts.filter((each) => claimed.has(placementKey(each)));
    const fits = await inventory.reserveTogether(
      tx,
      locked,
      own.map(({ buyerId, heldUntil, planned }) => ({
        buyerId,
        until: heldUntil,
        reservations: planned.map(({ reservationId, shop }) => ({
          reservationId,
          lines: shop.lines.map(({ sku: { skuId }, quantity }) => ({ skuId, quantity })),
        })),
        alongside: announce(buyerId, planned),
      })),
    );
    const served = own.filter((_, at) => fits[at]);
    const unserved = own.filter((_, at) => !fits[at]);
    // Placed alone, each finds its key as free as it was.
    if (unserved.length > 0) await dropKeys(tx, unserved);
    const rows = served.map(rowsOf);
    if (served.length > 0) await writeRows(tx, served, rows);
    const replies = new Map(served.map(({ order }, at) => [order, rows[at]?.placement.reply]));
    return asked.map(({ order }) => replies.get(order));
  }

  const rowsOf = ({ idempotencyKey, order, ...taken }: Ready) =>
    placementRows(fieldCipher, idempotencyKey, order, {
      ...taken,
      ...{ pools: new Map(), shippingHolds: new Map(), booked: new Map(), services: new Map() },
    });

  async function writeRows(
    tx: Tx,
    served: readonly Ready[],
    rows: readonly { placement: Placement; payment: OpenPayment }[],
  ): Promise<void> {
    await insertPlacements(
      tx,
      rows.map(({ placement }) => placement),
    );
    await payments.openAll(
      tx,
      rows.map(({ payment }) => payment),
    );
    for (const { buyerId, order } of served)
      if (order.cartLineIds.length > 0) await deps.removeFromCart(tx, buyerId, order.cartLineIds);
    const used = served.flatMap(({ buyerId, order: { address, body } }) =>
      address && body.addressId ? [{ buyerId, addressId: body.addressId }] : [],
    );
    if (used.length > 0) await deps.markAddressesUsed(tx, used);
  }

  const together = gather<Asked, PlacedOrder | undefined>({
    together: (asked) => inTransaction((tx) => write(tx, asked)),
    most,
  });

  const price = async (buyerId: string, body: PlaceOrder, caller: Caller): Promise<PricedOrder> =>
    priceOrder(shared, buyerId, { body, ...caller, ...(await deps.wantedLines(shared, buyerId, body.source)) });

  async function inCompany(
    buyerId: string,
    idempotencyKey: string,
    body: PlaceOrder,
    caller: Caller,
  ): Promise<PlacedOrder | undefined> {
    if (!mayBePlain(body)) return undefined;
    // Refused before anything was claimed: a key that is known has its own answer, so placing alone decides.
    const order = await price(buyerId, body, caller).catch(() => undefined);
    if (!order || !isPlain(order)) return undefined;
    return together({ buyerId, idempotencyKey, bodyHash: hashBody(body), order }).catch((error: unknown) => {
      // PostgreSQL refused it, or nobody knows: the key tells whoever places it alone.
      if (sqlState(error) === undefined) throw error;
      return undefined;
    });
  }

  return async (buyerId: string, idempotencyKey: string, body: PlaceOrder, caller: Caller = {}): Promise<PlacedOrder> =>
    (await inCompany(buyerId, idempotencyKey, body, caller)) ??
    inTransaction((tx) => place(tx, buyerId, idempotencyKey, body, caller));
}
