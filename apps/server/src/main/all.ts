/** Both roles in one process, with the sandbox, the console and the H5 storefront on one port: what `npm start` runs. */
import { join } from 'node:path';
import { sandboxPlugin } from '@xiaopu/sandbox';
import type { Config } from '#platform/config.ts';
import { pageRoutes } from '#platform/http/pages.ts';
import { compose } from './compose.ts';
import { openInfrastructure } from './infrastructure.ts';
import { seedDemoShops } from './seed-demo.ts';

const root = join(import.meta.dirname, '../../../..');

export interface RunningShop {
  stop(): Promise<void>;
}

/** @param beforeListen resolves when the pages are built; the port opens after that */
export async function startShop(config: Config, { beforeListen }: { beforeListen: Promise<void> }): Promise<RunningShop> {
  // A build that fails while the database starts must be reported once, by the await below.
  beforeListen.catch(() => {});
  const infrastructure = await openInfrastructure(config);
  const { log, movableClock, messaging, sweeps } = infrastructure;
  try {
    const shop = await compose(infrastructure);
    if (config.seedDemo) await seedDemoShops(infrastructure, shop);
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
        clock,
      });
    }
    await beforeListen;
    await pageRoutes(app, {
      storefront: join(root, 'apps/storefront/dist/build/h5'),
      console: join(root, 'apps/console/dist'),
    });
    await app.listen({ port: config.port, host: config.host });
    messaging.relay.start();
    sweeps.start();
    announce(config);

    let stopping: Promise<void> | undefined;
    const stop = () => {
      stopping ??= (async () => {
        await app.close();
        await sweeps.stop();
        await messaging.relay.stop();
        await infrastructure.close();
      })();
      return stopping;
    };
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        stop().then(
          () => process.exit(0),
          (error) => {
            log.error({ err: error }, 'did not stop cleanly');
            process.exit(1);
          },
        );
      });
    }
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
