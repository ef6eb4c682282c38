/** What the deck asks of every screen, measured in the browser: contrast, one primary act, haptics, the kept home. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { keep, launch } from './browser.ts';
import { button, chooseSpecs, logIn, openShopper, type Shopper } from './h5.ts';
import { findProduct, homeAddress, placeOrder } from './order-story.ts';
import { member } from './shop-api.ts';

const origin = inject('shopOrigin');
const persona = 'zhou-yutong';
const tenMinutesMs = 600_000;

let browser: Browser;
let shopper: Shopper;
let routes: Record<string, string>;

beforeAll(async () => {
  const { api } = await member(origin, persona);
  if ((await api.addresses.list({})).addresses.length === 0)
    await api.addresses.create({ ...homeAddress, name: '周雨桐', phone: '13900000003' });
  const product = await findProduct(api, { units: 5 });
  const skuId = product.skus[0]?.skuId ?? '';
  await api.cart.add({ skuId, quantity: 1 });
  const { orderNo } = await placeOrder(api, product);
  browser = await launch();
  shopper = await openShopper(browser, origin);
  await logIn(shopper, persona);
  routes = {
    home: '/',
    category: '/pages/category/index',
    product: `/pages/product/index?spuId=${product.spuId}`,
    cart: '/pages/cart/index',
    checkout: `/packages/checkout/index?skuId=${skuId}&quantity=1`,
    orders: '/packages/orders/list',
    order: `/packages/orders/detail?orderNo=${orderNo}`,
    addresses: '/packages/addresses/list',
    me: '/pages/me/index',
  };
});
afterAll(() => browser?.close());

/** Visible words that stand out too little from the plain ground below them (WCAG 2: 4.5, large 3). */
const faintWords = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const channels = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = (rgb: number[]) => {
      const [r = 0, g = 0, b = 0] = rgb.map((value) => {
        const part = value / 255;
        return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    /** undefined: a picture or a gradient lies below, which no formula judges. */
    const groundOf = (element: Element | null): number[] | undefined => {
      for (let each = element; each; each = each.parentElement) {
        const style = getComputedStyle(each);
        if (style.backgroundImage !== 'none') return undefined;
        const [r = 0, g = 0, b = 0, alpha = 1] = channels(style.backgroundColor);
        if (alpha === 1) return [r, g, b];
        if (alpha > 0) return undefined;
        if (each.matches('.home__slide, .gallery, [aria-disabled=true]')) return undefined;
      }
      return [255, 255, 255];
    };
    const faint = new Set<string>();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.textContent?.trim() ?? '';
      const element = node.parentElement;
      if (!text || !element?.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      const box = element.getBoundingClientRect();
      if (box.width < 2 || box.height < 2) continue;
      const style = getComputedStyle(element);
      // A struck price is the old one on purpose quiet; icons are drawn by a font.
      if (element.closest('.price--struck, [class*=icon], [aria-disabled=true]')) continue;
      const ground = groundOf(element);
      if (!ground) continue;
      const [light = 1, dark = 0] = [luminance(channels(style.color).slice(0, 3)), luminance(ground)].sort(
        (a, b) => b - a,
      );
      const ratio = (light + 0.05) / (dark + 0.05);
      const size = Number.parseFloat(style.fontSize);
      const isLarge = size >= 24 || (size >= 18 && Number(style.fontWeight) >= 600);
      if (ratio < (isLarge ? 3 : 4.5)) faint.add(`${ratio.toFixed(2)} ${size}px 「${text.slice(0, 16)}」`);
    }
    return [...faint];
  });

/** Buttons filled with the brand colour that a thumb can reach now. */
const primaryButtons = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const probe = document.createElement('div');
    probe.style.color = 'var(--brand-deep)';
    document.body.append(probe);
    const brand = getComputedStyle(probe).color;
    probe.remove();
    return Array.from(document.querySelectorAll('[role=button]:not([aria-hidden=true])'))
      .filter((element) => {
        const box = element.getBoundingClientRect();
        const isOnScreen = box.bottom > 0 && box.top < innerHeight && box.width * box.height > 1_500;
        return isOnScreen && element.checkVisibility() && getComputedStyle(element).backgroundColor === brand;
      })
      .map((element) => element.getAttribute('aria-label') ?? '');
  });

it('C05-UI-01 C05-UI-03 every key page reads well and has at most one primary act', async () => {
  const faint: Record<string, string[]> = {};
  const crowded: Record<string, string[]> = {};
  for (const [name, route] of Object.entries(routes)) {
    await shopper.open(route);
    await shopper.page.waitForLoadState('networkidle');
    await keep(shopper.page, `quality-${name}`);
    const words = await faintWords(shopper.page);
    if (words.length > 0) faint[name] = words;
    const primary = await primaryButtons(shopper.page);
    if (primary.length > 1) crowded[name] = primary;
  }
  expect({ faint, crowded }).toEqual({ faint: {}, crowded: {} });
});

it('C05-UI-08 vibrates lightly once when something goes into the cart, and never when that is off', async () => {
  const felt = await openShopper(browser, origin, {
    before: async (context) => {
      await context.addInitScript(() => {
        const counter = window as unknown as { vibrations: number };
        counter.vibrations = 0;
        navigator.vibrate = () => {
          counter.vibrations += 1;
          return true;
        };
      });
    },
  });
  const { page } = felt;
  const addOnce = async () => {
    await felt.open(routes.product ?? '');
    await button(page, '加入购物车').click();
    await chooseSpecs(page);
    await page.evaluate(() => {
      (window as unknown as { vibrations: number }).vibrations = 0;
    });
    await page.getByRole('dialog', { name: '选择规格' }).getByRole('button', { name: '加入购物车' }).click();
    await page.getByText('已加入购物车').waitFor();
    return page.evaluate(() => (window as unknown as { vibrations: number }).vibrations);
  };
  expect(await addOnce()).toBe(1);
  await felt.open('/packages/account/settings');
  await page.getByRole('switch', { name: '轻触震动' }).click();
  await expect.poll(() => page.getByRole('switch', { name: '轻触震动' }).getAttribute('aria-checked')).toBe('false');
  expect(await addOnce()).toBe(0);
  expect(felt.faults).toEqual([]);
  await felt.context.close();
});

it('C05-PERF-03 C05-PERF-04 shows the kept home when offline, says so, and asks once when it is stale', async () => {
  const { context, open, page } = await openShopper(browser, origin);
  await open('/');
  const firstCard = () => page.getByRole('link', { name: /，.+元/ }).first();
  await firstCard().waitFor();
  const asked: string[] = [];
  context.on('request', (request) => {
    if (/\/api\/home$/.test(request.url())) asked.push(request.url());
  });

  // Ten minutes later, with the API out of reach.
  await context.addInitScript((ms) => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + ms;
  }, tenMinutesMs);
  await context.route('**/api/**', (route) => route.abort('internetdisconnected'));
  await page.reload();
  await firstCard().waitFor();
  await context.setOffline(true);
  await page.getByText('当前没有网络，先看看上次的内容').waitFor();
  await keep(page, 'quality-home-offline');

  await context.unroute('**/api/**');
  await context.setOffline(false);
  asked.length = 0;
  await page.reload();
  await firstCard().waitFor();
  await page.waitForLoadState('networkidle');
  expect(asked).toHaveLength(1);
  await page.reload();
  await firstCard().waitFor();
  await page.waitForLoadState('networkidle');
  expect(asked).toHaveLength(1);
  await context.close();
});

it('met no error in the browser and none on the server', () => expect(shopper.faults).toEqual([]));
