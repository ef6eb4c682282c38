/** What the shop says unasked: its kinds with their rules, campaigns, and the log of what was sent or held back and why. */
import { type Static, Type } from 'typebox';
import { Id, Instant, Nullable, NumberedPage, PageQuery } from '../common.ts';
import { InboxKind } from '../messages.ts';

/** transaction: never held back. service: only quiet hours. marketing: caps, quiet hours, the shopper's own choice. */
export const MessageClass = Type.Enum(['transaction', 'service', 'marketing']);
export type MessageClass = Static<typeof MessageClass>;

export const NoticeState = Type.Enum(['waiting', 'sent', 'suppressed', 'failed']);
export type NoticeState = Static<typeof NoticeState>;

export const NoticeChannel = Type.Enum(['wechat', 'wecom', 'sms', 'inbox']);
export type NoticeChannel = Static<typeof NoticeChannel>;

/** What happened to one kind in the last 30 days. Opened counts only what was sent. */
export const MessageKindRow = Type.Object({
  kind: InboxKind,
  title: Type.String(),
  messageClass: MessageClass,
  /** Higher goes first; null where nothing competes. */
  priority: Nullable(Type.Integer()),
  isOn: Type.Boolean(),
  /** Hours of the day it may go out, 0–24 Shanghai; null when it goes at any hour. */
  window: Nullable(Type.Object({ from: Type.Integer(), until: Type.Integer() })),
  /** Has a subscription message template. */
  hasTemplate: Type.Boolean(),
  sent: Type.Integer(),
  pushed: Type.Integer({ description: 'of the sent ones, those that left the shop: WeChat, WeCom, SMS' }),
  opened: Type.Integer(),
  suppressed: Type.Integer(),
  failed: Type.Integer(),
});
export type MessageKindRow = Static<typeof MessageKindRow>;

export const MessageDesk = Type.Object({
  dayCap: Type.Integer(),
  weekCap: Type.Integer(),
  quiet: Type.Object({ from: Type.Integer(), until: Type.Integer() }),
  channels: Type.Object({ sms: Type.Boolean(), wecom: Type.Boolean() }),
  kinds: Type.Array(MessageKindRow),
  reasons: Type.Array(Type.Object({ reason: Type.String(), text: Type.String(), count: Type.Integer() })),
});
export type MessageDesk = Static<typeof MessageDesk>;

export const NoticeQuery = Type.Intersect([
  PageQuery,
  Type.Object({ kind: Type.Optional(InboxKind), state: Type.Optional(NoticeState) }),
]);
export type NoticeQuery = Static<typeof NoticeQuery>;

export const NoticeRow = Type.Object({
  noticeId: Id,
  buyerName: Type.String(),
  kind: InboxKind,
  kindTitle: Type.String(),
  title: Type.String(),
  body: Type.String(),
  state: NoticeState,
  channel: Nullable(NoticeChannel),
  /** Why it was held back, failed or waits; empty when it went out. */
  reasonText: Type.String(),
  createdAt: Instant,
  /** Waiting: when it is looked at next. */
  dueAt: Instant,
  decidedAt: Nullable(Instant),
  openedAt: Nullable(Instant),
});
export type NoticeRow = Static<typeof NoticeRow>;
export const NoticeLog = NumberedPage(NoticeRow);
export type NoticeLog = Static<typeof NoticeLog>;

const hour = (least: number) => Type.Integer({ minimum: least, maximum: 24 });
/** A message to the shop's members, in hours of the day that suit it (夜间时段 20–23). */
export const NewCampaign = Type.Object({
  /** Chosen by the client, so that a repeated request makes one campaign. */
  campaignId: Id,
  name: Type.String({ minLength: 1, maxLength: 20 }),
  body: Type.String({ minLength: 1, maxLength: 60 }),
  /** A page of the storefront. */
  page: Type.String({ pattern: '^/?(pages|packages)/[\\w/-]+(\\?[\\w=&%-]*)?$', maxLength: 200 }),
  tiers: Type.Array(Type.Enum(['bronze', 'silver', 'gold', 'diamond']), {
    uniqueItems: true,
    description: 'empty: all',
  }),
  startsAt: Instant,
  endsAt: Instant,
  hourFrom: Type.Integer({ minimum: 0, maximum: 23 }),
  hourUntil: hour(1),
});
export type NewCampaign = Static<typeof NewCampaign>;

export const Campaign = Type.Intersect([
  NewCampaign,
  Type.Object({
    state: Type.Enum(['planned', 'running', 'done', 'stopped']),
    proposed: Type.Integer(),
    sent: Type.Integer(),
    opened: Type.Integer(),
    suppressed: Type.Integer(),
    createdBy: Type.String(),
  }),
]);
export type Campaign = Static<typeof Campaign>;
export const CampaignQuery = PageQuery;
export type CampaignQuery = Static<typeof CampaignQuery>;
export const CampaignPage = NumberedPage(Campaign);
export type CampaignPage = Static<typeof CampaignPage>;
