/** Coupons that stack, points that come back, and a paid membership from its trial to its renewal, in a shop of its own: it travels a month. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BuyerApi } from '@xiaopu/api-client';
import { freePort } from '@xiaopu/free-port';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { keep, launch } from './browser.ts';
import { button, logIn, openShopper, orderNoOf, payInCashier, type Shopper } from './h5.ts';
import { homeAddress } from './order-story.ts';
import { member, sandbox, staffApi, until } from './shop-api.ts';
import { type ShopProcess, startShop } from './shop-process.ts';

const persona = 'su-wan';
const dayMs = 86_400_000;

let dataDir: string;
let shop: ShopProcess;
let browser: Browser;
let shopper: Shopper;
let api: BuyerApi;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'xiaopu-offers-'));
  await chmod(dataDir, 0o755);
  shop = startShop({ port: await freePort(), dataDir });
  await shop.untilHealthy(120_000);
  ({ api } = await member(shop.origin, persona));
  await api.addresses.create(homeAddress);
  browser = await launch();
  shopper = await openShopper(browser, shop.origin);
  await logIn(shopper, persona);
}, 150_000);
afterAll(async () => {
  await browser?.close();
  await shop?.end('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await keep(shopper.page, `failed-${task.name.slice(0, 30)}`);
});

const later = (ms: number) => sandbox(shop.origin, 'POST', '/control/clock/advance', { ms });
const held = async () => (await api.coupons.mine({ tab: 'usable', limit: 50 })).items.length;

/** One piece dear enough for a coupon, cheap enough to pay freight, with a margin left for points. */
async function goods() {
  const { items } = await api.catalog.products({ limit: 50, inStock: true, priceMin: 6_000, priceMax: 9_500 });
  for (const { spuId } of items) {
    const { skus } = await api.catalog.product(spuId);
    const sku = skus.find(({ available }) => available > 5);
    if (!sku) continue;
    const { coupons, points } = await api.checkout.preview({
      source: { kind: 'lines', lines: [{ skuId: sku.skuId, quantity: 1 }] },
    });
    if (coupons.best.couponIds.length === 2 && (points?.usable ?? 0) > 0) return sku.skuId;
  }
  throw new Error('nothing at this price');
}

it('C05-PERF-11 C06-PTS-05 claims coupons, is given the best of them with the reasons, adds points, and has all of it back with the money', async () => {
  const { page } = shopper;
  // Signs in for 5 points; the counter scans the member code and adds 200.
  await shopper.open('/packages/growth/points');
  await button(page, '签到').click();
  await page.getByText('已连续 1 天').first().waitFor();
  const staff = await staffApi(shop.origin);
  const [home] = (await staff('').session.get()).shops;
  const counter = staff(home?.shopId ?? '');
  const { buyerId } = await counter.members.scan({ code: (await api.membership.code()).code });
  await counter.members.adjustPoints(buyerId, { points: 200, reason: '活动补偿' });
  await shopper.open('/packages/coupons/centre');
  for (let left = 3; left > 0; left -= 1) {
    await page.getByRole('button', { name: '领取', exact: true }).first().click();
    await page
      .getByText('已领取')
      .nth(3 - left)
      .waitFor();
  }
  await keep(page, 'coupon-centre');
  const before = await held();
  expect(before).toBe(3);

  const skuId = await goods();
  await shopper.open(`/packages/checkout/index?skuId=${skuId}&quantity=1`);
  await page.getByText('提交订单').first().waitFor();
  const plain = await api.checkout.preview({
    source: { kind: 'lines', lines: [{ skuId, quantity: 1 }] },
    coupons: 'none',
  });
  const best = await api.checkout.preview({ source: { kind: 'lines', lines: [{ skuId, quantity: 1 }] } });
  expect(best.coupons.best.couponIds.length).toBe(2);
  await page.getByRole('button', { name: '选择优惠券' }).click();
  await page.getByText(/已选最优组合，省/).waitFor();
  // Each coupon that stays behind says why.
  for (const each of best.coupons.candidates.filter(({ chosen }) => !chosen)) {
    expect(each.text).not.toBe('');
    await page.getByText(each.text).first().waitFor();
  }
  await keep(page, 'coupon-picker');
  await page.getByRole('button', { name: '关闭' }).locator('visible=true').last().click();
  await page.getByRole('switch', { name: '使用积分' }).click();
  await page.getByText('积分抵扣').first().waitFor();
  await keep(page, 'checkout-points');
  await button(page, '提交订单').click();
  await payInCashier(page);
  await page.getByText('支付成功').waitFor();
  await button(page, '查看订单').click();
  await page.getByText('待发货').first().waitFor();
  const orderNo = orderNoOf(page);
  const order = await api.orders.get(orderNo);
  expect(order.payable).toBeLessThan(plain.payable - best.coupons.best.saving + 1);
  expect(await held()).toBe(before - best.coupons.best.couponIds.length);
  expect(await api.points.get()).toMatchObject({ balance: 205 - (best.points?.usable ?? 0) });

  await button(page, '申请退款').click();
  const why = page.getByRole('dialog', { name: '为什么退款' });
  await why.getByRole('radio', { name: '不想要了' }).click();
  await why.getByRole('button', { name: '提交申请' }).click();
  await until(
    () => api.orders.get(orderNo),
    ({ status }) => status === 'refunded',
  );
  await until(held, (count) => count === before);
  await until(
    () => api.points.get(),
    ({ balance }) => balance === 205,
  );
  expect((await api.orders.get(orderNo)).refunds).toMatchObject([{ amount: order.payable, status: 'succeeded' }]);
  expect(shopper.faults).toEqual([]);
}, 90_000);

