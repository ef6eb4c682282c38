/** Flash sales as the merchant sets them up. The units leave general stock when the sale is made and come back at its end. */
import { type Static, Type } from 'typebox';
import { Fen, Id, Instant, NumberedPage } from '../common.ts';
import { FlashSaleState } from '../flash-sales.ts';

export const NewFlashSale = Type.Object({
  /** Chosen by the client, so that a repeated request makes one sale. */
  saleId: Id,
  skuId: Id,
  name: Type.String({ minLength: 1, maxLength: 40 }),
  flashPrice: Type.Integer({ minimum: 1 }),
  poolSize: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  buyerLimit: Type.Integer({ minimum: 0, maximum: 99, default: 1 }),
  holdSeconds: Type.Integer({ minimum: 60, maximum: 900, default: 300 }),
  startsAt: Instant,
  endsAt: Instant,
});
export type NewFlashSale = Static<typeof NewFlashSale>;

export const FlashSaleRow = Type.Object({
  saleId: Id,
  skuId: Id,
  spuId: Id,
  name: Type.String(),
  title: Type.String(),
  specText: Type.String(),
  flashPrice: Fen,
  poolSize: Type.Integer(),
  remaining: Type.Integer(),
  /** Places kept for shoppers who have not ordered yet, and units orders have taken over. */
  held: Type.Integer(),
  ordered: Type.Integer(),
  buyerLimit: Type.Integer(),
  holdSeconds: Type.Integer(),
  startsAt: Instant,
  endsAt: Instant,
  state: FlashSaleState,
  createdBy: Type.String(),
});
export type FlashSaleRow = Static<typeof FlashSaleRow>;
export const FlashSalePage = NumberedPage(FlashSaleRow);
export type FlashSalePage = Static<typeof FlashSalePage>;
