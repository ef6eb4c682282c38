/** After-sale as the shopper sees it: refund only, return with goods, exchange. Amounts are always the server's. */
import { type Static, Type } from 'typebox';
import { CursorPage, CursorQuery, Fen, Id, Instant, Nullable, OrderNo, Picture } from './common.ts';
import { TrackNode } from './orders.ts';

export const AfterSaleKind = Type.Union([
  Type.Literal('refund'), // money only
  Type.Literal('return'), // goods back, then money
  Type.Literal('exchange'), // goods back, then others
]);
export type AfterSaleKind = Static<typeof AfterSaleKind>;

export const AfterSaleStatus = Type.Union([
  Type.Literal('applied'), // waits for the shop
  Type.Literal('refused'), // by the shop; the buyer may ask again
  Type.Literal('offered'), // the shop offers a part; waits for the buyer
  Type.Literal('returning'), // agreed: waits for the buyer's parcel
  Type.Literal('returned'), // on its way to the shop
  Type.Literal('exchanging'), // goods received: waits for the new parcel
  Type.Literal('sent'), // new parcel on its way
  Type.Literal('refunding'), // money on its way
  Type.Literal('refunded'),
  Type.Literal('completed'), // exchange received
  Type.Literal('escalated'), // the platform decides
  Type.Literal('closed'), // given up by the buyer, in person or by silence
]);
export type AfterSaleStatus = Static<typeof AfterSaleStatus>;

export const AfterSaleReason = Type.Union([
  Type.Literal('changed_mind'),
  Type.Literal('wrong_order'),
  Type.Literal('wrong_address'),
  Type.Literal('shop_out_of_stock'),
  Type.Literal('not_received'),
  Type.Literal('quality'),
  Type.Literal('not_as_described'),
  Type.Literal('missing_parts'),
  Type.Literal('wrong_goods'),
  Type.Literal('damaged'),
  Type.Literal('no_reason'),
  Type.Literal('does_not_fit'),
  Type.Literal('other'),
]);
export type AfterSaleReason = Static<typeof AfterSaleReason>;

export const AfterSaleAction = Type.Union([
  Type.Literal('ship_back'),
  Type.Literal('accept_offer'),
  Type.Literal('decline_offer'),
  Type.Literal('edit'),
  Type.Literal('escalate'),
  Type.Literal('confirm'),
  Type.Literal('cancel'),
]);
export type AfterSaleAction = Static<typeof AfterSaleAction>;

const Pieces = Type.Object({ lineId: Id, quantity: Type.Integer({ minimum: 1, maximum: 9999 }) });
const pieces = Type.Array(Pieces, { minItems: 1, maxItems: 50 });
const CaseNo = OrderNo;

/** What of an order may be asked for, line by line, and with which reasons. */
export const AfterSaleOptions = Type.Object({
  orderNo: OrderNo,
  shopName: Type.String(),
  /** Said when nothing can be asked for at all. */
  refusal: Nullable(Type.String()),
  lines: Type.Array(
    Type.Object({
      lineId: Id,
      spuId: Id,
      title: Type.String(),
      specText: Type.String(),
      picture: Picture,
      quantity: Type.Integer(),
      /** Most pieces by kind; 0 means that this kind is not possible for the line. */
      most: Type.Object({ refund: Type.Integer(), return: Type.Integer(), exchange: Type.Integer() }),
      /** The case that is open for the line. */
      openCaseNo: Nullable(CaseNo),
    }),
  ),
  reasons: Type.Object({
    refund: Type.Array(Type.Object({ reason: AfterSaleReason, text: Type.String() })),
    return: Type.Array(Type.Object({ reason: AfterSaleReason, text: Type.String() })),
    exchange: Type.Array(Type.Object({ reason: AfterSaleReason, text: Type.String() })),
  }),
});
export type AfterSaleOptions = Static<typeof AfterSaleOptions>;

export const QuoteAfterSale = Type.Object({
  orderNo: OrderNo,
  kind: AfterSaleKind,
  reason: Type.Optional(AfterSaleReason),
  lines: pieces,
});
export type QuoteAfterSale = Static<typeof QuoteAfterSale>;
export const ReturnFreightBy = Type.Enum(['shop', 'buyer']);
export type ReturnFreightBy = Static<typeof ReturnFreightBy>;
/** Who pays the way back; null when nothing goes back. */
export const ReturnFreight = Type.Object({ by: ReturnFreightBy, text: Type.String() });
export const AfterSaleQuote = Type.Object({
  amount: Fen,
  goodsAmount: Fen,
  freight: Fen,
  note: Type.String({ description: 'how the amount comes about' }),
  returnFreight: Nullable(ReturnFreight),
});
export type AfterSaleQuote = Static<typeof AfterSaleQuote>;

