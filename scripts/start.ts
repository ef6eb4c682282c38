/**
 * `npm start`: builds what is missing or stale, then runs the whole shop in one process. Every way this can fail to
 * start ends in one sentence and exit code 1.
 */
import { createServer } from 'node:net';
import { buildClients } from './build-clients.ts';

process.chdir(new URL('..', import.meta.url).pathname);

try {
  const { readConfig } = await import('../apps/server/src/platform/config.ts');
  const config = readConfig(process.env);
  await assertPortFree(config.host, config.port);
  const { startShop } = await import('../apps/server/src/main/all.ts');
  await startShop(config, { beforeListen: buildClients() });
} catch (error) {
  const { explainStartError } = await import('../apps/server/src/main/start-error.ts');
  process.stderr.write(`${explainStartError(error)}\n`);
  process.exit(1);
}

/** Asked first: nobody should wait for a build to learn that the port is taken. */
async function assertPortFree(host: string, port: number): Promise<void> {
  const probe = createServer();
  await new Promise<void>((done, fail) => probe.once('error', fail).listen(port, host, done));
  await new Promise((done) => probe.close(done));
}
