/** A member who knows the shop: quick purchases, payments that go wrong, refunds, an order left to lapse. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest';
import { keep, launch } from './browser.ts';
import {
  button,
  cancelInCashier,
  chooseSpecs,
  failInCashier,
  logIn,
  openShopper,
  orderNoOf,
  payInCashier,
  type Shopper,
} from './h5.ts';
import { asNewcomer, findProduct, homeAddress } from './order-story.ts';
import { buyerApi, member, sandbox, until } from './shop-api.ts';

const origin = inject('shopOrigin');
const persona = 'su-wan';
const minuteMs = 60_000;

let browser: Browser;
let shopper: Shopper;
let page: Page;
let api: Awaited<ReturnType<typeof member>>['api'];

beforeAll(async () => {
  ({ api } = await member(origin, persona));
  await asNewcomer(api);
  await api.addresses.create({ ...homeAddress, name: '苏晚', phone: '13800000005' });
  // The phone's clock is the shop's, which other journeys may have moved.
  const { offsetMs } = await sandbox<{ offsetMs: number }>(origin, 'GET', '/control/clock');
  browser = await launch();
  shopper = await openShopper(browser, origin, {
    before: async (context) => {
      // What a thumb has to do: screens opened and fields typed into, kept over page loads.
      await context.addInitScript((ms) => {
        const now = Date.now.bind(Date);
        Date.now = () => now() + ms;
      }, offsetMs);
      await context.addInitScript(() => {
        const note = (kind: string, what: string) =>
          sessionStorage.setItem(kind, `${sessionStorage.getItem(kind) ?? ''}${what}\n`);
        addEventListener('hashchange', () => note('screens', location.hash.split('?')[0] ?? ''));
        addEventListener('input', (event) => note('typed', (event.target as Element).tagName), true);
      });
    },
  });
  page = shopper.page;
  await logIn(shopper, persona);
});
afterAll(() => browser?.close());
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await keep(page, `failed-${task.name.slice(0, 40)}`);
});

/** From a product page to an order that waits in the cashier. */
async function orderFromProduct(): Promise<{ spuId: string; skuId: string; before: number }> {
  const product = await findProduct(api, { units: 5 });
  const before = new Map(product.skus.map(({ skuId, available }) => [skuId, available]));
  await shopper.open(`/pages/product/index?spuId=${product.spuId}`);
  await button(page, '立即购买').click();
  await chooseSpecs(page);
  await page.getByRole('dialog', { name: '选择规格' }).getByRole('button', { name: '立即购买' }).click();
  await page.waitForURL(/packages\/checkout/);
  const skuId = /skuId=([\w-]+)/.exec(page.url())?.[1] ?? '';
  await button(page, '提交订单').click();
  await page.frameLocator('iframe[title="收银台"]').getByTestId('cashier-confirm').waitFor();
  return { spuId: product.spuId, skuId, before: before.get(skuId) ?? -1 };
}
const availableOf = async ({ spuId, skuId }: { spuId: string; skuId: string }) =>
  (await buyerApi(origin).catalog.product(spuId)).skus.find((sku) => sku.skuId === skuId)?.available;

it('C02-BEH-08 C05-PATH-12 buys from a product page in three screens and without typing anything', async () => {
  await page.evaluate(() => sessionStorage.clear());
  await orderFromProduct();
  await payInCashier(page);
  await page.getByText('支付成功').waitFor();
  const [screens, typed] = await page.evaluate(() => [
    sessionStorage.getItem('screens') ?? '',
    sessionStorage.getItem('typed') ?? '',
  ]);
  const opened = ['#/pages/product/index', ...(screens ?? '').split('\n').filter(Boolean)];
  expect(new Set(opened).size, opened.join(' → ')).toBeLessThanOrEqual(3);
  expect(typed).toBe('');
});

it('keeps an order whose payment was cancelled or short of money, counts down, and takes the money later', async () => {
  await orderFromProduct();
  await failInCashier(page, 'insufficient');
  await page.waitForURL(/packages\/orders\/detail/);
  await page.getByText('待付款').first().waitFor();
  await page.getByText('已为你保留', { exact: true }).waitFor();
  expect(await page.getByRole('timer').innerText()).toMatch(/^\d+:\d{2}$/);
  await keep(page, 'orders-pending');
  await button(page, '立即付款').click();
  await cancelInCashier(page);
  await page.getByRole('dialog', { name: '收银台' }).waitFor({ state: 'detached' });
  expect(await page.getByText('待付款').first().isVisible()).toBe(true);
  await button(page, '立即付款').click();
  await payInCashier(page);
  await page.getByText('支付成功').waitFor();
  await button(page, '查看订单').click();
  await page.getByText('待发货').first().waitFor();
});

