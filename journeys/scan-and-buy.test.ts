/** 扫码购: a photographed barcode, paid on the phone, a proof that changes by itself, looked at by the clerk at the exit. */
import bwip from 'bwip-js/node';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { desk, keep, launch, watchForFaults } from './browser.ts';
import { button, logIn, openShopper, orderNoOf, payInCashier, type Shopper } from './h5.ts';
import { demoPassword, member, sandbox, staffApi, until } from './shop-api.ts';

const origin = inject('shopOrigin');
const persona = 'zhou-yutong';

let browser: Browser;
let shopper: Shopper;
let page: Page;
let api: Awaited<ReturnType<typeof member>>['api'];
let shelf: {
  spuId: string;
  skuId: string;
  title: string;
  barcode: string;
  shopId: string;
  store: { storeId: string; name: string };
};
let orderNo = '';

const left = async () =>
  (await api.catalog.storeStock(shelf.spuId, {})).items
    .find((item) => item.store.storeId === shelf.store.storeId)
    ?.skus.find((sku) => sku.skuId === shelf.skuId)?.available ?? 0;

/** Something with a barcode that the clerk's store has. */
async function choose(): Promise<typeof shelf> {
  const [clerk, owner] = [await staffApi(origin, 'clerk'), await staffApi(origin)];
  for (const { spuId } of (await api.catalog.products({ limit: 50, inStock: true })).items) {
    const { shop, title } = await api.catalog.product(spuId);
    const [store] = shop.stores.length === 0 ? [] : (await clerk(shop.shopId).pickups.desk()).stores;
    if (!store) continue;
    const { items } = await api.catalog.storeStock(spuId, {});
    const stock = items
      .find((item) => item.store.storeId === store.storeId)
      ?.skus.find(({ available }) => available > 1);
    const { skus } = await owner(shop.shopId).products.get(spuId);
    const barcode = skus.find(({ skuId }) => skuId === stock?.skuId)?.barcode ?? '';
    if (stock && /^\d{13}$/.test(barcode))
      return { spuId, skuId: stock.skuId, title, barcode, shopId: shop.shopId, store };
  }
  throw new Error('nothing on a shelf has a barcode');
}

beforeAll(async () => {
  ({ api } = await member(origin, persona));
  shelf = await choose();
  const { offsetMs } = await sandbox<{ offsetMs: number }>(origin, 'GET', '/control/clock');
  browser = await launch();
  shopper = await openShopper(browser, origin, {
    before: async (context) => {
      await context.addInitScript((ms) => {
        const now = Date.now.bind(Date);
        Date.now = () => now() + ms;
        // A browser without a reader of its own: the page's must do.
        Reflect.deleteProperty(window, 'BarcodeDetector');
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

const photograph = async (picture: Buffer): Promise<void> => {
  const chooser = page.waitForEvent('filechooser');
  await button(page, '扫商品条码').click();
  await (await chooser).setFiles({ name: 'shelf.png', mimeType: 'image/png', buffer: picture });
};

describe('scan and buy', () => {
  it('C02-CPT-13 a photographed barcode goes into the basket, is paid for, and shows a proof for the exit', async () => {
    const before = await left();
    await shopper.open('/packages/checkout/scan');
    await page.getByRole('button', { name: `在${shelf.store.name}扫码购` }).click();
    const blank = await bwip.toBuffer({
      bcid: 'qrcode',
      text: 'no barcode at all',
      scale: 6,
      backgroundcolor: 'FFFFFF',
    });
    await photograph(blank);
    await page.getByText(/没有认出条码/).waitFor();
    await photograph(
      await bwip.toBuffer({
        ...{ bcid: 'ean13', text: shelf.barcode, scale: 4, height: 20, includetext: true, backgroundcolor: 'FFFFFF' },
        ...{ paddingwidth: 20, paddingheight: 20, rotate: 'R' },
      }),
    );
    await page.getByText(shelf.title).first().waitFor();
    await keep(page, 'scan-basket');
    await button(page, '去付款').click();
    await payInCashier(page);
    const proof = page.getByRole('img', { name: /^取货码 / });
    await proof.waitFor();
    await page.getByText('出门凭证', { exact: true }).first().waitFor();
    await keep(page, 'scan-proof');
    orderNo = orderNoOf(page);
    expect(await left()).toBe(before - 1);
    expect(shopper.faults).toEqual([]);
  });

  it('C02-CPT-13 the clerk at the exit sees it wait and checks it off with what the phone shows now, once', async () => {
    const context = await desk(browser);
    const counter = await context.newPage();
    const faults = watchForFaults(counter, { expected: /status of (401|409)/ });
    await counter.goto(`${origin}/console/login`);
    await counter.getByLabel('账号').fill('clerk');
    await counter.locator('#password').fill(demoPassword);
    await counter.getByRole('button', { name: '登录' }).click();
    await counter.getByRole('heading', { name: /^门店(自提|库存)$/ }).waitFor();
    await counter.goto(`${origin}/console/pickups?tab=carried&q=${orderNo.slice(-6)}`);
    await counter.getByText(orderNo).first().waitFor();
    await keep(counter, 'scan-desk');
    const shown = (await api.orders.get(orderNo)).pickupCode?.digits ?? '';
    await counter.getByLabel('取货码').fill(shown);
    await counter.getByRole('button', { name: '查取货码' }).click();
    await counter.getByText(shelf.title).first().waitFor();
    await keep(counter, 'scan-check');
    await counter.getByRole('button', { name: /^核对无误/ }).click();
    await counter.getByText(/^核验成功/).waitFor();
    await until(
      () => api.orders.get(orderNo),
      ({ status }) => status === 'completed',
    );
    const again = (await staffApi(origin, 'clerk'))(shelf.shopId).pickups.checkOff({ code: shown });
    await expect(again).rejects.toMatchObject({ code: 'pickup.already_picked_up' });
    expect(faults).toEqual([]);
    await context.close();
  });

  it('C02-CPT-11 the product page says which store has it, and leads to picking it up there', async () => {
    await shopper.open(`/pages/product/index?spuId=${shelf.spuId}`);
    await page.getByRole('button', { name: /^门店库存，/ }).click();
    const sheet = page.getByRole('dialog', { name: '门店库存' });
    await sheet.getByText(shelf.store.name).waitFor();
    const specs = sheet.getByRole('radio');
    if ((await specs.count()) > 0) {
      const { skus } = (await api.catalog.storeStock(shelf.spuId, {})).items[0] ?? { skus: [] };
      await specs.nth(skus.findIndex(({ skuId }) => skuId === shelf.skuId)).click();
    }
    await keep(page, 'store-stock');
    await sheet.getByRole('button', { name: '到店自提' }).first().click();
    const pickup = page.getByRole('dialog', { name: '选择自提门店' });
    await pickup.getByText('取货时间').waitFor();
    await pickup.getByRole('button', { name: '确定' }).click();
    await page.getByText('到店自提，免运费').waitFor();
    await keep(page, 'store-stock-checkout');
    expect(shopper.faults).toEqual([]);
  });
});
