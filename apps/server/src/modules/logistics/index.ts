/** The door of logistics. */
import type { Clock } from '#platform/clock.ts';
import type { Db } from '#platform/database/database.ts';
import type { Logger } from '#platform/logger.ts';
import type { Policies } from '#platform/policy.ts';
import { type Arrival, estimateArrival } from './logistics.arrival.ts';
import { carriers, findCarrier, fitsCarrier, recogniseCarriers } from './logistics.carriers.ts';
import { type Freight, priceFreight, type Shipment } from './logistics.freight.ts';
import type { TrackGateway } from './logistics.kdniao.gateway.ts';
import * as policy from './logistics.policies.ts';
import { createTrack } from './logistics.track.ts';
import './logistics.tables.ts';

export type { Arrival } from './logistics.arrival.ts';
export type { CarrierEntry } from './logistics.carriers.ts';
export type { Freight, Shipment } from './logistics.freight.ts';
export {
  type CarrierTrack,
  createKdniaoGateway,
  type KdniaoConfig,
  type TrackGateway,
} from './logistics.kdniao.gateway.ts';
export { logisticsRoutes } from './logistics.routes.ts';
export { type UploadDeps, type UploadResult, type UploadTask, uploadSweep } from './logistics.upload.ts';

export interface LogisticsDeps {
  db: Db;
  gateway: TrackGateway;
  policies: Policies;
  clock: Clock;
  log: Logger;
}

export type Logistics = ReturnType<typeof createLogistics>;

export function createLogistics(deps: LogisticsDeps) {
  const { policies } = deps;
  return {
    carriers,
    findCarrier,
    /** Whether the number looks like that carrier's; unknown carriers fit nothing. */
    fitsCarrier,
    recogniseCarriers,

    freight({ shopId, ...shipment }: Shipment & { shopId: string }): Freight {
      const rules = {
        freeLine: policies.get(policy.freeLinePolicy, shopId),
        firstWeightGrams: policies.get(policy.firstWeightGramsPolicy, shopId),
        firstWeightPrice: policies.get(policy.firstWeightPricePolicy, shopId),
        continuedWeightGrams: policies.get(policy.continuedWeightGramsPolicy, shopId),
        continuedWeightPrice: policies.get(policy.continuedWeightPricePolicy, shopId),
        remoteSurcharge: policies.get(policy.remoteSurchargePolicy, shopId),
      };
      return priceFreight(rules, shipment);
    },

    /** `shipsFrom` and `province` in full or short form; `shopId` picks the shop's own cut-off hour. */
    arrival({ shopId, ...route }: { shipsFrom: string; province: string; now: Date; shopId?: string }): Arrival {
      const rules = {
        cutOffHour: policies.get(policy.cutOffHourPolicy, shopId),
        extraDays: policies.get(policy.extraDaysPolicy, shopId),
      };
      return estimateArrival(rules, route);
    },

    /** Cached; a signed parcel is never asked again. Give it the pool: it may call the carrier. */
    track: createTrack(deps),
  };
}
