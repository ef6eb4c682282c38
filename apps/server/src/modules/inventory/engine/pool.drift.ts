/**
 * The alarm of X-39: admission, pool, its ledger and the stock level are compared now and then. What the admission has
 * wrong is mended by loading it from the ledger; what the tables have wrong is for people, so it is said aloud.
 */
import type { Database } from '#platform/database/database.ts';
import type { Logger } from '#platform/logger.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import type { PoolEngine } from './pool.engine.ts';
import * as ledger from './pool.ledger.ts';

interface Fault {
  what: 'pool_and_entries' | 'level_and_holds' | 'admission_and_pool';
  expected: number;
  actual: number;
}

export function createDriftWatch({
  database: { db, inTransaction },
  engine,
  outbox,
  log,
}: {
  database: Pick<Database, 'db' | 'inTransaction'>;
  engine: Pick<PoolEngine, 'figures' | 'doubt' | 'isIdle'>;
  outbox: Outbox;
  log: Logger;
}): () => Promise<number> {
  /** A difference counts when it is seen twice: a commit between two readings is none. */
  const seen = new Map<string, string>();
  const told = new Set<string>();

  async function faultsOf(row: ledger.Balance): Promise<Fault[]> {
    const faults: Fault[] = [];
    const { taken, entries, size, reserved, expectedReserved, poolId } = row;
    if (taken !== entries) faults.push({ what: 'pool_and_entries', expected: entries, actual: taken });
    if (reserved !== expectedReserved)
      faults.push({ what: 'level_and_holds', expected: expectedReserved, actual: reserved });
    const figures = engine.isIdle() ? await engine.figures(poolId) : undefined;
    if (figures && figures.free !== size - taken)
      faults.push({ what: 'admission_and_pool', expected: size - taken, actual: figures.free });
    return faults;
  }

  return async () => {
    let found = 0;
    const now = new Map<string, string>();
    for (const row of await ledger.balances(db)) {
      const { poolId, skuId, shopId } = row;
      for (const fault of await faultsOf(row)) {
        const key = `${poolId}/${fault.what}`;
        const figures = `${fault.expected}/${fault.actual}`;
        now.set(key, figures);
        if (seen.get(key) !== figures) continue;
        if (fault.what === 'admission_and_pool') engine.doubt(poolId);
        if (told.has(`${key}/${figures}`)) continue;
        told.add(`${key}/${figures}`);
        found += 1;
        log.error({ poolId, skuId, ...fault }, 'stock of a hot pool does not agree');
        await inTransaction((tx) => outbox.publish(tx, 'inventory.pool_drifted', { poolId, skuId, shopId, ...fault }));
      }
    }
    seen.clear();
    for (const [key, figures] of now) seen.set(key, figures);
    return found;
  };
}
