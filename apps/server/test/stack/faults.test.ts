/**
 * What may fail does, under load: processes and servers killed, wires cut and halted, notices that lie, a clock that leaps. After
 * each: one order a wish, no order without its stock, no payment without its order, no double refund, and books that balance.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ClusterProcess,
  type RunningCluster,
  startCluster,
  stopCluster,
} from '../../../../scripts/stack/cluster.ts';
import { postgresBin } from '../../../../scripts/stack/packages.ts';
import type { Stack } from '../../../../scripts/stack/stack.ts';
import type { AuditReport } from '../../src/main/audit.ts';
import type { TestDatabase } from '../database.ts';
import { openWire, type Wire } from './cut.ts';
import { openShoppers, type Wish } from './shoppers.ts';
import { createStackDatabase, runningStack, waitFor } from './stack.ts';

const root = resolve(import.meta.dirname, '../../../..');
const run = promisify(execFile);
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
const personas = ['lin-xia', 'chen-mo', 'lin-xia', 'chen-mo'];
/** How long a fault lasts while shoppers go on. */
const faultMs = 2_000;

describe('faults under load', () => {
  let stack: Stack;
  let cluster: RunningCluster;
  let database: TestDatabase & { url: string };
  let wires: Record<'postgres' | 'redis' | 'rabbitmq', Wire>;
  let shoppers: ReturnType<typeof openShoppers>;
  const wired = (url: string, { port }: Wire) => url.replace(/:\d+(?=\/|$|\?)/, `:${port}`);

  beforeAll(async () => {
    stack = await runningStack();
    database = await createStackDatabase(stack);
    wires = {
      postgres: await openWire(stack.ports.postgres),
      redis: await openWire(stack.ports.redis),
      rabbitmq: await openWire(stack.ports.rabbit),
    };
    cluster = await startCluster(stack, {
      env: {
        DATABASE_URL: wired(database.url, wires.postgres),
        REDIS_URL: wired(stack.env.REDIS_URL, wires.redis),
        AMQP_URL: wired(stack.env.AMQP_URL, wires.rabbitmq),
        RATE_LIMIT_PER_MINUTE: '0',
      },
      demoDays: 0,
      ratePerSecond: 1_000,
      burst: 1_000,
    });
    shoppers = openShoppers(cluster);
    for (const persona of new Set(personas))
      await shoppers.ask('PUT', `/sandbox/control/personas/${persona}/balance`, { balance: 1_000_000_000 });
    shoppers.start(personas);
  });
  afterAll(async () => {
    await shoppers?.finish();
    await stopCluster(stack);
    await Promise.all(['postgres', 'redis', 'rabbitmq'].map(stack.startServer));
    await shoppers?.close();
    await Promise.all(Object.values(wires ?? {}).map((wire) => wire.close()));
    await database.close();
  });

  const asked = async <T extends pg.QueryResultRow>(text: string): Promise<T[]> => {
    // Its own connection each time: a killed server takes the pool's with it.
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    return client
      .query<T>(text)
      .then(
        ({ rows }) => rows,
        (error: unknown) => {
          throw error;
        },
      )
      .finally(() => client.end());
  };
  const audit = async (url: string, ...flags: string[]): Promise<AuditReport> => {
    const { stdout } = await run(process.execPath, ['apps/server/src/main/audit.ts', '--json', ...flags], {
      cwd: root,
      env: { PATH: process.env.PATH, DATABASE_URL: url, DATA_DIR: join(stack.folder, 'shop') },
    }).catch((error: { stdout: string }) => error);
    return JSON.parse(stdout) as AuditReport;
  };
  /** Shoppers go on until some who began after the fault did: what was under way before it says nothing. */
  async function untilSome(did: (wish: Wish) => boolean, more: number): Promise<void> {
    const before = shoppers.wishes.length;
    await waitFor(
      async () => shoppers.wishes.slice(before).filter(did).length,
      (now) => now >= more,
      { withinMs: 90_000 },
    );
  }
  const untilServed = (more = 4) => untilSome(({ isPaid }) => isPaid, more);
  async function expectWhole(): Promise<void> {
    await shoppers.finish();
    // What is on its way arrives: events, notices found by query, refunds.
    await waitFor(
      () =>
        asked(`select name, attempts, last_error, created_at, next_attempt_at, payload from platform.outbox
          where delivered_at is null and dead_at is null`),
      (waiting) => waiting.length === 0,
      { withinMs: 90_000, everyMs: 500 },
    );
    const answered = shoppers.wishes.filter(({ placed }) => placed);
    const keys = answered.map(({ key }) => `'${key}'`).join(',') || `''`;
    const placements = await asked<{ key: string; reply: { paymentId: string } }>(
      `select idempotency_key as key, reply from orders.placement where idempotency_key in (${keys})`,
    );
    // Every answer is there, once, and says what was answered.
    expect(placements).toHaveLength(answered.length);
    for (const { key, reply } of placements)
      expect(answered.find((wish) => wish.key === key)?.placed?.paymentId).toBe(reply.paymentId);
    const [orders] = await asked<Record<string, number>>(`
      select count(*)::int as placed,
        (select count(*)::int from orders.placement where reply is not null) as replies,
        count(*) filter (where status in ('pending_payment', 'paid') and not exists (
          select 1 from inventory.reservation_line r where r.reservation_id = o.reservation_id) and held_until is not null)::int as without_stock,
        (select count(*)::int from payments.payment p where not exists (
          select 1 from orders."order" x where x.buyer_id = p.buyer_id and x.payment_id = p.payment_id) and not exists (
          select 1 from subscriptions.purchase s where s.payment_id = p.payment_id)) as payments_without_order,
        (select count(*)::int from (select payment_id from orders."order" where buyer_id in (select buyer_id from orders.placement)
          group by buyer_id, payment_id, shop_id having count(*) > 1) d) as doubled,
        (select count(*)::int from (select order_no from orders.refund where lines is null group by order_no having count(*) > 1) d) as double_refunds
      from orders."order" o where exists (select 1 from orders.placement p where p.buyer_id = o.buyer_id)`);
    expect(orders).toMatchObject({ without_stock: 0, payments_without_order: 0, doubled: 0, double_refunds: 0 });
    // The outbox is empty once the bus has its events; they are handled a moment later. Nothing is excused: what stays is a loss.
    await waitFor(
      async () => (await audit(database.url, '--settled')).results.filter((result) => result.differences > 0),
      (found) => found.length === 0,
      { withinMs: 90_000, everyMs: 1_000 },
    );
    expect(answered.length).toBeGreaterThan(0);
    shoppers.start(personas);
  }

  it.each(['http-0', 'http-1', 'worker-0', 'worker-1'] as const)(
    'C04-TECH-10 SIGKILL of %s in mid-order leaves no half order',
    async (name: ClusterProcess) => {
      await untilServed(2);
      await cluster.stop(name, 'SIGKILL');
      await pause(faultMs / 2);
      await cluster.start(name);
      await untilServed();
    },
  );

  it.each(['redis', 'rabbitmq', 'postgres'] as const)('C04-TECH-10 SIGKILL of %s in mid-order', async (server) => {
    await untilServed(2);
    await stack.stopServer(server, 'SIGKILL');
    await pause(faultMs);
    await stack.startServer(server);
    await untilServed();
  });

  it('is whole after everything was killed once', expectWhole);

  it.each([1, 2, 3])('C04-TECH-10 SIGKILL of all processes and servers at one moment, %s', async () => {
    await untilServed(2);
    const servers = ['redis', 'rabbitmq', 'postgres'];
    const processes = ['http-0', 'http-1', 'worker-0', 'worker-1'] as const;
    await Promise.all([
      ...servers.map((name) => stack.stopServer(name, 'SIGKILL')),
      ...processes.map((name) => cluster.stop(name, 'SIGKILL')),
    ]);
    await Promise.all(servers.map(stack.startServer));
    await Promise.all(processes.map(cluster.start));
    await untilServed();
  });

  it('is whole after everything was killed at one moment', expectWhole);

  it.each(['redis', 'rabbitmq', 'postgres'] as const)('the wire to %s is cut, and then halted', async (server) => {
    await untilServed(2);
    wires[server].cut();
    await pause(faultMs);
    wires[server].mend();
    await untilServed(2);
    wires[server].halt();
    await pause(faultMs);
    wires[server].mend();
    await untilServed();
  });

  it('is whole after its wires were cut', expectWhole);

  it('places what was queued although the worker that places it is killed', async () => {
    await asked(`insert into platform.policy_setting (scope, key, value) values ('install', 'orders.queue_from', 0)
      on conflict (scope, key) do update set value = 0`);
    // Every process reads policies again within ten seconds.
    await pause(11_000);
    await cluster.stop('worker-0', 'SIGKILL');
    await untilServed(2);
    await cluster.start('worker-0');
    await cluster.stop('worker-1', 'SIGKILL');
    await untilServed(2);
    await cluster.start('worker-1');
    await asked(`delete from platform.policy_setting where key = 'orders.queue_from'`);
  });

  it.each(['duplicate', 'out-of-order', 'lost', 'bad-signature', 'wrong-amount', 'slow'])(
    'notices that are %s',
    async (fault) => {
      const set = (values: object) => shoppers.ask('PUT', '/sandbox/control/switches', values);
      expect((await set({ 'notify.transaction': fault })).status).toBe(200);
      // Some are never told by themselves: it counts who paid, not who heard of it.
      await untilSome(({ hasPaidAtSandbox }) => hasPaidAtSandbox, 4);
      await set({ 'notify.transaction': 'none' });
      await untilServed(2);
    },
  );

  it('the clock of one worker leaps twenty minutes ahead and back', async () => {
    const file = join(stack.folder, 'shop', 'demo-clock');
    await writeFile(file, String(20 * 60_000));
    await cluster.stop('worker-1');
    await cluster.start('worker-1');
    await untilServed();
    await writeFile(file, '0');
    await cluster.stop('worker-1');
    await cluster.start('worker-1');
    await untilServed(2);
  });

  it('is whole after notices that lied and a clock that leapt', expectWhole);

  it('is backed up while it sells, restored, and balances: the runbook’s own scripts', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'xiaopu-backup-'));
    const env = { PATH: process.env.PATH, PG_BIN: postgresBin() };
    const restored = `${database.url.replace(/[^/]+$/, 'restored')}`;
    try {
      await run('deploy/scripts/back-up.sh', [folder], { cwd: root, env: { ...env, DATABASE_URL: database.url } });
      const archive = (await readdir(folder)).find((name) => name.endsWith('.dump')) ?? '';
      const admin = new pg.Client({ connectionString: stack.env.DATABASE_URL });
      await admin.connect();
      await admin.query('create database restored');
      await admin.end();
      const restore = () =>
        run('deploy/scripts/restore.sh', [join(folder, archive)], {
          cwd: root,
          env: { ...env, DATABASE_URL: restored },
        });
      await restore();
      // A second time it refuses: the database is no longer empty.
      await expect(restore()).rejects.toMatchObject({ code: 1 });
      const { differences, results } = await audit(restored);
      expect(results.filter((result) => result.differences > 0)).toEqual([]);
      expect(differences).toBe(0);
      const client = new pg.Client({ connectionString: restored });
      await client.connect();
      const { rows } = await client.query('select count(*)::int as orders from orders."order"');
      expect(rows[0].orders).toBeGreaterThan(0);
      await client.end();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