const asking = {
  kind: AfterSaleKind,
  reason: AfterSaleReason,
  description: Type.String({ maxLength: 500, default: '' }),
  mediaIds: Type.Array(Id, { maxItems: 9, uniqueItems: true, default: [] }),
};
export const ApplyAfterSale = Type.Object({ orderNo: OrderNo, lines: pieces, ...asking });
export type ApplyAfterSale = Static<typeof ApplyAfterSale>;
/** Asking again: for the same lines. */
export const EditAfterSale = Type.Object({ lines: pieces, ...asking });
export type EditAfterSale = Static<typeof EditAfterSale>;

export const ShipBack = Type.Object({
  carrierCode: Type.String({ maxLength: 20 }),
  waybillNo: Type.String({ pattern: '^[A-Za-z0-9-]{6,40}$' }),
});
export type ShipBack = Static<typeof ShipBack>;
export const EscalateAfterSale = Type.Object({ note: Type.String({ minLength: 1, maxLength: 500 }) });
export type EscalateAfterSale = Static<typeof EscalateAfterSale>;

const CaseLine = Type.Object({
  lineId: Id,
  spuId: Id,
  title: Type.String(),
  specText: Type.String(),
  picture: Picture,
  quantity: Type.Integer(),
  amount: Fen,
});

export const AfterSaleCard = Type.Object({
  caseNo: CaseNo,
  orderNo: OrderNo,
  shopId: Id,
  shopName: Type.String(),
  kind: AfterSaleKind,
  kindText: Type.String(),
  status: AfterSaleStatus,
  statusText: Type.String(),
  amount: Fen,
  lines: Type.Array(CaseLine),
  /** When the current step ends by itself. */
  deadline: Nullable(Instant),
  createdAt: Instant,
});
export type AfterSaleCard = Static<typeof AfterSaleCard>;
export const AfterSalePage = CursorPage(AfterSaleCard);
export type AfterSalePage = Static<typeof AfterSalePage>;
export const AfterSaleQuery = Type.Intersect([CursorQuery, Type.Object({ orderNo: Type.Optional(OrderNo) })]);
export type AfterSaleQuery = Static<typeof AfterSaleQuery>;

export const CaseParcel = Type.Object({
  carrierCode: Type.String(),
  carrierName: Type.String(),
  waybillNo: Type.String(),
  at: Instant,
});
export type CaseParcel = Static<typeof CaseParcel>;

export const caseFacts = {
  goodsAmount: Fen,
  freight: Fen,
  returnFreight: Nullable(ReturnFreight),
  headline: Type.String({ description: 'what happens next and by when' }),
  reason: AfterSaleReason,
  reasonText: Type.String(),
  description: Type.String(),
  evidence: Type.Array(Picture),
  askCount: Type.Integer(),
  refusal: Nullable(Type.String()),
  offer: Nullable(Type.Object({ amount: Fen, note: Type.String() })),
  returnAddress: Nullable(Type.Object({ name: Type.String(), phone: Type.String(), text: Type.String() })),
  returnParcel: Nullable(CaseParcel),
  exchangeParcel: Nullable(CaseParcel),
  endedAt: Nullable(Instant),
};

export const AfterSaleDetail = Type.Intersect([
  AfterSaleCard,
  Type.Object({
    ...caseFacts,
    timeline: Type.Array(
      Type.Object({ at: Instant, text: Type.String(), actor: Type.String(), pictures: Type.Array(Picture) }),
    ),
    /** Most useful first; the first is the one primary button. */
    actions: Type.Array(AfterSaleAction),
    /** While the goods are to be sent back: with whom they can go. */
    carriers: Type.Array(Type.Object({ code: Type.String(), name: Type.String() })),
  }),
]);
export type AfterSaleDetail = Static<typeof AfterSaleDetail>;

export const CaseTrack = Type.Object({
  parcels: Type.Array(
    Type.Object({
      direction: Type.Union([Type.Literal('return'), Type.Literal('exchange')]),
      carrierName: Type.String(),
      waybillNo: Type.String(),
      nodes: Type.Array(TrackNode, { description: 'newest first' }),
    }),
  ),
});
export type CaseTrack = Static<typeof CaseTrack>;
