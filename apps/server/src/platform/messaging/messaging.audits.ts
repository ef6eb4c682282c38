/** What the messages must look like when all is well. */
import { sql } from 'kysely';
import type { AuditCheck } from '../books.ts';
import { minuteMs } from '../clock.ts';

/** An event that waits longer than this is stuck: the relay looks twice a second, and backs off in minutes. */
const stuckMs = 60 * minuteMs;

export const messagingAudits: AuditCheck[] = [
  {
    name: 'platform.outbox_stuck',
    says: 'no event waits for its consumers longer than an hour',
    query: (now) => sql`
      select event_id::text as key, 'delivered' as expected, name || ' waits since ' || created_at as actual
      from platform.outbox
      where delivered_at is null and dead_at is null and created_at < ${new Date(now.getTime() - stuckMs)}`,
  },
  {
    name: 'platform.dead_letters',
    says: 'no event was given up and left alone',
    query: () => sql`
      select event_id::text as key, 'delivered' as expected, name || ': ' || left(error, 80) as actual
      from platform.dead_letter where state = 'waiting'`,
  },
];
