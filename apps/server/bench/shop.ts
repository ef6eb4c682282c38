/**
 * The shop's everyday work over HTTP, each figure as operations per 1,000 requests of a bare node:http server measured
 * directly before and after it on the same machine.
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PlacedOrder, ProductDetail, ProductPage, Session, StartedPayment } from '@xiaopu/contracts';
import { type Call, closedLoop, createCaller, hammer, type Measured } from './load.ts';
import { type Running, residentMb, startBareHttp, startShopProcess } from './processes.ts';
import { writeReport } from './report.ts';

export interface Row {
  workload: string;
  measured: Measured;
  perThousand: number;
  aim: number | null;
  peers: string;
  note: string;
}

/** `BENCH_ONLY=preview`: only rows whose name has this text, printed and not written: a minute instead of ten. */
const only = process.env.BENCH_ONLY ?? '';
const readSeconds = Number(process.env.BENCH_SECONDS ?? 6);
const orderSeconds = readSeconds * 2;
const bareSeconds = Math.max(2, readSeconds / 2);

export async function benchShop(): Promise<void> {
  const bare = await startBareHttp();
  const shop = await startShopProcess();
  const rows: Row[] = [];
  const { call, close } = createCaller(shop.origin, 64);
  try {
    const idleMb = await residentMb(shop.pid);
    const goods = await stockUp(call, shop.origin);
    const beside = async (
      workload: string,
      aim: number | null,
      peers: string,
      work: () => Promise<Measured>,
      note = '',
    ) => {
      if (!workload.includes(only)) return;
      process.stdout.write(`${workload} …\n`);
      const before = await bareRate(bare);
      const measured = await work();
      const yardstick = (before + (await bareRate(bare))) / 2;
      rows.push({ workload, measured, perThousand: (measured.rate / yardstick) * 1_000, aim, peers, note });
      process.stdout.write(
        `  ${measured.rate.toFixed(0)}/s = ${((measured.rate / yardstick) * 1_000).toFixed(1)} per 1,000 bare (${yardstick.toFixed(0)}/s), errors ${measured.errors}\n`,
      );
    };

    const lists = goods.categoryIds.map((categoryId) => `/api/products?categoryId=${categoryId}&limit=20`);
    await beside('list 20 products with prices and stock', 300, '0.53 / 0.50', () =>
      hammer(shop.origin, lists, readSeconds),
    );
    const details = goods.spuIds.slice(0, 200).map((spuId) => `/api/products/${spuId}`);
    await beside('product detail', 300, '1.9 / 1.06', () => hammer(shop.origin, details, readSeconds));
    const words = ['羊毛被', '四件套', '毛巾', '锅', '内裤', '沙发', '猫', '蛋糕', '笔记本', '夏凉被', '枕', '抱枕'];
    // Different prices make every address new to the reply cache: this measures searching, not remembering.
    let turn = 0;
    const searches = Array.from({ length: 2_000 }, () => {
      turn += 1;
      return `/api/products?q=${encodeURIComponent(words[turn % words.length] ?? '')}&priceMax=${10_000_000 + turn}&limit=20`;
    });
    await beside(
      'search one word',
      60,
      '0.81 / 0.38',
      () => hammer(shop.origin, searches, readSeconds),
      'every query new to the cache until 2,000 have passed',
    );
    await beside('add to cart, new session each', 25, '0.85 / 0.15', () =>
      closedLoop(32, readSeconds, () => addToCart(call, goods)),
    );
    const crowd = await addCrowd(call, 400);
    const atTheTill = await standAtTheTill(call, crowd.slice(0, 64));
    await beside(
      'checkout preview, 1 line',
      40,
      'not measured',
      () =>
        closedLoop(32, readSeconds, (shopper, round) =>
          preview(call, atTheTill, shopper + round * 32, [pick(goods.skuIds)]),
        ),
      'members with an address; each time another of 100 or more SKUs',
    );
    await beside('checkout preview, 10 lines of several shops', null, 'not measured', () =>
      closedLoop(32, readSeconds, (shopper, round) =>
        preview(call, atTheTill, shopper + round * 32, tenOf(goods.skuIds, shopper + round * 32)),
      ),
    );
    await beside(
      'whole order: session, add, address, preview, place, pay (6 requests + the payment itself)',
      8,
      '0.20 / 0.026',
      () =>
        closedLoop(16, orderSeconds, (shopper, round) =>
          wholeOrder(call, crowd[(shopper + round * 16) % crowd.length] ?? '', goods),
        ),
      'WeChat Pay twin in the same process: RSA on both sides',
    );
    if (only !== '') return;
    const loadedMb = await residentMb(shop.pid);
    const flash = await flashSale(call, goods, crowd);
    await writeReport('shop', {
      rows,
      idleMb,
      loadedMb,
      startSeconds: shop.startSeconds,
      flash,
      pricing: await pricingFigures(),
    });
  } finally {
    await close();
    await shop.stop();
    await bare.stop();
  }
}

const bareRate = async (bare: Running): Promise<number> => (await hammer(bare.origin, ['/'], bareSeconds)).rate;

