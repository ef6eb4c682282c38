import type {} from '../database/database.ts';

declare module '../database/database.ts' {
  interface Tables {
    'platform.outbox': {
      eventId: string;
      name: string;
      payload: unknown;
      createdAt: Date;
      /** null: not yet delivered to everyone, or, with a bus, not yet handed over to it. */
      deliveredAt: Date | null;
      attempts: number;
      nextAttemptAt: Date;
      lastError: string | null;
      /** W3C trace context of what published it; null when traces are off. */
      traceParent: string | null;
      /** Set when attempts ran out: waits for people in the dead-letter list. */
      deadAt: Date | null;
    };
  }
}
