/**
 * `npm run stack start|stop|status|env|cluster [folder]`: real servers on private loopback ports, their data in one
 * folder (default .stack). `cluster` also starts two http and two worker processes behind nginx, with the sandbox.
 */
import { join, resolve } from 'node:path';
import { startCluster, stopCluster } from './cluster.ts';
import { openStack } from './stack.ts';

const [action = 'status', at = join(import.meta.dirname, '../../.stack')] = process.argv.slice(2);

const actions: Record<string, () => Promise<void>> = {
  async start() {
    const stack = await openStack(at);
    await stack.start();
    await actions.env?.();
  },
  async stop() {
    const stack = await openStack(at);
    await stopCluster(stack);
    await stack.stop();
  },
  async status() {
    for (const { name, pid } of (await openStack(at)).status())
      process.stdout.write(`${name.padEnd(18)} ${pid ? `runs as process ${pid}` : 'stopped'}\n`);
  },
  async env() {
    for (const [name, value] of Object.entries((await openStack(at)).env))
      process.stdout.write(`export ${name}='${value}'\n`);
  },
  async cluster() {
    const stack = await openStack(at);
    await stack.start();
    const { url } = await startCluster(stack);
    process.stdout.write(`\n  The shop is open at ${url} (a certificate of its own: browsers ask once).\n`);
    process.stdout.write(`  Data and logs are in ${resolve(at)}; \`npm run stack stop\` ends it.\n\n`);
  },
};

const act = actions[action];
if (!act) {
  process.stderr.write(`Unknown: ${action}. One of ${Object.keys(actions).join(', ')}\n`);
  process.exit(1);
}
try {
  await act();
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
