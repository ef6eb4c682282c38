/** A process of its own that takes from a pool as fast as it can and says which requests were answered: to be killed. */
import { createMemoryAdmission, createPoolEngine } from '../src/modules/inventory/index.ts';
import { systemClock } from '../src/platform/clock.ts';
import { openDatabase } from '../src/platform/database/database.ts';
import { newId } from '../src/platform/ids.ts';
import { createLogger } from '../src/platform/logger.ts';

const [connection = '', poolId = ''] = process.argv.slice(2);
const database = openDatabase({ connection: JSON.parse(connection) });
const engine = createPoolEngine({
  database,
  admission: createMemoryAdmission(),
  clock: systemClock,
  log: createLogger('silent'),
});
const shopper = async () => {
  for (;;) {
    const requestId = newId();
    const { outcome } = await engine.take({ poolId, requestId, buyerId: newId(), quantity: 1 });
    if (outcome !== 'held') return;
    process.stdout.write(`${requestId}\n`);
  }
};
await Promise.all(Array.from({ length: 500 }, shopper));
