/** A wire between a process and a server that a test can cut (connections end) or halt (nothing more comes, nobody is told). */
import { connect, createServer, type Socket } from 'node:net';

export interface Wire {
  port: number;
  cut(): void;
  halt(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function openWire(targetPort: number): Promise<Wire> {
  let state: 'whole' | 'cut' | 'halted' = 'whole';
  const pairs = new Set<[Socket, Socket]>();
  const server = createServer((near) => {
    if (state === 'cut') return void near.destroy();
    const far = connect(targetPort, '127.0.0.1');
    const pair: [Socket, Socket] = [near, far];
    pairs.add(pair);
    for (const [from, to] of [pair, [far, near]] as const) {
      from.on('data', (bytes) => {
        // Halted: swallowed, as by a network that loses every packet.
        if (state !== 'halted') to.write(bytes);
      });
      from.on('end', () => to.end());
      from.on('error', () => to.destroy());
      from.on('close', () => {
        to.destroy();
        pairs.delete(pair);
      });
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const breakAll = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  return {
    port: (server.address() as { port: number }).port,
    cut() {
      state = 'cut';
      breakAll();
    },
    halt() {
      state = 'halted';
    },
    mend() {
      // What went missing while it was halted stays missing: those connections are of no use any more.
      if (state === 'halted') breakAll();
      state = 'whole';
    },
    async close() {
      state = 'cut';
      breakAll();
      await new Promise((done) => server.close(done));
    },
  };
}
