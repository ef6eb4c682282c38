/**
 * Stock set apart in a hot pool and back. The pool's units stay reserved on the level all the while, so general stock is
 * what it was: moving in and out are ledger rows, and what happens inside has a ledger of its own (engine/pool.ledger.ts).
 */
import type { Clock } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import * as ledger from './engine/pool.ledger.ts';
import type { Standing } from './engine/pool.types.ts';
import { availableOf, type Level, type Movement, type StockLine } from './inventory.domain.ts';
import { outOfStock, poolHoldOver, poolUnknown, skuUnknown } from './inventory.errors.ts';
import * as repository from './inventory.repository.ts';

export interface NewPool {
  poolId: string;
  skuId: string;
  name: string;
  size: number;
  buyerLimit: number;
  holdMs: number;
  actor: string;
}

interface PoolStockDeps {
  clock: Clock;
  outbox: Outbox;
  move(tx: Tx, levels: ReadonlyMap<string, Level>, movements: readonly Movement[]): Promise<void>;
}

export function createPoolStock({ clock, outbox, move }: PoolStockDeps) {
  const lockPool = async (tx: Tx, shopId: string, poolId: string) => {
    const found = await ledger.findPool(tx, poolId);
    if (!found || found.shopId !== shopId) throw poolUnknown();
    // Level before pool: the order every caller locks in.
    const levels = await repository.lockLevels(tx, [found.skuId]);
    const pool = await ledger.lockPool(tx, found);
    if (!pool) throw poolUnknown();
    return { pool, levels };
  };

  /** What is free goes back to general stock. The pool is closed once nobody holds a unit of it without an order. */
  async function shrink(tx: Tx, shopId: string, poolId: string, actor: string): Promise<boolean> {
    const { pool, levels } = await lockPool(tx, shopId, poolId);
    if (pool.status === 'closed') return false;
    const free = pool.size - pool.taken;
    const isHeld = (await ledger.standingsOf(tx, pool)).some(({ state }) => state === 'held');
    const status = isHeld ? 'draining' : 'closed';
    if (free === 0 && status === pool.status) return false;
    await ledger.shrinkPool(tx, pool, { size: pool.taken, status, at: clock.now() });
    if (free > 0) {
      await move(tx, levels, [
        {
          skuId: pool.skuId,
          kind: 'pool_out',
          onHandDelta: 0,
          reservedDelta: -free,
          reference: poolId,
          actor,
          note: pool.name,
        },
      ]);
    }
    return true;
  }

  return {
    /** Moves units from general stock into a new pool; refuses with `inventory.out_of_stock`. A repeated `poolId` changes nothing. */
    async open(
      tx: Tx,
      shopId: string,
      { poolId, skuId, name, size, buyerLimit, holdMs, actor }: NewPool,
    ): Promise<void> {
      const levels = await repository.lockLevels(tx, [skuId]);
      const level = levels.get(skuId);
      if (!level || level.shopId !== shopId) throw skuUnknown();
      const available = availableOf(level);
      const { spuId } = level;
      const isNew = await ledger.insertPool(
        tx,
        { skuId, poolId, spuId, shopId, name, size, buyerLimit, holdMs },
        clock.now(),
      );
      if (!isNew) return;
      if (size > available) throw outOfStock({ shortages: [{ skuId, requested: size, available }] });
      await move(tx, levels, [
        { skuId, kind: 'pool_in', onHandDelta: 0, reservedDelta: size, reference: poolId, actor, note: name },
      ]);
    },

    /** No more takes; what is free goes back now, what is held when it is bought or its time is over. */
    close: (tx: Tx, shopId: string, poolId: string, actor: string): Promise<boolean> =>
      shrink(tx, shopId, poolId, actor),

    /** Goes on with pools that were closed while units were held. */
    async drain(db: Executor, inTransaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>): Promise<number> {
      let moved = 0;
      for (const { poolId, shopId, status } of await ledger.livePools(db)) {
        if (status === 'draining' && (await inTransaction((tx) => shrink(tx, shopId, poolId, '系统')))) moved += 1;
      }
      return moved;
    },

    /** What these requests hold or have, by request id. One statement for one SKU and pool. */
    holds: (
      db: Executor,
      pool: { skuId: string; poolId: string },
      requestIds: readonly string[],
    ): Promise<Standing[]> => ledger.standingsOf(db, pool, requestIds),

    /** Units kept without an order and units that orders have, of each pool. One statement. */
    tallies: ledger.talliesOf,

    /**
     * An order takes over what the pool holds for its buyer, or is refused (`inventory.pool_hold_over`). Units set apart
     * go to whoever orders first (`inventory.out_of_stock`); of a closed pool they are in general stock again.
     * @returns the lines that general stock must serve
     */
    async bind<Line extends StockLine>(tx: Tx, buyerId: string, lines: readonly Line[]): Promise<Line[]> {
      const general: Line[] = [];
      for (const line of lines) {
        const { skuId, quantity, pool } = line;
        if (!pool) general.push(line);
        else if (pool.requestId !== undefined) {
          const { poolId, requestId } = pool;
          if (!(await ledger.bindEntry(tx, { skuId, quantity, buyerId, poolId, requestId }, clock.now())))
            throw poolHoldOver();
        } else if (!(await ledger.takeApart(tx, { skuId, poolId: pool.poolId, quantity }))) {
          const left = await ledger.lockPool(tx, { skuId, poolId: pool.poolId });
          if (left?.status === 'open')
            throw outOfStock({ shortages: [{ skuId, requested: quantity, available: left.size - left.taken }] });
          general.push(line);
        }
      }
      return general;
    },

    /** Units of each pool that nobody has. One statement. */
    free: ledger.freeOf,

    /** Units of cancelled orders return to their pool while it runs. @returns the SKUs whose units it took */
    async takeBack(
      tx: Tx,
      lines: readonly { skuId: string; quantity: number; poolId: string | null; poolRequestId: string | null }[],
    ): Promise<Set<string>> {
      const taken = new Set<string>();
      for (const { skuId, quantity, poolId, poolRequestId: requestId } of lines) {
        if (!poolId) continue;
        if (!requestId) {
          if (await ledger.putApart(tx, { skuId, poolId, quantity })) taken.add(skuId);
          continue;
        }
        const pool = await ledger.lockPool(tx, { skuId, poolId });
        if (!pool || pool.status === 'closed') continue;
        if (!(await ledger.returnEntry(tx, { skuId, poolId, requestId, quantity }, clock.now()))) continue;
        taken.add(skuId);
        await outbox.publish(tx, 'inventory.pool_returned', { poolId, skuId, shopId: pool.shopId, requestId });
      }
      return taken;
    },
  };
}
