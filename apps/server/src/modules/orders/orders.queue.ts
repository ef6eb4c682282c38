/**
 * Order intake at peaks (C04-TECH-09, ADR 0018): the order is accepted under its key, a worker places it. The key's row is
 * what waits, so a key makes one order however often it is sent, accepted or delivered, and a crash loses nothing.
 */
import type { PlacedOrder, PlaceOrder, QueuedOrder } from '@xiaopu/contracts';
import { sql } from 'kysely';
import { minuteMs } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { sendLater, settleSent } from '#platform/database/dialect.ts';
import { idempotencyConflict, orderEmpty, queuedOrderUnknown, queueExpired } from './orders.errors.ts';
import { type createPlace, hashBody } from './orders.place.ts';
import { queueFrom, queuePatienceMinutes } from './orders.policies.ts';
import type { OrdersDeps } from './orders.ports.ts';
import { queuedOrder, refusalOf } from './orders.queue.domain.ts';
import * as repository from './orders.repository.ts';

/** More are "many" to whoever waits. */
const mostAhead = 999;

export type OrderQueue = ReturnType<typeof createOrderQueue>;

export function createOrderQueue(deps: OrdersDeps, { fill }: Pick<ReturnType<typeof createPlace>, 'fill'>) {
  const { clock, policies, outbox, wantedLines } = deps;
  /** Orders this process is placing right now. */
  let atHand = 0;

  return {
    isPeak: (): boolean => atHand >= policies.get(queueFrom),

    /** Counts what is placed at once. */
    async counted(work: () => Promise<PlacedOrder>): Promise<PlacedOrder> {
      atHand += 1;
      try {
        return await work();
      } finally {
        atHand -= 1;
      }
    },

    /** Three statements, none of which waits for stock. The same key and body tell how the first one stands. */
    async accept(
      tx: Tx,
      buyerId: string,
      idempotencyKey: string,
      body: PlaceOrder,
      { onIos = false }: { onIos?: boolean } = {},
    ): Promise<QueuedOrder> {
      const now = clock.now();
      const bodyHash = hashBody(body);
      const earlier = await repository.claimKey(tx, buyerId, idempotencyKey, bodyHash, now);
      if (earlier) {
        if (earlier.bodyHash !== bodyHash) throw idempotencyConflict();
        return queuedOrder(earlier, await repository.countAhead(tx, earlier.createdAt, mostAhead));
      }
      const { wanted, cartLineIds } = await wantedLines(tx, buyerId, body.source);
      if (wanted.length === 0) throw orderEmpty();
      await repository.keepIntake(tx, buyerId, idempotencyKey, { body, wanted, cartLineIds, onIos });
      await outbox.publish(tx, 'orders.order_accepted', { buyerId, idempotencyKey });
      const ahead = await repository.countAhead(tx, now, mostAhead);
      return { state: 'waiting', ahead, acceptedAt: now.toISOString(), placed: null, refusal: null };
    },

    /** Two statements. */
    async stateOf(db: Executor, buyerId: string, idempotencyKey: string): Promise<QueuedOrder> {
      const known = await repository.findPlacement(db, buyerId, idempotencyKey);
      if (!known) throw queuedOrderUnknown();
      const ahead = known.intake ? await repository.countAhead(db, known.createdAt, mostAhead) : 0;
      return queuedOrder(known, ahead);
    },

    /** Makes the order, or keeps why there is none. Called again it finds nothing that waits. */
    async placeAccepted(tx: Tx, buyerId: string, idempotencyKey: string): Promise<void> {
      const known = await repository.lockPlacement(tx, buyerId, idempotencyKey);
      if (!known?.intake) return;
      const patienceMs = policies.get(queuePatienceMinutes) * minuteMs;
      await sendLater(tx, sql`savepoint one_order`.compile(tx));
      try {
        if (clock.now().getTime() - known.createdAt.getTime() > patienceMs) throw queueExpired();
        await fill(tx, buyerId, idempotencyKey, known.intake);
        await settleSent(tx);
      } catch (error) {
        const refusal = refusalOf(error);
        // Tried again later, from the event.
        if (!refusal) throw error;
        await sql`rollback to savepoint one_order`.execute(tx);
        await settleSent(tx).catch(() => {});
        await repository.keepRefusal(tx, buyerId, idempotencyKey, refusal);
      }
    },
  };
}
