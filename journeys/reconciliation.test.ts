/** The morning after: the bookkeeper finds what differs between WeChat's bill and the shop's books, and settles it. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { desk, keep, launch, watchForFaults } from './browser.ts';
import { findProduct, paidOrder } from './order-story.ts';
import { demoPassword, member, sandbox } from './shop-api.ts';

const origin = inject('shopOrigin');
const dayMs = 86_400_000;
const shanghaiDay = (at: Date) => new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
const now = async () => new Date((await sandbox<{ now: string }>(origin, 'GET', '/control/clock')).now);

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await sandbox(origin, 'PUT', '/control/switches', { 'pay.billFault': 'none', 'pay.billFaultTimes': 0 });
  await browser.close();
});

async function signIn(page: Page): Promise<void> {
  await page.goto(`${origin}/console/login?next=/reconciliation`);
  await page.getByLabel('账号').fill('admin');
  await page.locator('#password').fill(demoPassword);
  await page.getByRole('button', { name: '登录' }).click();
  await page.waitForURL(/\/console\/reconciliation/);
}

it('C10-PAY a difference in the bill is found, shown, settled with a reason, and not found twice', async () => {
  const { api } = await member(origin, 'lin-xia');
  const day = shanghaiDay(await now());
  await paidOrder(origin, api, 'lin-xia', await findProduct(api));
  await sandbox(origin, 'PUT', '/control/switches', { 'pay.billFault': 'extra-line', 'pay.billFaultTimes': 0 });
  const morning = Date.parse(`${day}T00:00:00+08:00`) + dayMs + 10 * 3_600_000 + 6 * 60_000;
  await sandbox(origin, 'POST', '/control/clock/advance', { ms: morning - (await now()).getTime() });

  const context = await desk(browser);
  const page = await context.newPage();
  const faults = watchForFaults(page, { expected: /status of 401/ });
  await signIn(page);
  const row = page.locator(`tr[data-day="${day}"]`);
  await row.getByText('有差异').waitFor();
  await row.getByRole('button', { name: day }).click();
  await page.waitForURL(new RegExp(`day=${day}`));
  const line = page.locator('.data-table .el-table__row').filter({ hasText: '本地缺单' });
  await expect.poll(() => line.count()).toBe(1);
  await keep(page, 'console-reconciliation-differs');

  await row.getByRole('button', { name: '重新对账' }).click();
  await page.getByText(`${day} 已重新对账`).waitFor();
  await expect.poll(() => line.count()).toBe(1);

  await line.getByRole('button', { name: '处理' }).click();
  const drawer = page.getByRole('dialog');
  await drawer.getByText('没有这笔', { exact: true }).waitFor();
  await drawer.getByRole('button', { name: '标记已处理' }).click();
  await drawer.getByText('请写明怎么处理的').waitFor();
  await drawer.getByRole('button', { name: '线下收款码收款，已单独入账' }).click();
  await keep(page, 'console-reconciliation-resolve');
  await drawer.getByRole('button', { name: '标记已处理' }).click();
  await row.getByText('已平').waitFor();
  await line.getByText('已处理', { exact: true }).waitFor();
  await line.getByRole('button', { name: '查看' }).click();
  await page.getByRole('dialog').getByText('发现差异').waitFor();
  await keep(page, 'console-reconciliation-settled');
  expect(faults).toEqual([]);
  await context.close();
});
