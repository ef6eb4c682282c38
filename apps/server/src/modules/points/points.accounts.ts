/**
 * The only way points move. Every function locks the account first, so one buyer's movements stand in line; each leaves a ledger
 * row with its source key, and the same key moves nothing twice.
 */
import { sql } from 'kysely';
import { type Clock, dayMs } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { fixedQuery } from '#platform/database/hot-query.ts';
import { sharedRead } from '#platform/database/shared-reads.ts';
import { newId } from '#platform/ids.ts';
import type { Policies } from '#platform/policy.ts';
import { allot, expiryOf } from './points.domain.ts';
import { insufficient } from './points.errors.ts';
import { graceDays, validDays } from './points.policies.ts';
import type { LotParts } from './points.tables.ts';

export interface Account {
  buyerId: string;
  balance: number;
  frozen: number;
  owed: number;
}
export interface Movement {
  sourceKey: string;
  kind: string;
  note: string;
}

const readUsable = fixedQuery<{ usable: number }, [buyerIds: readonly string[], at: readonly Date[]]>(
  `select usable from unnest($1::uuid[], $2::timestamptz[]) with ordinality as asked (buyer_id, at, position)
   cross join lateral (
     select coalesce(sum(remaining), 0)::bigint as usable from points.lot
     where buyer_id = asked.buyer_id and remaining > 0 and expires_at > asked.at
   ) lots order by position`,
);
/** A row for each who asks, in their order. */
const usableTogether = sharedRead(async (db, asked: readonly { buyerId: string; at: Date }[]) => {
  const rows = await readUsable(
    db,
    asked.map(({ buyerId }) => buyerId),
    asked.map(({ at }) => at),
  );
  return rows.map(({ usable }) => usable);
});

export type Accounts = ReturnType<typeof createAccounts>;

