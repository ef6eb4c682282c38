/** The own service channel: given on the first opening, covered while the agent is away, handed over in the console. */
import type { BuyerApi, ConsoleApi } from '@xiaopu/api-client';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest';
import { desk, keep, launch, watchForFaults } from './browser.ts';
import { logIn, openShopper, type Shopper } from './h5.ts';
import { demoPassword, member, sandbox, staffApi, until } from './shop-api.ts';

const origin = inject('shopOrigin');
const persona = 'zhou-yutong';
let browser: Browser;
let shopper: Shopper;
let desktop: Page;
let faults: string[];
let api: BuyerApi;
let shop: { shopId: string; name: string };
let staff: ConsoleApi;

beforeAll(async () => {
  ({ api } = await member(origin, persona));
  const open = await staffApi(origin);
  const [first] = (await open('').session.get()).shops;
  if (!first) throw new Error('the demo has no shop');
  shop = first;
  staff = open(shop.shopId);
  // Senior members have somebody of their own; the counter's scan makes the shop known to them.
  const { paymentId } = await api.subscription.buy({ planId: 'senior' });
  const { params } = await api.payments.start(paymentId, { client: 'mp-weixin' });
  await sandbox(origin, 'POST', '/phone/request-payment', { ...params, action: 'pay', persona });
  await until(
    () => api.subscription.get(),
    ({ current }) => current?.planId === 'senior',
  );
  await staff.members.scan({ code: (await api.membership.code()).code });
  browser = await launch();
  shopper = await openShopper(browser, origin);
  await logIn(shopper, persona);
  desktop = await (await desk(browser)).newPage();
  faults = watchForFaults(desktop, { expected: /favicon|401/ });
  await desktop.goto(`${origin}/console/login`);
  await desktop.getByLabel('账号').fill('admin');
  await desktop.locator('#password').fill(demoPassword);
  await desktop.getByRole('button', { name: '登录' }).click();
  await desktop.waitForURL(/\/console\/(?!login)/);
  await desktop.evaluate((id) => localStorage.setItem('xiaopu.console.shop', id), shop.shopId);
}, 150_000);
afterAll(async () => {
  await api.subscription.refund();
  await browser?.close();
});
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  await keep(shopper.page, `failed-phone-${task.name.slice(0, 20)}`);
  await keep(desktop, `failed-desk-${task.name.slice(0, 20)}`);
});

it('C03-SCN-08 reaches the own agent from the member centre, whoever covers while they are away, and the next one after the hand-over', async () => {
  const { page } = shopper;
  await shopper.open('/packages/growth/centre');
  await page.getByRole('link', { name: '联系专属客服 专属客服' }).click();
  // Whoever bought in several shops chooses one; the earlier stories decide whether this member did.
  const own = page.getByText('小陈', { exact: true }).first();
  const choice = page.getByText(shop.name, { exact: true }).first();
  await own.or(choice).first().waitFor();
  if (!(await own.isVisible())) await choice.click();
  await own.waitFor();
  await page.getByText('在岗，电话里请找 小陈').waitFor();
  await keep(page, 'service-own');
  expect(await api.service.open(shop.shopId)).toMatchObject({ agent: { name: '小陈', isAway: false } });

  await desktop.goto(`${origin}/console/agents`);
  await desktop.getByText('1 / 100').waitFor();
  await desktop.getByRole('button', { name: '添加客服' }).click();
  const dialog = desktop.getByRole('dialog');
  await dialog.getByLabel('员工').click({ force: true });
  await desktop.getByRole('option').first().click();
  await dialog.getByLabel('顾客看到的名字').fill('小周');
  await dialog.getByLabel('微信客服链接').fill('https://example.com/kfid/x');
  await dialog.getByRole('button', { name: '保存' }).click();
  await dialog.getByText('链接应以').waitFor();
  await keep(desktop, 'console-agent-new');
  await dialog.getByLabel('微信客服链接').fill('');
  await dialog.getByRole('button', { name: '保存' }).click();
  await desktop.getByText('0 / 100').waitFor();
  const row = (name: string) => desktop.getByRole('row').filter({ hasText: name });
  await row('小陈').getByRole('button', { name: '离岗' }).click();
  await row('小陈').getByRole('button', { name: '回到岗位' }).waitFor();
  await keep(desktop, 'console-agents');
  await shopper.open(`/packages/growth/service?shopId=${shop.shopId}`);
  await page.getByText('小陈 暂时不在，由 小周 先为你服务').waitFor();
  await keep(page, 'service-covered');

  await row('小陈').getByRole('button', { name: '会员与交接' }).click();
  const drawer = desktop.getByRole('dialog');
  await drawer.getByLabel('接手的客服').click({ force: true });
  await desktop.getByRole('option', { name: /小周/ }).click();
  await keep(desktop, 'console-agent-members');
  await drawer.getByRole('button', { name: '全部交接' }).click();
  await desktop.getByRole('button', { name: '交接', exact: true }).click();
  await desktop.getByText('已交接').waitFor();
  await desktop.getByText('1 / 100').waitFor();
  await shopper.open(`/packages/growth/service?shopId=${shop.shopId}`);
  await page.getByText('小周', { exact: true }).first().waitFor();
  // Nobody invited them in WeCom: the member centre asks, and is told so.
  expect([...faults, ...shopper.faults.filter((fault) => !fault.includes('/api/wecom/invitation'))]).toEqual([]);
}, 90_000);
