import type { NewDailyActivity } from '@xiaopu/contracts/console';
import type { ColumnType, Generated } from 'kysely';

declare module '#platform/database/database.ts' {
  interface Tables {
    'dailyActivities.template': {
      templateId: string;
      shopId: string;
      name: string;
      /** Minutes after midnight in Shanghai. */
      startsMinute: number;
      runsHours: number;
      terms: ColumnType<NewDailyActivity['terms'], string, never>;
      paused: Generated<boolean>;
      /** Whether its maker could sell below the margin floor; the daily activity is made in that person's name. */
      mayOverride: boolean;
      createdBy: string;
      createdAt: Date;
    };
    'dailyActivities.run': {
      templateId: string;
      /** `2026-11-22`, in Shanghai. */
      day: string;
      activityId: string | null;
      /** Why that day has none. */
      problem: string | null;
      at: Date;
    };
  }
}
