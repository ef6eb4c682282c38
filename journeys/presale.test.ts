/** A presale from the console's dialog to a shipped parcel: deposit, reminder, balance; and one whose balance is missed. */
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InboxMessage } from '@xiaopu/contracts';
import { freePort } from '@xiaopu/free-port';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { desk, keep, launch, watchForFaults } from './browser.ts';
import { button, logIn, openShopper, payInCashier, type Shopper } from './h5.ts';
import { homeAddress, newWaybill } from './order-story.ts';
import { demoPassword, member, sandbox, staffApi, until } from './shop-api.ts';
import { type ShopProcess, startShop } from './shop-process.ts';

const dayMs = 86_400_000;
/** A desk that was left for days asks who one is: each step logs in anew. */
const staffOf = async (shopId: string) => (await staffApi(origin))(shopId);
const later = (ms: number) => sandbox(origin, 'POST', '/control/clock/advance', { ms });

/** A shop of its own: ten days pass in it, and the activities of the others would end. */
let shop: ShopProcess;
let dataDir: string;
let origin: string;
let browser: Browser;
let buyer: Shopper;
let desktop: Page;
let api: Awaited<ReturnType<typeof member>>['api'];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'xiaopu-presale-'));
  await chmod(dataDir, 0o755); // as root, PostgreSQL's own user must be able to enter
  shop = startShop({ port: await freePort(), dataDir });
  await shop.untilHealthy(120_000);
  origin = shop.origin;
  ({ api } = await member(origin, 'ma-ke'));
  if ((await api.addresses.list({})).addresses.length === 0) await api.addresses.create(homeAddress);
  browser = await launch();
  buyer = await openShopper(browser, origin);
  await logIn(buyer, 'ma-ke');
  desktop = await (await desk(browser)).newPage();
});
afterAll(async () => {
  await browser?.close();
  await shop?.end('SIGTERM');
  if (dataDir) await rm(dataDir, { recursive: true, force: true });
});
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  await keep(buyer.page, `failed-phone-${task.name.slice(0, 30)}`);
  await keep(desktop, `failed-desk-${task.name.slice(0, 30)}`);
});

/** Goods of one SKU that no other activity of the demo touches. */
async function someGoods() {
  const { items } = await api.catalog.products({ limit: 40, inStock: true });
  for (const { spuId } of items) {
    const product = await api.catalog.product(spuId);
    const sku = product.skus.find(({ available }) => available > 20);
    const offers = await api.coupons.ofProduct(spuId);
    if (sku && product.skus.length === 1 && !offers.activities?.groups.length && !offers.activities?.sales.length)
      return { product, sku };
  }
  throw new Error('no goods of one SKU with stock');
}

async function signIn(shopId: string): Promise<void> {
  await desktop.goto(`${origin}/console/login`);
  await desktop.getByLabel('账号').fill('admin');
  await desktop.locator('#password').fill(demoPassword);
  await desktop.getByRole('button', { name: '登录' }).click();
  await desktop.waitForURL(/\/console\/(?!login)/);
  await desktop.evaluate((id) => localStorage.setItem('xiaopu.console.shop', id), shopId);
}

/** In the buyer's hands: from the product page to the paid deposit. @returns the order's number */
async function payDeposit(spuId: string): Promise<string> {
  const { page } = buyer;
  await buyer.open(`/pages/product/index?spuId=${spuId}`);
  await page.getByText('定金预售').first().waitFor();
  await keep(page, 'presale-product');
  await button(page, '付定金').click();
  await page.getByText('我已阅读并同意').waitFor();
  // What would be lost must be agreed to: without that no order is made.
  const ordersBefore = (await api.orders.list({ limit: 1 })).items[0]?.orderNo;
  await button(page, '付定金').click();
  await page.getByText('请先阅读并同意定金规则').first().waitFor();
  expect((await api.orders.list({ limit: 1 })).items[0]?.orderNo).toBe(ordersBefore);
  await page.getByLabel('同意定金规则').locator('visible=true').last().click();
  await keep(page, 'presale-checkout');
  await button(page, '付定金').click();
  await payInCashier(page);
  await page.getByText('定金已付').first().waitFor();
  await keep(page, 'presale-deposit-paid');
  return (await api.orders.list({ limit: 1 })).items[0]?.orderNo ?? '';
}

