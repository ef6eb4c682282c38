/**
 * Differences that our own books have ended since: a second payment that people gave back, a held one they took, a notice that
 * came late. Looked at with every day that is reconciled, so that none stays open for ever.
 */
import type { BillSide } from '@xiaopu/contracts/console';
import type { Clock } from '#platform/clock.ts';
import type { Database } from '#platform/database/database.ts';
import * as repository from './finance.repository.ts';
import type { Ledger } from './finance.run.ts';
import type { Family } from './finance.sources.ts';

const atOnce = 2_000;

/** The same rule as the comparison's in SQL. */
export const agrees = (
  { side, theirs, theirState }: { side: BillSide; theirs: number; theirState: string },
  ours: { amount: number; state: string },
): boolean => {
  if (theirs !== ours.amount) return false;
  if (side === 'payment') return (theirState === 'SUCCESS') === (ours.state === 'paid');
  if (theirState === 'PROCESSING') return true;
  return ours.state === (theirState === 'SUCCESS' ? 'succeeded' : 'failed');
};

export function createRecheck({
  database: { db, inTransaction },
  ledger,
  clock,
}: {
  database: Pick<Database, 'db' | 'inTransaction'>;
  ledger: Ledger;
  clock: Clock;
}) {
  return async function recheck({ channel, bills }: Family, by: string): Promise<number> {
    const open = await repository.listRecheckable(
      db,
      bills.map(({ bill }) => bill),
      atOnce,
    );
    const agreed: string[] = [];
    for (const side of ['payment', 'refund'] as const) {
      const mine = open.filter((one) => one.side === side);
      const keys = [...new Set(mine.map(({ tradeKey }) => tradeKey))];
      const lines = new Map((await ledger.lines(db, side, keys, channel)).map((line) => [line.key, line]));
      for (const one of mine) {
        const line = lines.get(one.tradeKey);
        if (line && agrees(one, line)) agreed.push(one.differenceId);
      }
    }
    if (agreed.length === 0) return 0;
    const about = { note: '我方账已与账单一致', by, now: clock.now() };
    await inTransaction((tx) => repository.clearAgreed(tx, agreed, about));
    return agreed.length;
  };
}
