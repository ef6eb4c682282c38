/** Real Chromium at the sizes people use; screenshots are kept under artifacts/journeys. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

export const chromiumPath = process.env.CHROMIUM_PATH;

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumPath ?? '/usr/bin/chromium', args: flags });

/** Long enough for a busy machine, short enough to fail while one still looks. */
const patienceMs = 12_000;

async function contextOf(browser: Browser, options: BrowserContextOptions): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: 'zh-CN', timezoneId: 'Asia/Shanghai', ...options });
  context.setDefaultTimeout(patienceMs);
  return context;
}

export const phone = (browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> =>
  contextOf(browser, {
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    hasTouch: true,
    isMobile: true,
    ...options,
  });

export const desk = (browser: Browser): Promise<BrowserContext> =>
  contextOf(browser, { viewport: { width: 1440, height: 900 } });

const folder = join(import.meta.dirname, '../artifacts/journeys');

/** Keeps what a person would see at this point of the story. */
export async function keep(page: Page, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** Console errors and failed requests of our own pages: a journey must end with none but what it expects. */
export function watchForFaults(page: Page, { expected = /favicon/ }: { expected?: RegExp } = {}): string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`page error: ${error.message}`));
  page.on('console', (message) => {
    const said = `${message.text()} ${message.location().url}`;
    if (message.type() === 'error' && !expected.test(said)) faults.push(`console: ${said}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 500) faults.push(`${response.status()} ${response.url()}`);
  });
  return faults;
}
