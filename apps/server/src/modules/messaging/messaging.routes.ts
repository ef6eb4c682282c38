import {
  CursorQuery,
  ErrorReply,
  InboxPage,
  NoContent,
  RecordSubscriptions,
  SubscriptionTemplates,
  UnreadMessages,
} from '@xiaopu/contracts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Messages } from './messaging.service.ts';

export interface MessagingRoutesDeps {
  database: Pick<Database, 'db' | 'inTransaction'>;
  messages: Messages;
}

const tags = ['messages'];
const malformed = { ...ErrorReply, description: 'malformed' };
const noSession = { ...ErrorReply, description: 'no session, or a guest' };
const config = { access: 'member' } as const;

export function messagingRoutes(app: RouteApp, { database, messages }: MessagingRoutesDeps): void {
  const { db, inTransaction } = database;

  app.get(
    '/api/messages',
    {
      schema: {
        tags,
        summary: 'The inbox, newest first',
        querystring: CursorQuery,
        response: { 200: InboxPage, 400: malformed, 401: noSession },
      },
      config,
    },
    (request) => messages.list(db, request.buyer.buyerId, request.query),
  );

  app.get(
    '/api/messages/unread',
    {
      schema: { tags, summary: 'How many are unread', response: { 200: UnreadMessages, 401: noSession } },
      config,
    },
    async (request) => ({ unread: await messages.countUnread(db, request.buyer.buyerId) }),
  );

  app.post(
    '/api/messages/read',
    {
      schema: { tags, summary: 'Marks all as read', response: { 204: NoContent, 401: noSession } },
      config,
    },
    async (request, reply) => {
      await inTransaction((tx) => messages.readAll(tx, request.buyer.buyerId));
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/messages/subscriptions',
    {
      schema: {
        tags,
        summary: 'Templates to ask for, and how many messages of each are still allowed',
        response: { 200: SubscriptionTemplates, 401: noSession },
      },
      config,
    },
    (request) => messages.listTemplates(db, request.buyer.buyerId),
  );

  app.post(
    '/api/messages/subscriptions',
    {
      schema: {
        tags,
        summary: 'Records what wx.requestSubscribeMessage answered; the same askId counts once',
        body: RecordSubscriptions,
        response: { 200: SubscriptionTemplates, 400: malformed, 401: noSession },
      },
      config,
    },
    (request) =>
      inTransaction(async (tx) => {
        const { buyerId } = request.buyer;
        await messages.recordSubscriptions(tx, buyerId, request.body);
        return messages.listTemplates(tx, buyerId);
      }),
  );
}
