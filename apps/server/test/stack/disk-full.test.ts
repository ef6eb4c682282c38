/** PostgreSQL's disk fills up while orders come in: what was answered is there afterwards, what failed left nothing behind. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isRoot } from '../../../../scripts/stack/processes.ts';
import { openStack, type Stack } from '../../../../scripts/stack/stack.ts';
import { auditAll } from '../../src/main/audit.ts';
import { openDatabase } from '../../src/platform/database/database.ts';
import { migrate } from '../../src/platform/database/migrate.ts';
import { newId } from '../../src/platform/ids.ts';
import { openTrade, type Trade } from '../trade.ts';

const sizeMb = 260;
/** What is left for PostgreSQL when the disk is as good as full. */
const leftMb = 3;

function mountSmallDisk(folder: string): boolean {
  if (!isRoot) return false;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m,mode=755`, 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

let folder = '';
let hasDisk = false;
let stack: Stack | undefined;
let trade: Trade | undefined;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'xiaopu-disk-'));
  hasDisk = mountSmallDisk(folder);
  if (!hasDisk) return;
  stack = await openStack(folder);
  await stack.startServer('postgres');
  const database = openDatabase({ connection: { connectionString: stack.env.DATABASE_URL } });
  await migrate(database.db);
  trade = await openTrade({ database: { ...database, statementsOf: async () => [], close: () => database.close() } });
});
afterAll(async () => {
  await trade?.close();
  await stack?.stopServer('postgres');
  if (hasDisk) execFileSync('umount', [folder]);
  rmSync(folder, { recursive: true, force: true });
});

it('C04-TECH-10 a full disk loses no answered order and leaves no half one', async (test) => {
  if (!hasDisk || !trade || !stack) return test.skip('a small disk can only be mounted by root');
  const { database, db } = trade;
  const skuIds = await Promise.all(Array.from({ length: 4 }, () => (trade as Trade).givenSku({ stock: 100_000 })));
  const answered: string[] = [];
  const failures: string[] = [];
  const buy = async (index: number) => {
    const lines = [{ skuId: skuIds[index % skuIds.length] as string, quantity: 1 }];
    await (trade as Trade).place(newId(), lines).then(
      ({ orderNos }) => void answered.push(...orderNos),
      (error: Error) => void failures.push((error as { code?: string }).code ?? error.message),
    );
  };
  await Promise.all(Array.from({ length: 20 }, (_, index) => buy(index)));
  expect(failures).toEqual([]);

  const { bavail, bsize } = statfsSync(folder);
  const ballast = join(folder, 'ballast');
  writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - leftMb * 1_048_576)));
  // Something else eats the rest while orders come in.
  const eating = database.pool
    .query(`create table eaten as select repeat(md5(i::text), 60) as text from generate_series(1, 40000) i`)
    .catch((error: { code?: string }) => error.code ?? 'gone');
  for (let round = 0; round < 40 && failures.length < 20; round += 1)
    await Promise.all(Array.from({ length: 10 }, (_, index) => buy(index)));
  await eating;
  expect(failures.length).toBeGreaterThan(0);

  // People make room; the server comes back by itself or is started again.
  rmSync(ballast);
  await stack.stopServer('postgres', 'SIGKILL');
  await stack.startServer('postgres');
  await database.pool.query('drop table if exists eaten');
  failures.length = 0;
  await Promise.all(Array.from({ length: 20 }, (_, index) => buy(index)));
  expect(failures).toEqual([]);

  const rows = await db.selectFrom('orders.order').select('orderNo').execute();
  const kept = new Set(rows.map(({ orderNo }) => orderNo));
  expect(answered.filter((orderNo) => !kept.has(orderNo))).toEqual([]);
  // One whose answer was lost may be there as well; whatever is there is whole.
  const { rows: halves } = await database.pool.query(`
    select o.order_no from orders."order" o
    where not exists (select 1 from orders.order_line l where l.buyer_id = o.buyer_id and l.order_no = o.order_no)
       or not exists (select 1 from inventory.reservation_line r where r.reservation_id = o.reservation_id)
       or not exists (select 1 from orders.placement p where p.buyer_id = o.buyer_id and p.reply is not null)`);
  expect(halves).toEqual([]);
  const { rows: levels } = await database.pool.query<{ reserved: number }>(
    'select sum(reserved)::int as reserved from inventory.stock_level',
  );
  expect(levels[0]?.reserved).toBe(rows.length);
  // Payments are not part of the trade core here; all books of stock and orders are.
  const { results } = await auditAll(database, trade.clock.now());
  const stockAndOrders = results.filter(({ name }) => /^(inventory\.|orders\.|orders_and_reservations)/.test(name));
  expect(stockAndOrders.length).toBeGreaterThan(0);
  expect(stockAndOrders.filter(({ differences }) => differences > 0)).toEqual([]);
});
