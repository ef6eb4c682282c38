/** What after-sale asks of its siblings, in the caller's transaction unless it says otherwise. */
import type { TrackNode } from '@xiaopu/contracts';
import type { Clock } from '#platform/clock.ts';
import type { Db, Executor } from '#platform/database/database.ts';
import type { FieldCipher } from '#platform/field-cipher.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import type { PictureRef, ToPicture } from '#platform/picture.ts';
import type { Policies } from '#platform/policy.ts';
import type { Inventory } from '../inventory/index.ts';
import type { Logistics } from '../logistics/index.ts';
import type { Orders } from '../orders/index.ts';

export interface AfterSalesDeps {
  clock: Clock;
  outbox: Outbox;
  policies: Policies;
  fieldCipher: FieldCipher;
  orders: Pick<Orders, 'returnable' | 'lockReturnable' | 'refundPart' | 'pauseReceipt'>;
  inventory: Pick<Inventory, 'reserve' | 'confirm' | 'restock' | 'ship' | 'takeBack'>;
  logistics: Pick<Logistics, 'carriers' | 'findCarrier' | 'fitsCarrier'> & {
    track(
      db: Db,
      parcel: { carrierCode: string; waybillNo: string; phoneTail: string },
    ): Promise<{ nodes: TrackNode[] }>;
  };
  /** The buyer's own uploads; anything else is absent. */
  picturesOfBuyer(db: Executor, buyerId: string, mediaIds: string[]): Promise<Map<string, PictureRef>>;
  buyerNames(db: Executor, buyerIds: string[]): Promise<Map<string, { nickname: string; maskedPhone: string | null }>>;
  shops(
    db: Executor,
    shopIds: string[],
  ): Promise<Map<string, { name: string; servicePhone: string; shipsFrom: string }>>;
  /** Members who return and exchange for nothing (C08-LTV-02). One statement. */
  hasFreeReturns(db: Executor, buyerId: string): Promise<boolean>;
  toPicture: ToPicture;
  /** Addresses that open pictures still hidden: evidence is for the two sides only, never published. */
  toPreview: ToPicture;
}
