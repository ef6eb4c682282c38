/** What is not sent: a card code bought and read on the phone, and a visit booked, paid and checked off at the desk. */
import type { ProductDetail } from '@xiaopu/contracts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { desk, keep, launch, watchForFaults } from './browser.ts';
import { button, logIn, openShopper, orderNoOf, payInCashier, type Shopper } from './h5.ts';
import { demoPassword, member, sandbox, staffApi, until } from './shop-api.ts';

const origin = inject('shopOrigin');
const persona = 'wang-dali';

let browser: Browser;
let shopper: Shopper;
let page: Page;
let api: Awaited<ReturnType<typeof member>>['api'];

async function named(words: string): Promise<ProductDetail> {
  const [card] = (await api.catalog.products({ q: words, limit: 5 })).items.filter(({ title }) =>
    title.includes(words),
  );
  if (!card) throw new Error(`nothing called ${words}`);
  return api.catalog.product(card.spuId);
}
const checkOut = (product: ProductDetail) =>
  shopper.open(`/packages/checkout/index?skuId=${product.skus[0]?.skuId}&quantity=1`);

beforeAll(async () => {
  ({ api } = await member(origin, persona));
  const { offsetMs } = await sandbox<{ offsetMs: number }>(origin, 'GET', '/control/clock');
  browser = await launch();
  shopper = await openShopper(browser, origin, {
    before: async (context) => {
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

describe('goods that are not sent', () => {
  it('C10-PAY-07 C12-CON-02 a card code: nothing to tick but "no return", nothing to fill in; paid, and read at once', async () => {
    const product = await named('有声书会员季卡');
    await shopper.open(`/pages/product/index?spuId=${product.spuId}`);
    await page.getByText('付款后自动发放卡密，无需收货地址').waitFor();
    await keep(page, 'unsent-product');
    await checkOut(product);
    const tick = page.getByLabel('同意：虚拟商品，购买后不支持退换').locator('visible=true').last();
    await tick.waitFor();
    expect(await page.getByText('选择收货地址').count()).toBe(0);
    // Not ticked beforehand, and no order without.
    const before = (await api.orders.list({ limit: 1 })).items[0]?.orderNo;
    await button(page, '提交订单').click();
    await page.getByText('请先勾选购买须知').first().waitFor();
    expect((await api.orders.list({ limit: 1 })).items[0]?.orderNo).toBe(before);
    await tick.click();
    await keep(page, 'unsent-checkout');
    await button(page, '提交订单').click();
    await payInCashier(page);
    await page.getByText('在订单里点「查看内容」领取').waitFor();
    await keep(page, 'unsent-paid');
    await button(page, '查看订单').click();
    await button(page, '查看内容').click();
    const code = page.getByRole('button', { name: /^复制卡密 / });
    await code.waitFor();
    await keep(page, 'unsent-order');
    expect(await code.getAttribute('aria-label')).toMatch(/^复制卡密 [0-9A-F]{4}(-[0-9A-F]{4}){3}$/);
    const orderNo = orderNoOf(page);
    expect((await api.orders.get(orderNo)).status).toBe('completed');

    // C12-CON-03: the shop sees what was agreed to, and can hand it out.
    const shop = (await staffApi(origin))(product.shop.shopId);
    expect((await shop.orders.get(orderNo)).consents).toMatchObject([{ text: '虚拟商品，购买后不支持退换' }]);
  });

  it('C10-PAY-07 a visit: place and time chosen, paid, its code checked off at the desk once', async () => {
    const product = await named('手冲咖啡体验课');
    await checkOut(product);
    await page
      .getByLabel(/^选择预约时间/)
      .first()
      .click();
    const sheet = page.getByRole('dialog', { name: '预约时间' });
    await sheet.getByRole('tab').nth(1).click();
    await sheet
      .getByRole('radio', { name: /\d\d:\d\d/ })
      .nth(2)
      .click();
    await keep(page, 'booking-sheet');
    await sheet.getByRole('button', { name: '确定' }).click();
    await sheet.waitFor({ state: 'hidden' });
    const name = page.getByLabel('预约人姓名').locator('input');
    if ((await name.count()) > 0) {
      await name.fill('王大力');
      await page.getByLabel('预约人手机号').locator('input').fill('13900000004');
    }
    await page
      .getByLabel(/^同意：预约开始前/)
      .locator('visible=true')
      .last()
      .click();
    await keep(page, 'booking-checkout');
    await button(page, '提交订单').click();
    await payInCashier(page);
    await page.getByText('出示订单里的核销码').waitFor();
    await keep(page, 'booking-paid');
    await button(page, '查看订单').click();
    const shown = page.getByRole('img', { name: /^核销码 / });
    await shown.waitFor();
    await keep(page, 'booking-order');
    const digits = ((await shown.getAttribute('aria-label')) ?? '').replace('核销码 ', '');
    const orderNo = orderNoOf(page);
    expect((await api.orders.get(orderNo)).booking).toMatchObject({ quantity: 1 });

    const context = await desk(browser);
    const counter = await context.newPage();
    const faults = watchForFaults(counter, { expected: /status of (401|409)/ });
    await counter.goto(`${origin}/console/login`);
    await counter.getByLabel('账号').fill('admin');
    await counter.locator('#password').fill(demoPassword);
    await counter.getByRole('button', { name: '登录' }).click();
    await counter.waitForURL(/\/console\/(?!login)/);
    await counter.evaluate((id) => localStorage.setItem('xiaopu.console.shop', id), product.shop.shopId);
    await counter.goto(`${origin}/console/bookings`);
    await counter.getByLabel('核销码').fill(digits);
    await counter.getByRole('button', { name: '查核销码' }).click();
    await counter.getByRole('button', { name: '核对无误，确认核销' }).waitFor();
    await keep(counter, 'booking-desk');
    await counter.getByRole('button', { name: '核对无误，确认核销' }).click();
    await counter.getByText('核销成功，请为顾客提供服务').waitFor();
    await until(
      () => api.orders.get(orderNo),
      ({ status }) => status === 'completed',
    );
    const again = (await staffApi(origin))(product.shop.shopId).bookings.redeem({ code: digits });
    await expect(again).rejects.toMatchObject({ code: 'bookings.already_redeemed' });
    expect(faults).toEqual([]);
    await context.close();
    await shopper.open(`/packages/orders/detail?orderNo=${orderNo}`);
    await page.getByText('已完成').first().waitFor();
    expect(await page.getByRole('img', { name: /^核销码 / }).count()).toBe(0);
    expect(shopper.faults).toEqual([]);
  });
});