it('believes the money though the notification was lost: the server asks WeChat itself', async () => {
  await sandbox(origin, 'PUT', '/control/switches', { 'notify.transaction': 'lost' });
  try {
    await orderFromProduct();
    await payInCashier(page);
    await page.getByText('支付成功').waitFor({ timeout: 30_000 });
  } finally {
    await sandbox(origin, 'PUT', '/control/switches', { 'notify.transaction': 'none' });
  }
});

it('C04-AGI-08 refunds in full before shipping, and the stock is back', async () => {
  const bought = await orderFromProduct();
  await payInCashier(page);
  await page.getByText('支付成功').waitFor();
  await button(page, '查看订单').click();
  await button(page, '申请退款').click();
  const why = page.getByRole('dialog', { name: '为什么退款' });
  await why.getByRole('radio', { name: '不想要了' }).click();
  await why.getByRole('button', { name: '提交申请' }).click();
  const orderNo = orderNoOf(page);
  await until(
    () => api.orders.get(orderNo),
    ({ status }) => status === 'refunded',
  );
  await shopper.open(`/packages/orders/detail?orderNo=${orderNo}`);
  await page.getByText('退款成功').waitFor();
  await keep(page, 'orders-refunded');
  await expect.poll(() => availableOf(bought), { timeout: 10_000 }).toBe(bought.before);
});

it('C05-PATH-01 C05-PATH-02 buys from a list in one sheet: last address, no cart', async () => {
  await shopper.open(`/packages/browse/search/index?q=${encodeURIComponent('毛巾')}`);
  await button(page, '闪电购').waitFor();
  await page.getByRole('button', { name: '闪电购' }).first().click();
  const confirm = page.getByRole('dialog', { name: '闪电购' });
  const specs = page.getByRole('dialog', { name: '选择规格' });
  await confirm.or(specs).first().waitFor();
  if (await specs.isVisible()) {
    await chooseSpecs(page);
    await specs.getByRole('button', { name: '立即购买' }).click();
  }
  await confirm.getByText('苏晚').first().waitFor();
  await keep(page, 'orders-quick-buy');
  await confirm.getByRole('button', { name: '立即支付' }).click();
  await payInCashier(page);
  await expect
    .poll(async () => (await api.orders.list({ limit: 1 })).items[0]?.status, { timeout: 15_000 })
    .toBe('paid');
});

it('lists orders by state with the next step on each', async () => {
  await shopper.open('/packages/orders/list');
  await page.getByRole('tab', { name: /^待发货/ }).click();
  await page
    .getByRole('link', { name: /的订单，待发货$/ })
    .first()
    .waitFor();
  expect(await page.getByRole('link', { name: /的订单，(?!待发货)/ }).count()).toBe(0);
  await keep(page, 'orders-list');
});

it('X-10 closes what nobody paid within thirty minutes, and the goods are for sale again', async () => {
  // What earlier stories left unpaid ends first: its goods must not come back in the middle of this one.
  await sandbox(origin, 'POST', '/control/clock/advance', { ms: 31 * minuteMs });
  await until(
    () => api.orders.counts(),
    ({ pendingPayment }) => pendingPayment === 0,
  );
  const left = await orderFromProduct();
  await cancelInCashier(page);
  await page.waitForURL(/packages\/orders\/detail/);
  const orderNo = orderNoOf(page);
  await expect.poll(() => availableOf(left), { timeout: 10_000 }).toBe(left.before - 1);
  await sandbox(origin, 'POST', '/control/clock/advance', { ms: 31 * minuteMs });
  await until(
    () => api.orders.get(orderNo),
    ({ status }) => status === 'cancelled',
  );
  await shopper.open(`/packages/orders/detail?orderNo=${orderNo}`);
  await page.getByText('已取消').or(page.getByText('已关闭')).first().waitFor();
  await keep(page, 'orders-closed');
  await expect.poll(() => availableOf(left), { timeout: 10_000 }).toBe(left.before);
});

it('met no error in the browser and none on the server', () => expect(shopper.faults).toEqual([]));
