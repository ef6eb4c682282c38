/** Distribution from a poster's code to money in WeChat, in a shop of its own: sixteen days pass in it. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@xiaopu/free-port';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { desk, keep, launch, watchForFaults } from './browser.ts';
import { button, logIn, openShopper, payInCashier, type Shopper } from './h5.ts';
import { homeAddress } from './order-story.ts';
import { demoPassword, member, sandbox, staffApi, until } from './shop-api.ts';
import { type ShopProcess, startShop } from './shop-process.ts';

const dayMs = 86_400_000;
const [guidePersona, friendPersona] = ['su-wan', 'zhou-yutong'];

let shop: ShopProcess;
let dataDir: string;
let browser: Browser;
let guide: Shopper;
let friend: Shopper;
let desktop: Page;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'xiaopu-distribution-'));
  await chmod(dataDir, 0o755); // as root, PostgreSQL's own user must be able to enter
  shop = startShop({ port: await freePort(), dataDir });
  await shop.untilHealthy(120_000);
  browser = await launch();
  [guide, friend] = [await openShopper(browser, shop.origin), await openShopper(browser, shop.origin)];
  desktop = await (await desk(browser)).newPage();
});
afterAll(async () => {
  await browser?.close();
  await shop?.end('SIGTERM');
  if (dataDir) await rm(dataDir, { recursive: true, force: true });
});
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  await keep(guide.page, 'failed-distribution-guide');
  await keep(friend.page, 'failed-distribution-friend');
  await keep(desktop, 'failed-distribution-desk');
});

async function signIn(shopId: string): Promise<void> {
  await desktop.goto(`${shop.origin}/console/login`);
  await desktop.getByLabel('账号').fill('admin');
  await desktop.locator('#password').fill(demoPassword);
  await desktop.getByRole('button', { name: '登录' }).click();
  await desktop.waitForURL(/\/console\/(?!login)/);
  await desktop.evaluate((id) => localStorage.setItem('xiaopu.console.shop', id), shopId);
}

it('C01-CMP-03 link → bound → bought → received → window over → settled → withdrawn → confirmed → paid', async () => {
  const { origin } = shop;
  const faults = watchForFaults(desktop, { expected: /favicon|401/ });
  const { api } = await member(origin, guidePersona);
  const program = (await api.distribution.programs()).items.find(({ isOn }) => isOn);
  if (!program) throw new Error('no shop distributes');
  const { shopId } = program;

  // Applying costs nothing; the shop decides.
  await logIn(guide, guidePersona);
  await guide.open(`/packages/distribution/apply?shopId=${shopId}`);
  await guide.page.getByText('申请免费').waitFor();
  await guide.page.locator('input').nth(0).fill('苏晚');
  await guide.page.locator('input').nth(1).fill('999999199001011027');
  await guide.page.getByRole('checkbox', { name: '同意推广协议' }).click();
  await keep(guide.page, 'distribution-apply');
  await button(guide.page, '提交申请').click();
  await until(
    () => api.distribution.programs(),
    ({ items }) => items.some(({ state }) => state === 'applied'),
  );
  await signIn(shopId);
  await desktop.goto(`${origin}/console/distributors`);
  await desktop.getByRole('button', { name: '通过', exact: true }).click();
  await desktop.getByRole('button', { name: '通过申请' }).click();
  await desktop.getByText('已通过').waitFor();
  await keep(desktop, 'console-distributors');

  // What to promote, and a poster.
  await guide.open(`/packages/distribution/goods?shopId=${shopId}`);
  await button(guide.page, '海报').waitFor();
  await keep(guide.page, 'distribution-goods');
  await guide.page.getByRole('button', { name: '海报', exact: true }).first().click();
  await guide.page.getByLabel(/的推广海报$/).waitFor({ state: 'attached' });
  await expect
    .poll(() => button(guide.page, '保存海报').getAttribute('aria-disabled'), { timeout: 20_000 })
    .toBe('false');
  await keep(guide.page, 'distribution-poster');
  const { items: goods } = await api.distribution.goods(shopId);
  let wanted: { spuId: string; skuId: string } | undefined;
  for (const { spuId } of goods.slice(0, 20)) {
    const sku = (await api.catalog.product(spuId)).skus.find(({ available }) => available > 3);
    if (sku) wanted ??= { spuId, skuId: sku.skuId };
  }
  if (!wanted) throw new Error('nothing to promote');
  const { code } = await api.distribution.makeLink(shopId, { spuId: wanted.spuId, channel: 'poster' });

  // The friend scans it as a guest, and is bound by logging in.
  await friend.open(`/pages/product/index?scene=${encodeURIComponent(`d=${code}`)}`);
  await button(friend.page, '立即购买').waitFor();
  await logIn(friend, friendPersona);
  await until(
    () => api.distribution.customers(shopId, { limit: 5 }),
    ({ items }) => items.length === 1,
  );
  const { api: friendApi } = await member(origin, friendPersona);
  await friendApi.addresses.create(homeAddress);
  await friend.open(`/packages/checkout/index?skuId=${wanted.skuId}&quantity=1`);
  await button(friend.page, '提交订单').click();
  await payInCashier(friend.page);
  await friend.page.getByText('支付成功').first().waitFor();
  const [order] = (await friendApi.orders.list({ limit: 1 })).items;
  const orderNo = order?.orderNo ?? '';
  const commission = async () => (await api.distribution.commissions(shopId, { limit: 5 })).items[0];
  const estimated = await until(commission, (row) => row?.status === 'estimated');

  // Shipped, received; the days go by.
  await (await staffApi(origin))(shopId).orders.ship(orderNo, { carrierCode: 'SF', waybillNo: 'SF1122334455667' });
  await friendApi.orders.confirmReceipt(orderNo);
  await until(commission, (row) => row?.status === 'frozen');
  await guide.open('/packages/distribution/centre');
  await guide.page.getByText('待结算').first().waitFor();
  await keep(guide.page, 'distribution-centre-frozen');
  await sandbox(origin, 'POST', '/control/clock/advance', { ms: 16 * dayMs });
  const settled = await until(commission, (row) => row?.status === 'settled', 30_000);
  expect(settled?.amount).toBe(estimated?.amount);

  // Out, and confirmed by the payee.
  await guide.open(`/packages/distribution/withdraw?shopId=${shopId}`);
  await button(guide.page, '全部提现').click();
  await guide.page.getByText('提现', { exact: true }).last().click();
  await button(guide.page, '确认收款').waitFor({ timeout: 30_000 });
  await keep(guide.page, 'distribution-withdraw');
  await button(guide.page, '确认收款').click();
  const sheet = guide.page.frameLocator('iframe[title="收款确认"]');
  await sheet.getByTestId('transfer-confirm').click();
  await sheet.getByTestId('transfer-done').waitFor();
  await sheet.locator('[data-view="done"] [data-action="dismiss"]').click();
  await guide.page.getByText('已到账').waitFor({ timeout: 30_000 });
  await keep(guide.page, 'distribution-paid');
  const { items, available } = await api.distribution.withdrawals(shopId);
  expect([items[0]?.status, items[0]?.amount, available]).toEqual(['paid', estimated?.amount, 0]);

  await signIn(shopId);
  for (const [path, text] of [
    ['withdrawals', '已到账'],
    ['commissions', '已结算'],
    ['distribution', '海报扫码'],
    ['distribution/rules', '分佣层级'],
  ] as const) {
    await desktop.goto(`${origin}/console/${path}`);
    await desktop.getByText(text).first().waitFor();
    await keep(desktop, `console-distribution-${path.replace('/', '-')}`);
  }
  expect([...faults, ...guide.faults, ...friend.faults]).toEqual([]);
}, 180_000);
