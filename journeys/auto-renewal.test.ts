/** A member reads, ticks and signs for renewal by itself, and ends it with one tap. Off until the shop has the capability. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { keep, launch } from './browser.ts';
import { button, logIn, openShopper, type Shopper } from './h5.ts';
import { findProduct } from './order-story.ts';
import { member, sandbox, staffApi, until } from './shop-api.ts';

const origin = inject('shopOrigin');
const persona = 'chen-mo';
let browser: Browser;
let buyer: Shopper;
let api: Awaited<ReturnType<typeof member>>['api'];
/** The capability belongs to the whole install: whoever tests leaves it as it was. */
async function turn(value: 0 | 1): Promise<void> {
  const { shop } = await findProduct(api);
  await (await staffApi(origin))(shop.shopId).settings.setPolicy('contracts.on', { value });
}

beforeAll(async () => {
  ({ api } = await member(origin, persona));
  const { paymentId } = await api.subscription.buy({ planId: 'basic' });
  const { params } = await api.payments.start(paymentId, { client: 'mp-weixin' });
  await sandbox(origin, 'POST', '/phone/request-payment', { ...params, action: 'pay', persona });
  await until(
    () => api.subscription.get(),
    ({ current }) => current !== null,
  );
  browser = await launch();
  buyer = await openShopper(browser, origin);
  await logIn(buyer, persona);
}, 60_000);
afterAll(async () => {
  await turn(0);
  await api.subscription.refund();
  await browser?.close();
});

it('C04-INT-02 X-16 is hidden without the capability; with it never ticked, signed in WeChat, ended with one tap', async () => {
  const { page } = buyer;
  await buyer.open('/packages/growth/plans');
  await page.getByText('不会自动续费').waitFor();
  expect(await page.getByTestId('auto-renewal').count()).toBe(0);

  await turn(1);
  await buyer.open('/packages/growth/plans');
  const box = page.getByTestId('auto-renewal');
  await box.getByText('每期 ¥9.9，随时可关').waitFor();
  const tick = page.getByRole('checkbox', { name: '同意自动续费说明' });
  expect(await tick.getAttribute('aria-checked')).toBe('false');
  await button(page, '去开通').click();
  await page.getByText('请先阅读并勾选自动续费说明').waitFor();
  expect((await api.subscription.get()).autoRenewal?.state).toBe('off');

  await tick.click();
  await keep(page, 'auto-renewal-terms');
  await button(page, '去开通').click();
  const sheet = page.frameLocator('iframe[title="开通自动续费"]');
  await sheet.getByTestId('contract-sign').click();
  await sheet.getByTestId('contract-close').click();
  await box.getByText('扣款前微信会提醒你').waitFor();
  await page.getByText('已开通自动续费').waitFor();
  await keep(page, 'auto-renewal-on');

  await button(page, '关闭').first().click();
  await page.getByText('关闭自动续费？').waitFor();
  await page.getByText('关闭', { exact: true }).last().click();
  await page.getByText('不会自动续费').waitFor();
  await until(
    () => api.subscription.get(),
    ({ autoRenewal }) => autoRenewal?.state === 'off',
  );
  expect(buyer.faults).toEqual([]);
});
