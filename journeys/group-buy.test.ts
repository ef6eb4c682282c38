/** A group from the product page to its end, by a link between two people; and one that nobody joins. */
import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest';
import { desk, keep, launch } from './browser.ts';
import { button, logIn, openShopper, payInCashier, type Shopper } from './h5.ts';
import { homeAddress } from './order-story.ts';
import { demoPassword, member, sandbox, staffApi, until } from './shop-api.ts';

const origin = inject('shopOrigin');
const [openerPersona, friendPersona] = ['wang-dali', 'ma-ke'];

let browser: Browser;
let opener: Shopper;
let friend: Shopper;
let desktop: Page;
let api: Awaited<ReturnType<typeof member>>['api'];

beforeAll(async () => {
  ({ api } = await member(origin, openerPersona));
  const { api: friendApi } = await member(origin, friendPersona);
  for (const each of [api, friendApi])
    if ((await each.addresses.list({})).addresses.length === 0) await each.addresses.create(homeAddress);
  browser = await launch();
  [opener, friend] = [await openShopper(browser, origin), await openShopper(browser, origin)];
  await logIn(opener, openerPersona);
  await logIn(friend, friendPersona);
  desktop = await (await desk(browser)).newPage();
}, 60_000);
afterAll(() => browser?.close());
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  await keep(opener.page, `failed-opener-${task.name.slice(0, 30)}`);
  await keep(friend.page, `failed-friend-${task.name.slice(0, 30)}`);
  await keep(desktop, `failed-desk-${task.name.slice(0, 30)}`);
});

const hourMs = 3_600_000;
const groupIdIn = (page: Page): string => /groupId=([0-9a-f-]{36})/.exec(page.url())?.[1] ?? '';

/** Fresh goods of a shop with a step of two, one hour a group. */
async function givenActivity() {
  const { items } = await api.catalog.products({ limit: 30, inStock: true });
  const products = await Promise.all(items.slice(0, 12).map(({ spuId }) => api.catalog.product(spuId)));
  const product =
    products.find(({ skus, specs }) => specs.length === 0 && (skus[0]?.available ?? 0) > 9) ?? products[0];
  const sku = product?.skus.find(({ available }) => available > 9);
  if (!product || !sku) throw new Error('no goods with stock');
  const shop = (await staffApi(origin))(product.shop.shopId);
  const now = new Date((await sandbox<{ now: string }>(origin, 'GET', '/control/clock')).now).getTime();
  const activityId = randomUUID();
  await shop.groupBuys.create({
    ...{
      activityId,
      spuId: product.spuId,
      skuIds: [sku.skuId],
      name: '两人一起拼',
      quota: 20,
      buyerLimit: 2,
      hours: 1,
    },
    steps: [
      { size: 2, payRate: 9_500 },
      { size: 3, payRate: 9_000 },
    ],
    allowsSolo: true,
    startsAt: new Date(now - 1_000).toISOString(),
    endsAt: new Date(now + 24 * hourMs).toISOString(),
    overrideReason: '旅程测试',
  });
  return { product, activityId };
}

async function payForPlace({ page }: Shopper): Promise<void> {
  await page.getByText('提交订单').first().waitFor();
  await button(page, '提交订单').click();
  await payInCashier(page);
  await page.getByText('支付成功').first().waitFor();
}

