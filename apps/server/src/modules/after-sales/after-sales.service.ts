/** The door of after-sale: the buyer's steps, the shop's, the platform's, and what time and money do by themselves. */
import type {
  AfterSaleDetail,
  AfterSalePage,
  AfterSaleQuery,
  CaseTrack,
  EditAfterSale,
  EventPayloads,
  ShipBack,
} from '@xiaopu/contracts';
import type {
  ArbitrateCase,
  ConsoleCase,
  ConsoleCasePage,
  ConsoleCaseQuery,
  ReasonQuery,
  ReasonReport,
  ReturnAddress,
} from '@xiaopu/contracts/console';
import { formatYuan } from '@xiaopu/money';
import { dayMs, startOfShanghaiDay } from '#platform/clock.ts';
import type { Db, Executor, Tx } from '#platform/database/database.ts';
import { createAsking } from './after-sales.asking.ts';
import { canMove, decodeCursor, encodeCursor, reasonText } from './after-sales.domain.ts';
import {
  carrierUnknown,
  caseUnknown,
  escalationEarly,
  offerTooHigh,
  stateConflict,
  waybillMismatch,
} from './after-sales.errors.ts';
import { createMoves, type Held, system } from './after-sales.moves.ts';
import { escalateAfter, windowDays } from './after-sales.policies.ts';
import type { AfterSalesDeps } from './after-sales.ports.ts';
import * as reading from './after-sales.reading.ts';
import * as repository from './after-sales.repository.ts';
import type { StoredParcel } from './after-sales.tables.ts';
import { createTimers } from './after-sales.timers.ts';
import { buyerDetail, card, consoleCase, consoleRow } from './after-sales.view.ts';

export type AfterSales = ReturnType<typeof createAfterSales>;

const reportDays = 30;
const buyer = '买家';
const platform = '平台';

