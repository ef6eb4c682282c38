/** Pictures of screens for looking at: `node test/shots.ts <outDir> <baseUrl> <width>x<height> path...` */
import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';

const [out = '/tmp/shots', base = 'http://127.0.0.1:5181/console', size = '1440x900', ...paths] = process.argv.slice(2);
const [width = 1440, height = 900] = size.split('x').map(Number);
mkdirSync(out, { recursive: true });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const context = await browser.newContext({
  viewport: { width, height },
  locale: 'zh-CN',
  timezoneId: 'Asia/Shanghai',
  reducedMotion: 'reduce',
});
const { THEME } = process.env;
if (THEME) await context.addInitScript((theme) => localStorage.setItem('xiaopu.console.theme', theme), THEME);
const page = await context.newPage();
page.on('console', (message) => message.type() === 'error' && console.log('console', message.text()));
page.on('pageerror', (error) => console.log('pageerror', error.message));
const { ACCOUNT, PASSWORD } = process.env;
if (ACCOUNT && PASSWORD) {
  await page.goto(`${base}/login`);
  await page.fill('#account', ACCOUNT);
  await page.fill('#password', PASSWORD);
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => !url.pathname.endsWith('/login'));
}
for (const spec of paths) {
  // path[|click selector|…]
  const [path = '', ...clicks] = spec.split('|');
  await page.goto(`${base}${path}`);
  await page.waitForLoadState('networkidle');
  for (const selector of clicks) {
    await page.locator(selector).first().click();
    await page.waitForTimeout(350);
  }
  await page.waitForTimeout(400);
  const name = spec.replace(/[^\w一-龥]+/g, '_').replace(/^_/, '') || 'home';
  await page.screenshot({ path: `${out}/${name}-${width}.png` });
  console.log(`${out}/${name}-${width}.png`);
}
await browser.close();
