/** What an activity of any kind brought: its funnel, what it cost, what is earned by it. */
import type { ActivityKind, ActivityResults } from '@xiaopu/contracts/console';
import type { PlannedOffer } from '@xiaopu/pricing';
import { type Clock, dayMs } from '#platform/clock.ts';
import type { Executor } from '#platform/database/database.ts';
import type { figuresOfSources } from '../orders/index.ts';
import type { Range } from './analytics.calendar.ts';
import { activityUnknown } from './analytics.errors.ts';
import { countSightings } from './analytics.sightings.ts';

export interface ResultSource {
  /** The shop's own offers of this kind, only the one asked for. */
  find(db: Executor, shopId: string, range: Range & { only: string }, now: Date): Promise<PlannedOffer[]>;
  /** How orders name it, and who entered before ordering; left out: by its own id, and nobody enters. */
  trace?(db: Executor, activityIds: readonly string[]): Promise<{ sourceIds: string[]; entered: number }>;
  /** It has a page of its own that people look at. */
  hasPage: boolean;
}
export interface ResultsDeps {
  clock: Clock;
  sources: Record<ActivityKind, ResultSource>;
  figuresOf: typeof figuresOfSources;
}

export type ActivityResultsReader = ReturnType<typeof createActivityResults>;

/** Rules make their activities this far ahead at most. */
const aheadMs = 62 * dayMs;

export function createActivityResults({ clock, sources, figuresOf }: ResultsDeps) {
  return {
    async of(db: Executor, shopId: string, kind: ActivityKind, id: string): Promise<ActivityResults> {
      const source = sources[kind];
      const now = clock.now();
      const range = { from: new Date(0), until: new Date(now.getTime() + aheadMs), only: id };
      const offer = (await source.find(db, shopId, range, now)).find((each) => each.id === id);
      const [from, until] = [offer?.windows[0]?.startsAt, offer?.windows.at(-1)?.endsAt];
      if (!offer || !from || !until) throw activityUnknown();
      const ids = [...new Set([id, ...offer.windows.flatMap(({ activityId }) => activityId ?? [])])];
      const trace = source.trace ? await source.trace(db, ids) : { sourceIds: ids, entered: null };
      const figures = await figuresOf(db, shopId, { sourceIds: trace.sourceIds, from });
      const { income, given, refunded, pieces, cost, hasUnknownCost } = figures;
      return {
        ...{ kind, id, name: offer.name, text: offer.text },
        startsAt: from.toISOString(),
        endsAt: until.toISOString(),
        times: offer.windows.length,
        funnel: {
          seen: source.hasPage ? await countSightings(db, ids) : null,
          entered: trace.entered,
          ordered: figures.buyers,
          paid: figures.payers,
          paidOrders: figures.paidOrders,
          keptOrders: figures.keptOrders,
        },
        ...{ income, given, refunded, pieces },
        grossProfit: hasUnknownCost ? null : income - cost,
        days: figures.days,
        serverTime: now.toISOString(),
      };
    },
  };
}
