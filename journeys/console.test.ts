/** The merchant's day in the console, in a real browser at 1440×900. */
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { readWorkbook, writeWorkbook } from '../apps/server/src/modules/catalog/catalog.xlsx.ts';
import { desk, keep, launch, phone, watchForFaults } from './browser.ts';
import { findProduct, heldReview } from './order-story.ts';
import { demoPassword, member, sandbox, staffApi } from './shop-api.ts';
import { totp } from './totp.ts';

const origin = inject('shopOrigin');
const at = (path: string) => `${origin}/console${path}`;
/** Told apart from what another run left on the same shop. */
const mark = Date.now().toString(36).toUpperCase();
/** Chromium reports every refused request; a refused login is what these steps are about. */
const refused = /status of 401/;

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

async function signIn(page: Page, account: string, password = demoPassword): Promise<void> {
  await page.goto(at('/login'));
  await page.getByLabel('账号').fill(account);
  await page.locator('#password').fill(password);
  await page.getByRole('button', { name: '登录' }).click();
}

async function openAs(account: string) {
  const context = await desk(browser);
  const page = await context.newPage();
  const faults = watchForFaults(page, { expected: refused });
  await signIn(page, account);
  await page.waitForURL((url) => !url.pathname.endsWith('/login'));
  return { context, page, faults };
}

/** Opens a select and gives its own options; lists that are still closing stay out. */
async function optionsOf(page: Page, box: Locator): Promise<Locator> {
  // The text a select shows lies over its input: a click on it is a click on the select.
  await box.click({ force: true });
  return page.locator(`[id="${await box.getAttribute('aria-controls')}"]`).getByRole('option');
}

