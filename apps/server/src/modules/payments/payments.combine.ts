/**
 * 合单支付: one payment sheet for orders of several shops, each of which takes its part under a merchant number of its own.
 * A combined trade is one attempt whose parts are WeChat's sub orders; all of them are paid or none. The service provider's
 * form (`sub_mchid`) is unverified against the real host, so it stands behind a setting (`payments.combined`).
 */
import type { Executor, Tx } from '#platform/database/database.ts';
import type { Payment } from './payments.repository.ts';
import type { PaymentPart, SubTrade } from './payments.tables.ts';
import type { CombinedTransaction, Transaction } from './payments.wechat.types.ts';

/** As many sub orders as a service provider may send in one call. */
const mostParts = 50;

/** The parts' numbers are the whole's with a count behind, so that whoever quotes one leads to the whole. */
export function planParts(
  outTradeNo: string,
  parts: readonly PaymentPart[] | null,
  merchants: ReadonlyMap<string, string>,
): SubTrade[] | null {
  // Nothing can be asked for an order that owes nothing.
  const owing = parts?.filter(({ amount }) => amount > 0) ?? [];
  if (owing.length < 2 || owing.length > mostParts || owing.some(({ shopId }) => !merchants.has(shopId))) return null;
  return owing.map((part, index) => ({
    ...part,
    outTradeNo: `${outTradeNo}-${index + 1}`,
    subMchId: merchants.get(part.shopId) ?? '',
    transactionId: null,
  }));
}

export const isCombinedTransaction = (resource: unknown): resource is CombinedTransaction =>
  typeof resource === 'object' && resource !== null && 'combine_out_trade_no' in resource && 'sub_orders' in resource;

/** As one trade: paid when all parts are, its number that of the first part. */
export function wholeOf(said: CombinedTransaction): Transaction {
  const subs = [...said.sub_orders].sort((left, right) => (left.out_trade_no < right.out_trade_no ? -1 : 1));
  const [first] = subs;
  // A part that was given back was paid before.
  const isPaid = subs.length > 0 && subs.every(({ trade_state: state }) => state === 'SUCCESS' || state === 'REFUND');
  const isClosed = subs.length > 0 && subs.every(({ trade_state: state }) => state === 'CLOSED');
  return {
    appid: said.combine_appid,
    mchid: said.combine_mchid,
    out_trade_no: said.combine_out_trade_no,
    trade_state: isPaid ? 'SUCCESS' : isClosed ? 'CLOSED' : 'NOTPAY',
    ...(isPaid && first?.transaction_id ? { transaction_id: first.transaction_id } : {}),
    ...(isPaid && first?.success_time ? { success_time: first.success_time } : {}),
    amount: { total: subs.reduce((sum, { amount }) => sum + (amount?.total_amount ?? 0), 0), currency: 'CNY' },
    parts: subs.map((sub) => ({
      outTradeNo: sub.out_trade_no,
      transactionId: sub.transaction_id ?? '',
      total: sub.amount?.total_amount ?? 0,
      subMchId: sub.sub_mchid ?? sub.mchid,
    })),
  };
}

/** Why the parts are not those that were asked for, if so. */
export function findOddPart(said: Transaction['parts'], asked: readonly SubTrade[]): string | undefined {
  if (said?.length !== asked.length) return `${said?.length ?? 0} 笔子单，应为 ${asked.length} 笔`;
  for (const part of asked) {
    const known = said.find(({ outTradeNo }) => outTradeNo === part.outTradeNo);
    if (!known) return `缺少子单 ${part.outTradeNo}`;
    if (known.subMchId !== part.subMchId) return `子单 ${part.outTradeNo} 的商户号是 ${known.subMchId}`;
    if (known.total !== part.amount) return `子单 ${part.outTradeNo} 实付 ${known.total}`;
  }
  return undefined;
}

export async function merchantsOf(db: Executor, shopIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('payments.shopMerchant')
    .select(['shopId', 'subMchId'])
    .where('shopId', 'in', [...shopIds])
    .execute();
  return new Map(rows.map(({ shopId, subMchId }) => [shopId, subMchId]));
}

/** The part of a combined payment that an order's refunds draw on. */
export async function partOf(
  tx: Tx,
  { buyerId, paidOutTradeNo, isCombined }: Payment,
  orderNo: string,
): Promise<{ partTradeNo: string; partTotal: number; subMchId: string } | undefined> {
  if (!isCombined || paidOutTradeNo === null) return undefined;
  const attempt = await tx
    .selectFrom('payments.attempt')
    .select('parts')
    .where('buyerId', '=', buyerId)
    .where('outTradeNo', '=', paidOutTradeNo)
    .executeTakeFirst();
  const part = attempt?.parts?.find((one) => one.orderNo === orderNo);
  return part && { partTradeNo: part.outTradeNo, partTotal: part.amount, subMchId: part.subMchId };
}

export interface ShopMerchant {
  subMchId: string | null;
  setBy: string | null;
  setAt: Date | null;
}
export async function readShopMerchant(db: Executor, shopId: string): Promise<ShopMerchant> {
  const row = await db
    .selectFrom('payments.shopMerchant')
    .select(['subMchId', 'setBy', 'setAt'])
    .where('shopId', '=', shopId)
    .executeTakeFirst();
  return row ?? { subMchId: null, setBy: null, setAt: null };
}

/** null takes it away: the shop's orders are then paid to the install's own merchant, as before. */
export async function writeShopMerchant(
  tx: Tx,
  shopId: string,
  { subMchId, by, at }: { subMchId: string | null; by: string; at: Date },
): Promise<void> {
  if (subMchId === null)
    return void (await tx.deleteFrom('payments.shopMerchant').where('shopId', '=', shopId).execute());
  const change = { subMchId, setBy: by, setAt: at };
  await tx
    .insertInto('payments.shopMerchant')
    .values({ shopId, ...change })
    .onConflict((conflict) => conflict.column('shopId').doUpdateSet(change))
    .execute();
}
