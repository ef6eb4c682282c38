/** What placing writes, for one buyer or for many who place in the same moment: statements of one shape. */
import type { PlacedOrder } from '@xiaopu/contracts';
import type { Tx } from '#platform/database/database.ts';
import { fixedQuery, fixedWrite } from '#platform/database/hot-query.ts';
import type { Order, OrderLineRow } from './orders.repository.ts';

const insertPlacementKeys = fixedQuery<
  { buyerId: string; idempotencyKey: string },
  [buyerIds: readonly string[], idempotencyKeys: readonly string[], bodyHashes: readonly string[], at: Date]
>(
  `insert into orders.placement (buyer_id, idempotency_key, body_hash, created_at)
   select buyer_id, idempotency_key, body_hash, $4::timestamptz
   from unnest($1::uuid[], $2::text[], $3::text[]) as asked (buyer_id, idempotency_key, body_hash)
   order by buyer_id, idempotency_key
   on conflict do nothing returning buyer_id, idempotency_key`,
);

export interface PlacementKey {
  buyerId: string;
  idempotencyKey: string;
  bodyHash: string;
}

/** In the order of the keys, so that two callers wait for each other instead of deadlocking. @returns those that are ours now */
export const claimKeys = async (tx: Tx, keys: readonly PlacementKey[], at: Date): Promise<ReadonlySet<string>> => {
  const claimed = await insertPlacementKeys(
    tx,
    keys.map(({ buyerId }) => buyerId),
    keys.map(({ idempotencyKey }) => idempotencyKey),
    keys.map(({ bodyHash }) => bodyHash),
    at,
  );
  return new Set(claimed.map(placementKey));
};
export const placementKey = ({ buyerId, idempotencyKey }: Omit<PlacementKey, 'bodyHash'>): string =>
  `${buyerId} ${idempotencyKey}`;

const deletePlacementKeys = fixedWrite<[buyerIds: readonly string[], idempotencyKeys: readonly string[]]>(
  `delete from orders.placement
   where (buyer_id, idempotency_key) in (select * from unnest($1::uuid[], $2::text[])) and reply is null and intake is null`,
);
/** Claimed in this transaction, and nothing came of it. */
export const dropKeys = (tx: Tx, keys: readonly PlacementKey[]): Promise<void> =>
  deletePlacementKeys(
    tx,
    keys.map(({ buyerId }) => buyerId),
    keys.map(({ idempotencyKey }) => idempotencyKey),
  );

export type NewOrder = Pick<
  Order,
  | 'orderNo'
  | 'shopId'
  | 'shopName'
  | 'reservationId'
  | 'listTotal'
  | 'goodsTotal'
  | 'freight'
  | 'discount'
  | 'payable'
  | 'unitCount'
  | 'remark'
  | 'totals'
  | 'notes'
  | 'coupons'
  | 'shippingHold'
  | 'deposit'
  | 'balanceOpensAt'
  | 'balanceClosesAt'
  | 'shipsBy'
  | 'forfeits'
  | 'poolId'
  | 'recipient'
  | 'recipientLabel'
  | 'phoneTailIndex'
  | 'storeId'
  | 'pickup'
  | 'pickupExpiresAt'
  | 'goods'
  | 'booking'
  | 'consents'
>;
export type NewOrderLine = Omit<
  OrderLineRow,
  'buyerId' | 'shippedQuantity' | 'reviewedAt' | 'refundedQuantity' | 'refundedAmount' | 'withdrawnQuantity'
>;

export interface Placement {
  buyerId: string;
  idempotencyKey: string;
  reply: PlacedOrder;
  paymentId: string;
  heldUntil: Date;
  closesAt: Date;
  createdAt: Date;
  orders: readonly NewOrder[];
  lines: readonly NewOrderLine[];
}

