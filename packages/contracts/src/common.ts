/** Building blocks every contract shares. Amounts are integer fen (1 yuan = 100 fen); instants are ISO 8601 UTC. */
import { type Static, type TSchema, Type } from 'typebox';

export const Id = Type.String({ format: 'uuid', description: 'UUIDv7' });
export const OrderNo = Type.String({ pattern: '^[0-9]{20}$', description: '20 digits: time, shard hint, random' });
export const Fen = Type.Integer({ minimum: 0, description: 'integer fen, 100 fen = 1 yuan' });
export const Instant = Type.String({ format: 'date-time', description: 'UTC instant' });
export const CalendarDate = Type.String({ format: 'date', description: 'calendar day in Asia/Shanghai' });
export const Cursor = Type.String({ maxLength: 400, description: 'opaque keyset position from nextCursor' });

/** Keyset page for shoppers: no count, the cursor leads on. */
export const CursorPage = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), nextCursor: Type.Union([Cursor, Type.Null()]) });

/** Numbered page for the console. `total` stops counting at 10,000. */
export const NumberedPage = <T extends TSchema>(item: T) =>
  Type.Object({
    items: Type.Array(item),
    total: Type.Integer({ minimum: 0 }),
    page: Type.Integer({ minimum: 1 }),
    pageSize: Type.Integer({ minimum: 1 }),
  });

export const PageQuery = Type.Object({
  page: Type.Integer({ minimum: 1, maximum: 1000, default: 1 }),
  pageSize: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
});
export type PageQuery = Static<typeof PageQuery>;

export const CursorQuery = Type.Object({
  cursor: Type.Optional(Cursor),
  limit: Type.Integer({ minimum: 1, maximum: 50, default: 20 }),
});
export type CursorQuery = Static<typeof CursorQuery>;

export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** The single shape of every failed reply. */
export const ErrorReply = Type.Object({
  error: Type.Object({
    code: Type.String({ description: 'module.reason, stable; switch on it' }),
    message: Type.String({ description: 'Chinese, fit to show' }),
    details: Type.Optional(Type.Unknown()),
    requestId: Type.String(),
  }),
});
export type ErrorReply = Static<typeof ErrorReply>;

/** A picture served by /media: `variants` are WebP urls by width in px; `url` is the fallback for clients without WebP. */
export const Picture = Type.Object({
  mediaId: Id,
  url: Type.String(),
  webp: Type.Object({ w320: Type.String(), w750: Type.String(), w1080: Type.String() }),
  width: Type.Integer(),
  height: Type.Integer(),
  alt: Type.String(),
});
export type Picture = Static<typeof Picture>;

export const NoContent = Type.Null({ description: 'done, nothing to say' });
