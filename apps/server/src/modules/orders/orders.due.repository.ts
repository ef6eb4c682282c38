/** What the clock brings up: each found in small batches, and re-checked under its lock by whoever acts. */
import { sql } from 'kysely';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { Order } from './orders.repository.ts';

export interface DuePayment {
  buyerId: string;
  paymentId: string;
}

/** Payments with a hold that has ended, or that are due to close. Re-checked under the lock by whoever acts. */
export const paymentsWithHoldDue = (db: Executor, now: Date, limit: number): Promise<DuePayment[]> =>
  db
    .selectFrom('orders.order')
    .select(['buyerId', 'paymentId'])
    .distinct()
    .where('status', '=', 'pending_payment')
    .where('heldUntil', '<=', now)
    .limit(limit)
    .execute();

export const paymentsToClose = (db: Executor, now: Date, limit: number): Promise<DuePayment[]> =>
  db
    .selectFrom('orders.order')
    .select(['buyerId', 'paymentId'])
    .distinct()
    .where('status', '=', 'pending_payment')
    .where('closeRequestedAt', 'is', null)
    .where('closesAt', '<=', now)
    .limit(limit)
    .execute();

/** Presales whose balance was not paid in its window. Re-checked under the lock by whoever acts. */
export const balancesMissed = (db: Executor, now: Date, limit: number): Promise<DuePayment[]> =>
  db
    .selectFrom('orders.order')
    .select(['buyerId', 'paymentId'])
    .where('status', '=', 'deposit_paid')
    .where('closeRequestedAt', 'is', null)
    .where('balanceClosesAt', '<=', now)
    .limit(limit)
    .execute();

/** Goods nobody came for. Claimed: a second worker takes others. */
export const lockPickupsExpired = (tx: Tx, now: Date, limit: number): Promise<Order[]> =>
  tx
    .selectFrom('orders.order')
    .selectAll()
    .where('storeId', 'is not', null)
    .where('status', 'in', ['paid', 'ready_for_pickup'])
    .where('shippingHold', 'is', null)
    .where(sql<boolean>`pickup ->> 'now' is null`)
    .where('pickupExpiresAt', '<=', now)
    .orderBy('pickupExpiresAt')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();

/** Claimed: a second worker takes others. */
export const lockOrdersToReceive = (tx: Tx, now: Date, limit: number): Promise<Order[]> =>
  tx
    .selectFrom('orders.order')
    .selectAll()
    .where('status', '=', 'shipped')
    .where('autoReceiveAt', '<=', now)
    .orderBy('autoReceiveAt')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
