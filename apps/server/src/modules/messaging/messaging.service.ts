/** The inbox and the wallet of subscription accepts; sending is the sweep's. */
import type {
  CursorQuery,
  InboxKind,
  InboxPage,
  MessageKind,
  RecordSubscriptions,
  SubscriptionTemplates,
} from '@xiaopu/contracts';
import type { Clock } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { fixedQuery } from '#platform/database/hot-query.ts';
import { newId } from '#platform/ids.ts';
import { decodeCursor, encodeCursor } from './messaging.cursor.ts';
import { insertSentNotices } from './messaging.notices.repository.ts';
import type { MessageFacts, MessageTemplates } from './messaging.templates.ts';
import { spendAccepts } from './messaging.wallet.ts';

export interface Told {
  buyerId: string;
  kind: InboxKind;
  /** What caused it: the same cause makes one message, however often it is told. */
  sourceKey: string;
  title: string;
  body: string;
  orderNo?: string;
  /** Where it leads, when neither kind nor order say it. */
  page?: string;
}
/** What an order did: told at once, whatever the shopper has had today. */
export interface Notification extends Told {
  kind: MessageKind;
  shopId: string;
  facts: MessageFacts & { orderNo: string };
}

const unreadCountedAtMost = 100;

const insertMessages = fixedQuery<
  { buyerId: string; sourceKey: string },
  [
    buyerIds: readonly string[],
    messageIds: readonly string[],
    sourceKeys: readonly string[],
    kinds: readonly string[],
    titles: readonly string[],
    bodies: readonly string[],
    orderNos: readonly (string | null)[],
    pages: readonly (string | null)[],
    at: Date,
  ]
>(
  `insert into messaging.message (buyer_id, message_id, source_key, kind, title, body, order_no, page, created_at)
   select *, $9::timestamptz
   from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
     as told (buyer_id, message_id, source_key, kind, title, body, order_no, page)
   order by buyer_id, source_key
   on conflict (buyer_id, source_key) do nothing
   returning buyer_id, source_key`,
);

export type Messages = ReturnType<typeof createMessages>;

export function createMessages({ templates, clock }: { templates: MessageTemplates; clock: Clock }) {
  const known = Object.entries(templates) as [MessageKind, NonNullable<MessageTemplates[MessageKind]>][];

  /** Into the inbox. @returns those of which the cause was not told before */
  async function tellAll<One extends Told>(tx: Tx, told: readonly One[]): Promise<One[]> {
    const stored = await insertMessages(
      tx,
      told.map(({ buyerId }) => buyerId),
      told.map(() => newId()),
      told.map(({ sourceKey }) => sourceKey),
      told.map(({ kind }) => kind),
      told.map(({ title }) => title),
      told.map(({ body }) => body),
      told.map(({ orderNo = null }) => orderNo),
      told.map(({ page = null }) => page),
      clock.now(),
    );
    const isNew = new Set(stored.map(({ buyerId, sourceKey }) => `${buyerId} ${sourceKey}`));
    // Each cause once, also when one call names it twice.
    return told.filter(({ buyerId, sourceKey }) => isNew.delete(`${buyerId} ${sourceKey}`));
  }

  return {
    /** Into the inbox. @returns false when the same cause was told before */
    tell: async (tx: Tx, told: Told): Promise<boolean> => (await tellAll(tx, [told])).length === 1,

    /** Into the inbox always; to the shopper's WeChat when an accept is left, which it uses up (C01-ECO-05). */
    async notify(tx: Tx, notifications: readonly Notification[]): Promise<void> {
      const now = clock.now();
      const named = notifications.map((one) => ({ ...one, orderNo: one.facts.orderNo }));
      const told = await tellAll(tx, named);
      if (told.length === 0) return;
      const isPushed = await spendAccepts(tx, templates, told, now);
      await insertSentNotices(
        tx,
        told.map(({ page = '', ...one }, at) => ({ ...one, page, channel: isPushed[at] ? 'wechat' : 'inbox' })),
        now,
      );
    },

    /** Counts each accept once per dialog; templates that are not ours are passed over. */
    async recordSubscriptions(tx: Tx, buyerId: string, { askId, results }: RecordSubscriptions): Promise<void> {
      const asked = await tx
        .insertInto('messaging.ask')
        .values({ buyerId, askId, askedAt: clock.now() })
        .onConflict((conflict) => conflict.columns(['buyerId', 'askId']).doNothing())
        .executeTakeFirst();
      if (asked.numInsertedOrUpdatedRows !== 1n) return;
      const ours = new Set(known.map(([, { templateId }]) => templateId));
      const accepted = new Set(results.filter(({ result }) => result === 'accept').map(({ templateId }) => templateId));
      for (const templateId of [...accepted].filter((id) => ours.has(id)).sort()) {
        await tx
          .insertInto('messaging.wallet')
          .values({ buyerId, templateId, remaining: 1 })
          .onConflict((conflict) =>
            conflict
              .columns(['buyerId', 'templateId'])
              .doUpdateSet((eb) => ({ remaining: eb('messaging.wallet.remaining', '+', 1) })),
          )
          .execute();
      }
    },

    async listTemplates(db: Executor, buyerId: string): Promise<SubscriptionTemplates> {
      const rows = await db
        .selectFrom('messaging.wallet')
        .select(['templateId', 'remaining'])
        .where('buyerId', '=', buyerId)
        .execute();
      const left = new Map(rows.map(({ templateId, remaining }) => [templateId, remaining]));
      return {
        templates: known.map(([kind, { templateId, title }]) => ({
          kind,
          templateId,
          title,
          remaining: left.get(templateId) ?? 0,
        })),
      };
    },

    async list(db: Executor, buyerId: string, { cursor, limit }: CursorQuery): Promise<InboxPage> {
      const after = decodeCursor(cursor);
      const rows = await db
        .selectFrom('messaging.message')
        .select(['messageId', 'kind', 'title', 'body', 'orderNo', 'page', 'createdAt', 'readAt'])
        .where('buyerId', '=', buyerId)
        .$if(after !== undefined, (query) => query.where('messageId', '<', after ?? ''))
        // Ids are time-ordered: the primary key serves the list, newest first.
        .orderBy('messageId', 'desc')
        .limit(limit + 1)
        .execute();
      const items = rows.slice(0, limit).map(({ createdAt, readAt, ...message }) => ({
        ...message,
        createdAt: createdAt.toISOString(),
        readAt: readAt?.toISOString() ?? null,
      }));
      const last = rows.length > limit ? items.at(-1) : undefined;
      return { items, nextCursor: last ? encodeCursor(last.messageId) : null };
    },

    async countUnread(db: Executor, buyerId: string): Promise<number> {
      const { count } = await db
        .selectFrom(
          db
            .selectFrom('messaging.message')
            .select('messageId')
            .where('buyerId', '=', buyerId)
            .where('readAt', 'is', null)
            .limit(unreadCountedAtMost)
            .as('unread'),
        )
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return count;
    },

    async readAll(tx: Tx, buyerId: string): Promise<void> {
      await tx
        .updateTable('messaging.message')
        .set({ readAt: clock.now() })
        .where('buyerId', '=', buyerId)
        .where('readAt', 'is', null)
        .execute();
    },
  };
}
