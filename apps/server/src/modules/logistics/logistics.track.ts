/** Tracks with a cache table: within the cache time one outside call serves everybody; a signed parcel is never asked again. */
import type { Clock } from '#platform/clock.ts';
import type { Db, Executor } from '#platform/database/database.ts';
import type { Logger } from '#platform/logger.ts';
import type { Policies } from '#platform/policy.ts';
import { findCarrier, tidyWaybillNo } from './logistics.carriers.ts';
import type { CarrierTrack, TrackGateway } from './logistics.kdniao.gateway.ts';
import { trackCacheMinutesPolicy } from './logistics.policies.ts';

export interface TrackDeps {
  /** The pool, not a transaction: the outside call lies between claim and answer. */
  db: Db;
  gateway: TrackGateway;
  clock: Clock;
  log: Logger;
  policies: Policies;
}
export interface TrackRequest {
  carrierCode: string;
  waybillNo: string;
  phoneTail: string;
}

const claimMs = 15_000;
/** A carrier service that failed is left alone for a while, whoever asks. */
const failureRestMs = 60_000;
const nothing: CarrierTrack = { state: 'none', nodes: [] };

export function createTrack({ db, gateway, clock, log, policies }: TrackDeps) {
  const running = new Map<string, Promise<CarrierTrack>>();

  const read = async (reader: Executor, waybillNo: string, carrierCode: string) => {
    const row = await reader
      .selectFrom('logistics.trackCache')
      .select(['state', 'nodes', 'fetchedAt'])
      .where('waybillNo', '=', waybillNo)
      .where('carrierCode', '=', carrierCode)
      .executeTakeFirst();
    return row as (CarrierTrack & { fetchedAt: Date | null }) | undefined;
  };

  /** @returns whether this process may ask: the stored track is stale, not signed, and nobody else is asking */
  async function claim(waybillNo: string, carrierCode: string, now: Date, staleBefore: Date): Promise<boolean> {
    const claimedUntil = new Date(now.getTime() + claimMs);
    const { numInsertedOrUpdatedRows } = await db
      .insertInto('logistics.trackCache')
      .values({ waybillNo, carrierCode, state: 'none', nodes: '[]', fetchedAt: null, claimedUntil })
      .onConflict((conflict) =>
        conflict
          .columns(['waybillNo', 'carrierCode'])
          .doUpdateSet({ claimedUntil })
          .where('logistics.trackCache.state', '<>', 'signed')
          .where((eb) =>
            eb.and([
              eb.or([
                eb('logistics.trackCache.fetchedAt', 'is', null),
                eb('logistics.trackCache.fetchedAt', '<=', staleBefore),
              ]),
              eb.or([
                eb('logistics.trackCache.claimedUntil', 'is', null),
                eb('logistics.trackCache.claimedUntil', '<=', now),
              ]),
            ]),
          ),
      )
      .executeTakeFirst();
    return (numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  async function ask({ carrierCode, waybillNo, phoneTail }: TrackRequest, kdniaoCode: string): Promise<CarrierTrack> {
    const now = clock.now();
    const staleBefore = new Date(now.getTime() - policies.get(trackCacheMinutesPolicy) * 60_000);
    const known = await read(db, waybillNo, carrierCode);
    if (known?.fetchedAt && (known.state === 'signed' || known.fetchedAt > staleBefore)) return known;
    if (!(await claim(waybillNo, carrierCode, now, staleBefore))) return known ?? nothing;
    const update = db
      .updateTable('logistics.trackCache')
      .where('waybillNo', '=', waybillNo)
      .where('carrierCode', '=', carrierCode);
    try {
      const { state, nodes } = await gateway.query({ kdniaoCode, waybillNo, phoneTail });
      await update.set({ state, nodes: JSON.stringify(nodes), fetchedAt: clock.now(), claimedUntil: null }).execute();
      return { state, nodes };
    } catch (error) {
      log.warn({ err: error, carrierCode }, 'track query failed, showing what is stored');
      await update.set({ claimedUntil: new Date(now.getTime() + failureRestMs) }).execute();
      return known ?? nothing;
    }
  }

  /** Newest first; never throws for what the carrier does: the stored track, or none, is shown. */
  return async (_db: Executor, request: TrackRequest): Promise<CarrierTrack> => {
    const carrier = findCarrier(request.carrierCode);
    if (!carrier) return nothing;
    const waybillNo = tidyWaybillNo(request.waybillNo);
    const key = `${carrier.code} ${waybillNo}`;
    let asking = running.get(key);
    if (!asking) {
      asking = ask({ ...request, waybillNo }, carrier.kdniaoCode).finally(() => running.delete(key));
      running.set(key, asking);
    }
    const { state, nodes } = await asking;
    return { state, nodes };
  };
}
