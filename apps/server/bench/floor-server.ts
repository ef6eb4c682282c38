/**
 * The least an order can cost: the requests, signatures and durable writes of a whole order and nothing else, in one process as
 * `npm start` is. It knows no goods, prices, stock, rules, errors or events; nothing is validated, traced or kept in order.
 * Prints its port.
 */
import { generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { startEmbeddedPostgres } from '../src/platform/database/embedded-postgres.ts';

const signIn = promisify<string, Buffer, KeyObject, Buffer>(sign);
const merchant = generateKeyPairSync('rsa', { modulusLength: 2048 });
const wechat = generateKeyPairSync('rsa', { modulusLength: 2048 });
const signed = async (text: string, key: KeyObject) =>
  (await signIn('sha256', Buffer.from(text), key)).toString('base64');
function check(text: string, key: KeyObject, signature: unknown): void {
  if (!verify('sha256', Buffer.from(text), key, Buffer.from(String(signature), 'base64'))) throw new Error('forged');
}

const dataDir = mkdtempSync(join(tmpdir(), 'xiaopu-floor-'));
const postgres = await startEmbeddedPostgres({ dataDir });
const pool = new pg.Pool({ ...postgres.connection, max: 5 });

/** Rows of a kind that come while others are being written go with the next statement: each is answered when it is on disk. */
async function table(name: string): Promise<(row: string) => Promise<void>> {
  await pool.query(`create table ${name} (id bigserial primary key, row jsonb not null)`);
  const text = `insert into ${name} (row) select * from unnest($1::jsonb[])`;
  let waiting: { row: string; done: () => void; fail: (error: unknown) => void }[] = [];
  let isWriting = false;
  async function write(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await pool.query({ name, text, values: [batch.map(({ row }) => row)] });
        for (const { done } of batch) done();
      } catch (error) {
        for (const { fail } of batch) fail(error);
      }
    }
    isWriting = false;
  }
  return (row) =>
    new Promise((done, fail) => {
      waiting.push({ row, done, fail });
      if (isWriting) return;
      isWriting = true;
      setImmediate(write);
    });
}
const [session, line, order, prepay, paid] = [
  await table('session'),
  await table('line'),
  await table('placed'),
  await table('prepay'),
  await table('paid'),
];

const agent = new Agent({ keepAlive: true });
let port = 0;
const post = (path: string, body: string, signature: string) =>
  new Promise<{ body: string; signature: unknown }>((done, fail) => {
    const headers = { 'content-length': Buffer.byteLength(body), signature };
    const asked = request({ agent, host: '127.0.0.1', port, method: 'POST', path, headers }, async (reply) => {
      done({ body: await read(reply), signature: reply.headers.signature });
    });
    asked.on('error', fail).end(body);
  });

async function read(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** As large as a preview's reply, roughly. */
const page = Array.from({ length: 12 }, (_, id) => ({
  id,
  title: '羊毛被 四件套 春秋',
  salePrice: 19_900,
  quantity: 1,
}));

interface Answer {
  /** Sent as it is, with its signature. */
  raw?: string;
  signature?: string;
  [key: string]: unknown;
}

const routes: Record<string, (body: string, message: IncomingMessage) => Promise<Answer>> = {
  '/code': async () => ({ code: '1' }),
  '/session': async (body) => {
    await session(body);
    return { token: '1' };
  },
  '/line': async (body) => {
    await line(body);
    return { page };
  },
  '/addresses': async () => ({ page }),
  '/preview': async (body) => ({ page, asked: JSON.parse(body) }),
  '/order': async (body) => {
    await order(JSON.stringify({ ...JSON.parse(body), page }));
    return { paymentId: '1' };
  },
  '/start': async (body) => {
    const text = JSON.stringify({ ...JSON.parse(body), description: page[0] });
    const reply = await post('/wechat/prepay', text, await signed(text, merchant.privateKey));
    check(reply.body, wechat.publicKey, reply.signature);
    await prepay(reply.body);
    return { body: reply.body, paySign: await signed(reply.body, merchant.privateKey) };
  },
  '/wechat/prepay': async (body, { headers }) => {
    check(body, merchant.publicKey, headers.signature);
    const raw = JSON.stringify({ prepay_id: 'wx1' });
    return { raw, signature: await signed(raw, wechat.privateKey) };
  },
  '/wechat/pay': async (body) => {
    const { body: text, paySign } = JSON.parse(body) as { body: string; paySign: string };
    check(text, merchant.publicKey, paySign);
    const notice = JSON.stringify({ id: text, resource: page });
    await post('/notice', notice, await signed(notice, wechat.privateKey));
    return { errMsg: 'requestPayment:ok' };
  },
  '/notice': async (body, { headers }) => {
    check(body, wechat.publicKey, headers.signature);
    await paid(body);
    return {};
  },
};

async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
  const reply = await routes[message.url ?? '']?.(await read(message), message);
  const text = reply?.raw ?? JSON.stringify(reply);
  const signature = reply?.signature ? { signature: reply.signature } : {};
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...signature,
  });
  response.end(text);
}

const server = createServer((message, response) => {
  answer(message, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (!address || typeof address !== 'object') return;
  port = address.port;
  process.stdout.write(`${port}\n`);
});
// Ended with what is under way: nobody reads this folder again.
pool.on('error', () => {});
process.on('SIGTERM', async () => {
  server.closeAllConnections();
  agent.destroy();
  await pool
    .end()
    .then(() => postgres.stop())
    .catch(() => postgres.kill());
  rmSync(dataDir, { recursive: true, force: true });
  process.exit(0);
});
