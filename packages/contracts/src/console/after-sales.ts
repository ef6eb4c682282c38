/** After-sale as the merchant works with it. */
import { type Static, Type } from 'typebox';
import { AfterSaleCard, AfterSaleKind, AfterSaleReason, AfterSaleStatus, caseFacts } from '../after-sales.ts';
import { CalendarDate, Fen, Id, Instant, Nullable, NumberedPage, OrderNo, PageQuery, Picture } from '../common.ts';

/** `waiting`: every case that waits for the shop. */
export const CaseFilter = Type.Union([AfterSaleStatus, Type.Literal('waiting')]);
export const ConsoleCaseQuery = Type.Intersect([
  PageQuery,
  Type.Object({
    status: Type.Optional(CaseFilter),
    kind: Type.Optional(AfterSaleKind),
    reason: Type.Optional(AfterSaleReason),
    /** Case or order number (whole or tail ≥ 4), or a product title. */
    q: Type.Optional(Type.String({ maxLength: 60 })),
    from: Type.Optional(CalendarDate),
    to: Type.Optional(CalendarDate),
  }),
]);
export type ConsoleCaseQuery = Static<typeof ConsoleCaseQuery>;

export const ConsoleCaseRow = Type.Intersect([
  AfterSaleCard,
  Type.Object({ reasonText: Type.String(), askCount: Type.Integer() }),
]);
export type ConsoleCaseRow = Static<typeof ConsoleCaseRow>;
export const ConsoleCasePage = NumberedPage(ConsoleCaseRow);
export type ConsoleCasePage = Static<typeof ConsoleCasePage>;
export const ConsoleCaseCounts = Type.Record(Type.String(), Type.Integer());
export type ConsoleCaseCounts = Static<typeof ConsoleCaseCounts>;

export const CaseDecision = Type.Union([
  Type.Literal('agree'),
  Type.Literal('refuse'),
  Type.Literal('offer'),
  Type.Literal('receive'),
  Type.Literal('send'),
  Type.Literal('arbitrate'),
]);
export type CaseDecision = Static<typeof CaseDecision>;

export const ConsoleCase = Type.Intersect([
  AfterSaleCard,
  Type.Object({
    ...caseFacts,
    buyer: Type.Object({ buyerId: Id, nickname: Type.String(), maskedPhone: Nullable(Type.String()) }),
    refundNo: Nullable(Type.String()),
    refundFailed: Type.Boolean(),
    isLogWhole: Type.Boolean({ description: 'the hash chain of the log holds' }),
    timeline: Type.Array(
      Type.Object({ at: Instant, text: Type.String(), actor: Type.String(), pictures: Type.Array(Picture) }),
    ),
    decisions: Type.Array(CaseDecision),
  }),
]);
export type ConsoleCase = Static<typeof ConsoleCase>;

export const RefuseCase = Type.Object({
  reason: Type.String({ minLength: 1, maxLength: 200 }),
});
export type RefuseCase = Static<typeof RefuseCase>;
/** Part of the amount, the buyer keeping the goods. */
export const OfferPart = Type.Object({
  amount: Type.Integer({ minimum: 1 }),
  note: Type.String({ maxLength: 200, default: '' }),
});
export type OfferPart = Static<typeof OfferPart>;
export const ReceiveGoods = Type.Object({
  restock: Type.Boolean({ default: true, description: 'false: not fit to be sold again' }),
});
export type ReceiveGoods = Static<typeof ReceiveGoods>;
export const SendExchange = Type.Object({
  carrierCode: Type.String({ maxLength: 20 }),
  waybillNo: Type.String({ pattern: '^[A-Za-z0-9-]{6,40}$' }),
});
export type SendExchange = Static<typeof SendExchange>;
export const ArbitrateCase = Type.Object({
  verdict: Type.Union([Type.Literal('buyer'), Type.Literal('shop')]),
  note: Type.String({ minLength: 1, maxLength: 500 }),
});
export type ArbitrateCase = Static<typeof ArbitrateCase>;

export const ReturnAddress = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 30 }),
  phone: Type.String({ pattern: '^[0-9-]{7,20}$' }),
  text: Type.String({ minLength: 5, maxLength: 120 }),
});
export type ReturnAddress = Static<typeof ReturnAddress>;
export const ReturnAddressReply = Type.Object({ address: Nullable(ReturnAddress) });
export type ReturnAddressReply = Static<typeof ReturnAddressReply>;

/** How often each reason was given, and for which products (C10-DSP-04). */
export const ReasonReport = Type.Object({
  reasons: Type.Array(
    Type.Object({ reason: AfterSaleReason, reasonText: Type.String(), cases: Type.Integer(), amount: Fen }),
  ),
  products: Type.Array(
    Type.Object({ spuId: Id, title: Type.String(), reasonText: Type.String(), cases: Type.Integer() }),
  ),
});
export type ReasonReport = Static<typeof ReasonReport>;
export const ReasonQuery = Type.Object({
  from: Type.Optional(CalendarDate),
  to: Type.Optional(CalendarDate),
});
export type ReasonQuery = Static<typeof ReasonQuery>;
export const CaseNoParams = Type.Object({ caseNo: OrderNo });
