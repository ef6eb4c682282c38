import type { Generated } from 'kysely';

declare module '#platform/database/database.ts' {
  interface Tables {
    'wecom.member': {
      buyerId: string;
      /** waiting: to be looked up; invited: shown the agent's code; tagged: added the agent, and carries the tag. */
      state: 'waiting' | 'invited' | 'tagged';
      externalUserId: string | null;
      configId: string | null;
      qrCode: string | null;
      attempts: Generated<number>;
      nextAttemptAt: Date | null;
      claimedUntil: Date | null;
      lastError: string | null;
      createdAt: Date;
      invitedAt: Date | null;
      taggedAt: Date | null;
    };
  }
}
