/**
 * Stock changes to a merchant's ERP: signed, in order, tried again until they arrive. An address keeps its own position in
 * the feed, so one that was away simply goes on from there.
 */
import { createHmac } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import type { NewStockWebhook, StockWebhook, StockWebhookMade } from '@xiaopu/contracts';
import { sql } from 'kysely';
import type { Clock } from '#platform/clock.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import type { FieldCipher } from '#platform/field-cipher.ts';
import { newId, newToken } from '#platform/ids.ts';
import { webhookPrivate, webhookUnknown } from './inventory.errors.ts';
import type { StockFeed } from './inventory.feed.ts';

export type StockWebhooks = ReturnType<typeof createStockWebhooks>;

interface WebhooksDeps {
  database: Database;
  clock: Clock;
  cipher: Pick<FieldCipher, 'encrypt' | 'decrypt'>;
  feed: Pick<StockFeed, 'read'>;
  /** Addresses inside our own network: only for tests and the sandbox, else a merchant could ask our neighbours. */
  allowsPrivate: boolean;
  send?: typeof fetch;
}

interface Due {
  shopId: string;
  endpointId: string;
  url: string;
  secret: string;
  position: number;
  attempts: number;
}

const batchSize = 200;
const replyMs = 5_000;
const claimMs = 30_000;
const longestPauseMs = 600_000;
const pauseMs = (attempts: number) => Math.min(1_000 * 2 ** attempts, longestPauseMs);

const inside = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  inside.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
  ['::ffff:0:0', 96],
] as const)
  inside.addSubnet(net, bits, 'ipv6');

export const signatureOf = (secret: string, at: string, body: string): string =>
  createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');

export function createStockWebhooks({ database, clock, cipher, feed, allowsPrivate, send = fetch }: WebhooksDeps) {
  const { db } = database;

  /** Looked up anew for each delivery: a name may point elsewhere tomorrow. */
  async function isPublic(url: string): Promise<boolean> {
    if (allowsPrivate) return true;
    const { hostname, protocol } = new URL(url);
    if (protocol !== 'https:') return false;
    const bare = hostname.replace(/^\[|\]$/g, '');
    const addresses = isIP(bare) ? [{ address: bare }] : await lookup(bare, { all: true }).catch(() => []);
    return (
      addresses.length > 0 &&
      addresses.every(({ address }) => !inside.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'))
    );
  }

  async function claim(): Promise<Due | undefined> {
    const now = clock.now();
    const { rows } = await sql<Due>`
      update inventory.stock_webhook w set claimed_until = ${new Date(now.getTime() + claimMs)}
      where (shop_id, endpoint_id) in (
        select w2.shop_id, w2.endpoint_id from inventory.stock_webhook w2 join inventory.feed_head h on h.shop_id = w2.shop_id
        where w2.is_active and w2.next_attempt_at <= ${now} and h.sequence <> w2.position
          and (w2.claimed_until is null or w2.claimed_until <= ${now})
        order by w2.next_attempt_at limit 1 for update of w2 skip locked
      ) returning shop_id, endpoint_id, url, secret, position, attempts`.execute(db);
    return rows[0];
  }

  async function post(
    { shopId, url, secret }: Due,
    batch: Awaited<ReturnType<StockFeed['read']>>,
  ): Promise<string | null> {
    if (!(await isPublic(url))) return '地址不可达或不允许';
    const at = String(Math.floor(clock.now().getTime() / 1_000));
    const body = JSON.stringify({ shopId, sequence: batch.sequence, isReset: batch.isReset, changes: batch.items });
    try {
      const reply = await send(url, {
        method: 'POST',
        redirect: 'error',
        signal: AbortSignal.timeout(replyMs),
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'x-xiaopu-timestamp': at,
          'x-xiaopu-signature': signatureOf(cipher.decrypt(secret), at, body),
          'x-xiaopu-sequence': String(batch.sequence),
        },
        body,
      });
      await reply.body?.cancel();
      return reply.ok ? null : `HTTP ${reply.status}`;
    } catch (error) {
      return (error instanceof Error ? error.message : String(error)).slice(0, 200);
    }
  }

  return {
    list: async (executor: Executor, shopId: string): Promise<StockWebhook[]> =>
      (
        await executor
          .selectFrom('inventory.stockWebhook')
          .select(['endpointId', 'name', 'url', 'isActive', 'position', 'attempts', 'lastError', 'deliveredAt'])
          .where('shopId', '=', shopId)
          .orderBy('createdAt')
          .execute()
      ).map(({ deliveredAt, ...row }) => ({ ...row, deliveredAt: deliveredAt?.toISOString() ?? null })),

    async add(tx: Tx, shopId: string, { name, url }: NewStockWebhook): Promise<StockWebhookMade> {
      if (!URL.canParse(url) || !(await isPublic(url))) throw webhookPrivate();
      const [endpointId, secret] = [newId(), newToken()];
      const head = await tx
        .selectFrom('inventory.feedHead')
        .select('sequence')
        .where('shopId', '=', shopId)
        .executeTakeFirst();
      const now = clock.now();
      await tx
        .insertInto('inventory.stockWebhook')
        .values({
          shopId,
          endpointId,
          name,
          url,
          secret: cipher.encrypt(secret),
          isActive: true,
          position: head?.sequence ?? 0,
          attempts: 0,
          lastError: null,
          deliveredAt: null,
          nextAttemptAt: now,
          claimedUntil: null,
          createdAt: now,
        })
        .execute();
      return { endpointId, secret };
    },

    async remove(tx: Tx, shopId: string, endpointId: string): Promise<void> {
      const { numDeletedRows } = await tx
        .deleteFrom('inventory.stockWebhook')
        .where('shopId', '=', shopId)
        .where('endpointId', '=', endpointId)
        .executeTakeFirst();
      if (numDeletedRows === 0n) throw webhookUnknown();
    },

    /** One batch to one address; outside any transaction. @returns how many addresses were served */
    async sweep(): Promise<number> {
      const due = await claim();
      if (!due) return 0;
      const { shopId, endpointId, position, attempts } = due;
      const batch = await feed.read(db, shopId, position, batchSize);
      const failure = await post(due, batch);
      const now = clock.now();
      await db
        .updateTable('inventory.stockWebhook')
        .set(
          failure === null
            ? {
                position: batch.sequence,
                attempts: 0,
                lastError: null,
                deliveredAt: now,
                nextAttemptAt: now,
                claimedUntil: null,
              }
            : {
                attempts: attempts + 1,
                lastError: failure,
                nextAttemptAt: new Date(now.getTime() + pauseMs(attempts)),
                claimedUntil: null,
              },
        )
        .where('shopId', '=', shopId)
        .where('endpointId', '=', endpointId)
        // Somebody else's delivery after our claim ran out counts, not ours.
        .where('position', '=', position)
        .execute();
      return 1;
    },
  };
}
