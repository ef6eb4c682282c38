/** What a channel opened is written down in company: one statement for those who were answered in the same moment (ADR 22). */
import type { Db } from '#platform/database/database.ts';
import { gather } from '#platform/database/gather.ts';
import type { Attempt } from './payments.repository.ts';
import * as repository from './payments.repository.ts';
import { type Prepay, recordPrepays } from './payments.together.repository.ts';

export interface OpenedPrepay extends Pick<Prepay, 'attempt' | 'handle' | 'at' | 'nextCheckAt'> {
  channelTradeId?: string | null;
  /** How long what the channel opened may be handed out. */
  handleMs: number;
}

export function createRecordPrepay(db: Db) {
  const recordTogether = gather<Prepay, Attempt | undefined>({
    async together(prepays) {
      const written = await recordPrepays(db, prepays);
      return prepays.map(({ attempt }) => written.get(attempt.outTradeNo));
    },
    most: 50,
  });
  /** @returns undefined, and nothing is written, when closing has begun or ended meanwhile */
  return async ({ attempt, handle, channelTradeId = null, handleMs, ...when }: OpenedPrepay) => {
    const aliveAfter = new Date(when.at.getTime() - handleMs);
    const written = await recordTogether({ attempt, handle, channelTradeId, aliveAfter, ...when });
    // What was not written may only have been locked: alone it is waited for, and then known.
    return written ?? repository.recordPrepay(db, attempt, { handle, channelTradeId }, { handleMs, ...when });
  };
}
