import type { VisitChannel } from '@xiaopu/contracts';
import type { ColumnType, Generated } from 'kysely';

declare module '#platform/database/database.ts' {
  interface Tables {
    /** When a member was here last, and the absence that was told of: the moment it began. */
    'visits.presence': { buyerId: string; firstSeenAt: Date; lastSeenAt: Date; toldFor: Date | null };
    /** First day of a Shanghai month in which a member was here. */
    'visits.activeMonth': { buyerId: string; month: ColumnType<Date, string, string> };
    'visits.link': {
      code: string;
      shopId: string;
      channel: VisitChannel;
      name: string;
      page: string;
      cost: number;
      isOpen: Generated<boolean>;
      createdBy: string;
      createdAt: Date;
    };
    /** One shopper by one way: a link, or the door of WeChat they came through without one. */
    'visits.arrival': {
      buyerId: string;
      source: string;
      channel: VisitChannel;
      code: string | null;
      shopId: string | null;
      firstAt: Date;
      lastAt: Date;
      visits: number;
      /** Nothing was known of them before; and when they became a member. Only on the first of their ways. */
      isNew: boolean;
      joinedAt: Date | null;
    };
    'visits.orderSource': {
      buyerId: string;
      orderNo: string;
      shopId: string;
      firstSource: string;
      firstChannel: VisitChannel;
      lastSource: string;
      lastChannel: VisitChannel;
      placedAt: Date;
      paidAt: Date | null;
      amount: Generated<number>;
      returned: Generated<number>;
    };
  }
}
