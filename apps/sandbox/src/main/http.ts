import { createSandbox, SANDBOX_PREFIX } from './sandbox.ts';

const port = Number(process.env.PORT ?? 3100);
const host = process.env.HOST ?? '127.0.0.1';
const publicBaseUrl = process.env.PUBLIC_BASE_URL ?? `http://${host}:${port}`;

const app = createSandbox({ publicBaseUrl, dataDir: process.env.DATA_DIR ?? './.data' });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void app.close());

try {
  await app.listen({ port, host });
  console.log(`sandbox ready: ${publicBaseUrl}${SANDBOX_PREFIX}`);
} catch (error) {
  console.error(`sandbox cannot start: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
  await app.close();
}
