/** What a merchant meets when the shop starts, cannot start, stops, is killed, and comes back. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@xiaopu/free-port';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paidOrder } from './order-story.ts';
import { buyerApi, member } from './shop-api.ts';
import { type Env, processesOf, runStart, type ShopProcess, startShop } from './shop-process.ts';

const isRoot = process.getuid?.() === 0;
const isLinux = process.platform === 'linux';
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xiaopu-start-'));
  await chmod(folder, 0o755); // as root, PostgreSQL's own user must be able to enter, or the data goes elsewhere
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Starts where it cannot: one sentence, a non-zero exit, nothing of the program's insides. */
async function refusal(env: Env): Promise<string> {
  const { code, stderr } = await runStart({ SEED_DEMO: 'false', ...env });
  expect(code, stderr).toBeGreaterThan(0);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).not.toMatch(/^\s+at |node:internal|\[object/m);
  return stderr.trim();
}
const fresh = async (): Promise<Env> => ({ PORT: String(await freePort()), DATA_DIR: join(folder, 'unused') });

describe('a start that cannot be', () => {
  it('says that the port is taken, and touches no data', async () => {
    const other: Server = createServer();
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const { port } = other.address() as { port: number };
    const said = await refusal({ ...(await fresh()), PORT: String(port) });
    await new Promise((done) => other.close(done));
    expect(said).toBe(`Port ${port} is taken by another program. Stop it, or set PORT to a free one.`);
    expect(existsSync(join(folder, 'unused'))).toBe(false);
  });

  it('names every bad setting at once and repeats no value', async () => {
    const said = await refusal({
      ...(await fresh()),
      PORT: 'seventy',
      LOG_LEVEL: 'loud',
      SEED_DEMO: 'perhaps',
      DATABASE_URL: 'mysql://root:hunter2@db/shop',
      SM4_KEYS: 'not-a-key',
    });
    for (const name of ['PORT', 'LOG_LEVEL', 'SEED_DEMO', 'DATABASE_URL', 'SM4_KEYS']) expect(said).toContain(name);
    for (const value of ['seventy', 'loud', 'perhaps', 'hunter2', 'not-a-key']) expect(said).not.toContain(value);
  });

  it('refuses a merchant set up by half and lists what is missing (C10-PAY-02)', async () => {
    const said = await refusal({
      ...(await fresh()),
      WECHAT_MINI_APPID: 'wx0123456789abcdef',
      WECHAT_MINI_SECRET: 'a-secret',
      WECHAT_MCH_ID: '1900000001',
      WECHAT_API_V3_KEY: 'too-short',
    });
    expect(said).toBe(
      'Bad settings: WECHAT_OA_APPID is missing; WECHAT_OA_SECRET is missing; WECHAT_MCH_SERIAL is missing; ' +
        'WECHAT_MCH_PRIVATE_KEY is missing; WECHAT_API_V3_KEY must be 32 bytes',
    );
  });

  it('says that the database of DATABASE_URL does not answer', async () => {
    const said = await refusal({
      ...(await fresh()),
      DATABASE_URL: `postgres://shop@127.0.0.1:${await freePort()}/shop`,
    });
    expect(said).toBe('The database of DATABASE_URL does not answer.');
  });

  it('says that DATA_DIR cannot be written', async () => {
    let dataDir = join(folder, 'closed');
    // Nothing is closed to root except what the kernel keeps.
    if (isRoot) dataDir = '/sys/xiaopu';
    else {
      await mkdir(dataDir);
      await chmod(dataDir, 0o555);
    }
    expect(await refusal({ ...(await fresh()), DATA_DIR: dataDir })).toMatch(
      /cannot be written\. Set DATA_DIR to one that can\.$/,
    );
  });

  it('says that DATA_DIR is not a folder', async () => {
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    for (const dataDir of [file, join(file, 'data')]) {
      expect(await refusal({ ...(await fresh()), DATA_DIR: dataDir })).toMatch(
        /is not a folder\. Set DATA_DIR to one\.$/,
      );
    }
  });

  it('says that the disk is full', async ({ skip }) => {
    const disk = join(folder, 'small-disk');
    await mkdir(disk);
    const isMounted =
      isRoot && isLinux && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=12m,mode=755', 'tmpfs', disk]).status === 0;
    skip(!isMounted, 'a full disk needs root and the right to mount a small one');
    try {
      expect(await refusal({ ...(await fresh()), DATA_DIR: disk })).toBe(
        'The disk is full: free some space, or set DATA_DIR to another disk.',
      );
    } finally {
      spawnSync('umount', [disk]);
    }
  });
});

