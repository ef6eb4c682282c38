/** The whole shop as a user starts it, once for all journeys, on a throw-away data folder. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@xiaopu/free-port';
import type { TestProject } from 'vitest/node';
import { startShop } from './shop-process.ts';

declare module 'vitest' {
  interface ProvidedContext {
    shopOrigin: string;
  }
}

const startWithinMs = 120_000;

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'xiaopu-journeys-'));
  await chmod(dataDir, 0o755); // as root, PostgreSQL's own user must be able to enter, or the data goes elsewhere
  // `npm run test:stack` walks the same journeys on real servers.
  const { JOURNEY_DATABASE_URL, JOURNEY_REDIS_URL } = process.env;
  const servers = {
    ...(JOURNEY_DATABASE_URL ? { DATABASE_URL: JOURNEY_DATABASE_URL } : {}),
    ...(JOURNEY_REDIS_URL ? { REDIS_URL: JOURNEY_REDIS_URL } : {}),
  };
  const shop = startShop({ port: await freePort(), dataDir, env: servers });
  const close = async () => {
    const { stderr } = await shop.end('SIGTERM');
    // Errors the server logged meanwhile: seen by whoever runs the journeys.
    process.stderr.write(stderr);
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await shop.untilHealthy(startWithinMs);
  } catch (error) {
    await close();
    throw error;
  }
  project.provide('shopOrigin', shop.origin);
  return close;
}