interface Goods {
  spuIds: string[];
  skuIds: string[];
  categoryIds: string[];
  staff: Record<string, string>;
}

/** Signs in as the demo shop's owner and fills the shelves, so that stock is not what ends a run. */
export async function stockUp(call: Call, origin: string): Promise<Goods> {
  const staff = await staffHeaders();
  const spuIds: string[] = [];
  const categoryIds = new Set<string>();
  let cursor: string | null = null;
  do {
    const page: ProductPage = await read(
      call('GET', `/api/products?limit=50${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`),
    );
    spuIds.push(...page.items.map(({ spuId }) => spuId));
    cursor = page.nextCursor;
  } while (cursor && spuIds.length < 1_000);
  const skuIds: string[] = [];
  for (const spuId of spuIds.slice(0, 150)) {
    const detail: ProductDetail = await read(call('GET', `/api/products/${spuId}`));
    categoryIds.add(detail.categoryId);
    const sku = detail.skus[0];
    if (!sku) continue;
    const adjusted = await call('POST', `/api/console/stock/${sku.skuId}/adjustments`, {
      headers: { ...staff, 'x-shop-id': detail.shop.shopId },
      body: { requestId: randomUUID(), delta: 500_000, reason: 'purchase', note: 'benchmark' },
    });
    if (adjusted.status < 300) skuIds.push(sku.skuId);
  }
  if (skuIds.length < 100) throw new Error(`only ${skuIds.length} SKUs could be stocked`);
  return { spuIds, skuIds, categoryIds: [...categoryIds], staff };

  async function staffHeaders(): Promise<Record<string, string>> {
    const reply = await fetch(`${origin}/api/console/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-requested-with': 'xiaopu-console' },
      body: JSON.stringify({ account: 'admin', password: 'xiaopu-demo-2026' }),
    });
    if (!reply.ok) throw new Error(`console login: ${reply.status}`);
    return {
      cookie: reply.headers
        .getSetCookie()
        .map((cookie) => cookie.split(';')[0])
        .join('; '),
      'x-requested-with': 'xiaopu-console',
    };
  }
}

async function expectStatus(pending: ReturnType<Call>, statuses: number[]) {
  const reply = await pending;
  if (!statuses.includes(reply.status)) throw new Error(`${reply.status} ${JSON.stringify(reply.body).slice(0, 300)}`);
  return reply;
}
const read = async <T>(pending: ReturnType<Call>): Promise<T> => (await expectStatus(pending, [200, 201])).body as T;
export const pick = <T>(from: T[]): T => from[Math.floor(Math.random() * from.length)] as T;
const guest = (call: Call) => read<Session>(call('POST', '/api/session/guest'));

export async function addCrowd(call: Call, count: number): Promise<string[]> {
  const { items } = await read<{ items: { id: string }[] }>(
    call('POST', '/sandbox/control/personas', { body: { count } }),
  );
  return items.map(({ id }) => id);
}

export const shopAddress = {
  name: '林夏',
  phone: '13800000001',
  province: '浙江省',
  city: '杭州市',
  district: '西湖区',
  detail: '文三路 1 号',
  isDefault: true,
};

export async function login(call: Call, persona: string): Promise<string> {
  const { code } = await read<{ code: string }>(call('POST', '/sandbox/phone/login-code', { body: { persona } }));
  return (await read<Session>(call('POST', '/api/session/wechat-mini', { body: { code } }))).token;
}

export async function addToCart(call: Call, { skuIds }: Goods): Promise<void> {
  const { token } = await guest(call);
  await read(call('POST', '/api/cart/lines', { token, body: { skuId: pick(skuIds), quantity: 1 } }));
}

export interface AtTheTill {
  token: string;
  addressId: string;
}
export async function standAtTheTill(call: Call, personas: string[]): Promise<AtTheTill[]> {
  const ready: AtTheTill[] = [];
  for (const persona of personas) {
    const token = await login(call, persona);
    const { addressId } = await read<{ addressId: string }>(
      call('POST', '/api/addresses', { token, body: shopAddress }),
    );
    ready.push({ token, addressId });
  }
  return ready;
}

const tenOf = (skuIds: string[], from: number): string[] =>
  Array.from({ length: 10 }, (_, at) => skuIds[(from * 7 + at) % skuIds.length] ?? '');

export async function preview(call: Call, shoppers: AtTheTill[], turn: number, skuIds: string[]): Promise<void> {
  const { token, addressId } = shoppers[turn % shoppers.length] as AtTheTill;
  const source = { kind: 'lines', lines: skuIds.map((skuId) => ({ skuId, quantity: 1 })) };
  await read(call('POST', '/api/checkout/preview', { token, body: { source, addressId } }));
}

/** The promotion engine alone: 50 lines × 30 coupons, in its own process. */
async function pricingFigures(): Promise<string> {
  const script = join(import.meta.dirname, '../../../packages/pricing/bench/run.ts');
  return (await promisify(execFile)(process.execPath, [script, '200'])).stdout.trim();
}

export async function wholeOrder(call: Call, persona: string, goods: Goods): Promise<void> {
  const token = await login(call, persona);
  const skuId = pick(goods.skuIds);
  const source = { kind: 'lines', lines: [{ skuId, quantity: 1 }] };
  await read(call('POST', '/api/cart/lines', { token, body: { skuId, quantity: 1 } }));
  const { addresses } = await read<{ addresses: { addressId: string }[] }>(call('GET', '/api/addresses', { token }));
  const addressId =
    addresses[0]?.addressId ??
    (await read<{ addressId: string }>(call('POST', '/api/addresses', { token, body: shopAddress }))).addressId;
  await read(call('POST', '/api/checkout/preview', { token, body: { source, addressId } }));
  const placed = await read<PlacedOrder>(
    call('POST', '/api/orders', {
      token,
      body: { source, addressId, consents: [{ key: 'excepted_no_reason', version: '2026-12' }] },
      headers: { 'idempotency-key': randomUUID() },
    }),
  );
  const started = await read<StartedPayment>(
    call('POST', `/api/payments/${placed.paymentId}/start`, { token, body: { client: 'mp-weixin' } }),
  );
  const paid = await read<{ errMsg: string }>(
    call('POST', '/sandbox/phone/request-payment', { body: { persona, ...started.params } }),
  );
  if (paid.errMsg !== 'requestPayment:ok') throw new Error(paid.errMsg);
}

/** The same requests to the floor's server, which answers without looking. */
export async function floorOrder(call: Call): Promise<void> {
  const token = 'x'.repeat(43);
  const source = { kind: 'lines', lines: [{ skuId: randomUUID(), quantity: 1 }] };
  const addressId = randomUUID();
  await read(call('POST', '/code', { body: { persona: addressId } }));
  await read(call('POST', '/session', { body: { code: token } }));
  await read(call('POST', '/line', { token, body: source.lines[0] }));
  await read(call('GET', '/addresses', { token }));
  await read(call('POST', '/preview', { token, body: { source, addressId } }));
  await read(
    call('POST', '/order', { token, body: { source, addressId }, headers: { 'idempotency-key': randomUUID() } }),
  );
  const started = await read<object>(call('POST', '/start', { token, body: { client: 'mp-weixin' } }));
  await read(call('POST', '/wechat/pay', { body: started }));
}

export interface FlashResult {
  shoppers: number;
  stock: number;
  sold: number;
  refused: number;
  other: number;
  seconds: number;
  p99Ms: number;
}

/** 500 shoppers at once on a stock of 100. */
async function flashSale(call: Call, goods: Goods, crowd: string[]): Promise<FlashResult> {
  const spuId = goods.spuIds[160] ?? goods.spuIds.at(-1) ?? '';
  const detail: ProductDetail = await read(call('GET', `/api/products/${spuId}`));
  const skuId = detail.skus[0]?.skuId ?? '';
  const headers = { ...goods.staff, 'x-shop-id': detail.shop.shopId };
  const { items } = await read<{ items: { skuId: string; available: number }[] }>(
    call('GET', `/api/console/stock?q=${encodeURIComponent(detail.title)}&pageSize=100`, { headers }),
  );
  const available = items.find((row) => row.skuId === skuId)?.available ?? 0;
  await expectStatus(
    call('POST', `/api/console/stock/${skuId}/adjustments`, {
      headers,
      body: { requestId: randomUUID(), delta: 100 - available, reason: 'count', note: 'benchmark' },
    }),
    [200, 204],
  );
  const shoppers = [...crowd, ...(await addCrowd(call, 500 - crowd.length))].slice(0, 500);
  const ready: { token: string; addressId: string }[] = [];
  for (let begin = 0; begin < shoppers.length; begin += 25) {
    ready.push(
      ...(await Promise.all(
        shoppers.slice(begin, begin + 25).map(async (persona) => {
          const token = await login(call, persona);
          const { addressId } = await read<{ addressId: string }>(
            call('POST', '/api/addresses', { token, body: shopAddress }),
          );
          return { token, addressId };
        }),
      )),
    );
  }
  const times: number[] = [];
  const begin = performance.now();
  const statuses = await Promise.all(
    ready.map(async ({ token, addressId }) => {
      const at = performance.now();
      const reply = await call('POST', '/api/orders', {
        token,
        body: {
          source: { kind: 'lines', lines: [{ skuId, quantity: 1 }] },
          addressId,
          consents: [{ key: 'excepted_no_reason', version: '2026-12' }],
        },
        headers: { 'idempotency-key': randomUUID() },
      });
      times.push(performance.now() - at);
      return reply.status;
    }),
  );
  times.sort((a, b) => a - b);
  const sold = statuses.filter((status) => status === 200 || status === 201).length;
  const refused = statuses.filter((status) => status === 409).length;
  return {
    shoppers: ready.length,
    stock: 100,
    sold,
    refused,
    other: statuses.length - sold - refused,
    seconds: (performance.now() - begin) / 1_000,
    p99Ms: times[Math.floor(times.length * 0.99)] ?? 0,
  };
}
