/** A distributor's account in a shop: every change is a ledger row with the balance after it, written under the account's lock. */
import type { Executor, Tx } from '#platform/database/database.ts';
import type { DistributionDeps } from './distribution.ports.ts';
import type {} from './distribution.tables.ts';

export interface AccountKey {
  buyerId: string;
  shopId: string;
}
export interface Movement {
  /** Fen; never 0. */
  amount: number;
  kind: 'commission' | 'claw_back' | 'withdrawal' | 'withdrawal_back';
  /** The same key is booked once. */
  sourceKey: string;
  orderNo?: string;
  withdrawalId?: string;
}
export type Accounts = ReturnType<typeof createAccounts>;

export function createAccounts({ clock }: Pick<DistributionDeps, 'clock'>) {
  /** Opens the account at first sight. Everything that books on it queues here. */
  async function lock(tx: Tx, { buyerId, shopId }: AccountKey): Promise<{ balance: number; entries: number }> {
    await tx
      .insertInto('distribution.account')
      .values({ buyerId, shopId })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return tx
      .selectFrom('distribution.account')
      .select(['balance', 'entries'])
      .where('buyerId', '=', buyerId)
      .where('shopId', '=', shopId)
      .forUpdate()
      .executeTakeFirstOrThrow();
  }

  return {
    lock,

    async balance(db: Executor, { buyerId, shopId }: AccountKey): Promise<number> {
      const row = await db
        .selectFrom('distribution.account')
        .select('balance')
        .where('buyerId', '=', buyerId)
        .where('shopId', '=', shopId)
        .executeTakeFirst();
      return row?.balance ?? 0;
    },

    /** @returns false when it was booked before */
    async book(tx: Tx, key: AccountKey, { orderNo, withdrawalId, ...movement }: Movement): Promise<boolean> {
      const { buyerId, shopId } = key;
      const { balance, entries } = await lock(tx, key);
      const after = balance + movement.amount;
      const { numInsertedOrUpdatedRows } = await tx
        .insertInto('distribution.ledger')
        .values({
          ...{ buyerId, shopId, entryNo: entries + 1, ...movement, balance: after, at: clock.now() },
          orderNo: orderNo ?? null,
          withdrawalId: withdrawalId ?? null,
        })
        .onConflict((conflict) => conflict.columns(['buyerId', 'shopId', 'sourceKey']).doNothing())
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows !== 1n) return false;
      await tx
        .updateTable('distribution.account')
        .set({ balance: after, entries: entries + 1 })
        .where('buyerId', '=', buyerId)
        .where('shopId', '=', shopId)
        .execute();
      return true;
    },
  };
}
