/** Moves that buyer, shop, platform and timer share. Callers hold the order's lock, then the case's. */
import type { AfterSaleStatus } from '@xiaopu/contracts';
import { formatYuan } from '@xiaopu/money';
import type { Tx } from '#platform/database/database.ts';
import { AppError } from '#platform/errors.ts';
import type { PictureRef } from '#platform/picture.ts';
import type { ReturnableOrder } from '../orders/index.ts';
import { compensation, type FreightRule, isEnded, kindText, quote, reasonText } from './after-sales.domain.ts';
import { exchangeOutOfStock, stateConflict } from './after-sales.errors.ts';
import { deadlineOf, freightRule } from './after-sales.policies.ts';
import type { AfterSalesDeps } from './after-sales.ports.ts';
import type { Case } from './after-sales.repository.ts';
import * as repository from './after-sales.repository.ts';

export interface Held {
  order: ReturnableOrder;
  found: Case;
}
export type Moves = ReturnType<typeof createMoves>;

export const system = '系统';

export function createMoves(deps: AfterSalesDeps) {
  const { clock, outbox, policies, fieldCipher, orders, inventory } = deps;

  const ruleOf = (shopId: string) => policies.get(freightRule, shopId) as FreightRule;

  /** One step with its log entry, its deadline and its event. */
  async function step(
    tx: Tx,
    found: Case,
    to: AfterSaleStatus,
    {
      text,
      actor,
      pictures,
      ...change
    }: { text: string; actor: string; pictures?: PictureRef[] } & Parameters<typeof repository.moveCase>[3],
  ): Promise<void> {
    const { buyerId, caseNo, orderNo, shopId } = found;
    const now = clock.now();
    await repository.moveCase(tx, found, to, {
      ...change,
      deadline: deadlineOf(
        policies,
        { shopId, kind: change.kind ?? found.kind, wasShipped: change.wasShipped ?? found.wasShipped },
        to,
        now,
      ),
      ...(isEnded(to) && { endedAt: now }),
    });
    await repository.addEvent(tx, found, { text, actor, at: now, ...(pictures && { pictures }) });
    if (isEnded(to)) await orders.pauseReceipt(tx, buyerId, orderNo, false);
    await outbox.publish(tx, 'after_sales.case_moved', { buyerId, caseNo, orderNo, shopId, status: to });
  }

  async function giveExchangeBack(tx: Tx, found: Case, reason: string): Promise<void> {
    if (found.kind === 'exchange') await inventory.restock(tx, found.exchangeReservationId, reason);
  }

  async function close(tx: Tx, found: Case, { text, actor }: { text: string; actor: string }): Promise<void> {
    await giveExchangeBack(tx, found, text);
    await step(tx, found, 'closed', { text, actor });
  }

  /** Money goes back: recounted under the lock, so that the last piece of the order brings what is left. */
  async function refund(
    tx: Tx,
    { order, found }: Held,
    { actor, text, part }: { actor: string; text: string | ((amount: number) => string); part?: number },
  ): Promise<void> {
    const { buyerId, orderNo, caseNo, shopId, refundNo, reason } = found;
    const asked = await repository.linesOf(tx, found);
    const left = new Map(order.lines.map((line) => [line.lineId, line.quantity - line.refundedQuantity]));
    if (asked.some(({ lineId, quantity }) => quantity > (left.get(lineId) ?? 0)))
      return close(tx, found, { text: '订单已整单退款，售后关闭', actor: system });
    const isFree = found.returnFreightBy === 'shop';
    const full = quote(order, asked, { rule: ruleOf(shopId), reason, isFree });
    const share = part === undefined || part >= full.goodsAmount ? full : compensation(full, part);
    const { goodsAmount, freight, lines } = share;
    const said = typeof text === 'string' ? text : text(goodsAmount + freight);
    await step(tx, found, 'refunding', { text: said, actor, goodsAmount, freight });
    await repository.setLineAmounts(tx, { buyerId, caseNo }, lines);
    await orders.refundPart(tx, buyerId, orderNo, {
      refundNo,
      reason: `${kindText[found.kind]}：${reasonText[reason]}`,
      requestedBy: actor,
      freight,
      lines,
    });
  }

  /** The shop's address as it is now; without one the buyer is told to ask. */
  async function addressFor(tx: Tx, { shopId, shopName }: Case): Promise<string> {
    const sealed = await repository.returnAddress(tx, shopId);
    if (sealed) return sealed;
    const shop = (await deps.shops(tx, [shopId])).get(shopId);
    const text = `${shop?.shipsFrom ?? ''} 请联系商家客服确认退货地址`.trim();
    return fieldCipher.encrypt(JSON.stringify({ name: shop?.name ?? shopName, phone: shop?.servicePhone ?? '', text }));
  }

  return {
    step,
    close,
    refund,
    ruleOf,
    giveExchangeBack,

    /** An exchange that cannot be: the same pieces for money. */
    async asReturn(tx: Tx, { order, found }: Held): Promise<Case> {
      const share = quote(order, await repository.linesOf(tx, found), {
        rule: ruleOf(found.shopId),
        reason: found.reason,
        isFree: found.returnFreightBy === 'shop',
      });
      const change = { kind: 'return' as const, goodsAmount: share.goodsAmount, freight: share.freight };
      await repository.changeCase(tx, found, change);
      await repository.setLineAmounts(tx, found, share.lines);
      return { ...found, ...change };
    },

    /** Refund only: money at once. Otherwise the goods come back first; exchanged pieces are reserved now. */
    async agree(tx: Tx, held: Held, { actor, text }: { actor: string; text: string }): Promise<void> {
      const { found } = held;
      if (found.kind === 'refund') return refund(tx, held, { actor, text });
      if (found.kind === 'exchange') {
        const { buyerId, exchangeReservationId: reservationId } = found;
        const lines = (await repository.linesOf(tx, found)).map(({ skuId, quantity }) => ({ skuId, quantity }));
        try {
          await inventory.reserve(tx, { reservationId, buyerId, lines, until: clock.now() });
        } catch (error) {
          // Thrown before anything was written, so the transaction goes on.
          if (error instanceof AppError && error.code === 'inventory.out_of_stock') throw exchangeOutOfStock();
          throw error;
        }
        await inventory.confirm(tx, reservationId);
      }
      await step(tx, found, 'returning', { text, actor, returnAddress: await addressFor(tx, found) });
    },

    /** The goods are here. On the shelf again unless unfit; then money, or the new parcel's turn. */
    async receive(
      tx: Tx,
      held: Held,
      { actor, text, restock }: { actor: string; text: string; restock: boolean },
    ): Promise<void> {
      const { found } = held;
      const { caseNo, orderNo } = found;
      if (found.status !== 'returned') throw stateConflict({ status: found.status });
      if (restock && !found.isRestocked) {
        const lines = (await repository.linesOf(tx, found)).map(({ skuId, quantity }) => ({ skuId, quantity }));
        await inventory.takeBack(tx, {
          // Its own id a case, so that goods come in once.
          requestId: requestIdOf(caseNo),
          lines,
          reference: orderNo,
          actor,
          note: `售后退货 ${caseNo}`,
        });
        await repository.changeCase(tx, found, { isRestocked: true });
      }
      if (found.kind === 'exchange') await step(tx, found, 'exchanging', { text, actor });
      else await refund(tx, held, { actor, text: (amount) => `${text}，退款 ¥${formatYuan(amount)}` });
    },
  };
}

/** The ledger's request ids are UUIDs; a case number is 20 digits. The same number always gives the same id. */
const requestIdOf = (caseNo: string): string =>
  `${caseNo.slice(0, 8)}-${caseNo.slice(8, 12)}-8000-9000-${caseNo.slice(12).padStart(12, '0')}`;
