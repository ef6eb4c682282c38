/**
 * The feed of stock changes (C06-INV-03): each change gets the next number of its shop, in a table, and PostgreSQL tells
 * every process at the commit. Who was away asks for what came after its last number; nothing needs to be remembered of it.
 */
import type { StockChange } from '@xiaopu/contracts';
import { sql } from 'kysely';
import type pg from 'pg';
import { type Clock, dayMs } from '#platform/clock.ts';
import type { Database, Executor } from '#platform/database/database.ts';
import type { Logger } from '#platform/logger.ts';
import type { Pool } from './engine/pool.types.ts';

const channel = 'xiaopu_stock';
/** Changes of one SKU within it become one. */
const gatherMs = 20;
const reconnectMs = 1_000;
const keepMs = 7 * dayMs;
export const maxChanges = 1_000;
/** A page that was drawn a moment ago has missed no more than these. */
const recentChanges = 100;
const catchUpSize = 5_000;

export interface FeedChanges {
  items: StockChange[];
  sequence: number;
  isReset: boolean;
}

export type StockFeed = ReturnType<typeof createStockFeed>;

export function createStockFeed({ database, clock, log }: { database: Database; clock: Clock; log: Logger }) {
  const { db, pool } = database;
  const dirtySkus = new Set<string>();
  const dirtyPools = new Map<string, { pool: Pool; free: number }>();
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<unknown> = Promise.resolve();

  /** Numbers what changed, all of it in one statement; a level whose number was published already is left out. */
  async function publish(skuIds: readonly string[] | undefined): Promise<number> {
    const only = skuIds
      ? sql`where l.sku_id = any(${`{${skuIds.join(',')}}`}::uuid[]) order by l.sku_id`
      : sql`left join inventory.feed_position x on x.sku_id = l.sku_id
          where x.sku_id is null or x.level_sequence < l.sequence order by l.sku_id limit ${catchUpSize}`;
    const now = clock.now();
    const { rows } = await sql<{ shopId: string }>`
      with level as (
        insert into inventory.feed_position as p (sku_id, level_sequence)
        select l.sku_id, l.sequence from inventory.stock_level l ${only}
        on conflict (sku_id) do update set level_sequence = excluded.level_sequence
          where p.level_sequence < excluded.level_sequence
        returning sku_id
      ), change as (
        select l.shop_id, row_number() over (partition by l.shop_id order by l.sku_id) as n,
          json_build_object('spuId', l.spu_id, 'skuId', l.sku_id, 'poolId', null, 'available', l.on_hand - l.reserved) as change
        from inventory.stock_level l join level on level.sku_id = l.sku_id
      ), head as (
        insert into inventory.feed_head as h (shop_id, sequence) select shop_id, count(*) from change group by shop_id order by shop_id
        on conflict (shop_id) do update set sequence = h.sequence + excluded.sequence
        returning shop_id, sequence
      ), first as (
        select h.shop_id, h.sequence - count(*) as base from head h join change c on c.shop_id = h.shop_id group by h.shop_id, h.sequence
      ), written as (
        insert into inventory.feed_change (shop_id, sequence, change, at)
        select c.shop_id, f.base + c.n, c.change::jsonb, ${now} from change c join first f on f.shop_id = c.shop_id
        returning shop_id
      )
      select shop_id, pg_notify(${channel}, shop_id::text) from head`.execute(db);
    return rows.length;
  }

  async function publishPools(changes: readonly { pool: Pool; free: number }[]): Promise<void> {
    const now = clock.now();
    for (const { pool: hot, free } of changes) {
      const { shopId, spuId, skuId, poolId } = hot;
      const change = JSON.stringify({ spuId, skuId, poolId, available: free });
      await sql`
        with head as (
          insert into inventory.feed_head as h (shop_id, sequence) values (${shopId}, 1)
          on conflict (shop_id) do update set sequence = h.sequence + 1 returning sequence
        ), written as (
          insert into inventory.feed_change (shop_id, sequence, change, at)
          select ${shopId}, sequence, ${change}::jsonb, ${now} from head
        )
        select pg_notify(${channel}, ${shopId})`.execute(db);
    }
  }

  function flush(): Promise<unknown> {
    timer = undefined;
    const skuIds = [...dirtySkus];
    const hot = [...dirtyPools.values()];
    dirtySkus.clear();
    dirtyPools.clear();
    flushing = flushing
      .then(async () => {
        if (skuIds.length > 0) await publish(skuIds);
        await publishPools(hot);
      })
      .catch((error: unknown) => {
        log.warn({ err: error }, 'stock feed: will try again');
        for (const skuId of skuIds) dirtySkus.add(skuId);
        setTimeout(soon, reconnectMs).unref();
      });
    return flushing;
  }
  function soon(): void {
    timer ??= setTimeout(() => void flush(), gatherMs);
  }

  async function read(executor: Executor, shopId: string, after: number, limit = maxChanges): Promise<FeedChanges> {
    const { rows } = await sql<{ head: number; first: number | null; items: (StockChange & { change: object })[] }>`
      select coalesce((select sequence from inventory.feed_head where shop_id = ${shopId}), 0) as head,
        (select min(sequence) from inventory.feed_change where shop_id = ${shopId}) as first,
        coalesce((select json_agg(c) from (
          select sequence, change, at from inventory.feed_change
          where shop_id = ${shopId} and sequence > ${after} order by sequence limit ${limit}
        ) c), '[]'::json) as items`.execute(executor);
    const [{ head = 0, first = null, items = [] } = {}] = rows;
    // Older than what is kept, or of a database that is no longer there: only a new beginning is true.
    const isReset = after > head || (after < head && (first === null || first > after + 1));
    if (isReset) return { items: [], sequence: head, isReset };
    const changes = items.map(({ sequence, change, at }) => ({
      ...(change as Omit<StockChange, 'sequence' | 'at' | 'shopId'>),
      sequence,
      shopId,
      at: new Date(at).toISOString(),
    }));
    return { items: changes, sequence: changes.at(-1)?.sequence ?? after, isReset };
  }

  /** For who has no number yet: the newest changes there are, and the number to go on from. */
  async function recent(executor: Executor, shopId: string): Promise<FeedChanges> {
    const head = await executor
      .selectFrom('inventory.feedHead')
      .select('sequence')
      .where('shopId', '=', shopId)
      .executeTakeFirst();
    const sequence = head?.sequence ?? 0;
    const { items } = await read(executor, shopId, Math.max(0, sequence - recentChanges));
    return { items, sequence: items.at(-1)?.sequence ?? sequence, isReset: false };
  }

  const listeners = new Map<string, Set<() => void>>();
  const wakeAll = () => {
    for (const set of listeners.values()) for (const wake of set) wake();
  };
  let isListening = false;
  let client: pg.PoolClient | undefined;

  async function listen(): Promise<void> {
    const connection = await pool.connect();
    connection.on('notification', ({ payload = '' }) => {
      for (const wake of listeners.get(payload) ?? []) wake();
    });
    connection.on('error', () => {
      if (client !== connection) return;
      client = undefined;
      connection.release(true);
      again();
    });
    client = connection;
    await connection.query(`listen ${channel}`);
    // Whatever was said while nobody listened.
    wakeAll();
  }
  function again(): void {
    if (!isListening) return;
    setTimeout(() => {
      if (isListening)
        listen().catch((error: unknown) => {
          log.warn({ err: error }, 'stock feed: cannot listen, will try again');
          again();
        });
    }, reconnectMs).unref();
  }

  return {
    /** A level has changed; heard from an event, in the process that delivered it. */
    note(skuId: string): void {
      dirtySkus.add(skuId);
      soon();
    },
    notePool(hot: Pool, free: number): void {
      dirtyPools.set(hot.poolId, { pool: hot, free });
      soon();
    },
    /** What a crash kept back is published now, a part at a time. @returns shops with news */
    catchUp: () => publish(undefined),
    /** Publishes what is noted, for tests and a clean stop. */
    async settle(): Promise<void> {
      clearTimeout(timer);
      await flush();
    },
    read,
    recent,
    /** Calls `wake` when the shop has news, from the next on. The first subscriber opens the one connection that listens. */
    subscribe(shopId: string, wake: () => void): () => void {
      const set = listeners.get(shopId) ?? new Set();
      listeners.set(shopId, set.add(wake));
      if (!isListening) {
        isListening = true;
        listen().catch(again);
      }
      return () => {
        set.delete(wake);
        if (set.size === 0) listeners.delete(shopId);
      };
    },
    prune: async (): Promise<number> => {
      const before = new Date(clock.now().getTime() - keepMs);
      // The newest stays whatever its age: without it nobody could tell whether something is missing.
      const { rows } = await sql`
        delete from inventory.feed_change c where at < ${before}
          and sequence < (select sequence from inventory.feed_head h where h.shop_id = c.shop_id) returning 1`.execute(
        db,
      );
      return rows.length;
    },
    async stop(): Promise<void> {
      isListening = false;
      clearTimeout(timer);
      await flush();
      const last = client;
      client = undefined;
      last?.release(true);
    },
  };
}
