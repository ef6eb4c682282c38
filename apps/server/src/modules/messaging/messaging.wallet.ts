/** Accepts of subscription messages: one held accept is the right to send one message, spent when it is queued. */
import type { InboxKind, MessageKind } from '@xiaopu/contracts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { newId } from '#platform/ids.ts';
import type { MessageFacts, MessageTemplate, MessageTemplates } from './messaging.templates.ts';

/** Kinds without a template of their own go out with that of activities. */
const borrowed: Partial<Record<InboxKind, MessageKind>> = {
  lapsed: 'campaign',
  dormant: 'campaign',
  points_expiring: 'campaign',
};

export const templateOf = (templates: MessageTemplates, kind: InboxKind): MessageTemplate | undefined =>
  templates[borrowed[kind] ?? (kind as MessageKind)];

/** Queues one message if an accept is held, and takes that accept. @returns false when none is */
export async function spendAccept(
  tx: Tx,
  templates: MessageTemplates,
  told: { buyerId: string; kind: InboxKind; sourceKey: string; facts: MessageFacts },
  now: Date,
): Promise<boolean> {
  const { buyerId, kind, sourceKey, facts } = told;
  const template = templateOf(templates, kind);
  if (!template) return false;
  const { templateId } = template;
  const spent = await tx
    .updateTable('messaging.wallet')
    .set((eb) => ({ remaining: eb('remaining', '-', 1) }))
    .where('buyerId', '=', buyerId)
    .where('templateId', '=', templateId)
    .where('remaining', '>', 0)
    .executeTakeFirst();
  if (spent.numUpdatedRows !== 1n) return false;
  await tx
    .insertInto('messaging.delivery')
    .values({
      buyerId,
      deliveryId: newId(),
      sourceKey,
      kind: borrowed[kind] ?? (kind as MessageKind),
      templateId,
      facts: JSON.stringify(facts),
      state: 'queued',
      nextAttemptAt: now,
      claimedUntil: null,
      lastError: null,
      createdAt: now,
      sentAt: null,
    })
    .execute();
  return true;
}

export async function heldTemplates(db: Executor, buyerId: string): Promise<Set<string>> {
  const rows = await db
    .selectFrom('messaging.wallet')
    .select('templateId')
    .where('buyerId', '=', buyerId)
    .where('remaining', '>', 0)
    .execute();
  return new Set(rows.map(({ templateId }) => templateId));
}
