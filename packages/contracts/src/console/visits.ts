/** Campaign links with what came of them, channels side by side, and who comes back month by month. */
import { type Static, Type } from 'typebox';
import { Fen, Instant, NumberedPage } from '../common.ts';
import { VisitChannel } from '../visits.ts';

export type { VisitChannel };

/** A storefront page with its query, without a leading slash. */
const pagePattern = '^(pages|packages)/[a-z0-9/-]{3,60}(\\?[A-Za-z0-9=&_-]{1,120})?$';

export const NewCampaignLink = Type.Object(
  {
    /** Chosen by the client, so that a repeated request makes one link. */
    code: Type.String({ pattern: '^[2-9a-hjkmnp-z]{8}$' }),
    channel: VisitChannel,
    name: Type.String({ minLength: 1, maxLength: 40 }),
    page: Type.String({ pattern: pagePattern }),
    /** What the campaign cost: compared with the new buyers it brought. */
    cost: Type.Optional(Fen),
  },
  { additionalProperties: false },
);
export type NewCampaignLink = Static<typeof NewCampaignLink>;

export const CampaignLink = Type.Object({
  code: Type.String(),
  channel: VisitChannel,
  name: Type.String(),
  page: Type.String(),
  url: Type.String(),
  /** For a menu of the official account, an article, or a card in a community. */
  miniPath: Type.String(),
  cost: Fen,
  isOpen: Type.Boolean(),
  createdBy: Type.String(),
  createdAt: Instant,
  visits: Type.Integer(),
  visitors: Type.Integer(),
  /** Nothing was known of them before. */
  newcomers: Type.Integer(),
  joined: Type.Integer(),
  /** Owed to it as the last way within the window. */
  orders: Type.Integer(),
  paidOrders: Type.Integer(),
  payers: Type.Integer(),
  amount: Fen,
  returned: Fen,
});
export type CampaignLink = Static<typeof CampaignLink>;
export const CampaignLinkPage = NumberedPage(CampaignLink);
export type CampaignLinkPage = Static<typeof CampaignLinkPage>;

export const ChannelReport = Type.Object({
  days: Type.Integer(),
  items: Type.Array(
    Type.Object({
      channel: VisitChannel,
      visitors: Type.Integer(),
      newcomers: Type.Integer(),
      joined: Type.Integer(),
      orders: Type.Integer(),
      paidOrders: Type.Integer(),
      /** Paid orders whose buyer first came this way, whichever way was the last. */
      paidFirst: Type.Integer(),
      /** Paid and not given back. */
      kept: Fen,
    }),
  ),
});
export type ChannelReport = Static<typeof ChannelReport>;

/** Of the members who were here in a month: how many came again in the next. */
const Retained = Type.Object({ active: Type.Integer(), back: Type.Integer() });
export const MonthlyRetention = Type.Object({
  months: Type.Array(
    Type.Object({
      month: Type.String({ description: 'YYYY-MM; the month after it is over or running' }),
      isRunning: Type.Boolean({ description: 'the next month is not over: more may come back' }),
      /** Earned or spent points in that month. */
      withPoints: Retained,
      others: Retained,
    }),
  ),
});
export type MonthlyRetention = Static<typeof MonthlyRetention>;
