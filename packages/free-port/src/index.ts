/**
 * A TCP port for a server whose address must be known before it listens: one that prints its own URL, or a child process.
 *
 * Asking the system (`listen(0)`), closing and listening again loses the port now and then: the system hands the same one to any
 * connection made in between. So these are drawn from below every system's ephemeral range (Linux from 32768, macOS and
 * Windows from 49152), where only a server that asked for the number itself can stand.
 */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const FIRST = 12_000;
const END = 32_000;
const ATTEMPTS = 100;

const handedOut = new Set<number>();

/** Free on 127.0.0.1 at the moment, and never given twice by one process. Throws when a hundred draws were all taken. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(FIRST, END);
    if (handedOut.has(port) || !(await isFree(port))) continue;
    handedOut.add(port);
    return port;
  }
  throw new Error(`No free port found on 127.0.0.1 between ${FIRST} and ${END}.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = createServer();
    probe.once('error', () => done(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)));
  });
}
