/** A first purchase on H5, from the shop window to a review that others can read; the merchant ships in the console. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { desk, keep, launch, watchForFaults } from './browser.ts';
import {
  allowLogin,
  button,
  chooseSpecs,
  openShopper,
  orderNoOf,
  payInCashier,
  type Shopper,
  swipeLeft,
} from './h5.ts';
import { asNewcomer, newWaybill } from './order-story.ts';
import { buyerApi, demoPassword, member, sandbox, until } from './shop-api.ts';

const origin = inject('shopOrigin');
const dayMs = 86_400_000;
const review = `做工细致，颜色和图片一样 ${Date.now().toString(36)}`;

let browser: Browser;
let shopper: Shopper;
let page: Page;
let spuId = '';
let shopId = '';
let orderNo = '';
let otherSpecs = '';
let otherTitle = '';
let title = '';

beforeAll(async () => {
  await asNewcomer((await member(origin, 'lin-xia')).api);
  browser = await launch();
  shopper = await openShopper(browser, origin);
  page = shopper.page;
});
afterAll(() => browser?.close());
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await keep(page, `failed-${task.name.slice(0, 40)}`);
});

const titleOf = (line: string) => line.split('，')[0] ?? '';

describe('a guest', () => {
  it('C04-AGI-08 finds by a suggestion, narrows by a filter, and looks closely', async () => {
    await shopper.open('/');
    await page
      .getByRole('link', { name: /，.+元/ })
      .first()
      .waitFor();
    await keep(page, 'shopper-01-home');
    await page.getByRole('search', { name: '搜索商品' }).click();
    await page.getByLabel('搜索商品').locator('input').fill('四件套');
    await page
      .getByRole('button', { name: /四件套/ })
      .first()
      .waitFor();
    await keep(page, 'shopper-02-suggestions');
    await page
      .getByRole('button', { name: /四件套/ })
      .first()
      .click();
    await page
      .getByRole('link', { name: /四件套.*元/ })
      .first()
      .waitFor();
    await page.getByRole('button', { name: '筛选' }).click();
    const drawer = page.getByRole('dialog', { name: '筛选' });
    // The first attribute the drawer offers, beside what is in stock.
    const wanted = [drawer.getByRole('checkbox').nth(1), drawer.getByRole('checkbox', { name: '仅看有货' })];
    for (const box of wanted) {
      await box.click();
      await expect.poll(() => box.getAttribute('aria-checked')).toBe('true');
    }
    await drawer.getByRole('button', { name: /^查看 \d+ 件$/ }).click();
    await page.getByRole('button', { name: '筛选，已选2项' }).waitFor();
    const card = page.getByRole('link', { name: /四件套.*元/ }).first();
    title = titleOf((await card.getAttribute('aria-label')) ?? '');
    await keep(page, 'shopper-03-results');
    await card.click();
    await page.waitForURL(/spuId=/);
    spuId = /spuId=([\w-]+)/.exec(page.url())?.[1] ?? '';
    await button(page, '立即购买').waitFor();
    expect(await page.getByText(title).first().isVisible()).toBe(true);
    await page.getByText('1/', { exact: false }).first().waitFor();
    await keep(page, 'shopper-04-product');
    shopId = (await buyerApi(origin).catalog.product(spuId)).shop.shopId;
  });

  it('fills a cart of two shops; the badge counts along', async () => {
    await button(page, '加入购物车').click();
    await chooseSpecs(page);
    const sheet = page.getByRole('dialog', { name: '选择规格' });
    await keep(page, 'shopper-05-sku');
    await sheet.getByRole('button', { name: '加入购物车' }).click();
    await page.getByText('已加入购物车').waitFor();
    await sheet.waitFor({ state: 'detached' });

    const other = await (async () => {
      const { items } = await buyerApi(origin).catalog.products({ limit: 50, inStock: true });
      for (const item of items) {
        const product = await buyerApi(origin).catalog.product(item.spuId);
        const choices = product.skus.filter(({ available }) => available > 3);
        if (product.shop.shopId !== shopId && choices.length > 1) return product;
      }
      throw new Error('only one shop sells');
    })();
    await shopper.open(`/pages/product/index?spuId=${other.spuId}`);
    await button(page, '加入购物车').click();
    await chooseSpecs(page);
    await page.getByRole('dialog', { name: '选择规格' }).getByRole('button', { name: '加入购物车' }).click();
    await page.getByText('已加入购物车').waitFor();
    await shopper.open('/pages/cart/index');
    otherTitle = other.title;
    const specs = page.getByRole('button', { name: /^更换规格，现在是/ });
    await specs.first().waitFor();
    const labels = await specs.evaluateAll((all) => all.map((each) => each.getAttribute('aria-label') ?? ''));
    otherSpecs =
      labels.find((label) => other.skus.some((sku) => sku.specs.every((value) => label.includes(value)))) ?? '';
    await page.getByRole('tab', { name: '购物车，2件商品' }).waitFor();
    await page.getByText('共 2 件商品').waitFor();
    await keep(page, 'shopper-06-cart');
  });

  it('C05-PATH-09 C05-PATH-08 ticks a whole shop, changes quantity and specs in the cart without leaving it', async () => {
    const all = page.getByRole('checkbox', { name: /^(取消)?全选$/ });
    const shops = page.getByRole('checkbox', { name: /^全选.+/ });
    expect(await shops.count()).toBe(2);
    await button(page, '结算(2)').waitFor();
    await shops.nth(1).click();
    await button(page, '结算(1)').waitFor();
    await page.getByRole('button', { name: '增加一件' }).first().click();
    const first = await shops.nth(0).getAttribute('aria-checked');
    await button(page, first === 'true' ? '结算(2)' : '结算(1)').waitFor();
    await all.click();
    await button(page, '结算(3)').waitFor();

    const before = page.url();
    const spec = page.getByRole('button', { name: otherSpecs, exact: true });
    await spec.click();
    const sheet = page.getByRole('dialog', { name: '选择规格' });
    await sheet.getByRole('radiogroup').first().waitFor();
    await sheet.locator('[role=radio][aria-checked=false]:not([aria-disabled=true])').first().click();
    await chooseSpecs(page);
    await sheet.getByRole('button', { name: '确定' }).click();
    await sheet.waitFor({ state: 'detached' });
    await spec.waitFor({ state: 'detached' });
    expect(page.url()).toBe(before);
  });

  it('C05-UI-05 swipes a line away only after a second yes', async () => {
    const lines = page.getByRole('checkbox', { name: /^(取消)?选择./ });
    expect(await lines.count()).toBe(2);
    await swipeLeft(shopper, page.getByRole('link', { name: otherTitle }));
    await button(page, `删除${otherTitle}`).click();
    await page.getByText('删除这件商品？').waitFor();
    await keep(page, 'shopper-07-delete');
    await page.getByText('再想想', { exact: true }).click();
    await page.getByText('删除这件商品？').waitFor({ state: 'hidden' });
    expect(await lines.count()).toBe(2);
    await button(page, `删除${otherTitle}`).click();
    await page.getByText('删除这件商品？').waitFor();
    await page.locator('.uni-modal').getByText('删除', { exact: true }).click();
    await expect.poll(() => lines.count()).toBe(1);
  });

  it('C02-BEH-03 is asked to log in at checkout, and the cart of the guest is there after it', async () => {
    await button(page, /^结算\(\d\)$/).click();
    await page.waitForURL(/connect\/oauth2\/authorize/);
    await keep(page, 'shopper-08-oauth');
    await allowLogin(page, 'lin-xia');
    await page.waitForURL((url) => url.hash.includes('/packages/checkout'));
    await page.getByText(title).first().waitFor();
    expect(await page.getByText(otherTitle).count()).toBe(0);
  });
});

describe('林夏, now a member', () => {
  it('C05-PATH-06 C05-PATH-07 C05-PATH-10 pastes an address, which is recognised, and sees when it arrives', async () => {
    await button(page, '添加收货地址').click();
    await shopper.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
    await page.evaluate(() => navigator.clipboard.writeText('林夏 13800000001 浙江省杭州市西湖区文三路1号3幢502'));
    await button(page, '粘贴并识别').click();
    await button(page, '填到下面').click();
    const typed = (label: string) => page.getByLabel(label, { exact: true }).locator('input').inputValue();
    await expect.poll(() => typed('收货人')).toBe('林夏');
    expect(await typed('手机号')).toBe('13800000001');
    await page.getByRole('button', { name: '所在地区：浙江省 杭州市 西湖区' }).waitFor();
    await keep(page, 'shopper-09-address');
    await button(page, '保存并使用').click();
    await page.getByRole('button', { name: /^收货地址：浙江省杭州市西湖区文三路/ }).waitFor();
    await page.getByText(/预计.*送达/).waitFor();
    await keep(page, 'shopper-10-checkout');
  });

  it('C04-AGI-08 pays in the cashier and finds the order paid', async () => {
    await button(page, '提交订单').click();
    const till = page.getByRole('dialog', { name: '收银台' });
    await till.waitFor();
    await page.frameLocator('iframe[title="收银台"]').getByTestId('cashier-confirm').waitFor();
    await keep(page, 'shopper-11-cashier');
    await payInCashier(page);
    await page.getByText('支付成功').waitFor();
    await keep(page, 'shopper-12-paid');
    await button(page, '查看订单').click();
    await page.waitForURL(/orderNo=\d{20}/);
    orderNo = orderNoOf(page);
    await page.getByText('待发货').first().waitFor();
    await keep(page, 'shopper-13-order');
  });
});

it('the merchant ships it in the console', async () => {
  const context = await desk(browser);
  const staff = await context.newPage();
  const faults = watchForFaults(staff, { expected: /status of 401/ });
  await staff.goto(`${origin}/console/login`);
  await staff.evaluate((id) => localStorage.setItem('xiaopu.console.shop', id), shopId);
  await staff.getByLabel('账号').fill('admin');
  await staff.locator('#password').fill(demoPassword);
  await staff.getByRole('button', { name: '登录' }).click();
  await staff.waitForURL((url) => !url.pathname.endsWith('/login'));
  await staff.goto(`${origin}/console/orders?status=paid&q=${orderNo}`);
  await staff.getByRole('row').filter({ hasText: orderNo }).getByRole('button', { name: '发货' }).click();
  const drawer = staff.getByRole('dialog', { name: '发货' });
  await drawer.getByRole('combobox').click({ force: true });
  await staff.getByRole('option', { name: /顺丰/ }).locator('visible=true').click();
  await drawer.getByPlaceholder('扫描或粘贴运单号').fill(newWaybill());
  await keep(staff, 'shopper-14-console-ship');
  await drawer.getByRole('button', { name: '确认发货' }).click();
  await staff.getByText('已发货，发货信息正在上传微信').waitFor();
  await staff.goto(`${origin}/console/orders/${orderNo}`);
  // Paid through the official account: WeChat asks for the shipping of mini program trades only.
  await until(
    async () => {
      await staff.getByRole('button', { name: '刷新' }).click();
      return staff.getByText('无需上传').count();
    },
    (found) => found > 0,
  );
  await keep(staff, 'shopper-15-console-order');
  expect(faults).toEqual([]);
  await context.close();
});

describe('林夏 again', () => {
  const openOrder = () => shopper.open(`/packages/orders/detail?orderNo=${orderNo}`);

  it('follows the parcel and confirms that it came', async () => {
    await sandbox(origin, 'POST', '/control/clock/advance', { ms: 2 * dayMs });
    await openOrder();
    await page.getByRole('link', { name: '查看物流' }).click();
    await page.getByText(/揽收/).first().waitFor();
    await page.getByText('顺丰').first().waitFor();
    await keep(page, 'shopper-16-track');
    await openOrder();
    await button(page, '确认收货').click();
    await page.getByText('确认收到货了？').waitFor();
    await page.locator('.uni-modal').getByText('确认收货', { exact: true }).click();
    await button(page, '去评价').waitFor();
    await keep(page, 'shopper-17-received');
  });

  it('writes a review with a picture', async () => {
    await button(page, '去评价').click();
    await page.getByRole('radio', { name: '5分' }).click();
    await page.getByLabel('评价内容').locator('textarea').fill(review);
    const chooser = page.waitForEvent('filechooser');
    await button(page, '添加图片').click();
    await (await chooser).setFiles({
      name: 'photo.png',
      mimeType: 'image/png',
      buffer: readFileSync(join(import.meta.dirname, '../artifacts/journeys/shopper-04-product.png')),
    });
    await page.getByText('上传中').waitFor({ state: 'detached' });
    await keep(page, 'shopper-18-review');
    await button(page, '发布评价').click();
    await page.getByText('都评价完了').waitFor();
  });

  it('finds it on the product page once the merchant has passed it', async () => {
    const { items } = await buyerApi(origin).catalog.reviews(spuId, { limit: 50 });
    expect(items.map(({ text }) => text)).not.toContain(review);
    const context = await desk(browser);
    const staff = await context.newPage();
    await staff.goto(`${origin}/console/login`);
    await staff.evaluate((id) => localStorage.setItem('xiaopu.console.shop', id), shopId);
    await staff.getByLabel('账号').fill('admin');
    await staff.locator('#password').fill(demoPassword);
    await staff.getByRole('button', { name: '登录' }).click();
    await staff.waitForURL((url) => !url.pathname.endsWith('/login'));
    await staff.goto(`${origin}/console/reviews?status=held`);
    const row = staff.getByRole('row').filter({ hasText: review });
    await row.locator('img').first().waitFor();
    await row.getByRole('button', { name: '通过', exact: true }).click();
    await staff.getByText('1 条评价已展示').waitFor();
    await context.close();

    await shopper.open(`/packages/browse/reviews/index?spuId=${spuId}`);
    await page.getByText(review).waitFor();
    await keep(page, 'shopper-19-review-shown');
  });

  it('met no error in the browser and none on the server', () => expect(shopper.faults).toEqual([]));
});
