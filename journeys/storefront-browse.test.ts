/** The shop window on H5 as a phone shows it: home, categories, lists, search, product. Buying has its own journey. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { keep, launch, phone, watchForFaults } from './browser.ts';

const origin = inject('shopOrigin');
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  browser = await launch();
  context = await phone(browser);
});
afterAll(() => browser?.close());

async function open(route = '/', given: BrowserContext = context): Promise<{ page: Page; faults: string[] }> {
  const page = await given.newPage();
  const faults = watchForFaults(page);
  await page.goto(`${origin}/#${route}`);
  return { page, faults };
}
const prices = async (page: Page): Promise<number[]> =>
  (await page.locator('.product__prices .price:not(.price--struck)').allInnerTexts()).map((text) =>
    Number(text.replace(/[^\d.]/g, '')),
  );
interface FirstIds {
  spuId: string;
  categoryId: string;
}
async function firstIds(): Promise<FirstIds> {
  const home = (await (await fetch(`${origin}/api/home`)).json()) as {
    categories: { categoryId: string }[];
    feed: { items: { spuId: string; soleSkuId: string | null }[] };
  };
  const many = home.feed.items.find(({ soleSkuId }) => soleSkuId === null);
  return { spuId: many!.spuId, categoryId: home.categories[0]!.categoryId };
}

it('C05-UI-01 opens on banner, ten categories, what sells, and a waterfall that goes on', async () => {
  const { page, faults } = await open();
  await page.locator('.home__category').nth(9).waitFor();
  await page.locator('.product').first().waitFor();
  expect(await page.locator('.home__slide').count()).toBeGreaterThan(0);
  await keep(page, 'storefront-home');
  await page.waitForTimeout(400);
  const before = await page.locator('.product').count();
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  await expect.poll(() => page.locator('.product').count(), { timeout: 10_000 }).toBeGreaterThan(before);
  expect(faults).toEqual([]);
  await page.close();
});

it('C05-PERF-04 comes back to a home that asks the network nothing while it is fresh', async () => {
  const { page } = await open();
  await page.locator('.product').first().waitFor();
  const asked: string[] = [];
  page.on('request', (request) => {
    if (/\/api\/home$/.test(request.url())) asked.push(request.url());
  });
  await page.getByRole('tab', { name: '分类' }).click();
  await page.locator('.category__child').first().waitFor();
  await page.getByRole('tab', { name: '首页' }).click();
  await page.locator('.product').first().waitFor();
  await page.reload();
  await page.locator('.product').first().waitFor();
  expect(asked).toEqual([]);
  await page.close();
});

it('keeps the chosen category when the shopper returns to it', async () => {
  const { page, faults } = await open('/pages/category/index');
  const third = page.locator('.category__tab').nth(2);
  await third.click();
  const title = await page.locator('.category__head-name').innerText();
  expect(await third.innerText()).toBe(title);
  await keep(page, 'storefront-category');
  await page.locator('.category__child').first().click();
  await page.locator('.sort').waitFor();
  await page.goBack();
  await expect.poll(() => page.locator('.category__head-name').innerText()).toBe(title);
  expect(faults).toEqual([]);
  await page.close();
});

it('sorts by price both ways, filters by attribute with counts, and switches cards to rows', async () => {
  const { categoryId } = await firstIds();
  const { page, faults } = await open(`/packages/browse/list/index?categoryId=${categoryId}`);
  await page.locator('.product').first().waitFor();
  await page.getByLabel('换成列表').click();
  await page.locator('.product--row').first().waitFor();
  await page.getByLabel('按价格排序').click();
  await expect.poll(() => page.getByLabel('价格从低到高').count()).toBe(1);
  await page.locator('.product--row').nth(5).waitFor();
  const rising = await prices(page);
  expect(rising).toEqual([...rising].sort((a, b) => a - b));
  await page.getByLabel('价格从低到高').click();
  await expect.poll(async () => (await prices(page))[0] ?? 0).toBeGreaterThan(rising[0] as number);
  const falling = await prices(page);
  expect(falling).toEqual([...falling].sort((a, b) => b - a));

  await page.getByLabel('筛选').click();
  const value = page
    .locator('.drawer__value')
    .filter({ has: page.locator('.drawer__count') })
    .first();
  await value.waitFor();
  const count = Number(await value.locator('.drawer__count').innerText());
  await keep(page, 'storefront-filters');
  await value.click();
  await page.getByLabel(`查看 ${count} 件`).click();
  await page.getByLabel('筛选，已选1项').waitFor();
  await expect.poll(() => page.locator('.product').count()).toBe(Math.min(count, 20));
  expect(faults).toEqual([]);
  await page.close();
});

it('suggests while typing, finds, remembers the word, and says so when there is nothing', async () => {
  const { page, faults } = await open('/packages/browse/search/index');
  await page.locator('.search__pill').first().waitFor();
  const box = page.locator('.search__input input');
  await box.fill('羽绒');
  await page.locator('.search__suggestion').first().waitFor();
  await keep(page, 'storefront-suggestions');
  await page.locator('.search__suggestion').first().click();
  await page.locator('.product').first().waitFor();
  await keep(page, 'storefront-search');
  const word = await box.inputValue();
  await page.getByLabel('清空', { exact: true }).click();
  await expect.poll(() => page.locator('.search__pill').allInnerTexts()).toContain(word);
  await box.fill('qqzzxxvv');
  await page.locator('.search__go').click();
  await page.getByText('没有找到相关商品').waitFor();
  expect(faults).toEqual([]);
  await page.close();
});

it('C05-UI-02 C05-UI-04 shows the buy button at 375×667 without scrolling, 1.3 times the favourite at least, in brand colour', async () => {
  const { spuId } = await firstIds();
  const small = await browser.newContext({
    viewport: { width: 375, height: 667 },
    hasTouch: true,
    isMobile: true,
    locale: 'zh-CN',
  });
  const { page, faults } = await open(`/pages/product/index?spuId=${spuId}`, small);
  const buy = page.getByLabel('立即购买');
  await buy.waitFor();
  const button = (await buy.boundingBox())!;
  const favourite = (await page.getByLabel('收藏', { exact: true }).boundingBox())!;
  expect(button.y + button.height).toBeLessThanOrEqual(667);
  expect((button.width * button.height) / (favourite.width * favourite.height)).toBeGreaterThanOrEqual(1.3);
  const [colour, token] = await buy.evaluate((element) => {
    const probe = document.createElement('div');
    probe.style.color = 'var(--brand-deep)';
    element.append(probe);
    return [getComputedStyle(element).backgroundColor, getComputedStyle(probe).color];
  });
  expect(colour).toBe(token);
  await keep(page, 'storefront-product-375');
  expect(faults).toEqual([]);
  await small.close();
});

it('C05-UI-06 zooms a picture with two fingers, between 1 and 4 times', async () => {
  const { spuId } = await firstIds();
  const { page, faults } = await open(`/pages/product/index?spuId=${spuId}`);
  await page.getByLabel('立即购买').waitFor();
  await page
    .getByLabel('放大第1张图片')
    .first()
    .evaluate((element: HTMLElement) => element.click());
  const item = page.locator('uni-movable-view').first();
  await item.waitFor();
  await page.waitForTimeout(500);
  const touch = await context.newCDPSession(page);
  const pinch = async (from: number, to: number) => {
    const points = (gap: number) => [
      { x: 195, y: 422 - gap, id: 0 },
      { x: 195, y: 422 + gap, id: 1 },
    ];
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: points(from) });
    for (let step = 1; step <= 20; step++) {
      await touch.send('Input.dispatchTouchEvent', {
        type: 'touchMove',
        touchPoints: points(from + ((to - from) * step) / 20),
      });
    }
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await page.waitForTimeout(300);
  };
  const scale = async () => Number(/scale\(([\d.]+)\)/.exec((await item.getAttribute('style')) ?? '')?.[1] ?? 1);
  await pinch(40, 90);
  expect(await scale()).toBeGreaterThan(1.2);
  await pinch(40, 300);
  await pinch(40, 300);
  expect(await scale()).toBe(4);
  await pinch(300, 20);
  await pinch(300, 20);
  expect(await scale()).toBe(1);
  expect(faults).toEqual([]);
  await page.close();
});

it('C04-TECH-04 greys impossible specs, and the chosen SKU flies into the cart, whose badge counts', async () => {
  const { spuId } = await firstIds();
  const { page, faults } = await open(`/pages/product/index?spuId=${spuId}`);
  await page.getByLabel('加入购物车').first().click();
  await page.locator('.sku__value').first().waitFor();
  await keep(page, 'storefront-sku');
  for (const row of await page.locator('.sku__values').all()) {
    const chosen = row.locator('.sku__value--on');
    if ((await chosen.count()) === 0) await row.locator('.sku__value:not(.sku__value--off)').first().click();
  }
  // Kept by the page itself: the flight may be over before anybody looks.
  await page.evaluate(() => {
    const seen = window as unknown as { flights: string[] };
    seen.flights = [];
    new MutationObserver(() => {
      const flight = document.querySelector('.fly');
      if (flight) seen.flights.push(getComputedStyle(flight).transitionDuration);
    }).observe(document.body, { childList: true, subtree: true });
  });
  await page.locator('.sku__foot').getByLabel('加入购物车').click();
  await page.getByLabel('购物车，1件商品').waitFor();
  await expect.poll(() => page.locator('.fly').count()).toBe(0);
  // The motion token's own time.
  const flights = await page.evaluate(() => (window as unknown as { flights: string[] }).flights);
  expect(new Set(flights)).toEqual(new Set(['0.52s']));
  await expect.poll(() => page.locator('.sku').count()).toBe(0);
  expect(faults).toEqual([]);
  await page.close();
});

it('C05-UI-09 C04-TECH-04 moves nothing for who asked for less motion, and turns dark with the phone', async () => {
  const quiet = await browser.newContext({
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    reducedMotion: 'reduce',
    colorScheme: 'dark',
    locale: 'zh-CN',
  });
  const { spuId } = await firstIds();
  const { page } = await open(`/pages/product/index?spuId=${spuId}`, quiet);
  await page.getByLabel('加入购物车').first().click();
  const panel = page.locator('.sheet__panel').first();
  await panel.waitFor();
  expect(await panel.evaluate((element) => getComputedStyle(element).transitionDuration)).toBe('0s');
  expect(await page.locator('.fly').count()).toBe(0);
  const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(ground).toBe('rgb(17, 17, 19)');
  await keep(page, 'storefront-dark');
  await quiet.close();
});

it('fits 320, 430 and a desk: nothing overflows sideways', async () => {
  const { spuId, categoryId } = await firstIds();
  const routes = [
    '/',
    '/pages/category/index',
    `/packages/browse/list/index?categoryId=${categoryId}`,
    `/pages/product/index?spuId=${spuId}`,
  ];
  const wide: string[] = [];
  for (const width of [320, 430, 1280]) {
    const sized = await browser.newContext({ viewport: { width, height: 800 }, locale: 'zh-CN' });
    for (const route of routes) {
      const { page } = await open(route, sized);
      await page.locator('.product, .category__child, .buy').first().waitFor();
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      if (over > 0) wide.push(`${width} ${route}: ${over}`);
      await page.close();
    }
    await sized.close();
  }
  expect(wide).toEqual([]);
});