describe('a shop that runs', () => {
  /** Ten seconds on a machine that has the time for it; one that is busy with other work gets more in proportion. */
  const healthyWithinMs = () => 10_000 * Math.max(1, (loadavg()[0] ?? 0) / availableParallelism());
  const firstWithinMs = 90_000;
  let dataDir: string;
  let port: number;
  let shop: ShopProcess | undefined;
  let token: string;
  let before: Awaited<ReturnType<typeof keptThings>>;

  beforeAll(async () => {
    dataDir = join(folder, 'data');
    port = await freePort();
    shop = startShop({ port, dataDir });
    await shop.untilHealthy(firstWithinMs);
    before = await buySomething(shop.origin);
  }, firstWithinMs + 30_000);
  afterAll(async () => {
    await shop?.end('SIGTERM');
  });

  /** A member's order and cart, and the catalogue: what must not be lost. */
  async function buySomething(origin: string) {
    const { api, token: given } = await member(origin, 'lin-xia');
    token = given;
    const { items } = await api.catalog.products({ limit: 10, inStock: true });
    const product = await api.catalog.product(items[0]?.spuId ?? '');
    const skuId = product.skus.find(({ available }) => available > 2)?.skuId ?? '';
    await api.cart.add({ skuId, quantity: 2 });
    const { addressId } = await api.addresses.create({
      name: '林夏',
      phone: '13800000001',
      province: '浙江省',
      city: '杭州市',
      district: '西湖区',
      detail: '文三路 1 号',
      isDefault: true,
    });
    await api.orders.place(
      { source: { kind: 'lines', lines: [{ skuId, quantity: 1 }] }, addressId },
      'start-test-one-order',
    );
    await paidOrder(origin, api, 'lin-xia', product);
    return keptThings(origin);
  }
  async function keptThings(origin: string) {
    const api = buyerApi(origin, token);
    const [cart, orders, products, { addresses }] = await Promise.all([
      api.cart.get(),
      api.orders.list({ limit: 10 }),
      api.catalog.products({ limit: 50 }),
      api.addresses.list({}),
    ]);
    return {
      cart: cart.groups.flatMap(({ lines }) => lines.map(({ skuId, quantity }) => ({ skuId, quantity }))),
      orders: orders.items.map(({ orderNo, status, payable }) => ({ orderNo, status, payable })),
      products: products.items.map(({ spuId, salePrice }) => ({ spuId, salePrice })),
      addresses: addresses.map(({ addressId }) => addressId),
    };
  }

  it('C01-ECO-02 one command on an empty folder, no edit: goods, stock, and a payment that works', () => {
    expect(before.products).toHaveLength(50);
    expect(before.orders.map(({ status }) => status)).toEqual(['paid', 'pending_payment']);
  });

  it('refuses a second shop on the same data and is not disturbed', async () => {
    const said = await refusal({ PORT: String(await freePort()), DATA_DIR: dataDir });
    const [pid] = (await readFile(join(dataDir, 'xiaopu.lock'), 'utf8')).split(' ');
    expect(said).toBe(
      `The data folder ${dataDir} is in use by another Xiaopu (process ${pid}). Stop it, or set DATA_DIR.`,
    );
    expect((await fetch(`${shop?.origin}/readyz`)).status).toBe(200);
  });

  it('stops when npm is told to, and leaves nothing running', async () => {
    expect(before.cart).toEqual([expect.objectContaining({ quantity: 2 })]);
    // npm itself dies of the signal; its output closes when the shop is gone.
    expect((await shop?.end('SIGTERM'))?.stderr).toBe('');
    expect(existsSync(join(dataDir, 'xiaopu.lock'))).toBe(false);
    if (isLinux) expect(processesOf(dataDir)).toEqual([]);
  });

  it('starts again within ten seconds with every order, cart line, address and product', async () => {
    shop = startShop({ port, dataDir, by: 'node' });
    await shop.untilHealthy(healthyWithinMs());
    expect(await keptThings(shop.origin)).toEqual(before);
  });

  it('stops on SIGTERM with exit code 0', async () => {
    expect(await shop?.end('SIGTERM')).toMatchObject({ code: 0, stderr: '' });
    if (isLinux) expect(processesOf(dataDir)).toEqual([]);
    shop = startShop({ port, dataDir, by: 'node' });
    await shop.untilHealthy(healthyWithinMs());
  });

  it('killed hard, it starts again: the orphaned PostgreSQL is taken over and nothing is lost', async () => {
    const { code } = (await shop?.end('SIGKILL')) ?? {};
    expect(code).toBeNull();
    const orphans = isLinux ? processesOf(dataDir) : [];
    if (isLinux) expect(orphans.length).toBeGreaterThan(0);
    shop = startShop({ port, dataDir, by: 'node' });
    await shop.untilHealthy(healthyWithinMs());
    expect(await keptThings(shop.origin)).toEqual(before);
    expect(isLinux ? processesOf(dataDir).filter((pid) => orphans.includes(pid)) : []).toEqual([]);
    expect(await shop.end('SIGTERM')).toMatchObject({ code: 0, stderr: '' });
    if (isLinux) expect(processesOf(dataDir)).toEqual([]);
  });
});
