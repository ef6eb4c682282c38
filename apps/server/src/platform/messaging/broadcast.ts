/**
 * Tells every process of an install what was delivered, so that each can drop what it keeps in memory. PostgreSQL's
 * NOTIFY goes out with the relay's commit; a listener that lost its connection says so, for it may have missed some.
 */
import type { DomainEvent } from '@xiaopu/contracts';
import { sql } from 'kysely';
import type pg from 'pg';
import type { Database, Tx } from '../database/database.ts';
import { sendLater } from '../database/dialect.ts';
import { newId } from '../ids.ts';
import type { Logger } from '../logger.ts';

const channel = 'xiaopu_events';
const nudgeChannel = 'xiaopu_outbox';
/** NOTIFY takes 8,000 bytes; what is longer goes out in parts. */
const maxBytes = 7_000;
const reconnectMs = 1_000;

export interface Broadcast {
  send(tx: Tx, events: readonly DomainEvent[]): Promise<void>;
  /** Hears what other processes delivered, until stopped. `onGap`: some may have been missed. */
  listen(hear: {
    onEvent: (event: DomainEvent) => void;
    onGap: () => void;
    onNudge: () => void;
  }): Promise<() => Promise<void>>;
  /** Something waits in the outbox: whoever relays need not wait until it looks by itself. May be lost. */
  nudge(): Promise<void>;
}

export function createBroadcast({ database, log }: { database: Pick<Database, 'pool'>; log: Logger }): Broadcast {
  const self = newId();

  return {
    async send(tx, events) {
      for (const part of parts(events)) {
        const message = JSON.stringify({ from: self, events: part });
        await sendLater(tx, sql`select pg_notify(${channel}, ${message})`.compile(tx));
      }
    },

    async nudge() {
      await database.pool.query('select pg_notify($1, $2)', [nudgeChannel, '']);
    },

    async listen({ onEvent, onGap, onNudge }) {
      let isListening = true;
      let client: pg.PoolClient | undefined;
      let retry: NodeJS.Timeout | undefined;

      async function connect(): Promise<void> {
        const connection = await database.pool.connect();
        connection.on('notification', ({ channel: heard, payload = '' }) => {
          if (heard === nudgeChannel) return onNudge();
          const { from, events } = JSON.parse(payload) as { from: string; events: DomainEvent[] };
          if (from !== self) for (const event of events) onEvent(event);
        });
        connection.on('error', () => {
          // Also heard after stop() let it go: the server may end first.
          if (client !== connection) return;
          client = undefined;
          connection.release(true);
          onGap();
          again();
        });
        // The pool ends transactions that idle; a listener idles all the time, outside any transaction.
        client = connection;
        await Promise.all([channel, nudgeChannel].map((name) => connection.query(`listen ${name}`)));
      }
      function again(): void {
        if (!isListening) return;
        retry = setTimeout(() => {
          connect().then(onGap, (error: unknown) => {
            log.warn({ err: error }, 'cannot listen for events, will try again');
            again();
          });
        }, reconnectMs);
      }

      await connect();
      return async () => {
        isListening = false;
        clearTimeout(retry);
        const last = client;
        client = undefined;
        last?.release(true);
      };
    },
  };
}

function* parts(events: readonly DomainEvent[]): Generator<DomainEvent[]> {
  let part: DomainEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    const size = Buffer.byteLength(JSON.stringify(event));
    // Nothing that could be told: its listeners fall back on their time to live.
    if (size > maxBytes) continue;
    if (bytes + size > maxBytes) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(event);
    bytes += size + 1;
  }
  if (part.length > 0) yield part;
}
