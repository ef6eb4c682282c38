/** Outside WeChat: the ways to pay a browser has, each to its end. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { chromiumPath, keep, launch } from './browser.ts';
import { button, logIn, openShopper, payInCashier, type Shopper } from './h5.ts';
import { findProduct, homeAddress } from './order-story.ts';
import { member, staffApi, until } from './shop-api.ts';

const origin = inject('shopOrigin');

describe.skipIf(!chromiumPath)('ways to pay on H5', () => {
  let browser: Browser;
  let shopper: Shopper;
  let skuId: string;
  beforeAll(async () => {
    browser = await launch();
    shopper = await openShopper(browser, origin);
    const { api } = await member(origin, 'wang-dali');
    await api.addresses.create(homeAddress);
    skuId = (await findProduct(api)).skus[0]?.skuId ?? '';
    await logIn(shopper, 'wang-dali');
  });
  afterAll(() => browser.close());

  async function toCheckout(channel: string): Promise<void> {
    const { page } = shopper;
    await shopper.open(`/packages/checkout/index?skuId=${skuId}&quantity=1`);
    await page.getByTestId(`pay-by-${channel}`).click();
  }

  it('C10-PAY-08 a QR code is scanned with the phone and the page follows by itself', async () => {
    const { page } = shopper;
    await toCheckout('wechat_native');
    await keep(page, 'ways-1-checkout');
    await button(page, '提交订单').click();
    await page.getByRole('img', { name: '付款二维码' }).waitFor();
    await keep(page, 'ways-2-code');
    const href = await page.getByText('用沙箱里的手机扫码').getAttribute('href');
    const phone = await shopper.context.newPage();
    await phone.goto(href ?? '');
    await phone.getByTestId('cashier-confirm').click();
    for (const key of '135790') await phone.getByTestId(`key-${key}`).click();
    await phone.getByTestId('cashier-finish').waitFor();
    await phone.close();
    await page.getByText('支付成功').waitFor();
  });

  it('C04-INT-06 PayPal and Alipay lead away and back to a paid order', async () => {
    const { page } = shopper;
    for (const [channel, press] of [
      ['alipay', 'alipay-pay'],
      ['paypal', 'paypal-approve'],
    ] as const) {
      await toCheckout(channel);
      await button(page, '提交订单').click();
      await page.getByTestId(press).waitFor();
      await keep(page, `ways-3-${channel}`);
      await page.getByTestId(press).click();
      await page.getByText('支付成功').waitFor();
      await keep(page, `ways-4-${channel}-paid`);
    }
    expect(shopper.faults).toEqual([]);
  });

  it('C10-PAY-03 C10-PAY-08 two shops’ orders are paid on one sheet, each to its own merchant; one gives its part back alone', async () => {
    const { page } = shopper;
    const { api } = await member(origin, 'wang-dali');
    const staffOf = await staffApi(origin);
    const mine = await findProduct(api);
    const others = (await api.catalog.products({ limit: 50, inStock: true })).items.filter(
      ({ shopId }) => shopId !== mine.shop.shopId,
    );
    const theirs = await findProduct(api, { shopId: others[0]?.shopId ?? '' });
    const goods = [mine, theirs];
    const lines = (await api.cart.get()).groups.flatMap((group) => group.lines.map(({ lineId }) => lineId));
    if (lines.length > 0) await api.cart.remove({ lineIds: lines });
    for (const [at, { shop, skus }] of goods.entries()) {
      await staffOf(shop.shopId).shopMerchant.set({ subMchId: `190000020${at + 1}` });
      await api.cart.add({ skuId: skus[0]?.skuId ?? '', quantity: 1 });
    }
    const setting = staffOf(mine.shop.shopId).settings;
    await setting.setPolicy('payments.combined', { value: 1 });
    try {
      await shopper.open('/pages/cart/index');
      await button(page, '结算(2)').click();
      await page.getByTestId('pay-by-wechat_jsapi').click();
      await button(page, '提交订单').click();
      await payInCashier(page);
      await page.getByText('支付成功').waitFor();
      await keep(page, 'ways-5-combined-paid');
      const { items } = await api.orders.list({ limit: 2 });
      expect(items.map(({ shopId }) => shopId).sort()).toEqual(goods.map(({ shop }) => shop.shopId).sort());
      const [first, second] = items.map(({ orderNo }) => orderNo) as [string, string];
      const shopId = items[0]?.shopId ?? '';
      await staffOf(shopId).orders.refund(first, { reason: '缺货' });
      await until(
        () => api.orders.get(first),
        ({ status }) => status === 'refunded',
      );
      expect((await api.orders.get(second)).status).toBe('paid');
    } finally {
      await setting.setPolicy('payments.combined', { value: 0 });
    }
  });
});
