/** Both roles in one process, with the sandbox, the console and the H5 storefront on one port: what `npm start` runs. */
import { join } from 'node:path';
import { sandboxPlugin } from '@xiaopu/sandbox';
import type { Config } from '#platform/config.ts';
import { compose } from './compose.ts';
import { openDemoGroups } from './demo-groups.ts';
import { openDemo, playPast, seedDemoShops } from './demo-opening.ts';
import { demoVideoRoutes } from './demo-pictures.ts';
import { openInfrastructure } from './infrastructure.ts';
import { stopOnSignals } from './lifecycle.ts';
import { servePages } from './pages.ts';
import { releaseStartMemory } from './release-memory.ts';

export interface RunningShop {
  stop(): Promise<void>;
}

/** @param beforeListen resolves when the pages are built; the port opens after that */
export async function startShop(
  config: Config,
  { beforeListen }: { beforeListen: Promise<void> },
): Promise<RunningShop> {
  // A build that fails while the database starts must be reported once, by the await below.
  beforeListen.catch(() => {});
  const infrastructure = await openInfrastructure(config);
  const { log, movableClock, messaging, sweeps } = infrastructure;
  try {
    const shop = await compose(infrastructure);
    const days = movableClock ? config.demoDays : 0;
    const filled = config.seedDemo ? await seedDemoShops(infrastructure, shop, days) : [];
    const { app } = shop;
    if (movableClock) {
      const clock = {
        now: movableClock.now,
        // What became due by the leap is done before the leap is answered.
        advance: async (ms: number) => {
          movableClock.advance(ms);
          await shop.settle();
        },
        reset: () => movableClock.reset(),
      };
      await app.register(sandboxPlugin, {
        prefix: '/sandbox',
        publicBaseUrl: config.publicBaseUrl,
        dataDir: join(config.dataDir, 'sandbox'),
        paypalWebhookUrl: `${config.publicBaseUrl}/api/notify/paypal`,
        clock,
      });
    }
    await beforeListen;
    await servePages(app);
    if (config.seedDemo) await demoVideoRoutes(app);
    const stopFollowing = await messaging.followOthers();
    const stopConsuming = await messaging.consume();
    // Before the port opens: who sees the shop healthy may stop it the next moment.
    const stop = stopOnSignals(log, async () => {
      await app.close();
      await sweeps.stop();
      await messaging.relay.stop();
      await stopConsuming();
      await stopFollowing();
      await infrastructure.close();
    });
    if (config.seedDemo) {
      const { port, host } = config;
      const { deliver, settle } = shop;
      const openToday = () => openDemo(infrastructure, shop, filled);
      if (filled.length > 0 && days > 0)
        await playPast(infrastructure, {
          ...{ app, deliver, settle, days, port, host },
          openToday: async () => {
            await openToday();
            await openDemoGroups({ app, deliver, log });
          },
        });
      else await openToday();
    }
    releaseStartMemory();
    await app.listen({ port: config.port, host: config.host });
    messaging.relay.start();
    sweeps.start();
    announce(config);
    return { stop };
  } catch (error) {
    await infrastructure.close().catch(() => {});
    throw error;
  }
}

function announce({ publicBaseUrl, wechat, seedDemo, dataDir }: Config): void {
  const lines = [
    '',
    '  小铺 Xiaopu is open.',
    '',
    `  Storefront   ${publicBaseUrl}/`,
    `  Console      ${publicBaseUrl}/console${seedDemo ? '   (admin / xiaopu-demo-2026)' : ''}`,
    ...(wechat ? [] : [`  Sandbox      ${publicBaseUrl}/sandbox   (plays WeChat, WeChat Pay and the carriers)`]),
    `  API          ${publicBaseUrl}/api/docs`,
    '',
    `  Data is kept in ${dataDir}. Ctrl+C stops.`,
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
