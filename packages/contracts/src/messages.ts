/** The shopper's inbox in the shop, and WeChat subscription messages: one accept is the right to send one message. */
import { type Static, Type } from 'typebox';
import { CursorPage, Id, Instant, Nullable, OrderNo } from './common.ts';

export const MessageKind = Type.Union([
  Type.Literal('order_paid'),
  Type.Literal('order_shipped'),
  Type.Literal('order_refunded'),
  Type.Literal('cart_idle'),
  Type.Literal('coupon_expiring'),
  Type.Literal('plan'),
  Type.Literal('campaign'),
  Type.Literal('balance_due'),
  Type.Literal('pickup_ready'),
]);
export type MessageKind = Static<typeof MessageKind>;
/** What the inbox tells of. Kinds that are no MessageKind have no subscription template: they stay in the inbox. */
export const InboxKind = Type.Union([
  ...MessageKind.anyOf,
  Type.Literal('after_sale'),
  Type.Literal('membership'),
  Type.Literal('group'),
  Type.Literal('points_expiring'),
  Type.Literal('lapsed'),
  Type.Literal('dormant'),
  Type.Literal('commission'),
  Type.Literal('invitation'),
]);
export type InboxKind = Static<typeof InboxKind>;
export const InboxMessage = Type.Object({
  messageId: Id,
  kind: InboxKind,
  title: Type.String(),
  body: Type.String(),
  orderNo: Nullable(OrderNo),
  /** The page it leads to, with its query; null where kind and order say it. */
  page: Nullable(Type.String()),
  createdAt: Instant,
  readAt: Nullable(Instant),
});
export type InboxMessage = Static<typeof InboxMessage>;
export const InboxPage = CursorPage(InboxMessage);
export type InboxPage = Static<typeof InboxPage>;
export const UnreadMessages = Type.Object({ unread: Type.Integer({ description: 'stops counting at 100' }) });
export type UnreadMessages = Static<typeof UnreadMessages>;

export const SubscriptionTemplate = Type.Object({
  kind: MessageKind,
  templateId: Type.String({ description: 'for wx.requestSubscribeMessage' }),
  title: Type.String(),
  remaining: Type.Integer({ description: 'messages the shopper has allowed and we have not sent' }),
});
export const SubscriptionTemplates = Type.Object({ templates: Type.Array(SubscriptionTemplate) });
export type SubscriptionTemplates = Static<typeof SubscriptionTemplates>;
/** What wx.requestSubscribeMessage answered. `askId`: made by the client once per dialog, so that a repeat counts once. */
export const RecordSubscriptions = Type.Object({
  askId: Id,
  results: Type.Array(
    Type.Object({
      templateId: Type.String({ maxLength: 80 }),
      result: Type.Union([Type.Literal('accept'), Type.Literal('reject'), Type.Literal('ban'), Type.Literal('filter')]),
    }),
    { minItems: 1, maxItems: 5 },
  ),
});
export type RecordSubscriptions = Static<typeof RecordSubscriptions>;

/** How the shop may reach somebody outside the shop, beside WeChat's own dialogs. Each needs the shopper's consent. */
export const ReachChannel = Type.Enum(['sms', 'wecom']);
export type ReachChannel = Static<typeof ReachChannel>;

export const MessagePreferences = Type.Object({
  kinds: Type.Array(Type.Object({ kind: InboxKind, title: Type.String(), hint: Type.String(), isOn: Type.Boolean() })),
  channels: Type.Array(
    Type.Object({
      channel: ReachChannel,
      title: Type.String(),
      hint: Type.String(),
      isOn: Type.Boolean({ description: 'consent; off until the shopper says yes' }),
    }),
  ),
});
export type MessagePreferences = Static<typeof MessagePreferences>;

export const SetMessagePreference = Type.Object({
  what: Type.Union([InboxKind, ReachChannel]),
  isOn: Type.Boolean(),
});
export type SetMessagePreference = Static<typeof SetMessagePreference>;

/** A message that the shopper came back by; what came with it is given once. */
export const OpenedMessage = Type.Object({
  coupon: Nullable(Type.Object({ name: Type.String(), expiresAt: Instant })),
});
export type OpenedMessage = Static<typeof OpenedMessage>;
