/** An order that is picked up: store and window chosen on the phone, set aside and checked off by that store's clerk. */
import type { ProductDetail } from '@xiaopu/contracts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { desk, keep, launch, watchForFaults } from './browser.ts';
import { button, logIn, openShopper, payInCashier, type Shopper } from './h5.ts';
import { demoPassword, member, sandbox, staffApi, until } from './shop-api.ts';

const origin = inject('shopOrigin');
const persona = 'wang-dali';

let browser: Browser;
let shopper: Shopper;
let page: Page;
let api: Awaited<ReturnType<typeof member>>['api'];
let product: ProductDetail;
let skuId: string;
/** The store whose clerk signs in. */
let store: { storeId: string; name: string };
let orderNo = '';
let digits = '';

const shelf = async () =>
  (await api.catalog.storeStock(product.spuId, {})).items
    .find((item) => item.store.storeId === store.storeId)
    ?.skus.find((sku) => sku.skuId === skuId)?.available ?? 0;

/** A product that the clerk's store has more than one of. */
async function choose(): Promise<void> {
  const clerk = await staffApi(origin, 'clerk');
  for (const { spuId } of (await api.catalog.products({ limit: 50, inStock: true })).items) {
    const found = await api.catalog.product(spuId);
    const { shopId, stores } = found.shop;
    // The clerk works in shops with stores only.
    const [own] = stores.length === 0 ? [] : (await clerk(shopId).pickups.desk()).stores;
    if (!own) continue;
    const { items } = await api.catalog.storeStock(spuId, {});
    const sku = items.find((item) => item.store.storeId === own.storeId)?.skus.find(({ available }) => available > 1);
    if (!sku) continue;
    product = found;
    store = own;
    skuId = sku.skuId;
    return;
  }
  throw new Error('no store has anything');
}

beforeAll(async () => {
  ({ api } = await member(origin, persona));
  await choose();
  const { offsetMs } = await sandbox<{ offsetMs: number }>(origin, 'GET', '/control/clock');
  browser = await launch();
  shopper = await openShopper(browser, origin, {
    before: async (context) => {
      await context.grantPermissions(['geolocation']);
      await context.setGeolocation({ latitude: 30.27, longitude: 120.15 });
      await context.addInitScript((ms) => {
        const now = Date.now.bind(Date);
        Date.now = () => now() + ms;
      }, offsetMs);
    },
  });
  page = shopper.page;
  await logIn(shopper, persona);
});
afterAll(() => browser?.close());
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await keep(page, `failed-${task.name.slice(0, 40)}`);
});

describe('picking up in a store', () => {
  it('C02-CPT-12 C01-TRD-07 a shopper chooses store and window, pays without freight, and has a code', async () => {
    const before = await shelf();
    await shopper.open(`/packages/checkout/index?skuId=${skuId}&quantity=1`);
    await page.getByRole('tab', { name: '到店自提' }).click();
    const sheet = page.getByRole('dialog', { name: '选择自提门店' });
    await sheet.getByText('使用定位').click();
    // Told where the shopper is, it says how far.
    await sheet
      .getByText(/^\d[\d.]* k?m$/)
      .first()
      .waitFor();
    await sheet.getByRole('radio', { name: new RegExp(store.name) }).click();
    await sheet.getByText('取货时间').waitFor();
    await keep(page, 'pickup-sheet');
    await sheet.getByRole('button', { name: '确定' }).click();
    await page.getByText('到店自提，免运费').waitFor();
    const name = page.getByLabel('取货人姓名').locator('input');
    if ((await name.count()) > 0) {
      await name.fill('王大力');
      await page.getByLabel('取货人手机号').locator('input').fill('13900000004');
    }
    await keep(page, 'pickup-checkout');
    await button(page, '提交订单').click();
    await payInCashier(page);
    await page.getByText('出示取货码取货').waitFor();
    await keep(page, 'pickup-paid');
    await button(page, '查看订单').click();
    const code = page.getByRole('img', { name: /^取货码 / });
    await code.waitFor();
    await keep(page, 'pickup-order');
    digits = ((await code.getAttribute('aria-label')) ?? '').replace('取货码 ', '');
    orderNo = /orderNo=(\d{20})/.exec(page.url())?.[1] ?? '';
    expect(digits).toMatch(/^\d{4} \d{3} \d{3}$/);
    expect(await shelf()).toBe(before - 1);
  });

  it('C02-CPT-12 the store’s clerk sets it aside and checks the code off; the second time is refused with when and who', async () => {
    const context = await desk(browser);
    const counter = await context.newPage();
    const faults = watchForFaults(counter, { expected: /status of (401|409)/ });
    await counter.goto(`${origin}/console/login`);
    await counter.getByLabel('账号').fill('clerk');
    await counter.locator('#password').fill(demoPassword);
    await counter.getByRole('button', { name: '登录' }).click();
    await counter.getByRole('heading', { name: /^门店(自提|库存)$/ }).waitFor();
    await counter.goto(`${origin}/console/pickups?q=${orderNo.slice(-6)}`);
    await counter.getByText(orderNo).first().waitFor();
    await keep(counter, 'pickup-desk');
    await counter.getByRole('button', { name: '备货完成' }).first().click();
    await until(
      () => api.orders.get(orderNo),
      ({ status }) => status === 'ready_for_pickup',
    );
    await counter.getByLabel('取货码').fill(digits);
    await counter.getByRole('button', { name: '查取货码' }).click();
    await counter.getByText(product.title).first().waitFor();
    await keep(counter, 'pickup-check');
    await counter.getByRole('button', { name: '核对无误，确认取货' }).click();
    await counter.getByText('核销成功，请把商品交给顾客').waitFor();
    expect((await api.orders.get(orderNo)).status).toBe('completed');

    const again = (await staffApi(origin, 'clerk'))(product.shop.shopId).pickups.checkOff({ code: digits });
    await expect(again).rejects.toMatchObject({ code: 'pickup.already_picked_up' });
    expect(faults).toEqual([]);
    await context.close();

    await shopper.open(`/packages/orders/detail?orderNo=${orderNo}`);
    await page.getByText('交易完成，说说使用感受吧').waitFor();
    expect(await page.getByRole('img', { name: /^取货码 / }).count()).toBe(0);
    await until(
      () => api.messages.list({ limit: 20 }),
      ({ items }) => items.some(({ kind }) => kind === 'pickup_ready'),
    );
    expect(shopper.faults).toEqual([]);
  });
});
