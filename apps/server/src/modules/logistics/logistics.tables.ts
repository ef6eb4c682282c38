import type { Track, TrackNode } from '@xiaopu/contracts';
import type { JSONColumnType } from 'kysely';

export type TrackState = Track['parcels'][number]['state'];

declare module '#platform/database/database.ts' {
  interface Tables {
    'logistics.trackCache': {
      waybillNo: string;
      carrierCode: string;
      state: TrackState;
      /** Newest first. */
      nodes: JSONColumnType<TrackNode[]>;
      /** null: claimed, never yet answered. */
      fetchedAt: Date | null;
      /** Who asks the carrier now; others show what is stored. */
      claimedUntil: Date | null;
    };
  }
}
