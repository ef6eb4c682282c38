import type { AfterSaleKind, AfterSaleReason, AfterSaleStatus, ReturnFreightBy } from '@xiaopu/contracts';
import type { ColumnType, Generated } from 'kysely';
import type { PictureRef } from '#platform/picture.ts';

type Json<T> = ColumnType<T, string, string>;

export interface StoredParcel {
  carrierCode: string;
  carrierName: string;
  waybillNo: string;
  at: string;
}

declare module '#platform/database/database.ts' {
  interface Tables {
    'after_sales.case': {
      buyerId: string;
      caseNo: string;
      orderNo: string;
      shopId: string;
      shopName: string;
      paymentId: string;
      kind: AfterSaleKind;
      status: AfterSaleStatus;
      reason: AfterSaleReason;
      description: string;
      evidence: Json<PictureRef[]>;
      /** Whether any of its pieces had left when it was asked. */
      wasShipped: boolean;
      goodsAmount: number;
      freight: number;
      /** Who pays the way back, as promised when it was asked; null when nothing goes back, and for old cases. */
      returnFreightBy: ReturnFreightBy | null;
      /** How often the buyer has asked for these lines without a solution, this time included. */
      askCount: number;
      deadline: Date | null;
      refusal: string | null;
      offer: Json<{ amount: number; note: string }> | null;
      /** Sealed JSON of the shop's address as it was when it agreed. */
      returnAddress: string | null;
      returnParcel: Json<StoredParcel> | null;
      exchangeReservationId: string;
      exchangeParcel: Json<StoredParcel> | null;
      /** Sealed: the buyer's last four digits, which some carriers ask for. */
      exchangePhoneTail: string | null;
      isRestocked: Generated<boolean>;
      refundNo: string;
      refundFailed: Generated<boolean>;
      escalatedAt: Date | null;
      createdAt: Date;
      endedAt: Date | null;
    };
    'after_sales.caseLine': {
      buyerId: string;
      caseNo: string;
      lineId: string;
      orderNo: string;
      shopId: string;
      spuId: string;
      skuId: string;
      title: string;
      specText: string;
      picture: Json<PictureRef>;
      quantity: number;
      amount: number;
      isOpen: Generated<boolean>;
    };
    'after_sales.caseEvent': {
      buyerId: string;
      caseNo: string;
      sequence: number;
      text: string;
      actor: string;
      pictures: Json<PictureRef[]>;
      at: Date;
      hash: string;
    };
    'after_sales.returnAddress': { shopId: string; sealed: string; changedAt: Date };
  }
}