it('C13-SUB-04 C13-SUB-05 tries the membership, pays for a month when the trial has ended, is reminded, and renews', async () => {
  const { page } = shopper;
  await shopper.open('/packages/growth/plans');
  await button(page, '立即试用').click();
  await page.getByText('试用中').waitFor();
  await page.getByText('到期自动结束，不会扣费').first().waitFor();
  await keep(page, 'plan-trial');
  await later(3 * dayMs + 60_000);
  await shopper.open('/packages/growth/plans');
  await button(page, /9\.9.* 开通/).click();
  await payInCashier(page);
  const { current: first } = await until(
    () => api.subscription.get(),
    ({ current }) => current !== null,
  );
  await shopper.open('/packages/growth/plans');
  await page.getByText('不会自动续费').first().waitFor();
  expect(await page.getByText('立即试用').count()).toBe(0);
  expect(first).toMatchObject({ planId: 'basic', isTrial: false, wantsReminder: true });

  const left = new Date(first?.until ?? '').getTime() - (await shopNow());
  await later(left - 2 * dayMs);
  // A month is longer than a session: in again.
  ({ api } = await member(shop.origin, persona));
  await until(
    () => api.messages.list({ limit: 20 }),
    ({ items }) => items.some(({ title }) => title.includes('会员')),
  );
  await page.evaluate(() => localStorage.clear());
  await logIn(shopper, persona);
  await shopper.open('/packages/account/messages');
  await page
    .getByText(/会员.*到期/)
    .first()
    .waitFor();
  await keep(page, 'plan-reminder');
  await shopper.open('/packages/growth/plans');
  await button(page, /9\.9.* 续费/).click();
  await payInCashier(page);
  const renewed = await until(
    () => api.subscription.get(),
    ({ current }) => (current?.until ?? '') > (first?.until ?? ''),
  );
  expect(new Date(renewed.current?.until ?? '').getTime()).toBeGreaterThan(
    new Date(first?.until ?? '').getTime() + 27 * dayMs,
  );
  await keep(page, 'plan-renewed');
  expect(shopper.faults.filter((fault) => !fault.includes('401'))).toEqual([]);
}, 90_000);

const shopNow = async () =>
  new Date((await sandbox<{ now: string }>(shop.origin, 'GET', '/control/clock')).now).getTime();
