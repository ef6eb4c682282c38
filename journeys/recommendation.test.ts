/** A shopper who looks at and carts goods of a kind finds them first on the next home; off is the list everybody sees. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { keep, launch } from './browser.ts';
import { openShopper } from './h5.ts';
import { buyerApi } from './shop-api.ts';

const origin = inject('shopOrigin');
let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

it('C02-CPT-05 shows 母婴 goods first after 母婴 goods were looked at and carted; C06-REC-03 off shows the hot list', async () => {
  const api = buyerApi(origin);
  const { categories } = await api.catalog.categories();
  const kind = categories.find(({ name }) => name.includes('母婴')) ?? categories.at(-1);
  const { items } = await api.catalog.products({ categoryId: kind?.categoryId, limit: 20, inStock: true });
  const titles = new Set(items.map(({ title }) => title));
  const [looked, carted] = [items[0], items.find(({ soleSkuId }) => soleSkuId !== null) ?? items[1]];

  const shopper = await openShopper(browser, origin);
  const { page } = shopper;
  const feed = () =>
    page.locator('.waterfall .product').evaluateAll((cards) =>
      cards
        .map((card) => ({
          top: card.getBoundingClientRect().top,
          left: card.getBoundingClientRect().left,
          title: card.querySelector('.product__title')?.textContent ?? '',
        }))
        .sort((a, b) => a.top - b.top || a.left - b.left)
        .map(({ title }) => title),
    );
  await shopper.open('/pages/home/index');
  await page.locator('.waterfall .product').nth(9).waitFor();
  const everybodys = await feed();
  expect(await page.getByText('猜你喜欢').count()).toBe(0);

  await shopper.open(`/pages/product/index?spuId=${looked?.spuId}`);
  await page
    .getByText(looked?.title ?? '')
    .first()
    .waitFor();
  // A look shorter than a second tells nothing; what tells most here is the cart.
  await page.waitForFunction(
    (since) => performance.now() > since + 1_500,
    await page.evaluate(() => performance.now()),
  );
  await shopper.open(`/pages/product/index?spuId=${carted?.spuId}`);
  await page.getByRole('button', { name: '加入购物车' }).first().click();
  await page.getByRole('dialog', { name: '选择规格' }).getByRole('button', { name: '加入购物车' }).click();
  await page.getByText('已加入购物车').waitFor();

  await shopper.open('/pages/home/index');
  await page.getByText('猜你喜欢').waitFor();
  await page.getByText('你加购过').first().waitFor();
  await expect.poll(async () => (await feed()).slice(0, 4).filter((title) => titles.has(title)).length).toBe(4);
  await page.getByText('猜你喜欢').scrollIntoViewIfNeeded();
  await keep(page, 'storefront-home-personal');
  await page.getByRole('button', { name: '为什么推荐这些' }).click();
  await page.getByText('可以随时关闭').waitFor();
  await keep(page, 'storefront-why-recommended');
  await page.getByText('去设置').click();

  await page.getByRole('switch', { name: '个性化推荐' }).click();
  await page.getByText('已关闭，改为展示热销榜').waitFor();
  await keep(page, 'storefront-personalisation-off');
  await shopper.open('/pages/home/index');
  await page.locator('.waterfall .product').nth(9).waitFor();
  expect((await feed()).slice(0, 10)).toEqual(everybodys.slice(0, 10));
  expect(await page.getByText('猜你喜欢').count()).toBe(0);
  expect(shopper.faults).toEqual([]);
  await shopper.context.close();
});
