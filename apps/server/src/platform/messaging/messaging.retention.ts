/** Events that everybody has heard of, the marks by which a repeat is known, and dead letters that people have settled. */
import { definePolicy } from '../policy.ts';
import type { RetentionRule } from '../retention.ts';
import { pruneDeadLetters } from './dead-letters.ts';
import { pruneSome } from './outbox.ts';

/** Never below a week: a broker that was away for days may still bring a message again, and its mark must be there. */
const messageDays = definePolicy({
  key: 'retention.message_days',
  scope: 'install',
  title: '已送达的系统消息保留',
  unit: '天',
  defaultValue: 14,
  minimum: 7,
  maximum: 365,
});

export const messagingRetention: RetentionRule[] = [
  {
    key: 'platform.messages',
    title: '已送达的系统消息',
    basis: '去重记录同期；未送达和等人处理的不清除',
    limit: messageDays,
    purge: async (tx, before, most) => (await pruneDeadLetters(tx, before)) + (await pruneSome(tx, before, most)),
  },
];
