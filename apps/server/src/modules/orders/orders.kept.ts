/** What of an order was really paid for and is kept: for whoever earns by it. */
import type { OrderStatus } from '@xiaopu/contracts';
import { sql } from 'kysely';
import type { Executor } from '#platform/database/database.ts';
import type { PictureRef } from '#platform/picture.ts';
import type { Order } from './orders.repository.ts';

export interface KeptLine {
  lineId: string;
  spuId: string;
  skuId: string;
  title: string;
  picture: PictureRef;
  /** Paid for the line after every discount, freight apart. */
  payable: number;
  /** Of that, what went or is going back. */
  refundedAmount: number;
}
export interface KeptOrder extends Pick<Order, 'orderNo' | 'shopId' | 'createdAt' | 'completedAt'> {
  status: OrderStatus;
  lines: KeptLine[];
}

/** One statement. */
export const keptOf = (db: Executor, buyerId: string, orderNo: string): Promise<KeptOrder | undefined> =>
  db
    .selectFrom('orders.order as o')
    .select(['o.orderNo', 'o.shopId', 'o.status', 'o.createdAt', 'o.completedAt'])
    .select(
      sql<KeptLine[]>`(
        select json_agg(json_build_object('lineId', l.line_id, 'spuId', l.spu_id, 'skuId', l.sku_id, 'title', l.title,
          'picture', l.picture, 'payable', l.payable, 'refundedAmount', l.refunded_amount) order by l.line_id)
        from orders.order_line l where l.buyer_id = o.buyer_id and l.order_no = o.order_no)`.as('lines'),
    )
    .where('o.buyerId', '=', buyerId)
    .where('o.orderNo', '=', orderNo)
    .executeTakeFirst();
