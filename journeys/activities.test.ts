/** Flash sale, from the console's wizard to a paid order; a bargain between two people. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest';
import { desk, keep, launch, watchForFaults } from './browser.ts';
import { button, logIn, openShopper, payInCashier, type Shopper } from './h5.ts';
import { homeAddress } from './order-story.ts';
import { demoPassword, member, until } from './shop-api.ts';

const origin = inject('shopOrigin');
// Personas no other journey shops with: their carts and limits are their own.
const [buyerPersona, friendPersona] = ['wang-dali', 'ma-ke'];

let browser: Browser;
let buyer: Shopper;
let friend: Shopper;
let desktop: Page;
let api: Awaited<ReturnType<typeof member>>['api'];

beforeAll(async () => {
  ({ api } = await member(origin, buyerPersona));
  const { addresses } = await api.addresses.list({});
  if (addresses.length === 0) await api.addresses.create(homeAddress);
  browser = await launch();
  [buyer, friend] = [await openShopper(browser, origin), await openShopper(browser, origin)];
  await logIn(buyer, buyerPersona);
  await logIn(friend, friendPersona);
  desktop = await (await desk(browser)).newPage();
}, 60_000);
afterAll(() => browser?.close());
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  await keep(buyer.page, `failed-phone-${task.name.slice(0, 30)}`);
  await keep(friend.page, `failed-friend-${task.name.slice(0, 30)}`);
  await keep(desktop, `failed-desk-${task.name.slice(0, 30)}`);
});

async function signIn(shopId: string): Promise<void> {
  await desktop.goto(`${origin}/console/login`);
  await desktop.getByLabel('账号').fill('admin');
  await desktop.locator('#password').fill(demoPassword);
  await desktop.getByRole('button', { name: '登录' }).click();
  await desktop.waitForURL(/\/console\/(?!login)/);
  await desktop.evaluate((id) => localStorage.setItem('xiaopu.console.shop', id), shopId);
}

it('a sale made in the wizard is taken, ordered and paid at its price; C07-SEC-02 nothing is shared', async () => {
  const faults = watchForFaults(desktop, { expected: /favicon|401/ });
  const [running] = (await api.flashSales.list()).items.filter(({ state }) => state === 'running');
  if (!running) throw new Error('the demo has no running sale');
  await signIn(running.shopId);

  // The merchant sets one up on the goods of another one, and is warned of that.
  await desktop.goto(`${origin}/console/flash-sales`);
  await desktop.getByRole('button', { name: '新建秒杀' }).click();
  await desktop.getByLabel('查找商品').fill(running.title);
  await desktop.getByRole('button', { name: '查找' }).click();
  await desktop
    .locator('.choice', { hasText: running.specText.split('：').at(-1) ?? '' })
    .first()
    .click();
  await desktop.getByRole('button', { name: '下一步' }).click();
  await desktop.getByRole('textbox', { name: '秒杀价' }).fill(String((running.flashPrice + 100) / 100));
  await desktop.getByText('各按自己的入口计价').first().waitFor();
  await keep(desktop, 'console-flash-wizard');
  await desktop.getByRole('button', { name: '下一步' }).click();
  await desktop.getByRole('button', { name: '知道了，仍然创建' }).click();
  await desktop.getByText('秒杀已建好').waitFor();
  await desktop.getByText('进行中').first().waitFor();
  const sales = await until(
    () => api.flashSales.list(),
    ({ items }) => items.some(({ flashPrice }) => flashPrice === running.flashPrice + 100),
  );
  const sale = sales.items.find(({ flashPrice }) => flashPrice === running.flashPrice + 100);
  if (!sale) throw new Error('the sale is not listed');

  // The shopper.
  const { page } = buyer;
  await buyer.open('/pages/home/index');
  await page.getByText('限时秒杀').first().waitFor();
  await page.getByText('限时秒杀').first().scrollIntoViewIfNeeded();
  await keep(page, 'flash-home');
  await buyer.open('/packages/flash-sale/list');
  await page.getByText('去抢购').first().waitFor();
  await keep(page, 'flash-list');
  await buyer.open(`/packages/flash-sale/detail?saleId=${sale.saleId}`);
  await button(page, '立即抢购').click();
  await page.getByText('秒杀位置为你保留').waitFor();
  await keep(page, 'flash-checkout');
  await button(page, '提交订单').click();
  await payInCashier(page);
  await page.getByText('支付成功').first().waitFor();
  await keep(page, 'flash-paid');
  const { items } = await api.orders.list({ limit: 1 });
  const order = await api.orders.get(items[0]?.orderNo ?? '');
  expect(order.lines).toMatchObject([{ skuId: sale.skuId, payable: sale.flashPrice, quantity: 1 }]);
  await buyer.open(`/packages/flash-sale/detail?saleId=${sale.saleId}`);
  await button(page, '立即抢购').click();
  await page.getByText('你已经买到这场的限购数量了').waitFor();

  await desktop.reload();
  await desktop.getByText('0 / 1', { exact: true }).first().waitFor();
  await keep(desktop, 'console-flash-sales');
  expect([...faults, ...buyer.faults.filter((fault) => !fault.includes('409'))]).toEqual([]);
}, 90_000);

it('C07-BRG-01 a friend helps once, and the price of the moment is what is paid', async () => {
  const { page } = buyer;
  await buyer.open('/packages/bargain/list');
  await button(page, '发起砍价').first().waitFor();
  await keep(page, 'bargain-list');
  await button(page, '发起砍价').click();
  await page.waitForURL(/bargainId=/);
  await page.getByText('已有 0 人帮砍').waitFor();
  const bargainId = /bargainId=([0-9a-f-]{36})/.exec(page.url())?.[1] ?? '';
  const before = await api.bargains.get(bargainId);
  expect([before.helped, before.price]).toEqual([0, before.startPrice]);

  await friend.open(`/packages/bargain/detail?bargainId=${bargainId}`);
  await friend.page.getByText('邀你帮砍').first().waitFor();
  await keep(friend.page, 'bargain-friend');
  await button(friend.page, '帮 TA 砍一刀').click();
  await friend.page.getByText('已帮砍').first().waitFor();
  await keep(friend.page, 'bargain-helped');
  const after = await api.bargains.get(bargainId);
  expect([after.helped, after.helpers[0]?.nickname.includes('*')]).toEqual([1, true]);

  await buyer.open(`/packages/bargain/detail?bargainId=${bargainId}`);
  await page.getByText('已有 1 人帮砍').waitFor();
  await keep(page, 'bargain-owner');
  await button(page, /现价购买|底价购买/).click();
  await page.getByText('提交订单').first().waitFor();
  await button(page, '提交订单').click();
  await payInCashier(page);
  await page.getByText('支付成功').first().waitFor();
  const bought = await until(
    () => api.bargains.get(bargainId),
    ({ status }) => status === 'bought',
  );
  const order = await api.orders.get(bought.orderNo ?? '');
  expect(order.lines).toMatchObject([{ payable: after.price, quantity: 1 }]);

  await signIn(bought.offer.shopId);
  await desktop.goto(`${origin}/console/bargains`);
  await desktop.getByText(bought.offer.title).first().waitFor();
  await keep(desktop, 'console-bargains');
  await desktop.getByRole('button', { name: '新建砍价' }).click();
  await desktop.getByLabel('查找商品').fill(bought.offer.title);
  await desktop.getByRole('button', { name: '查找' }).click();
  await desktop.locator('.choice').first().click();
  await desktop.getByRole('textbox', { name: '底价' }).fill('1');
  await desktop.getByText('低于毛利底线').first().waitFor();
  await keep(desktop, 'console-bargain-new');
  await desktop.goto(`${origin}/console/member-days`);
  await desktop.getByText('每月 8、18、28 日全店 8.8 折').waitFor();
  await keep(desktop, 'console-member-days');
  await desktop.getByRole('button', { name: '新建会员日' }).click();
  await desktop.getByRole('dialog').getByRole('button', { name: '创建' }).waitFor();
  await keep(desktop, 'console-member-day-new');
  expect([...buyer.faults, ...friend.faults].filter((fault) => !fault.includes('409'))).toEqual([]);
}, 90_000);
