/** Which buyer a token stands for: asked of the table once in a while, else answered from memory. */
import type { Session } from '@xiaopu/contracts';
import { LRUCache } from 'lru-cache';
import { type Clock, dayMs, secondMs } from '#platform/clock.ts';
import type { Database } from '#platform/database/database.ts';
import { gather } from '#platform/database/gather.ts';
import { tokenHash } from '#platform/ids.ts';
import type { Policies } from '#platform/policy.ts';
import * as repository from './identity.buyers.repository.ts';
import { buyerSessionDays } from './identity.policies.ts';

export interface KnownSession {
  buyerId: string;
  isGuest: boolean;
  tokenHash: string;
  expiresAtMs: number;
}

export interface BuyerSessions {
  find(token: string): Promise<KnownSession | undefined>;
  /** Only from memory. */
  peek(token: string): KnownSession | undefined;
  /** One that has just been opened and committed: the request that follows finds it in memory. */
  remember(session: Session): void;
  /** Ends sessions in this process at once; the caller has deleted their rows. */
  forget(tokenHashes: readonly string[]): void;
  expiryFrom(now: Date): Date;
}

/** How long another process may still honour a session that ended here. */
const memoryMs = 30 * secondMs;
const memorySize = 50_000;

export function createBuyerSessions({
  database,
  clock,
  policies,
}: {
  database: Database;
  clock: Clock;
  policies: Policies;
}): BuyerSessions {
  // 'ended' also keeps a look-up that began before the end from bringing the session back.
  const memory = new LRUCache<string, KnownSession | 'ended'>({ max: memorySize, ttl: memoryMs });
  const lifeMs = () => policies.get(buyerSessionDays) * dayMs;

  // A rush brings thousands at once whose sessions have left the memory.
  const findSession = gather({
    most: 500,
    async together(hashes: readonly string[]) {
      const found = await repository.findSessions(database.db, hashes);
      return hashes.map((hash) => found.get(hash));
    },
  });

  const live = (known: KnownSession | 'ended') =>
    known !== 'ended' && known.expiresAtMs > clock.now().getTime() ? known : undefined;

  async function load(hash: string): Promise<KnownSession | undefined> {
    const row = await findSession(hash);
    const now = clock.now().getTime();
    if (!row || row.expiresAt.getTime() <= now) return undefined;
    let expiresAtMs = row.expiresAt.getTime();
    // Slides once a day at most, so that reading stays reading.
    if (expiresAtMs - now < lifeMs() - dayMs) {
      expiresAtMs = now + lifeMs();
      await repository.extendSession(database.db, hash, new Date(expiresAtMs));
    }
    const session = { buyerId: row.buyerId, isGuest: row.isGuest, tokenHash: hash, expiresAtMs };
    const meanwhile = memory.get(hash);
    if (meanwhile === 'ended') return undefined;
    memory.set(hash, session);
    return session;
  }

  return {
    async find(token) {
      const hash = tokenHash(token);
      const known = memory.get(hash);
      return known ? live(known) : load(hash);
    },
    peek(token) {
      const known = memory.get(tokenHash(token));
      return known && live(known);
    },
    remember({ token, expiresAt, buyer: { buyerId, isGuest } }) {
      const hash = tokenHash(token);
      if (memory.get(hash) === 'ended') return;
      memory.set(hash, { buyerId, isGuest, tokenHash: hash, expiresAtMs: new Date(expiresAt).getTime() });
    },
    forget(tokenHashes) {
      for (const hash of tokenHashes) memory.set(hash, 'ended');
    },
    expiryFrom: (now) => new Date(now.getTime() + lifeMs()),
  };
}

/** The token of `Authorization: Bearer …`, if that is what was sent. */
export const bearerToken = (header: string | undefined): string | undefined =>
  /^Bearer ([\w-]{43})$/.exec(header ?? '')?.[1];
