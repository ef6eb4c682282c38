/**
 * Opens the demo: fills an empty install as it stood weeks ago, plays the weeks up to now, starts today's activities. Who asks
 * meanwhile is told to wait a moment; only the twin and its notices come through.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { dayMs } from '#platform/clock.ts';
import type { Tx } from '#platform/database/database.ts';
import type { createApp } from '#platform/http/app.ts';
import type { Logger } from '#platform/logger.ts';
import type { Catalog } from '../modules/catalog/index.ts';
import type { Media } from '../modules/media/index.ts';
import { playHistory } from './demo-history.ts';
import type { Infrastructure } from './infrastructure.ts';
import { type SeedTargets, seedDemo } from './seed-demo.ts';

type DemoShop = Omit<SeedTargets, 'database' | 'clock' | 'media' | 'catalog'> & {
  catalog: Catalog;
  media: Media;
  /** Flash sales, bargains and whatever else starts today. */
  openActivities(tx: Tx, shopIds: string[]): Promise<void>;
};
type Stage = Pick<Infrastructure, 'database' | 'clock' | 'log' | 'movableClock'>;

/** @param daysAgo how long the shops have been there; @returns the shops that were filled now: none on a later start */
export async function seedDemoShops(stage: Stage, shop: DemoShop, daysAgo = 0): Promise<string[]> {
  const { database, clock, log, movableClock } = stage;
  const now = clock.now();
  if (daysAgo > 0) movableClock?.visit(new Date(now.getTime() - daysAgo * dayMs));
  const { shopIds, ...figures } = await seedDemo({ ...shop, database, clock }, now);
  movableClock?.visit(null);
  if (figures.seeded) log.info(figures, 'demo shops are filled');
  return shopIds;
}

/** What starts today, and the pictures of the first screen. */
export async function openDemo({ database, log }: Stage, shop: DemoShop, shopIds: string[]): Promise<void> {
  if (shopIds.length > 0) await database.inTransaction((tx) => shop.openActivities(tx, shopIds));
  warmFirstScreen(shop, log);
}

interface Past {
  app: Awaited<ReturnType<typeof createApp>>;
  deliver(): Promise<unknown>;
  settle(options?: { isUpkeepLeft: boolean }): Promise<void>;
  days: number;
  port: number;
  host: string;
  /** What starts today, while the twin's notices still come through. */
  openToday(): Promise<void>;
}

/** Plays the past on the port the shop will have, then leaves it. */
export async function playPast({ log, movableClock }: Stage, past: Past): Promise<void> {
  if (!movableClock || past.days === 0) return;
  const { app, deliver, settle, days, port, host, openToday } = past;
  process.stdout.write(`  Playing ${days} days of trade for the demo …\n`);
  await app.ready();
  const doorkeeper = createServer((request, reply) => {
    if (isTwin(request)) app.routing(request, reply);
    else askToWait(reply);
  });
  await new Promise<void>((done, fail) => doorkeeper.once('error', fail).listen(port, host, done));
  const played = await playHistory({ app, clock: movableClock, log, deliver, settle }, days);
  await openToday();
  doorkeeper.closeAllConnections();
  await new Promise((done) => doorkeeper.close(done));
  log.info(played, 'the demo has a past');
}

const isTwin = ({ url = '' }: IncomingMessage) => url.startsWith('/sandbox/') || url.startsWith('/api/notify/');

function askToWait(reply: ServerResponse): void {
  reply.writeHead(503, { 'content-type': 'text/html; charset=utf-8', 'retry-after': '2' });
  reply.end(
    '<!doctype html><meta http-equiv="refresh" content="2"><title>小铺</title><p>小铺正在准备演示数据，请稍候……</p>',
  );
}

/** Not awaited: a shop is open before its pictures are warm. */
function warmFirstScreen({ catalog, media }: { catalog: Catalog; media: Media }, log: Logger): void {
  void (async () => {
    try {
      await media.warm(await catalog.firstPictures());
    } catch (error) {
      log.warn({ err: error }, 'first pictures were not rendered ahead');
    }
  })();
}