it('deposit, reminder, balance, parcel: one order in two payments', async () => {
  const faults = watchForFaults(desktop, { expected: /favicon|401/ });
  const { product, sku } = await someGoods();
  const price = sku.salePrice;
  const yuanOf = (part: number) => Math.max(1, Math.floor((price * part) / 100));

  // The merchant sets it up: a tenth down that counts twice.
  await signIn(product.shop.shopId);
  await desktop.goto(`${origin}/console/presales`);
  await desktop.getByRole('button', { name: '新建预售' }).click();
  await desktop.getByLabel('查找商品').fill(product.title);
  await desktop.getByRole('button', { name: '查找' }).click();
  await desktop.locator('.choice').first().click();
  await desktop.getByRole('textbox', { name: '预售价' }).fill((price / 100).toFixed(2));
  await desktop.getByRole('textbox', { name: '定金', exact: true }).fill(String(yuanOf(0.1)));
  await desktop.getByRole('textbox', { name: '定金抵扣' }).fill(String(yuanOf(0.1) * 2));
  await desktop.getByLabel('件数', { exact: true }).fill('10');
  await desktop.getByText('到手价').waitFor();
  await keep(desktop, 'console-presale-new');
  await desktop.getByRole('dialog').getByRole('button', { name: /创建$/ }).click();
  await desktop.getByText('预售已建好').waitFor();
  const [presale] = (await api.presales()).items.filter(({ spuId }) => spuId === product.spuId);
  if (!presale) throw new Error('the presale is not listed');
  const deposit = yuanOf(0.1) * 100;
  expect(presale).toMatchObject({ deposit, finalPrice: price - deposit, left: 10 });

  const orderNo = await payDeposit(product.spuId);
  const placed = await until(
    () => api.orders.get(orderNo),
    ({ status }) => status === 'deposit_paid',
  );
  expect(placed.stages).toMatchObject({ deposit, balance: placed.payable - deposit, forfeits: true });
  expect(placed.actions).not.toContain('pay_balance');
  const { page } = buyer;
  await buyer.open(`/packages/orders/balance?orderNo=${orderNo}`);
  await page.getByText(/起可以付尾款/).waitFor();
  await keep(page, 'presale-balance-early');

  // The window opens: told once, and paid.
  await later(7 * dayMs + 60_000);
  const isReminder = (one: InboxMessage) => one.kind === 'balance_due' && one.orderNo === orderNo;
  const told = await until(
    () => api.messages.list({ limit: 20 }),
    ({ items }) => items.some(isReminder),
    30_000,
  );
  expect(told.items.filter(isReminder)).toHaveLength(1);
  await buyer.open(`/packages/orders/detail?orderNo=${orderNo}`);
  await button(page, '付尾款').click();
  await page.getByText('应付尾款').waitFor();
  await keep(page, 'presale-balance');
  await button(page, '付尾款').click();
  await payInCashier(page);
  await page.getByText('支付成功').first().waitFor();
  const paid = await until(
    () => api.orders.get(orderNo),
    ({ status }) => status === 'paid',
  );
  expect(paid.payable).toBeLessThanOrEqual(placed.payable);
  await keep(page, 'presale-balance-paid');

  await (await staffOf(product.shop.shopId)).orders.ship(orderNo, { carrierCode: 'SF', waybillNo: newWaybill() });
  await until(
    () => api.orders.get(orderNo),
    ({ status }) => status === 'shipped',
  );
  await signIn(product.shop.shopId);
  await desktop.goto(`${origin}/console/presales`);
  await desktop.getByText('0 / 1', { exact: true }).first().waitFor();
  await keep(desktop, 'console-presales');
  expect([...faults, ...buyer.faults.filter((fault) => !fault.includes('409'))]).toEqual([]);
}, 120_000);

it('a missed balance ends the order; the deposit is lost only where that was agreed to, else it goes back', async () => {
  const now = new Date((await sandbox<{ now: string }>(origin, 'GET', '/control/clock')).now).getTime();
  const at = (days: number) => new Date(now + days * dayMs).toISOString();
  const { product, sku } = await someGoods();
  const { presales } = await staffOf(product.shop.shopId);
  const deposit = Math.max(1, Math.floor(sku.salePrice / 1_000)) * 100;
  const activityId = randomUUID();
  const terms = {
    ...{ skuId: sku.skuId, price: sku.salePrice, deposit, depositWorth: deposit * 2, quota: 5, buyerLimit: 1 },
    ...{ startsAt: at(0), endsAt: at(2), balanceOpensAt: at(2), balanceClosesAt: at(3), shipsBy: at(9) },
  };
  await presales.create({ ...terms, activityId, name: '逾期不退', forfeits: true });
  const kept = await payDeposit(product.spuId);
  await presales.end(activityId);
  // The same terms with the deposit going back, taken by the same buyer.
  const lenientId = randomUUID();
  await presales.create({ ...terms, activityId: lenientId, name: '逾期退回', forfeits: false });
  const { page } = buyer;
  await buyer.open(`/pages/product/index?spuId=${product.spuId}`);
  await button(page, '付定金').click();
  await page.getByText('定金原路退回').first().waitFor();
  await button(page, '付定金').click();
  await payInCashier(page);
  await page.getByText('定金已付').first().waitFor();
  const back = (await api.orders.list({ limit: 1 })).items[0]?.orderNo ?? '';
  expect(back).not.toBe(kept);

  await later(3 * dayMs + 60_000);
  for (const orderNo of [kept, back])
    await until(
      () => api.orders.get(orderNo),
      ({ status }) => ['cancelled', 'refunding', 'refunded'].includes(status),
      30_000,
    );
  const lost = await api.orders.get(kept);
  expect([lost.status, lost.refunds, lost.actions.includes('pay_balance')]).toEqual(['cancelled', [], false]);
  const returned = await until(
    () => api.orders.get(back),
    ({ refunds }) => refunds.some(({ status }) => status === 'succeeded'),
    30_000,
  );
  expect(returned.refunds).toMatchObject([{ amount: deposit }]);
  await buyer.open(`/packages/orders/detail?orderNo=${kept}`);
  await page.getByText('订单编号').waitFor();
  await keep(page, 'presale-missed');
  await buyer.open(`/packages/orders/detail?orderNo=${back}`);
  await page.getByText('退款成功').first().waitFor();
  await keep(page, 'presale-returned');
  const { items } = await (await staffOf(product.shop.shopId)).presales.list({ page: 1, pageSize: 20 });
  const resultsOf = (id: string) => items.find((one) => one.activityId === id)?.results;
  expect(resultsOf(activityId)).toMatchObject({ lost: 1, forfeited: deposit });
  expect(resultsOf(lenientId)).toMatchObject({ lost: 0, returned: 1, forfeited: 0 });
}, 120_000);