export function createAfterSales(deps: AfterSalesDeps) {
  const { clock, policies, fieldCipher, orders, inventory, logistics, toPicture } = deps;
  const moves = createMoves(deps);
  const asking = createAsking(deps, moves);

  /** The order's lock first, then the case's: the order every caller locks in. */
  async function hold(tx: Tx, key: { buyerId: string; caseNo: string; orderNo: string } | undefined): Promise<Held> {
    const order = key && (await orders.lockReturnable(tx, key.buyerId, key.orderNo));
    const found = order && (await repository.lockCase(tx, key.buyerId, key.caseNo));
    if (!order || !found) throw caseUnknown();
    return { order, found };
  }
  const holdOfBuyer = async (tx: Tx, buyerId: string, caseNo: string) =>
    hold(tx, await repository.keyOfBuyer(tx, buyerId, caseNo));
  const holdOfShop = async (tx: Tx, shopId: string, caseNo: string) =>
    hold(tx, await repository.keyOfShop(tx, shopId, caseNo));

  function need({ found: { status } }: Held, ...wanted: string[]): void {
    if (!wanted.includes(status)) throw stateConflict({ status });
  }

  function parcelOf({ carrierCode, waybillNo: typed }: ShipBack): StoredParcel {
    const carrier = logistics.findCarrier(carrierCode);
    if (!carrier) throw carrierUnknown();
    const waybillNo = typed.replaceAll(/\s/g, '').toUpperCase();
    if (!logistics.fitsCarrier(carrierCode, waybillNo)) throw waybillMismatch({ carrierName: carrier.name });
    return { carrierCode, carrierName: carrier.name, waybillNo, at: clock.now().toISOString() };
  }

  async function trackOf(db: Db, found: reading.DetailedCase | undefined): Promise<CaseTrack> {
    if (!found) throw caseUnknown();
    const { returnAddress, returnParcel, exchangeParcel, exchangePhoneTail } = found;
    const phone = returnAddress ? (JSON.parse(fieldCipher.decrypt(returnAddress)) as ReturnAddress).phone : '';
    const wanted = [
      {
        direction: 'exchange' as const,
        parcel: exchangeParcel,
        tail: exchangePhoneTail && fieldCipher.decrypt(exchangePhoneTail),
      },
      { direction: 'return' as const, parcel: returnParcel, tail: phone.slice(-4) },
    ];
    const parcels = [];
    for (const { direction, parcel, tail } of wanted) {
      if (!parcel) continue;
      const { carrierCode, carrierName, waybillNo } = parcel;
      const { nodes } = await logistics.track(db, { carrierCode, waybillNo, phoneTail: tail ?? '' });
      parcels.push({ direction, carrierName, waybillNo, nodes });
    }
    return { parcels };
  }

  return {
    options: asking.options,
    quote: asking.quote,
    apply: asking.apply,
    ...createTimers(deps, moves, hold),

    async edit(tx: Tx, buyerId: string, caseNo: string, input: EditAfterSale): Promise<void> {
      const held = await holdOfBuyer(tx, buyerId, caseNo);
      need(held, 'applied', 'refused');
      await asking.edit(tx, held, input);
    },

    async cancel(tx: Tx, buyerId: string, caseNo: string): Promise<void> {
      const held = await holdOfBuyer(tx, buyerId, caseNo);
      need(held, 'applied', 'refused', 'offered', 'returning', 'escalated');
      await moves.close(tx, held.found, { text: '买家撤销售后', actor: buyer });
    },

    async shipBack(tx: Tx, buyerId: string, caseNo: string, input: ShipBack): Promise<void> {
      const held = await holdOfBuyer(tx, buyerId, caseNo);
      need(held, 'returning');
      const parcel = parcelOf(input);
      const text = `买家已寄回：${parcel.carrierName} ${parcel.waybillNo}`;
      await moves.step(tx, held.found, 'returned', { text, actor: buyer, returnParcel: JSON.stringify(parcel) });
    },

    async acceptOffer(tx: Tx, buyerId: string, caseNo: string): Promise<void> {
      const held = await holdOfBuyer(tx, buyerId, caseNo);
      need(held, 'offered');
      const part = held.found.offer?.amount ?? 0;
      await moves.refund(tx, held, { actor: buyer, text: `同意退款 ¥${formatYuan(part)}`, part });
    },

    /** The case waits for the shop again; it counts as asked again. */
    async declineOffer(tx: Tx, buyerId: string, caseNo: string): Promise<void> {
      const held = await holdOfBuyer(tx, buyerId, caseNo);
      need(held, 'offered');
      await moves.step(tx, held.found, 'applied', {
        text: '买家不同意协商金额',
        actor: buyer,
        offer: null,
        askCount: held.found.askCount + 1,
      });
    },

    /** By hand once the shop has refused often enough; the next ask escalates by itself (C10-DSP-09). */
    async escalate(tx: Tx, buyerId: string, caseNo: string, note: string): Promise<void> {
      const held = await holdOfBuyer(tx, buyerId, caseNo);
      need(held, 'refused');
      const asks = policies.get(escalateAfter, held.found.shopId);
      if (held.found.askCount < asks) throw escalationEarly({ asks });
      await moves.step(tx, held.found, 'escalated', {
        text: `申请平台介入：${note}`,
        actor: buyer,
        escalatedAt: clock.now(),
      });
    },

    async confirm(tx: Tx, buyerId: string, caseNo: string): Promise<void> {
      const held = await holdOfBuyer(tx, buyerId, caseNo);
      need(held, 'sent');
      await moves.step(tx, held.found, 'completed', { text: '买家确认收到新商品', actor: buyer });
    },

    /** One statement. */
    async list(db: Executor, buyerId: string, { orderNo, cursor, limit }: AfterSaleQuery): Promise<AfterSalePage> {
      const rows = await reading.listOfBuyer(db, buyerId, { orderNo, after: decodeCursor(cursor), limit: limit + 1 });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        items: page.map((found) => card(found, toPicture)),
        nextCursor: rows.length > limit && last ? encodeCursor({ at: last.createdAt, caseNo: last.caseNo }) : null,
      };
    },

    /** One statement. */
    async get(db: Executor, buyerId: string, caseNo: string): Promise<AfterSaleDetail> {
      const found = await reading.findOfBuyer(db, buyerId, caseNo);
      if (!found) throw caseUnknown();
      return buyerDetail(found, {
        ...deps,
        escalateAfter: policies.get(escalateAfter, found.shopId),
        carriers: logistics.carriers,
      });
    },

    /** Asks carriers through the cache, so it runs outside any transaction. */
    track: async (db: Db, buyerId: string, caseNo: string) =>
      trackOf(db, await reading.findOfBuyer(db, buyerId, caseNo)),
    trackOfShop: async (db: Db, shopId: string, caseNo: string) =>
      trackOf(db, await reading.findOfShop(db, shopId, caseNo)),

    /** Two statements. */
    async listOfShop(db: Executor, shopId: string, query: ConsoleCaseQuery): Promise<ConsoleCasePage> {
      const { page, pageSize, status, kind, reason, q, from, to } = query;
      const { rows, total } = await reading.listOfShop(db, shopId, {
        status,
        kind,
        reason,
        text: q?.trim() || undefined,
        from: from ? startOfShanghaiDay(from) : undefined,
        until: to ? new Date(startOfShanghaiDay(to).getTime() + dayMs) : undefined,
        offset: (page - 1) * pageSize,
        limit: pageSize,
      });
      return { items: rows.map((found) => consoleRow(found, toPicture)), total, page, pageSize };
    },
    countsOfShop: reading.countsOfShop,
    countWaiting: reading.countWaiting,

    /** Whether anything of the order may still go back. One statement. */
    hasOpenCase: async (db: Executor, buyerId: string, orderNo: string): Promise<boolean> =>
      (await repository.openLines(db, buyerId, orderNo)).length > 0,

    /** Days after receipt in which a case can be opened. */
    windowDays: (shopId: string): number => policies.get(windowDays, shopId),

    /** Two statements: the case with lines and log, and the buyer's name. */
    async getOfShop(db: Executor, shopId: string, caseNo: string): Promise<ConsoleCase> {
      const found = await reading.findOfShop(db, shopId, caseNo);
      if (!found) throw caseUnknown();
      const names = await deps.buyerNames(db, [found.buyerId]);
      return consoleCase(found, { ...deps, buyer: names.get(found.buyerId) });
    },

    async agree(tx: Tx, shopId: string, caseNo: string, staffName: string): Promise<void> {
      const held = await holdOfShop(tx, shopId, caseNo);
      need(held, 'applied');
      await moves.agree(tx, held, { actor: staffName, text: '商家同意售后申请' });
    },

    async refuse(tx: Tx, shopId: string, caseNo: string, { reason, staffName }: { reason: string; staffName: string }) {
      const held = await holdOfShop(tx, shopId, caseNo);
      need(held, 'applied', 'returned');
      await moves.giveExchangeBack(tx, held.found, '商家拒绝换货');
      await moves.step(tx, held.found, 'refused', { text: `商家拒绝：${reason}`, actor: staffName, refusal: reason });
    },

    /** A part of the money, the buyer keeping the goods. */
    async offer(
      tx: Tx,
      shopId: string,
      caseNo: string,
      { amount, note, staffName }: { amount: number; note: string; staffName: string },
    ): Promise<void> {
      const held = await holdOfShop(tx, shopId, caseNo);
      need(held, 'applied');
      if (held.found.kind === 'exchange') throw stateConflict({ status: 'exchange' });
      const most = held.found.goodsAmount;
      if (amount > most) throw offerTooHigh({ most });
      await moves.step(tx, held.found, 'offered', {
        text: `商家提议退款 ¥${formatYuan(amount)}${note ? `：${note}` : ''}`,
        actor: staffName,
        offer: JSON.stringify({ amount, note }),
      });
    },

    async receive(
      tx: Tx,
      shopId: string,
      caseNo: string,
      { restock, staffName }: { restock: boolean; staffName: string },
    ): Promise<void> {
      const held = await holdOfShop(tx, shopId, caseNo);
      const text = restock ? '商家确认收到退货' : '商家确认收到退货（不再入库）';
      await moves.receive(tx, held, { actor: staffName, text, restock });
    },

    /** The new goods leave: out of the stock reserved when the shop agreed. */
    async send(
      tx: Tx,
      shopId: string,
      caseNo: string,
      { staffName, ...input }: ShipBack & { staffName: string },
    ): Promise<void> {
      const held = await holdOfShop(tx, shopId, caseNo);
      need(held, 'exchanging');
      const { order, found } = held;
      const parcel = parcelOf(input);
      await inventory.ship(tx, {
        reservationId: found.exchangeReservationId,
        parcelId: found.exchangeReservationId,
        lines: (await repository.linesOf(tx, found)).map(({ skuId, quantity }) => ({ skuId, quantity })),
        actor: staffName,
      });
      await moves.step(tx, found, 'sent', {
        text: `换货商品已寄出：${parcel.carrierName} ${parcel.waybillNo}`,
        actor: staffName,
        exchangeParcel: JSON.stringify(parcel),
        exchangePhoneTail: fieldCipher.encrypt(order.recipient.phone.slice(-4)),
      });
    },

    /** The platform's word is final: for the buyer as if the shop had agreed, for the shop the case ends. */
    async arbitrate(tx: Tx, shopId: string, caseNo: string, { verdict, note }: ArbitrateCase): Promise<void> {
      const held = await holdOfShop(tx, shopId, caseNo);
      need(held, 'escalated');
      if (verdict === 'shop') {
        await moves.close(tx, held.found, { text: `平台裁决支持商家：${note}`, actor: platform });
        return;
      }
      const text = `平台裁决支持买家：${note}`;
      // Goods that came back already need not come twice.
      if (held.found.returnParcel) await moves.refund(tx, held, { actor: platform, text });
      else await moves.agree(tx, held, { actor: platform, text });
    },

    async returnAddress(db: Executor, shopId: string): Promise<ReturnAddress | null> {
      const sealed = await repository.returnAddress(db, shopId);
      return sealed ? (JSON.parse(fieldCipher.decrypt(sealed)) as ReturnAddress) : null;
    },

    setReturnAddress: (tx: Tx, shopId: string, { name, phone, text }: ReturnAddress): Promise<void> =>
      repository.setReturnAddress(tx, shopId, fieldCipher.encrypt(JSON.stringify({ name, phone, text })), clock.now()),

    async reasons(db: Executor, shopId: string, { from, to }: ReasonQuery): Promise<ReasonReport> {
      const until = to ? new Date(startOfShanghaiDay(to).getTime() + dayMs) : new Date(clock.now().getTime() + 1);
      const start = from ? startOfShanghaiDay(from) : new Date(until.getTime() - reportDays * dayMs);
      const report = await reading.reasonCounts(db, shopId, { from: start, until });
      return {
        reasons: report.reasons.map((row) => ({
          ...row,
          amount: Number(row.amount),
          reasonText: reasonText[row.reason],
        })),
        products: report.products.map(({ reason, ...row }) => ({ ...row, reasonText: reasonText[reason] })),
      };
    },

    /** The money has arrived: told any number of times, the case ends once. */
    async refunded(tx: Tx, { buyerId, refundNo }: EventPayloads['orders.order_refunded']): Promise<void> {
      const key = await repository.keyOfRefund(tx, buyerId, refundNo);
      if (!key) return;
      const { found } = await hold(tx, key);
      if (!canMove(found.status, 'refunded')) return;
      const amount = formatYuan(found.goodsAmount + found.freight);
      await moves.step(tx, found, 'refunded', { text: `退款 ¥${amount} 已到账`, actor: system, refundFailed: false });
    },

    async refundFailed(
      tx: Tx,
      { buyerId, refundNo, outcome }: EventPayloads['payments.refund_settled'],
    ): Promise<void> {
      if (outcome !== 'failed') return;
      const key = await repository.keyOfRefund(tx, buyerId, refundNo);
      if (!key) return;
      const { found } = await hold(tx, key);
      if (found.status !== 'refunding' || found.refundFailed) return;
      await repository.changeCase(tx, found, { refundFailed: true });
      await repository.addEvent(tx, found, { text: '退款暂未成功，待商家处理', actor: system, at: clock.now() });
    },

    /** The whole order went back: cases about pieces that are refunded already have nothing left to decide. */
    async orderRefundRequested(
      tx: Tx,
      { buyerId, orderNo, refundNo }: EventPayloads['orders.refund_requested'],
    ): Promise<void> {
      const caseNos = new Set((await repository.openLines(tx, buyerId, orderNo)).map(({ caseNo }) => caseNo));
      for (const caseNo of caseNos) {
        const { order, found } = await hold(tx, { buyerId, caseNo, orderNo });
        if (found.refundNo === refundNo || !canMove(found.status, 'closed')) continue;
        const asked = await repository.linesOf(tx, found);
        const left = new Map(order.lines.map((line) => [line.lineId, line.quantity - line.refundedQuantity]));
        if (asked.some(({ lineId, quantity }) => quantity > (left.get(lineId) ?? 0)))
          await moves.close(tx, found, { text: '订单已整单退款，售后关闭', actor: system });
      }
    },
  };
}
