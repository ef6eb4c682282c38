import type { InboxKind, MessageKind, ReachChannel } from '@xiaopu/contracts';
import type { Campaign, NoticeChannel, NoticeState } from '@xiaopu/contracts/console';
import type { Generated, JSONColumnType } from 'kysely';
import type { MessageFacts } from './messaging.templates.ts';

export type DeliveryState =
  | 'queued' // holds one accept, waits to be sent
  | 'sending' // handed to WeChat; a crash leaves it here
  | 'sent'
  | 'unsure' // no answer: not repeated, because one accept is one message
  | 'refused';
/** As DeliveryState; arrived: the provider's receipt says the phone has it. */
export type OutreachState = DeliveryState | 'arrived';

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
      page: string | null;
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
    'messaging.notice': {
      buyerId: string;
      noticeId: string;
      /** What caused it: the same cause makes one notice. */
      sourceKey: string;
      kind: InboxKind;
      /** The shop it speaks for; null for what belongs to the person across shops. */
      shopId: string | null;
      title: string;
      body: string;
      facts: JSONColumnType<MessageFacts>;
      page: string;
      /** Its own hours, beside the kind's. */
      hourFrom: number | null;
      hourUntil: number | null;
      campaignId: string | null;
      state: NoticeState;
      reason: string | null;
      channel: NoticeChannel | null;
      /** When it is decided on next. */
      dueAt: Date;
      validUntil: Date;
      createdAt: Date;
      decidedAt: Date | null;
      openedAt: Date | null;
    };
    'messaging.pace': { buyerId: string };
    'messaging.preference': { buyerId: string; what: string; isOn: boolean; changedAt: Date };
    'messaging.campaign': {
      campaignId: string;
      shopId: string;
      name: string;
      body: string;
      page: string;
      tiers: Campaign['tiers'];
      startsAt: Date;
      endsAt: Date;
      hourFrom: number;
      hourUntil: number;
      state: Campaign['state'];
      /** Members up to this one have been gone through. */
      reachedBuyer: string | null;
      proposed: Generated<number>;
      createdBy: string;
      createdAt: Date;
    };
    'messaging.outreach': {
      buyerId: string;
      outreachId: string;
      sourceKey: string;
      channel: ReachChannel;
      text: string;
      page: string;
      state: OutreachState;
      attempts: Generated<number>;
      nextAttemptAt: Date | null;
      claimedUntil: Date | null;
      /** What the provider calls it, for its receipt. */
      providerRef: string | null;
      lastError: string | null;
      createdAt: Date;
      sentAt: Date | null;
      arrivedAt: Date | null;
    };
  }
}
