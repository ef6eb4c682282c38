import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { freePort } from './index.ts';

describe('freePort', () => {
  it('gives ports below the ephemeral range, all different, that can be listened on', async () => {
    const ports = await Promise.all(Array.from({ length: 50 }, () => freePort()));
    expect(new Set(ports).size).toBe(50);
    expect(Math.max(...ports)).toBeLessThan(32_768);
    for (const port of ports) {
      const server = createServer();
      await new Promise<void>((done, fail) => server.once('error', fail).listen(port, '127.0.0.1', done));
      await new Promise((done) => server.close(done));
    }
  });
});
