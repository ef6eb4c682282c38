import type { Selectable } from 'kysely';
import type { Executor, Tx } from '#platform/database/database.ts';
import { fixedQuery } from '#platform/database/hot-query.ts';
import type { PurchaseTable } from './subscriptions.tables.ts';

export type Purchase = Selectable<PurchaseTable>;

export const listPlans = (db: Executor) => db.selectFrom('subscriptions.plan').selectAll().orderBy('price').execute();
export const findPlan = (db: Executor, planId: string) =>
  db
    .selectFrom('subscriptions.plan')
    .selectAll()
    .where('planId', '=', planId as 'basic')
    .executeTakeFirst();

export const findHolders = fixedQuery<{ buyerId: string }, [buyerIds: readonly string[]]>(
  'select buyer_id from subscriptions.entitlement where buyer_id = any($1::uuid[])',
);

export const findEntitlement = (db: Executor, buyerId: string) =>
  db.selectFrom('subscriptions.entitlement').selectAll().where('buyerId', '=', buyerId).executeTakeFirst();

/** The row one buyer's purchases, trials and refunds wait for; an ended one is made at first sight. */
export async function lockEntitlement(tx: Tx, buyerId: string, now: Date) {
  const find = () =>
    tx
      .selectFrom('subscriptions.entitlement')
      .selectAll()
      .where('buyerId', '=', buyerId)
      .forUpdate()
      .executeTakeFirst();
  const found = await find();
  if (found) return found;
  await tx
    .insertInto('subscriptions.entitlement')
    .values({ buyerId, planId: null, startedAt: now, until: now, remindedUntil: null, endedAt: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const made = await find();
  if (!made) throw new Error('an entitlement vanished');
  return made;
}
export type Entitlement = Awaited<ReturnType<typeof lockEntitlement>>;

export async function changeEntitlement(tx: Tx, buyerId: string, change: Partial<Entitlement>): Promise<void> {
  await tx.updateTable('subscriptions.entitlement').set(change).where('buyerId', '=', buyerId).execute();
}

/** Every key of the person at once, or none. @returns false when any was used before */
export async function claimTrial(tx: Tx, personKeys: string[], buyerId: string, now: Date): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('subscriptions.trial')
    .values(personKeys.toSorted().map((personKey) => ({ personKey, takenBy: buyerId, takenAt: now })))
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === BigInt(personKeys.length);
}
export async function hasTried(db: Executor, personKeys: string[]): Promise<boolean> {
  const row = await db
    .selectFrom('subscriptions.trial')
    .select('personKey')
    .where('personKey', 'in', personKeys)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export const insertPurchase = (tx: Tx, purchase: Purchase) =>
  tx.insertInto('subscriptions.purchase').values(purchase).execute();

const purchases = (db: Executor, buyerId: string) =>
  db.selectFrom('subscriptions.purchase').selectAll().where('buyerId', '=', buyerId);

export const findPending = (db: Executor, buyerId: string): Promise<Purchase | undefined> =>
  purchases(db, buyerId).where('status', '=', 'pending').executeTakeFirst();
export const lockByPayment = (tx: Tx, buyerId: string, paymentId: string): Promise<Purchase | undefined> =>
  purchases(tx, buyerId).where('paymentId', '=', paymentId).forUpdate().executeTakeFirst();
/** Paid periods, latest first. */
export const listPaid = (db: Executor, buyerId: string): Promise<Purchase[]> =>
  purchases(db, buyerId).where('status', '=', 'paid').orderBy('endsAt', 'desc').limit(24).execute();

export async function changePurchase(
  tx: Tx,
  { buyerId, purchaseNo }: { buyerId: string; purchaseNo: string },
  change: Partial<Purchase>,
): Promise<void> {
  await tx
    .updateTable('subscriptions.purchase')
    .set(change)
    .where('buyerId', '=', buyerId)
    .where('purchaseNo', '=', purchaseNo)
    .execute();
}

export const claimUnpaid = (tx: Tx, before: Date, limit: number): Promise<Purchase[]> =>
  tx
    .selectFrom('subscriptions.purchase')
    .selectAll()
    .where('status', '=', 'pending')
    .where('payUntil', '<=', before)
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();

export const claimEnded = (tx: Tx, now: Date, limit: number): Promise<Entitlement[]> =>
  tx
    .selectFrom('subscriptions.entitlement')
    .selectAll()
    .where('endedAt', 'is', null)
    .where('until', '<=', now)
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();

/** Paid entitlements that end soon and of which nobody was told. */
export const claimToRemind = (tx: Tx, now: Date, until: Date, limit: number): Promise<Entitlement[]> =>
  tx
    .selectFrom('subscriptions.entitlement')
    .selectAll()
    .where('endedAt', 'is', null)
    .where('isTrial', '=', false)
    .where('wantsReminder', '=', true)
    .where('until', '>', now)
    .where('until', '<=', until)
    .where((eb) => eb.or([eb('remindedUntil', 'is', null), eb('remindedUntil', '<>', eb.ref('until'))]))
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
