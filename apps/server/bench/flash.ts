/** `npm run bench -- flash`: thousands of shoppers on a hundred units through HTTP, and what the ordinary list feels of it. */
import { randomUUID } from 'node:crypto';
import type { ProductDetail } from '@xiaopu/contracts';
import { writeFlashReport } from './inventory-report.ts';
import { type Call, createCaller } from './load.ts';
import { startShopProcess } from './processes.ts';
import { addCrowd, login, shopAddress, stockUp } from './shop.ts';

export interface FlashRun {
  shoppers: number;
  units: number;
  orders: number;
  soldOut: number;
  other: number;
  doorP50Ms: number;
  doorP99Ms: number;
  orderP99Ms: number;
  listIdleP95Ms: number;
  listBusyP95Ms: number;
  seconds: number;
}

const percentile = (values: number[], share: number) =>
  values.sort((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? Number.NaN;

export async function benchFlash(): Promise<void> {
  const shoppers = Number(process.env.BENCH_SHOPPERS ?? 5_000);
  const units = 100;
  const shop = await startShopProcess();
  // Pictures and first replies of a young shop must not count as the idle list.
  const { call, close } = createCaller(shop.origin, 256);
  const reader = createCaller(shop.origin, 1);
  try {
    const goods = await stockUp(call, shop.origin);
    const detail = (await call('GET', `/api/products/${goods.spuIds[0]}`)).body as ProductDetail;
    const sku = detail.skus[0];
    if (!sku) throw new Error('no SKU to sell');
    const staff = { ...goods.staff, 'x-shop-id': detail.shop.shopId };
    const crowd = await readyCrowd(call, shoppers);
    const saleId = randomUUID();
    const made = await call('POST', '/api/console/flash-sales', {
      headers: staff,
      body: {
        saleId,
        skuId: sku.skuId,
        name: 'bench',
        flashPrice: sku.salePrice - 1,
        poolSize: units,
        buyerLimit: 1,
        holdSeconds: 600,
        startsAt: new Date(Date.now() - 1_000).toISOString(),
        endsAt: new Date(Date.now() + 3_600_000).toISOString(),
      },
    });
    if (made.status !== 201) throw new Error(`sale: ${made.status} ${JSON.stringify(made.body)}`);

    const idle = await readList(reader.call, { untilMs: 3_000 });
    const watch = { isOver: false };
    const busy = readList(reader.call, watch);
    // When the rush fails, that is the failure to hear of, not the reader's cut connection.
    busy.catch(() => {});
    const doors: number[] = [];
    const orders: number[] = [];
    const counts = { orders: 0, soldOut: 0, other: 0 };
    const begin = performance.now();
    await Promise.all(
      crowd.map(async ({ token, addressId }) => {
        const started = performance.now();
        const answer = await takePlace(call, saleId, token);
        doors.push(performance.now() - started);
        if (answer === 'sold_out') counts.soldOut += 1;
        else if (answer === undefined) counts.other += 1;
        else {
          const placing = performance.now();
          const placed = await call('POST', '/api/orders', {
            token,
            headers: { 'idempotency-key': randomUUID() },
            body: {
              source: { kind: 'lines', lines: [{ skuId: sku.skuId, quantity: 1 }] },
              addressId,
              entry: { kind: 'flash', id: answer },
              consents: [{ key: 'excepted_no_reason', version: '2026-12' }],
            },
          });
          orders.push(performance.now() - placing);
          if (placed.status === 201) counts.orders += 1;
          else {
            counts.other += 1;
            process.stderr.write(`order: ${placed.status} ${JSON.stringify(placed.body)}\n`);
          }
        }
      }),
    );
    const seconds = (performance.now() - begin) / 1_000;
    watch.isOver = true;
    const run: FlashRun = {
      shoppers,
      units,
      ...counts,
      doorP50Ms: percentile(doors, 0.5),
      doorP99Ms: percentile(doors, 0.99),
      orderP99Ms: percentile(orders, 0.99),
      listIdleP95Ms: percentile(idle, 0.95),
      listBusyP95Ms: percentile(await busy, 0.95),
      seconds,
    };
    await writeFlashReport(run);
    if (run.orders !== units || run.other > 0) throw new Error(`not exact: ${JSON.stringify(run)}`);
  } finally {
    await close();
    await reader.close();
    await shop.stop();
  }
}

/** @returns the place, `sold_out`, or undefined for any other answer */
async function takePlace(call: Call, saleId: string, token: string): Promise<string | 'sold_out' | undefined> {
  const headers = { 'idempotency-key': randomUUID() };
  for (let tries = 0; tries < 100; tries += 1) {
    const reply = await call('POST', `/api/flash-sales/${saleId}/places`, { token, headers, body: { quantity: 1 } });
    const body = reply.body as { placeId?: string; pollAfterMs?: number; error?: { code: string } };
    if (reply.status === 201) return body.placeId;
    if (body.error?.code === 'flash_sale.sold_out') return 'sold_out';
    if (reply.status !== 202) {
      process.stderr.write(`door: ${reply.status} ${JSON.stringify(body)}\n`);
      return undefined;
    }
    await new Promise((done) => setTimeout(done, body.pollAfterMs ?? 500));
  }
  return undefined;
}

async function readList(call: Call, watch: { untilMs?: number; isOver?: boolean }): Promise<number[]> {
  const times: number[] = [];
  const begin = performance.now();
  while (watch.untilMs === undefined ? !watch.isOver : performance.now() - begin < watch.untilMs) {
    const started = performance.now();
    await call('GET', '/api/products?limit=20');
    times.push(performance.now() - started);
    await new Promise((done) => setTimeout(done, 10));
  }
  return times;
}

async function readyCrowd(call: Call, count: number): Promise<{ token: string; addressId: string }[]> {
  const personas: string[] = [];
  while (personas.length < count) personas.push(...(await addCrowd(call, Math.min(500, count - personas.length))));
  const ready: { token: string; addressId: string }[] = [];
  for (let begin = 0; begin < personas.length; begin += 25) {
    ready.push(
      ...(await Promise.all(
        personas.slice(begin, begin + 25).map(async (persona) => {
          const token = await login(call, persona);
          const { body } = await call('POST', '/api/addresses', { token, body: shopAddress });
          return { token, addressId: (body as { addressId: string }).addressId };
        }),
      )),
    );
  }
  return ready;
}
