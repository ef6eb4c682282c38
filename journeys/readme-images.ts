/**
 * `node journeys/readme-images.ts`: draws docs/images for the READMEs from a shop of its own, with two days of trade.
 * CHROMIUM_PATH names the browser.
 */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@xiaopu/free-port';
import type SharpModule from 'sharp';
import { desk, launch, phone } from './browser.ts';
import { allowLogin } from './h5.ts';
import { findProduct, homeAddress, newWaybill, paidOrder } from './order-story.ts';
import { demoPassword, member, sandbox, staffApi } from './shop-api.ts';
import { startShop } from './shop-process.ts';

const root = join(import.meta.dirname, '..');
const images = join(root, 'docs/images');
// The server's own picture library; the journeys need it nowhere else.
const sharp = createRequire(join(root, 'apps/server/package.json'))('sharp') as typeof SharpModule;

const minuteMs = 60_000;
const personas = ['lin-xia', 'chen-mo', 'su-wan', 'wang-dali'];
const ordersADay = 9;

const dataDir = await mkdtemp(join(tmpdir(), 'xiaopu-images-'));
await chmod(dataDir, 0o755);
const shop = startShop({ port: await freePort(), dataDir });
const browser = await launch();
try {
  await shop.untilHealthy(120_000);
  await mkdir(images, { recursive: true });
  const { orderNo, spuId } = await trade(shop.origin);
  await drawStorefront(shop.origin, { orderNo, spuId });
  await drawConsole(shop.origin);
} finally {
  await browser.close();
  await shop.end('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
}

/** Two days of orders, so that the dashboard has a yesterday to compare with; the last of 林夏 is on its way. */
async function trade(origin: string) {
  const later = (ms: number) => sandbox(origin, 'POST', '/control/clock/advance', { ms });
  const shops = (await (await staffApi(origin))('').session.get()).shops;
  const shopId = shops[0]?.shopId ?? '';
  let last = { orderNo: '', spuId: '' };
  for (let day = 0; day < 2; day += 1) {
    for (let index = 0; index < ordersADay + day * 2; index += 1) {
      const persona = personas[index % personas.length] ?? 'lin-xia';
      const { api } = await member(origin, persona);
      const { items } = await api.catalog.products({ limit: 40, inStock: true, shopId });
      const product = await api.catalog.product(items[(index * 7 + day * 3) % items.length]?.spuId ?? '');
      if ((product.skus[0]?.available ?? 0) < 2) continue;
      const { orderNo } = await paidOrder(origin, api, persona, product, 1 + (index % 2));
      if (index % 3 === 0) {
        await (await staffApi(origin))(shopId).orders.ship(orderNo, { carrierCode: 'SF', waybillNo: newWaybill() });
        if (persona === 'lin-xia') last = { orderNo, spuId: product.spuId };
      }
      await later((20 + ((index * 17) % 40)) * minuteMs);
    }
    if (day === 0) await later((24 - ordersADay * 0.7) * 60 * minuteMs);
  }
  return last;
}

async function drawStorefront(origin: string, { orderNo, spuId }: { orderNo: string; spuId: string }): Promise<void> {
  const { api } = await member(origin, 'lin-xia');
  if ((await api.addresses.list({})).addresses.length === 0) await api.addresses.create(homeAddress);
  const shopIds = (await (await staffApi(origin))('').session.get()).shops.map(({ shopId }) => shopId);
  for (const shopId of shopIds) {
    const product = await findProduct(api, { shopId });
    await api.cart.add({ skuId: product.skus[0]?.skuId ?? '', quantity: 1 });
  }
  const context = await phone(browser, { deviceScaleFactor: 1 });
  const page = await context.newPage();
  await page.goto(`${origin}/#/pages/me/index`);
  await page.getByRole('button', { name: '登录', exact: true }).last().click();
  await allowLogin(page, 'lin-xia');
  await page.getByRole('button', { name: '个人资料' }).waitFor();
  const shots: Buffer[] = [];
  for (const route of [
    '/',
    `/pages/product/index?spuId=${spuId}`,
    '/pages/cart/index',
    `/packages/orders/detail?orderNo=${orderNo}`,
  ]) {
    await page.goto('about:blank');
    await page.goto(`${origin}/#${route}`);
    await page.waitForLoadState('networkidle');
    await page.waitForTimeout(1_000); // pictures fade in
    shots.push(await page.screenshot());
  }
  const gap = 16;
  const [width, height] = [390, 844];
  const strip = await sharp({
    create: { width: (width + gap) * shots.length + gap, height: height + gap * 2, channels: 3, background: '#e4e4e7' },
  })
    .composite(shots.map((input, index) => ({ input, left: gap + index * (width + gap), top: gap })))
    .png()
    .toBuffer();
  await writeWithin(strip, join(images, 'storefront.png'), 400);
}

async function drawConsole(origin: string): Promise<void> {
  const context = await desk(browser);
  const page = await context.newPage();
  await page.goto(`${origin}/console/login`);
  await page.getByLabel('账号').fill('admin');
  await page.locator('#password').fill(demoPassword);
  await page.getByRole('button', { name: '登录' }).click();
  await page.waitForURL(/\/console\/dashboard/);
  await page.waitForLoadState('networkidle');
  await page.locator('canvas').first().waitFor();
  // Charts grow for a second; a page that asked for stillness would hide them half drawn.
  await page.waitForTimeout(1_500);
  await writeWithin(await page.screenshot(), join(images, 'console.png'), 300);
}

/** As large as fits: fewer colours first, then fewer pixels. */
async function writeWithin(picture: Buffer, file: string, kilobytes: number): Promise<void> {
  const { width = 0 } = await sharp(picture).metadata();
  for (const scale of [1, 0.85, 0.75, 0.6]) {
    for (const colours of [256, 128]) {
      const bytes = await sharp(picture)
        .resize(Math.round(width * scale))
        .png({ palette: true, colours, effort: 10, compressionLevel: 9 })
        .toBuffer();
      if (bytes.length > kilobytes * 1024) continue;
      await writeFile(file, bytes);
      process.stdout.write(`${file}: ${Math.round(bytes.length / 1024)} KB, ${Math.round(width * scale)} wide\n`);
      return;
    }
  }
  throw new Error(`${file} does not fit into ${kilobytes} KB`);
}
