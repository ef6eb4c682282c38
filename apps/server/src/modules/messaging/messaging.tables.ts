import type { InboxKind, MessageKind } from '@xiaopu/contracts';
import type { Generated, JSONColumnType } from 'kysely';
import type { MessageFacts } from './messaging.templates.ts';

export type DeliveryState =
  | 'queued' // holds one accept, waits to be sent
  | 'sending' // handed to WeChat; a crash leaves it here
  | 'sent'
  | 'unsure' // no answer: not repeated, because one accept is one message
  | 'refused';

declare module '#platform/database/database.ts' {
  interface Tables {
    'messaging.message': {
      buyerId: string;
      messageId: string;
      /** What caused it: the same cause makes one message. */
      sourceKey: string;
      kind: InboxKind;
      title: string;
      body: string;
      orderNo: string | null;
      createdAt: Date;
      readAt: Date | null;
    };
    'messaging.wallet': { buyerId: string; templateId: string; remaining: number };
    'messaging.ask': { buyerId: string; askId: string; askedAt: Date };
    'messaging.delivery': {
      buyerId: string;
      deliveryId: string;
      sourceKey: string;
      kind: MessageKind;
      templateId: string;
      facts: JSONColumnType<MessageFacts>;
      state: DeliveryState;
      attempts: Generated<number>;
      nextAttemptAt: Date | null;
      claimedUntil: Date | null;
      lastError: string | null;
      createdAt: Date;
      sentAt: Date | null;
    };
  }
}
