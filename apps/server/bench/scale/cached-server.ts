/** The shopper's reading routes over a filled database, with the reply cache of a shop: a process of its own. */
import { catalogRoutes } from '../../src/modules/catalog/index.ts';
import { createApp } from '../../src/platform/http/app.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { openReader } from './reader.ts';

const { connection, size, ttlMs } = JSON.parse(process.argv[2] ?? '{}');
const reader = await openReader(connection, size, ttlMs);
const app = await createApp({
  log: createLogger('error'),
  authenticators: { buyer: async () => undefined, staff: async () => undefined },
  version: '0',
  rateLimitPerMinute: 0,
});
catalogRoutes(app, { catalog: reader.catalog, noteSearch: () => {} });
process.stdout.write(`${await app.listen({ port: 0, host: '127.0.0.1' })}\n`);
