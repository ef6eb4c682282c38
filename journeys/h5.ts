/** A shopper's hands on the H5 storefront: found by what can be read or heard, never by class. */
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { phone, watchForFaults } from './browser.ts';

export interface Shopper {
  context: BrowserContext;
  page: Page;
  faults: string[];
  /** Goes to a hash route of the storefront. */
  open(route: string): Promise<void>;
}

export async function openShopper(
  browser: Browser,
  origin: string,
  { before }: { before?: (context: BrowserContext) => Promise<void> } = {},
): Promise<Shopper> {
  const context = await phone(browser);
  await before?.(context);
  const page = await context.newPage();
  const faults = watchForFaults(page);
  return {
    context,
    page,
    faults,
    async open(route) {
      const url = `${origin}/#${route}`;
      // A change of the hash alone is no load; the page must start afresh.
      if (page.url().startsWith(`${origin}/#`)) await page.goto('about:blank');
      await page.goto(url);
    },
  };
}

/** The sandbox's OAuth page: choose who one is, allow. */
export async function allowLogin(page: Page, persona: string): Promise<void> {
  await page.getByTestId(`oauth-${persona}`).check({ force: true });
  await page.getByTestId('oauth-allow').click();
}

export async function logIn(shopper: Shopper, persona: string): Promise<void> {
  await shopper.open('/pages/me/index');
  await shopper.page.getByRole('button', { name: '登录', exact: true }).last().click();
  await allowLogin(shopper.page, persona);
  await shopper.page.getByRole('button', { name: '个人资料' }).waitFor();
}

const cashier = (page: Page) => page.frameLocator('iframe[title="收银台"]');

export async function payInCashier(page: Page): Promise<void> {
  const till = cashier(page);
  await till.getByTestId('cashier-confirm').click();
  for (const key of '135790') await till.getByTestId(`key-${key}`).click();
  await till.getByTestId('cashier-finish').click();
}
export const cancelInCashier = (page: Page) => cashier(page).getByTestId('cashier-cancel').click();
export async function failInCashier(page: Page, how: 'insufficient' | 'timeout'): Promise<void> {
  await cashier(page).getByTestId(`cashier-${how}`).click();
  if (how === 'insufficient') await cashier(page).getByTestId('cashier-fail').click();
}

export const button = (page: Page, name: string | RegExp): Locator =>
  page
    .getByRole('button', { name, ...(typeof name === 'string' ? { exact: true } : {}) })
    .locator('visible=true')
    .last();

/** Ticks the first possible value of every spec that has none. @returns false when there is no sheet to fill */
export async function chooseSpecs(page: Page): Promise<void> {
  const sheet = page.getByRole('dialog', { name: '选择规格' });
  await sheet.getByLabel('数量').first().waitFor();
  for (const row of await sheet.getByRole('radiogroup').all()) {
    const radios = row.getByRole('radio');
    const states = await radios.evaluateAll((all) =>
      all.map((each) => [each.getAttribute('aria-checked'), each.getAttribute('aria-disabled')]),
    );
    if (states.some(([checked]) => checked === 'true')) continue;
    await radios.nth(states.findIndex(([, disabled]) => disabled !== 'true')).click();
  }
}

/** Drags a finger; Playwright has taps only. */
export async function swipeLeft(shopper: Shopper, what: Locator): Promise<void> {
  await what.scrollIntoViewIfNeeded();
  const box = await what.boundingBox();
  if (!box) throw new Error('nothing to swipe');
  const touch = await shopper.context.newCDPSession(shopper.page);
  const y = box.y + box.height / 2;
  const from = box.x + box.width * 0.6;
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', x?: number) =>
    touch.send('Input.dispatchTouchEvent', { type, touchPoints: x === undefined ? [] : [{ x, y }] });
  await send('touchStart', from);
  for (let step = 1; step <= 10; step += 1) await send('touchMove', from - step * 12);
  await send('touchEnd');
  await touch.detach();
}

/** What the price says aloud, in fen: 「19.90 元」 → 1990. */
export async function spokenFen(price: Locator): Promise<number> {
  const spoken = (await price.getAttribute('aria-label')) ?? '';
  expect(spoken).toMatch(/元/);
  return Math.round(Number(spoken.replace(/[^\d.]/g, '')) * 100);
}

export const orderNoOf = (page: Page): string => /orderNo=(\d{20})/.exec(page.url())?.[1] ?? '';