export function createAccounts({ clock, policies }: { clock: Clock; policies: Policies }) {
  const find = (tx: Tx, buyerId: string) =>
    tx
      .selectFrom('points.account')
      .select(['buyerId', 'balance', 'frozen', 'owed'])
      .where('buyerId', '=', buyerId)
      .forUpdate()
      .executeTakeFirst();

  async function lock(tx: Tx, buyerId: string): Promise<Account> {
    const found = await find(tx, buyerId);
    if (found) return found;
    await tx
      .insertInto('points.account')
      .values({ buyerId, createdAt: clock.now() })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const made = await find(tx, buyerId);
    if (!made) throw new Error('a points account vanished');
    return made;
  }

  async function isDone(tx: Tx, buyerId: string, sourceKey: string): Promise<boolean> {
    const row = await tx
      .selectFrom('points.ledger')
      .select('entryId')
      .where('buyerId', '=', buyerId)
      .where('sourceKey', '=', sourceKey)
      .executeTakeFirst();
    return row !== undefined;
  }

  async function write(
    tx: Tx,
    account: Account,
    movement: Movement,
    { amount, frozen = 0, owed = 0 }: { amount: number; frozen?: number; owed?: number },
  ): Promise<void> {
    account.balance += amount;
    account.frozen += frozen;
    account.owed += owed;
    const { buyerId, balance } = account;
    await tx
      .insertInto('points.ledger')
      .values({ buyerId, entryId: newId(), ...movement, amount, frozen, balanceAfter: balance, at: clock.now() })
      .execute();
    await tx
      .updateTable('points.account')
      .set({ balance, frozen: account.frozen, owed: account.owed })
      .where('buyerId', '=', buyerId)
      .execute();
  }

  async function addLot(tx: Tx, buyerId: string, amount: number, expiresAt: Date): Promise<void> {
    if (amount === 0) return;
    await tx
      .insertInto('points.lot')
      .values({ buyerId, lotId: newId(), amount, remaining: amount, expiresAt, createdAt: clock.now() })
      .execute();
  }

  /** Lots whose day is over leave with a ledger row each. @returns the lots still good, first to expire first */
  async function openLots(tx: Tx, account: Account) {
    const now = clock.now();
    const { buyerId } = account;
    const lots = await tx
      .selectFrom('points.lot')
      .select(['lotId', 'remaining', 'expiresAt'])
      .where('buyerId', '=', buyerId)
      .where('remaining', '>', 0)
      .orderBy('expiresAt')
      .orderBy('lotId')
      .execute();
    const over = lots.filter(({ expiresAt }) => expiresAt <= now);
    for (const { lotId, remaining } of over) {
      await tx
        .updateTable('points.lot')
        .set({ remaining: 0 })
        .where('buyerId', '=', buyerId)
        .where('lotId', '=', lotId)
        .execute();
      await write(
        tx,
        account,
        { sourceKey: `expire:${lotId}`, kind: 'expire', note: '积分到期' },
        { amount: -remaining },
      );
    }
    return lots.slice(over.length);
  }

  /** Takes exactly so many, oldest first, or refuses. */
  async function takeLots(tx: Tx, account: Account, points: number): Promise<LotParts> {
    const lots = await openLots(tx, account);
    if (account.balance < points) throw insufficient({ balance: account.balance, needed: points });
    const parts = allot(lots, points);
    if (parts.length > 0) {
      await sql`
        update points.lot set remaining = remaining - taken.amount
        from unnest(${parts.map(({ lotId }) => lotId)}::uuid[], ${parts.map(({ amount }) => amount)}::bigint[]) as taken (lot_id, amount)
        where lot.buyer_id = ${account.buyerId} and lot.lot_id = taken.lot_id`.execute(tx);
    }
    return parts.map(({ lotId, amount, expiresAt }) => ({ lotId, amount, expiresAt: expiresAt.toISOString() }));
  }

  /** New points. What is owed is paid first. @returns false when this source was credited before */
  async function credit(
    tx: Tx,
    buyerId: string,
    points: number,
    movement: Movement,
    expiresAt = expiryOf(clock.now(), policies.get(validDays)),
  ): Promise<boolean> {
    const account = await lock(tx, buyerId);
    if (points <= 0 || (await isDone(tx, buyerId, movement.sourceKey))) return false;
    await write(tx, account, movement, { amount: points });
    const due = Math.min(account.owed, points);
    if (due > 0) {
      const debt = { sourceKey: `${movement.sourceKey}:owed`, kind: 'owed', note: '补扣退款应收回的积分' };
      await write(tx, account, debt, { amount: -due, owed: -due });
    }
    await addLot(tx, buyerId, points - due, expiresAt);
    return true;
  }

  return {
    lock,
    isDone,
    credit,

    /** @throws points.insufficient @returns false when this source was debited before */
    async debit(tx: Tx, buyerId: string, points: number, movement: Movement): Promise<boolean> {
      const account = await lock(tx, buyerId);
      if (points <= 0 || (await isDone(tx, buyerId, movement.sourceKey))) return false;
      await takeLots(tx, account, points);
      await write(tx, account, movement, { amount: -points });
      return true;
    },

    /** Takes back what should not have been given; what is not there any more is owed. */
    async takeBack(tx: Tx, buyerId: string, points: number, movement: Movement): Promise<boolean> {
      const account = await lock(tx, buyerId);
      if (points <= 0 || (await isDone(tx, buyerId, movement.sourceKey))) return false;
      await openLots(tx, account);
      const now = Math.min(account.balance, points);
      await takeLots(tx, account, now);
      await write(tx, account, movement, { amount: -now, owed: points - now });
      return true;
    },

    /** Out of the balance, into the frozen part. @returns the lots it came from */
    async freeze(tx: Tx, buyerId: string, points: number, movement: Movement): Promise<LotParts> {
      const account = await lock(tx, buyerId);
      const lots = await takeLots(tx, account, points);
      await write(tx, account, movement, { amount: -points, frozen: points });
      return lots;
    },

    async spendFrozen(tx: Tx, buyerId: string, points: number, movement: Movement): Promise<void> {
      const account = await lock(tx, buyerId);
      await write(tx, account, movement, { amount: 0, frozen: -points });
    },

    /** Back to where they came from, latest to expire first; past their day they get a grace. */
    async giveBack(
      tx: Tx,
      buyerId: string,
      { points, lots, skip, wasFrozen }: { points: number; lots: LotParts; skip: number; wasFrozen: boolean },
      movement: Movement,
    ): Promise<void> {
      const account = await lock(tx, buyerId);
      const now = clock.now();
      const grace = new Date(now.getTime() + policies.get(graceDays) * dayMs);
      const parts = lots.map(({ lotId, amount, expiresAt }) => ({
        lotId,
        remaining: amount,
        expiresAt: new Date(expiresAt),
      }));
      // `skip` of them are back already: the parts behind those come next.
      const before = allot(parts.toReversed(), skip);
      const left = parts.toReversed().map((part) => {
        const gone = before.find(({ lotId }) => lotId === part.lotId)?.amount ?? 0;
        return { ...part, remaining: part.remaining - gone };
      });
      await write(tx, account, movement, { amount: points, frozen: wasFrozen ? -points : 0 });
      for (const { amount, expiresAt } of allot(left, points))
        await addLot(tx, buyerId, amount, expiresAt > now ? expiresAt : grace);
    },

    /** Lets due lots of one buyer go. */
    async expire(tx: Tx, buyerId: string): Promise<void> {
      await openLots(tx, await lock(tx, buyerId));
    },

    /** What may be used now, in one statement: lots past their day no longer count, whether swept or not. */
    usable: (db: Executor, buyerId: string): Promise<number> => usableTogether(db, { buyerId, at: clock.now() }),
  };
}
