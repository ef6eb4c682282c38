import type { PrizeKind } from '@xiaopu/contracts';
import type { ColumnType, Generated } from 'kysely';

type Day = ColumnType<Date, string, string>;
type Json<T> = ColumnType<T, string, string>;
/** What a hold took of each lot. */
export type LotParts = { lotId: string; amount: number; expiresAt: string }[];

declare module '#platform/database/database.ts' {
  interface Tables {
    'points.account': {
      buyerId: string;
      balance: Generated<number>;
      frozen: Generated<number>;
      owed: Generated<number>;
      createdAt: Date;
    };
    'points.ledger': {
      buyerId: string;
      entryId: string;
      sourceKey: string;
      kind: string;
      amount: number;
      frozen: Generated<number>;
      balanceAfter: number;
      note: string;
      at: Date;
    };
    'points.lot': {
      buyerId: string;
      lotId: string;
      amount: number;
      remaining: number;
      expiresAt: Date;
      createdAt: Date;
    };
    'points.hold': {
      buyerId: string;
      orderNo: string;
      points: number;
      status: 'frozen' | 'spent' | 'returned';
      returned: Generated<number>;
      lots: Json<LotParts>;
      createdAt: Date;
    };
    'points.orderEarning': {
      buyerId: string;
      orderNo: string;
      paid: number | null;
      isCompleted: Generated<boolean>;
      refunds: ColumnType<Record<string, number>, string | undefined, string>;
      multiplier: Generated<number>;
      credited: Generated<number>;
      version: Generated<number>;
    };
    'points.signIn': { buyerId: string; day: Day; streak: number; points: number; at: Date };
    'points.expiryNotice': { buyerId: string; day: ColumnType<Date, string, string>; noticedAt: Date };
    /** Phones an account was used on, as keyed digests. */
    'points.device': { buyerId: string; device: string; seenAt: Date };
    'points.referral': {
      buyerId: string;
      inviterId: string;
      boundAt: Date;
      actedAt: Date | null;
      orderNo: string | null;
      /** What each side got for the friend's first order. */
      inviterPoints: Generated<number>;
      friendPoints: Generated<number>;
      reversedAt: Date | null;
    };
    'points.mallItem': {
      shopId: string;
      itemId: string;
      name: string;
      detail: string;
      icon: string;
      points: number;
      stock: number;
      redeemed: Generated<number>;
      perBuyer: number;
      marketPrice: number;
      isOn: boolean;
      createdAt: Date;
    };
    'points.redemption': {
      buyerId: string;
      redemptionId: string;
      requestKey: string;
      shopId: string;
      itemId: string;
      itemName: string;
      quantity: number;
      points: number;
      recipientSealed: string;
      status: 'to_ship' | 'shipped';
      waybill: Generated<string>;
      createdAt: Date;
      shippedAt: Date | null;
    };
    'points.lottery': {
      shopId: string;
      lotteryId: string;
      name: string;
      cost: number;
      dailyLimit: number;
      startsAt: Date;
      endsAt: Date;
      isOn: boolean;
      createdAt: Date;
    };
    'points.prize': {
      shopId: string;
      lotteryId: string;
      prizeId: string;
      position: number;
      name: string;
      kind: PrizeKind;
      points: number;
      value: number;
      odds: number;
      stock: number;
      won: Generated<number>;
    };
    'points.draw': {
      buyerId: string;
      drawId: string;
      requestKey: string;
      shopId: string;
      lotteryId: string;
      day: Day;
      roll: number;
      hitPrizeId: string;
      prizeId: string;
      prizeName: string;
      prizeKind: PrizeKind;
      points: number;
      cost: number;
      odds: Json<{ prizeId: string; odds: number; left: number }[]>;
      at: Date;
    };
  }
}
