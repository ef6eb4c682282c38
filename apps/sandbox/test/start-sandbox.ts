import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@xiaopu/free-port';
import type { FastifyInstance } from 'fastify';
import { createSandbox, type DemoCredentials, demoCredentials, type SandboxOptions } from '../src/main/sandbox.ts';

export interface RunningSandbox {
  app: FastifyInstance;
  origin: string;
  base: string; // …/sandbox
  dataDir: string;
  credentials: DemoCredentials;
  control<Answer = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer>;
  switchTo(values: Record<string, string | number | boolean>): Promise<void>;
  phone<Answer = Record<string, string>>(path: string, body: unknown): Promise<Answer>;
  stop(): Promise<void>;
}

export const makeDataDir = (): string => mkdtempSync(join(tmpdir(), 'sandbox-test-'));

/** A sandbox on a free port, as another process would reach it. The folder goes unless it was the caller's. */
export async function startSandbox(options: Partial<SandboxOptions> = {}): Promise<RunningSandbox> {
  const dataDir = options.dataDir ?? makeDataDir();
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const app = createSandbox({ publicBaseUrl: origin, ...options, dataDir });
  await app.listen({ port, host: '127.0.0.1' });
  const base = `${origin}/sandbox`;
  const call = async <Answer>(method: string, url: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(url, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    });
    return (await response.json()) as Answer;
  };
  return {
    app,
    origin,
    base,
    dataDir,
    credentials: demoCredentials(dataDir),
    control: (method, path, body) => call(method, `${base}/control${path}`, body),
    switchTo: async (values) => {
      const answer = await call<{ error?: unknown }>('PUT', `${base}/control/switches`, values);
      if (answer.error) throw new Error(JSON.stringify(answer.error));
    },
    phone: (path, body) => call('POST', `${base}/phone${path}`, body),
    async stop() {
      await app.close();
      if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export interface Received {
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
  at: number;
}

export interface Shop {
  url: string;
  received: Received[];
  /** Status for the nth call (from 0); 204 unless told otherwise. A promise makes the shop slow. */
  answer: (index: number) => number | Promise<number>;
  waitFor(count: number, timeoutMs?: number): Promise<Received[]>;
  stop(): Promise<void>;
}

/** The merchant's side of callbacks: keeps whatever arrives. */
export async function startShop(): Promise<Shop> {
  const received: Received[] = [];
  const shop: Shop = {
    url: '',
    received,
    answer: () => 204,
    async waitFor(count, timeoutMs = 4000) {
      const deadline = Date.now() + timeoutMs;
      while (received.length < count) {
        if (Date.now() > deadline) throw new Error(`expected ${count} callbacks, got ${received.length}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return received;
    },
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const index = received.push({
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
        at: Date.now(),
      });
      response.writeHead(await shop.answer(index - 1)).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  shop.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return shop;
}

/** A JSON field read without ceremony: a string for matching, an object for going deeper. */
export type Field = string & { [name: string]: Field };