/** Orders, their lines and the replies kept for repeated posts, in one statement however many. */
export async function insertPlacements(tx: Tx, placements: readonly Placement[]): Promise<void> {
  await writePlacements(
    tx,
    JSON.stringify(
      placements.map(({ buyerId, idempotencyKey, reply }) => ({
        buyerId,
        idempotencyKey,
        // As text: a repeated post gets its fields in the order the first one did.
        reply: JSON.stringify(reply),
      })),
    ),
    JSON.stringify(
      placements.flatMap(({ buyerId, paymentId, heldUntil, closesAt, createdAt, orders }) =>
        orders.map((order) => ({ ...order, buyerId, paymentId, heldUntil, closesAt, createdAt })),
      ),
    ),
    JSON.stringify(placements.flatMap(({ buyerId, lines }) => lines.map((line) => ({ ...line, buyerId })))),
  );
}

const writePlacements = fixedWrite<[placements: string, orders: string, lines: string]>(`
  with placed as (
    insert into orders.order (
      buyer_id, order_no, shop_id, shop_name, payment_id, reservation_id, status, list_total, goods_total, freight, discount, payable,
      unit_count, remark, totals, notes, coupons, shipping_hold, deposit, balance_opens_at, balance_closes_at, ships_by, forfeits, pool_id,
      recipient, recipient_label, phone_tail_index, store_id, pickup, pickup_expires_at, goods, booking, consents, held_until, closes_at, created_at
    )
    select o."buyerId", o."orderNo", o."shopId", o."shopName", o."paymentId", o."reservationId", 'pending_payment', o."listTotal",
      o."goodsTotal", o.freight, o.discount, o.payable, o."unitCount", o.remark, o.totals, o.notes, o.coupons, o."shippingHold",
      o.deposit, o."balanceOpensAt", o."balanceClosesAt", o."shipsBy", o.forfeits, o."poolId", o.recipient,
      o."recipientLabel", o."phoneTailIndex", o."storeId", nullif(o.pickup, 'null'), o."pickupExpiresAt", o.goods, nullif(o.booking, 'null'), o.consents,
      o."heldUntil", o."closesAt", o."createdAt"
    from jsonb_to_recordset($2::jsonb) as o (
      "buyerId" uuid, "paymentId" uuid, "heldUntil" timestamptz, "closesAt" timestamptz, "createdAt" timestamptz,
      "orderNo" text, "shopId" uuid, "shopName" text, "reservationId" uuid, "listTotal" int, "goodsTotal" int, freight int, discount int,
      payable int, "unitCount" int, remark text, totals jsonb, notes jsonb, coupons jsonb, "shippingHold" text,
      deposit int, "balanceOpensAt" timestamptz, "balanceClosesAt" timestamptz, "shipsBy" timestamptz, forfeits bool, "poolId" uuid,
      recipient text, "recipientLabel" text, "phoneTailIndex" text, "storeId" uuid, pickup jsonb, "pickupExpiresAt" timestamptz,
      goods text, booking jsonb, consents jsonb
    )
  ), lines as (
    insert into orders.order_line (
      buyer_id, order_no, line_id, shop_id, spu_id, sku_id, sku_code, title, spec_text, picture, quantity, list_price, sale_price, cost,
      payable, discounts, points_used, activity, returnable
    )
    select l."buyerId", l."orderNo", l."lineId", l."shopId", l."spuId", l."skuId", l."skuCode", l.title, l."specText", l.picture,
      l.quantity, l."listPrice", l."salePrice", l.cost, l.payable, l.discounts, l."pointsUsed", l.activity, l.returnable
    from jsonb_to_recordset($3::jsonb) as l (
      "buyerId" uuid, "orderNo" text, "lineId" uuid, "shopId" uuid, "spuId" uuid, "skuId" uuid, "skuCode" text, title text, "specText" text,
      picture jsonb, quantity int, "listPrice" int, "salePrice" int, cost int, payable int, discounts jsonb, "pointsUsed" int, activity jsonb, returnable bool
    )
  )
  update orders.placement known set reply = p.reply::json, intake = null
  from jsonb_to_recordset($1::jsonb) as p ("buyerId" uuid, "idempotencyKey" text, reply text)
  where known.buyer_id = p."buyerId" and known.idempotency_key = p."idempotencyKey"`);
