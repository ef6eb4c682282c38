/** Complaints of WeChat Pay as the shop works with them. */
import { type Static, Type } from 'typebox';
import { Fen, Id, Instant, Nullable, NumberedPage, OrderNo, PageQuery } from '../common.ts';

export const ComplaintId = Type.String({ pattern: '^[0-9A-Za-z]{1,64}$' });
export const ComplaintState = Type.Enum(['PENDING', 'PROCESSING', 'PROCESSED']);
export type ComplaintState = Static<typeof ComplaintState>;

export const ComplaintQuery = Type.Object({ ...PageQuery.properties, state: Type.Optional(ComplaintState) });
export type ComplaintQuery = Static<typeof ComplaintQuery>;

const row = {
  complaintId: ComplaintId,
  state: ComplaintState,
  problemType: Type.String({ description: 'REFUND, SERVICE_NOT_WORK, OTHERS' }),
  detail: Type.String(),
  amount: Fen,
  /** null: of a trade this install does not know. */
  orderNo: Nullable(OrderNo),
  times: Type.Integer(),
  hasPlatform: Type.Boolean({ description: 'WeChat’s people have stepped in' }),
  isWaiting: Type.Boolean({ description: 'the payer spoke last' }),
  complainedAt: Instant,
  answerBy: Nullable(Instant),
  closeBy: Nullable(Instant),
  clock: Type.Enum(['calm', 'near', 'late']),
};
export const ComplaintRow = Type.Object(row);
export type ComplaintRow = Static<typeof ComplaintRow>;
export const ComplaintPage = NumberedPage(ComplaintRow);
export type ComplaintPage = Static<typeof ComplaintPage>;

/** What speaks for the shop, gathered by itself. */
export const ComplaintEvidence = Type.Object({
  orderNo: Nullable(OrderNo),
  facts: Type.Array(Type.Object({ name: Type.String(), value: Type.String() })),
  timeline: Type.Array(Type.Object({ at: Instant, text: Type.String(), actor: Type.String() })),
  parcels: Type.Array(
    Type.Object({
      carrier: Type.String(),
      waybillNo: Type.String(),
      nodes: Type.Array(Type.Object({ at: Instant, text: Type.String() }), { description: 'newest first' }),
    }),
  ),
  refunds: Type.Array(Type.Object({ at: Instant, text: Type.String() })),
});
export type ComplaintEvidence = Static<typeof ComplaintEvidence>;

export const ComplaintDetail = Type.Object({
  ...row,
  refundWanted: Fen,
  isRefunded: Type.Boolean(),
  transactionId: Type.String(),
  phone: Type.String({ description: 'masked' }),
  entries: Type.Array(
    Type.Object({
      entryId: Type.String(),
      side: Type.Enum(['payer', 'shop', 'platform', 'note']),
      operator: Type.String(),
      text: Type.String(),
      images: Type.Integer(),
      at: Instant,
    }),
  ),
  /** Answers WeChat has not taken yet, or refused. */
  unsent: Type.Array(
    Type.Object({
      answerId: Id,
      kind: Type.Enum(['response', 'complete']),
      text: Type.String(),
      staffName: Type.String(),
      at: Instant,
      isRefused: Type.Boolean(),
    }),
  ),
  evidence: ComplaintEvidence,
  draft: Type.String({ description: 'a first answer, from the evidence' }),
});
export type ComplaintDetail = Static<typeof ComplaintDetail>;

export const AnswerComplaint = Type.Object({
  answerId: Id,
  text: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
});
export type AnswerComplaint = Static<typeof AnswerComplaint>;
export const CompleteComplaint = Type.Object({ answerId: Id });
export type CompleteComplaint = Static<typeof CompleteComplaint>;
export const NoteComplaint = Type.Object({ text: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }) });
export type NoteComplaint = Static<typeof NoteComplaint>;
