import type { GroupPlaceStatus, GroupStep } from '@xiaopu/contracts';
import type { NewDailyGroup } from '@xiaopu/contracts/console';
import type { ColumnType, Generated } from 'kysely';

declare module '#platform/database/database.ts' {
  interface Tables {
    'groupBuy.activity': {
      activityId: string;
      shopId: string;
      spuId: string;
      skuIds: string[];
      name: string;
      steps: ColumnType<GroupStep[], string, never>;
      quota: number;
      taken: Generated<number>;
      buyerLimit: number;
      hours: number;
      allowsSolo: boolean;
      startsAt: Date;
      endsAt: Date;
      status: 'live' | 'ended';
      overrideReason: string | null;
      createdBy: string;
      createdAt: Date;
    };
    'groupBuy.group': {
      groupId: string;
      activityId: string;
      openerId: string;
      leastSize: number;
      size: number;
      /** Places whose orders wait for payment, and people who have paid. */
      held: number;
      paid: number;
      /** dropped: its opener never paid, so it never was a group. */
      status: 'opening' | 'open' | 'succeeded' | 'failed' | 'dropped';
      reachedSize: number | null;
      createdAt: Date;
      openedAt: Date | null;
      deadline: Date | null;
      endedAt: Date | null;
    };
    'groupBuy.place': {
      groupId: string;
      buyerId: string;
      activityId: string;
      orderNo: string;
      skuId: string;
      /** Of one piece, when it was ordered: sale price, cost (0: not known), what was paid, what it came to. */
      salePrice: number;
      cost: number;
      paidPrice: number;
      finalPrice: number | null;
      status: GroupPlaceStatus;
      invite: string;
      refundNo: string | null;
      joinedAt: Date;
      paidAt: Date | null;
    };
    'groupBuy.buyerCount': { buyerId: string; activityId: string; taken: number };
    'groupBuy.visit': {
      groupId: string;
      visitorId: string;
      activityId: string;
      invitedBy: string | null;
      at: Date;
    };
    /** Terms of an activity that is made anew every day. */
    'groupBuy.daily': {
      dailyId: string;
      shopId: string;
      /** Minutes after midnight in Shanghai. */
      startsMinute: number;
      runsHours: number;
      terms: ColumnType<NewDailyGroup['terms'], string, never>;
      paused: Generated<boolean>;
      /** Whether its maker could sell below the margin floor; each day's activity is made in that person's name. */
      mayOverride: boolean;
      createdBy: string;
      createdAt: Date;
    };
    'groupBuy.dailyRun': {
      dailyId: string;
      /** `2026-11-22`, in Shanghai. */
      day: string;
      activityId: string | null;
      /** Why that day has none. */
      problem: string | null;
      at: Date;
    };
  }
}
