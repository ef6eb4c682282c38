/** Goods with a flaw: the shopper asks with a picture, the shop agrees, goods go back, money comes. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest';
import { desk, keep, launch, watchForFaults } from './browser.ts';
import { button, logIn, openShopper, type Shopper } from './h5.ts';
import { findProduct, newWaybill, paidOrder } from './order-story.ts';
import { demoPassword, member, staffApi, until } from './shop-api.ts';

const origin = inject('shopOrigin');
const persona = 'chen-mo';

let browser: Browser;
let shopper: Shopper;
let page: Page;
let desktop: Page;
let api: Awaited<ReturnType<typeof member>>['api'];

beforeAll(async () => {
  ({ api } = await member(origin, persona));
  browser = await launch();
  shopper = await openShopper(browser, origin);
  page = shopper.page;
  await logIn(shopper, persona);
  desktop = await (await desk(browser)).newPage();
});
afterAll(() => browser?.close());
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  await keep(page, `failed-phone-${task.name.slice(0, 30)}`);
  await keep(desktop, `failed-desk-${task.name.slice(0, 30)}`);
});

/** A picture a phone might have taken, drawn here. */
const photo = async (): Promise<Buffer> => {
  const data = await page.evaluate(() => {
    const canvas = document.createElement('canvas');
    canvas.width = 640;
    canvas.height = 640;
    const pen = canvas.getContext('2d');
    if (!pen) throw new Error('no canvas');
    pen.fillStyle = '#d9c7a8';
    pen.fillRect(0, 0, 640, 640);
    pen.strokeStyle = '#6b4a2b';
    pen.lineWidth = 14;
    pen.beginPath();
    pen.moveTo(90, 520);
    pen.bezierCurveTo(220, 250, 400, 460, 560, 120);
    pen.stroke();
    return canvas.toDataURL('image/jpeg', 0.8);
  });
  return Buffer.from(data.split(',')[1] ?? '', 'base64');
};

it('a return with a picture ends with the money back, the goods on the shelf and no fault on either screen', async () => {
  const faults = watchForFaults(desktop, { expected: /favicon|401/ });
  const product = await findProduct(api, { units: 3 });
  const { orderNo } = await paidOrder(origin, api, persona, product);
  const staff = (await staffApi(origin))(product.shop.shopId);
  await staff.orders.ship(orderNo, { carrierCode: 'SF', waybillNo: newWaybill() });
  await api.orders.confirmReceipt(orderNo);

  // The shopper asks.
  await shopper.open(`/packages/orders/detail?orderNo=${orderNo}`);
  await button(page, '申请售后').click();
  await page.getByRole('radio', { name: '退货退款' }).click();
  await button(page, '选择原因').click();
  await page.getByRole('radio', { name: '质量问题' }).click();
  await page.getByLabel('问题描述').locator('textarea').fill('边缘有裂痕');
  const chosen = page.waitForEvent('filechooser');
  await button(page, '添加凭证图片').click();
  await (await chosen).setFiles({ name: 'flaw.jpg', mimeType: 'image/jpeg', buffer: await photo() });
  await page.getByText('1/9').waitFor();
  await page.getByText('上传中').waitFor({ state: 'detached' });
  await keep(page, 'after-sale-apply');
  await button(page, '提交申请').click();
  await page.getByText('待商家处理').first().waitFor();
  await keep(page, 'after-sale-applied');
  const caseNo = /caseNo=(\d{20})/.exec(page.url())?.[1] ?? '';
  expect(await api.afterSales.get(caseNo)).toMatchObject({ status: 'applied', reason: 'quality', evidence: [{}] });

  // The merchant agrees.
  await desktop.goto(`${origin}/console/login`);
  await desktop.getByLabel('账号').fill('admin');
  await desktop.locator('#password').fill(demoPassword);
  await desktop.getByRole('button', { name: '登录' }).click();
  await desktop.waitForURL(/\/console\/(?!login)/);
  await desktop.evaluate((shopId) => localStorage.setItem('xiaopu.console.shop', shopId), product.shop.shopId);
  await desktop.goto(`${origin}/console/after-sales?status=waiting`);
  await desktop.getByRole('link', { name: '处理' }).first().waitFor();
  await keep(desktop, 'console-after-sales');
  await desktop.goto(`${origin}/console/after-sales/${caseNo}`);
  await desktop.getByRole('img', { name: '买家凭证 1' }).first().waitFor();
  await keep(desktop, 'console-after-sale');
  await desktop.getByRole('button', { name: '同意' }).click();
  await desktop.getByRole('dialog').getByRole('button', { name: '同意' }).click();
  await desktop.getByText('待买家寄回').first().waitFor();

  // The buyer sends it back.
  await shopper.open(`/packages/after-sale/detail?caseNo=${caseNo}`);
  await page.getByText('退货地址', { exact: true }).waitFor();
  await keep(page, 'after-sale-returning');
  await button(page, '填写退货物流').click();
  await page.getByRole('radio', { name: '顺丰速运' }).click();
  await page.getByLabel('运单号').locator('input').fill(newWaybill());
  await keep(page, 'after-sale-waybill');
  await button(page, '提交').click();
  await page.getByText('待商家收货').first().waitFor();

  // The merchant receives, the money arrives.
  await desktop.reload();
  await desktop.getByRole('button', { name: '确认收货' }).click();
  await desktop.getByRole('dialog').getByRole('button', { name: '确认收货' }).click();
  await until(
    () => api.afterSales.get(caseNo),
    ({ status }) => status === 'refunded',
  );
  await desktop.reload();
  await desktop.getByText('退款成功').first().waitFor();
  await keep(desktop, 'console-after-sale-refunded');
  await shopper.open(`/packages/after-sale/detail?caseNo=${caseNo}`);
  await page.getByText('退款成功').first().waitFor();
  await keep(page, 'after-sale-refunded');
  await shopper.open('/packages/after-sale/list');
  await page.getByText('退款成功').first().waitFor();
  await keep(page, 'after-sale-list');
  const order = await api.orders.get(orderNo);
  expect(order.refunds).toMatchObject([{ status: 'succeeded' }]);
  expect([...faults, ...shopper.faults]).toEqual([]);
});
