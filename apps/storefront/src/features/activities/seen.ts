/** Tells the shop that an activity's page was looked at: only counted, so nothing waits for it and nothing fails with it. */
import { api } from '@/platform/request';

const told = new Set<string>();

export function noteSeen(activityId: string | undefined): void {
  if (!activityId || told.has(activityId)) return;
  told.add(activityId);
  void api.activities.seen(activityId).catch(() => told.delete(activityId));
}
