import type { Tier } from '@xiaopu/contracts';
import type { Generated } from 'kysely';

declare module '#platform/database/database.ts' {
  interface Tables {
    'trials.trial': {
      trialId: string;
      shopId: string;
      spuId: string;
      text: string;
      places: number;
      taken: Generated<number>;
      tiers: Tier[];
      opensAt: Date;
      closesAt: Date;
      createdBy: string;
      createdAt: Date;
    };
    'trials.application': {
      buyerId: string;
      trialId: string;
      shopId: string;
      /** Sealed: name, phone and address as they were when it was asked. */
      recipient: string;
      waybill: Generated<string>;
      appliedAt: Date;
      sentAt: Date | null;
    };
  }
}
