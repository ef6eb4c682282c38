import {
  CursorQuery,
  ErrorReply,
  Id,
  InboxPage,
  MessagePreferences,
  NoContent,
  OpenedMessage,
  RecordSubscriptions,
  SetMessagePreference,
  SubscriptionTemplates,
  UnreadMessages,
} from '@xiaopu/contracts';
import { Type } from 'typebox';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Notices } from './messaging.notices.ts';
import type { Messages } from './messaging.service.ts';

export interface MessagingRoutesDeps {
  database: Pick<Database, 'db' | 'inTransaction'>;
  messages: Messages;
  notices: Pick<Notices, 'opened' | 'preferences' | 'setPreference'>;
}

const tags = ['messages'];
const malformed = { ...ErrorReply, description: 'malformed' };
const noSession = { ...ErrorReply, description: 'no session, or a guest' };
const config = { access: 'member' } as const;

export function messagingRoutes(app: RouteApp, { database, messages, notices }: MessagingRoutesDeps): void {
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

  app.post(
    '/api/messages/notices/:noticeId/opened',
    {
      schema: {
        tags,
        summary: 'The shopper came back by this message; what came with it is given once',
        params: Type.Object({ noticeId: Id }),
        response: { 200: OpenedMessage, 400: malformed, 401: noSession, 404: ErrorReply },
      },
      config,
    },
    (request) => inTransaction((tx) => notices.opened(tx, request.buyer.buyerId, request.params.noticeId)),
  );

  app.get(
    '/api/messages/preferences',
    {
      schema: {
        tags,
        summary: 'Which messages the shopper wants, and by which ways',
        response: { 200: MessagePreferences, 401: noSession },
      },
      config,
    },
    (request) => notices.preferences(db, request.buyer.buyerId),
  );

  app.put(
    '/api/messages/preferences',
    {
      schema: {
        tags,
        summary: 'Turns a kind of message or a way of sending on or off',
        body: SetMessagePreference,
        response: { 200: MessagePreferences, 400: malformed, 401: noSession, 422: ErrorReply },
      },
      config,
    },
    (request) => inTransaction((tx) => notices.setPreference(tx, request.buyer.buyerId, request.body)),
  );
}
