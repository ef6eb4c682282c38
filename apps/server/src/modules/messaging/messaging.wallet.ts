/** Accepts of subscription messages: one held accept is the right to send one message, spent when it is queued. */
import type { InboxKind, MessageKind } from '@xiaopu/contracts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { fixedQuery } from '#platform/database/hot-query.ts';
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

interface Push {
  buyerId: string;
  kind: InboxKind;
  sourceKey: string;
  facts: MessageFacts;
}

const takeAccepts = fixedQuery<
  { buyerId: string; templateId: string },
  [buyerIds: readonly string[], templateIds: readonly string[]]
>(
  `with held as (
     select buyer_id, template_id from messaging.wallet
     where (buyer_id, template_id) in (select * from unnest($1::uuid[], $2::text[])) and remaining > 0
     order by buyer_id, template_id for update
   )
   update messaging.wallet w set remaining = remaining - 1 from held
   where w.buyer_id = held.buyer_id and w.template_id = held.template_id
   returning w.buyer_id, w.template_id`,
);

/** Queues each message for which an accept is held, and takes that accept. @returns for each, whether one was */
export async function spendAccepts(
  tx: Tx,
  templates: MessageTemplates,
  pushes: readonly Push[],
  now: Date,
): Promise<boolean[]> {
  const isPushed = pushes.map(() => false);
  // One accept is one message: who is told twice by one template asks for the second accept once the first is taken.
  let asking = new Map<string, { at: number; templateId: string }[]>();
  for (const [at, { buyerId, kind }] of pushes.entries()) {
    const templateId = templateOf(templates, kind)?.templateId;
    if (templateId === undefined) continue;
    const key = `${buyerId} ${templateId}`;
    asking.set(key, [...(asking.get(key) ?? []), { at, templateId }]);
  }
  while (asking.size > 0) {
    const first = [...asking.values()].flatMap(([one]) => one ?? []);
    const taken = await takeAccepts(
      tx,
      first.map(({ at }) => (pushes[at] as Push).buyerId),
      first.map(({ templateId }) => templateId),
    );
    const left = new Map<string, { at: number; templateId: string }[]>();
    for (const { buyerId, templateId } of taken) {
      const key = `${buyerId} ${templateId}`;
      const [one, ...others] = asking.get(key) ?? [];
      if (!one) continue;
      isPushed[one.at] = true;
      await queue(tx, pushes[one.at] as Push, templateId, now);
      if (others.length > 0) left.set(key, others);
    }
    asking = left;
  }
  return isPushed;
}

/** Queues one message if an accept is held, and takes that accept. @returns false when none is */
export const spendAccept = async (tx: Tx, templates: MessageTemplates, push: Push, now: Date): Promise<boolean> =>
  (await spendAccepts(tx, templates, [push], now))[0] === true;

async function queue(tx: Tx, { buyerId, kind, sourceKey, facts }: Push, templateId: string, now: Date): Promise<void> {
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
