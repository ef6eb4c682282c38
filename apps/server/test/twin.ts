/** The sandbox on a free port, reached over real HTTP as the outside world would be. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@xiaopu/free-port';
import { createSandbox, type DemoCredentials, demoCredentials, type SandboxOptions } from '@xiaopu/sandbox';

export interface Twin {
  origin: string;
  base: string; // …/sandbox
  credentials: DemoCredentials;
  dataDir: string;
  control<Answer = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer>;
  switchTo(values: Record<string, string | number | boolean>): Promise<void>;
  phone<Answer = Record<string, string>>(path: string, body: unknown): Promise<Answer>;
  /** Requests the twin of that name received whose path holds `contains`. */
  received(
    twin: string,
    contains: string,
  ): Promise<{ status: number; requestBody: string; responseBody: string; note: string }[]>;
  stop(): Promise<void>;
}

export async function startTwin(options: Partial<SandboxOptions> = {}): Promise<Twin> {
  const dataDir = mkdtempSync(join(tmpdir(), 'xiaopu-twin-'));
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const app = createSandbox({ publicBaseUrl: origin, ...options, dataDir });
  await app.listen({ port, host: '127.0.0.1' });
  const base = `${origin}/sandbox`;
  const call = async <Answer>(method: string, url: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(url, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    return (await response.json()) as Answer;
  };
  const control: Twin['control'] = (method, path, body) => call(method, `${base}/control${path}`, body);
  return {
    origin,
    base,
    credentials: demoCredentials(dataDir),
    dataDir,
    control,
    async switchTo(values) {
      const answer = await control<{ error?: unknown }>('PUT', '/switches', values);
      if (answer.error) throw new Error(JSON.stringify(answer.error));
    },
    phone: (path, body) => call('POST', `${base}/phone${path}`, body),
    async received(twin, contains) {
      const query = new URLSearchParams({ twin, direction: 'in', contains, limit: '1000' });
      const { items } = await control<{
        items: { status: number; url: string; requestBody: string; responseBody: string; note: string }[];
      }>('GET', `/log?${query}`);
      return items;
    },
    async stop() {
      await app.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