describe('signing in', () => {
  it('refuses a wrong password in words, then lets the owner in and to where he wanted', async () => {
    const context = await desk(browser);
    const page = await context.newPage();
    const faults = watchForFaults(page, { expected: refused });
    await page.goto(at('/orders?status=paid'));
    await page.waitForURL(/\/login\?next=/);
    await page.getByLabel('账号').fill('admin');
    await page.locator('#password').fill('not-the-password');
    await page.getByRole('button', { name: '登录' }).click();
    await page.getByRole('alert').getByText('账号或密码不正确').waitFor();
    await keep(page, 'console-login-refused');
    await page.locator('#password').fill(demoPassword);
    await page.getByRole('button', { name: '登录' }).click();
    await page.waitForURL(/\/console\/orders\?status=paid$/);
    await page.getByRole('heading', { name: '订单列表' }).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('asks for the six digits once two-step login is on, and not after it is off', async () => {
    const { context, page, faults } = await openAs('operator');
    const now = async () => new Date((await sandbox<{ now: string }>(origin, 'GET', '/control/clock')).now);
    await page.goto(at('/account?tab=totp'));
    await page.getByRole('button', { name: '开启两步验证' }).click();
    await page.getByRole('img', { name: '两步验证二维码' }).waitFor();
    const secret = (await page.locator('code').innerText()).replaceAll(' ', '');
    await page.getByRole('textbox', { name: '验证码' }).fill(totp(secret, await now()));
    await page.getByRole('button', { name: '确认开启' }).click();
    await page.getByText('两步验证已开启', { exact: true }).waitFor();

    await context.clearCookies();
    await signIn(page, 'operator');
    await page.getByRole('heading', { name: '两步验证' }).waitFor();
    await keep(page, 'console-login-totp');
    await page.getByLabel('验证码').fill('000000');
    await page.getByRole('alert').getByText('验证码不正确').waitFor();
    // A code is good once: the app shows the next one half a minute later.
    await page.getByLabel('验证码').fill(totp(secret, new Date((await now()).getTime() + 30_000)));
    await page.waitForURL((url) => !url.pathname.endsWith('/login'));

    await sandbox(origin, 'POST', '/control/clock/advance', { ms: 90_000 });
    await page.goto(at('/account?tab=totp'));
    await page.getByRole('button', { name: '关闭两步验证' }).click();
    await page.getByRole('textbox', { name: '验证码' }).fill(totp(secret, await now()));
    await page.getByRole('button', { name: '关闭', exact: true }).click();
    await page.getByText('两步验证已关闭', { exact: true }).waitFor();
    await context.clearCookies();
    await signIn(page, 'operator');
    await page.waitForURL((url) => !url.pathname.endsWith('/login'));
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe('the owner', () => {
  let page: Page;
  let faults: string[];
  let close: () => Promise<void>;
  const title = `山前 高山云雾绿茶 礼盒装 ${mark}`;

  beforeAll(async () => {
    const opened = await openAs('admin');
    ({ page, faults } = opened);
    close = () => opened.context.close();
  });
  afterAll(() => close());
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await keep(page, `failed-${task.name.slice(0, 40)}`);
  });

  it('sees the day at a glance, and a to-do leads to what it counts', async () => {
    await page.goto(at('/dashboard'));
    await page.getByRole('region', { name: '待办' }).waitFor();
    await page.waitForLoadState('networkidle');
    await keep(page, 'console-dashboard');
    const low = page.getByRole('link', { name: /^库存紧张/ });
    const counted = Number((await low.locator('b').innerText()).replaceAll(',', ''));
    await low.click();
    await page.waitForURL(/\/stock\?state=low$/);
    await page.getByText(`共 ${counted.toLocaleString('zh-CN')} 个 SKU`).waitFor();
    expect(await page.getByRole('tab', { name: '库存紧张' }).getAttribute('aria-selected')).toBe('true');
  });

  it('keeps a product filter in the address, over a reload', async () => {
    await page.goto(at('/products'));
    await page.getByRole('textbox', { name: '商品名或 SKU 编码' }).fill('四件套');
    await page.getByRole('button', { name: '查询' }).click();
    await page.waitForURL(/q=/);
    await page.getByRole('tab', { name: /^销售中/ }).click();
    await page.waitForURL(/status=on_sale/);
    const total = page.getByText(/^共 .+ 个商品$/);
    await page.locator('.stale').waitFor({ state: 'detached' });
    const before = await total.innerText();
    await page.reload();
    expect(await page.getByRole('textbox', { name: '商品名或 SKU 编码' }).inputValue()).toBe('四件套');
    expect(await page.getByRole('tab', { name: /^销售中/ }).getAttribute('aria-selected')).toBe('true');
    await total.waitFor();
    expect(await total.innerText()).toBe(before);
    await keep(page, 'console-products');
  });

  it('makes a product of two by two SKUs, prices them in one go, publishes it, and shoppers find it', async () => {
    await page.goto(at('/products/new'));
    await page.getByPlaceholder(/品牌 \+ 品名/).fill(title);
    await page.getByPlaceholder('选择分类').click();
    await page.getByRole('menuitem').first().click();
    await page.locator('.el-cascader-menu').nth(1).getByRole('menuitem').first().click();

    await page.getByRole('button', { name: '添加图片' }).click();
    const library = page.getByRole('dialog', { name: '选择图片' });
    const { api } = await member(origin, 'chen-mo');
    const drawn = (await findProduct(api)).gallery[0]?.webp.w1080 ?? '';
    const picture = Buffer.from(await (await fetch(new URL(drawn, origin))).arrayBuffer());
    await library
      .locator('input[type=file]')
      .setInputFiles({ name: `${mark}.webp`, mimeType: 'image/webp', buffer: picture });
    await library.getByRole('listitem').first().getByRole('button').click();
    await library.getByRole('button', { name: '使用' }).click();

    for (const [index, [name, values]] of [
      ['颜色', '红 蓝'],
      ['尺寸', '大,小'],
    ].entries()) {
      await page.getByRole('button', { name: '+ 添加规格' }).click();
      await page.getByRole('textbox', { name: `规格 ${index + 1} 的名称` }).fill(name as string);
      await page.getByRole('button', { name: '+ 添加值' }).nth(index).click();
      await page.getByRole('textbox', { name: '新规格值' }).fill(values as string);
      await page.keyboard.press('Enter');
      await page.getByPlaceholder(/^品牌/).focus();
    }
    await page.getByText('共 4 个 SKU。').waitFor();
    await page.getByRole('textbox', { name: '批量售价' }).fill('99');
    await page.getByRole('textbox', { name: '批量划线价' }).fill('129');
    await page.getByLabel('批量库存').fill('20');
    await page.getByRole('button', { name: '应用' }).click();
    await page.getByText('已填入 4 个 SKU').waitFor();
    // One colour costs more.
    await (await optionsOf(page, page.getByRole('combobox', { name: '颜色' }))).filter({ hasText: '蓝' }).click();
    await page.getByRole('textbox', { name: '批量售价' }).fill('109');
    await page.getByRole('button', { name: '应用' }).click();
    await page.getByText('已填入 2 个 SKU').waitFor();
    const prices = page.getByRole('textbox', { name: '售价', exact: true });
    expect(await prices.evaluateAll((boxes) => boxes.map((box) => (box as HTMLInputElement).value))).toEqual([
      '99',
      '99',
      '109',
      '109',
    ]);

    // Publishing checks the attributes of the category; each missing one is marked at its field.
    await page.getByRole('button', { name: '保存并上架' }).click();
    const problems = page.getByText(/还有 \d+ 处需要修改/);
    if (await problems.isVisible()) {
      await keep(page, 'console-product-missing');
      const missing = page.locator('#attributes .el-form-item.is-required');
      for (let index = 0; index < (await missing.count()); index += 1) {
        const box = missing.nth(index).getByRole('combobox');
        if ((await box.count()) === 0) await missing.nth(index).locator('input').fill('60');
        else {
          await (await optionsOf(page, box)).first().click();
        }
      }
      await page.getByRole('button', { name: '保存并上架' }).click();
    }
    await page.getByText('销售中').first().waitFor();
    await keep(page, 'console-product-published');

    const shopper = await phone(browser);
    const h5 = await shopper.newPage();
    const h5Faults = watchForFaults(h5);
    await h5.goto(`${origin}/#/packages/browse/search/index?q=${encodeURIComponent(`高山云雾绿茶 ${mark}`)}`);
    await h5.getByText(title).first().waitFor({ timeout: 15_000 });
    await keep(h5, 'storefront-finds-new-product');
    expect(h5Faults).toEqual([]);
    await shopper.close();
  });

  it('adjusts stock with a reason, and the ledger says who, why and how many', async () => {
    await page.goto(at(`/stock?q=${encodeURIComponent(mark)}`));
    const row = page.getByRole('row').filter({ hasText: '红' }).filter({ hasText: '大' });
    await row.getByRole('button', { name: '调整' }).click();
    const dialog = page.getByRole('dialog', { name: '调整库存' });
    await dialog.getByText('报损').click();
    await dialog.getByRole('spinbutton', { name: '报损数量' }).fill('25');
    await dialog.getByRole('button', { name: '确认调整' }).click();
    await dialog.getByText('现货不能少于已占用的 0 件').waitFor();
    await dialog.getByRole('spinbutton', { name: '报损数量' }).fill('3');
    await dialog.getByPlaceholder(/采购单号/).fill('受潮');
    await dialog.getByRole('button', { name: '确认调整' }).click();
    await page.getByText('现货 20 → 17').waitFor();
    await row.getByRole('button', { name: '台账' }).click();
    const ledger = page.getByRole('dialog', { name: '库存台账' });
    const entry = ledger.getByRole('row').nth(1);
    await entry.getByText('受潮').waitFor();
    const cells = await entry.getByRole('cell').allInnerTexts();
    expect(cells.slice(2, 6)).toEqual(['-3', '0', '17', '0']);
    expect(cells.at(-1)).toBe('周店主');
    await keep(page, 'console-stock-ledger');
    await page.keyboard.press('Escape');
  });

  it('checks an Excel file before anything is written, names each fault by row, then imports the good rows', async () => {
    await page.goto(at('/imports'));
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: '下载模板' }).click();
    const file = await (await download).path();
    const [header = [], example = [], second = []] = await readWorkbook(await readFile(file));
    const column = (name: string) => header.findIndex((cell) => String(cell).startsWith(name));
    const renamed = (row: (string | number | null)[], change: Record<string, string | number | null>) => {
      const copy = header.map((_, index) => row[index] ?? null);
      for (const [name, value] of Object.entries(change)) copy[column(name)] = value;
      return copy;
    };
    const good = (row: (string | number | null)[], code: string) =>
      renamed(row, { 商品编码: `J-${mark}`, SKU编码: code });
    const bytes = await buffer(
      writeWorkbook([
        {
          name: '商品',
          widths: header.map(() => 12),
          header: header.map(String),
          rows: [
            good(example, `J-${mark}-A`),
            good(second, `J-${mark}-B`),
            renamed(example, { 商品编码: `K-${mark}`, SKU编码: `K-${mark}-A`, 售价: '九十九' }),
            renamed(example, { 商品编码: `L-${mark}`, SKU编码: `L-${mark}-A`, 分类: '没有的分类' }),
          ],
        },
      ]),
    );
    await page.locator('input[type=file]').setInputFiles({
      name: `商品-${mark}.xlsx`,
      mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      buffer: bytes,
    });
    await page.waitForURL(/\/imports\/.+/);
    await page.getByRole('button', { name: '导入 2 行' }).waitFor();
    const faultsShown = await page.locator('.errors tbody tr').allInnerTexts();
    expect(faultsShown.map((line) => line.split(/\s+/).slice(0, 2))).toEqual([
      ['4', '售价(元)*'],
      ['5', '分类*'],
    ]);
    await keep(page, 'console-import-dry-run');
    const owner = await staffApi(origin);
    const shopId = await page.evaluate(() => localStorage.getItem('xiaopu.console.shop') ?? '');
    const products = async () => {
      const session = await owner(shopId).session.get();
      return (await owner(session.shops[0]?.shopId ?? '').products.list({ q: `J-${mark}`, page: 1, pageSize: 10 }))
        .total;
    };
    expect(await products()).toBe(0);
    await page.getByRole('button', { name: '导入 2 行' }).click();
    await page.getByText('已导入 2 行，1 个商品。').waitFor();
    expect(await products()).toBe(1);
    await page.getByRole('link', { name: '去看商品' }).click();
    await page.waitForURL(/\/products\?status=draft$/);
    await page
      .getByText(String(example[column('商品标题')]))
      .first()
      .waitFor();
  });

  it('passes one review and refuses another with its reason', async () => {
    const staff = await staffApi(origin);
    const shopId = (await staff('').session.get()).shops[0]?.shopId ?? '';
    const { api } = await member(origin, 'chen-mo');
    const product = await findProduct(api, { shopId, units: 4 });
    const texts = { good: `面料柔软，尺寸正好 ${mark}`, bad: `加微信领红包 ${mark}` };
    await heldReview(origin, api, staff(shopId), { persona: 'chen-mo', product, text: texts.good });
    await heldReview(origin, api, staff(shopId), { persona: 'chen-mo', product, text: texts.bad });

    await page.goto(at('/reviews?status=held'));
    const row = (text: string) => page.getByRole('row').filter({ hasText: text });
    await row(texts.good).getByRole('button', { name: '通过', exact: true }).click();
    await page.getByText('1 条评价已展示').waitFor();
    await row(texts.bad).getByRole('button', { name: '不通过' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await keep(page, 'console-review-reject');
    await dialog.getByText(/广告/).first().click();
    await dialog.getByRole('button', { name: /不通过|确定/ }).click();
    await page.getByText('1 条评价未通过').waitFor();
    await row(texts.bad).waitFor({ state: 'detached' });
    const { items } = await api.catalog.reviews(product.spuId, { limit: 50 });
    expect(items.map(({ text }) => text)).toContain(texts.good);
    expect(items.map(({ text }) => text)).not.toContain(texts.bad);
  });

  it('changes a trading rule, and the page remembers who changed it to what', async () => {
    await page.goto(at('/settings/policies'));
    const rule = page.getByRole('listitem').filter({ hasText: '新规格的安全库存' }).first();
    await rule.getByRole('button', { name: '修改', exact: true }).click();
    await rule.getByRole('spinbutton').fill('99999999');
    await rule.getByText(/^可填 /).waitFor();
    await rule.getByRole('spinbutton').fill('7');
    await rule.getByRole('button', { name: '保存' }).click();
    await page.getByText('新规格的安全库存已改为 7 件').waitFor();
    await rule.getByRole('button', { name: /^修改记录/ }).click();
    const entry = rule.getByRole('listitem').first();
    await entry.getByText('周店主').waitFor();
    expect(await entry.innerText()).toMatch(/改为\s*7 件/);
    await keep(page, 'console-policies');
    await rule.getByRole('button', { name: '恢复默认' }).click();
    await page.getByText('新规格的安全库存已改为 5 件').waitFor();
  });

  it('met no error in the browser and none on the server', () => expect(faults).toEqual([]));
});

describe('people with fewer rights', () => {
  it('the warehouse sees goods, stock, orders and what comes back only, and a typed address does not help', async () => {
    const { context, page, faults } = await openAs('warehouse');
    const nav = page.getByRole('navigation', { name: '主导航' });
    await nav.getByRole('link', { name: '库存管理' }).waitFor();
    const entries = await nav.getByRole('link').allInnerTexts();
    expect(entries.map((text) => text.replace(/\d+\+?$/, '').trim()).slice(1)).toEqual([
      '商品列表',
      '商品分类',
      '库存管理',
      '订单列表',
      '售后管理',
    ]);
    await page.goto(at('/settings/policies'));
    await page.waitForURL(/\/forbidden/);
    await keep(page, 'console-forbidden');
    await page.goto(at('/products'));
    await page.getByRole('link', { name: '查看' }).first().waitFor();
    expect(await page.getByRole('link', { name: '新建商品' }).count()).toBe(0);
    const status = await page.evaluate(
      async () =>
        (await fetch('/api/console/settings/policies', { headers: { 'x-requested-with': 'xiaopu-console' } })).status,
    );
    expect(status).toBe(403);
    expect(faults.filter((fault) => !/status of 403/.test(fault))).toEqual([]);
    await context.close();
  });

  it('service answers reviews and may not touch stock or ship', async () => {
    const { context, page, faults } = await openAs('service');
    await page.goto(at('/stock'));
    await page.getByRole('button', { name: '台账' }).first().waitFor();
    expect(await page.getByRole('button', { name: '调整' }).count()).toBe(0);
    await page.goto(at('/orders?status=paid'));
    await page.getByRole('heading', { name: '订单列表' }).waitFor();
    expect(await page.getByRole('button', { name: '发货' }).count()).toBe(0);
    expect(faults).toEqual([]);
    await context.close();
  });
});
