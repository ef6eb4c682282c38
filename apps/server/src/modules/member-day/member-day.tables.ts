import type { Generated } from 'kysely';

declare module '#platform/database/database.ts' {
  interface Tables {
    'memberDay.rule': {
      dayId: string;
      shopId: string;
      name: string;
      payRate: number;
      tiers: string[];
      spuIds: string[];
      monthDays: number[];
      weekdays: number[];
      startsAt: Date;
      endsAt: Date;
      paused: Generated<boolean>;
      updatedBy: string;
      updatedAt: Date;
    };
  }
}