it('C07-GRP-01 C02-BEH-01 two buy together by a link, the third step is missed and both keep the first price; alone, the money comes back', async () => {
  const { product, activityId } = await givenActivity();
  const { page } = opener;

  // The product page leads to the offer; opening counts once paid.
  await opener.open(`/pages/product/index?spuId=${product.spuId}`);
  await page.getByLabel('去拼团').click();
  await page.waitForURL(/group-buy\/offer/);
  await opener.open(`/packages/group-buy/offer?activityId=${activityId}`);
  await page.getByText('还没有人开团').waitFor();
  await keep(page, 'group-offer');
  await button(page, '发起拼团').click();
  await payForPlace(opener);
  await keep(page, 'group-paid');
  await button(page, '邀请好友参团').click();
  await page.getByText('还差 1 人成团').waitFor();
  await keep(page, 'group-opener');
  const mine = (await api.groupBuys.mine()).items[0];
  if (!mine) throw new Error('no group');
  const { groupId } = mine;
  const invite = (await api.groupBuys.get(groupId)).mine?.invite ?? '';
  await opener.open('/packages/orders/list');
  await page.getByText('待成团').first().waitFor();
  await keep(page, 'group-orders');

  // The friend comes by the card and sees the group first, with nothing to share.
  await friend.open(`/packages/group-buy/group?groupId=${groupId}&invite=${invite}`);
  await friend.page.getByText('邀你一起拼').waitFor();
  await keep(friend.page, 'group-friend');
  expect(groupIdIn(friend.page)).toBe(groupId);
  await button(friend.page, /参团$/).click();
  await payForPlace(friend);
  await until(
    () => api.groupBuys.get(groupId),
    ({ paid }) => paid === 2,
  );
  await opener.open(`/packages/group-buy/group?groupId=${groupId}`);
  await page.getByText('已成团，再来 1 人更便宜').waitFor();
  await keep(page, 'group-step');

  // The merchant sees who waits, and what came of it.
  await desktop.goto(`${origin}/console/login`);
  await desktop.getByLabel('账号').fill('admin');
  await desktop.locator('#password').fill(demoPassword);
  await desktop.getByRole('button', { name: '登录' }).click();
  await desktop.waitForURL(/\/console\/(?!login)/);
  await desktop.evaluate((id) => localStorage.setItem('xiaopu.console.shop', id), product.shop.shopId);
  await desktop.goto(`${origin}/console/orders?status=waiting_group`);
  await desktop.getByText('待成团').nth(1).waitFor();
  await keep(desktop, 'console-orders-waiting');

  await sandbox(origin, 'POST', '/control/clock/advance', { ms: hourMs + 1_000 });
  const done = await until(
    () => api.groupBuys.get(groupId),
    ({ status }) => status === 'succeeded',
  );
  expect(done).toMatchObject({ reachedSize: 2, paid: 2 });
  await opener.open(`/packages/group-buy/group?groupId=${groupId}`);
  await page.getByText('拼团成功').waitFor();
  await keep(page, 'group-succeeded');

  // A second group finds nobody.
  await opener.open(`/packages/group-buy/offer?activityId=${activityId}`);
  await button(page, '发起拼团').click();
  await payForPlace(opener);
  const lonely = await until(
    () => api.groupBuys.mine(),
    ({ items }) => items[0]?.groupId !== groupId && items[0]?.status === 'open',
  );
  await sandbox(origin, 'POST', '/control/clock/advance', { ms: hourMs + 1_000 });
  await opener.open(`/packages/group-buy/group?groupId=${lonely.items[0]?.groupId}`);
  await page.getByText('没有成团').waitFor();
  await keep(page, 'group-failed');
  const refunded = await until(
    () => api.orders.get(lonely.items[0]?.orderNo ?? ''),
    ({ status }) => status === 'refunded',
    30_000,
  );
  expect(refunded.refunds.map(({ amount }) => amount)).toEqual([refunded.payable]);

  await desktop.goto(`${origin}/console/group-buys`);
  await desktop.getByText(product.title).first().waitFor();
  await keep(desktop, 'console-group-buys');
  await desktop.getByRole('button', { name: '详情' }).first().click();
  await desktop.getByText('开团或参团').waitFor();
  await keep(desktop, 'console-group-detail');
  await desktop.goto(`${origin}/console/group-buys`);
  await desktop.getByRole('button', { name: '新建拼团' }).click();
  await desktop.getByLabel('查找商品').fill(product.title);
  await desktop.getByRole('button', { name: '查找' }).click();
  await desktop.locator('.choice').first().click();
  await desktop
    .getByText(/「两人一起拼」.*各按自己的入口计价/)
    .first()
    .waitFor();
  await keep(desktop, 'console-group-new');
  expect([...opener.faults, ...friend.faults].filter((fault) => !fault.includes('409'))).toEqual([]);
}, 90_000);
