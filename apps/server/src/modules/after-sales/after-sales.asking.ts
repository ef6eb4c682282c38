/** What the buyer asks: what is possible, what it gives back, applying, asking again. */
import type {
  AfterSaleKind,
  AfterSaleOptions,
  AfterSaleQuote,
  AfterSaleReason,
  ApplyAfterSale,
  EditAfterSale,
  QuoteAfterSale,
  ReturnFreightBy,
} from '@xiaopu/contracts';
import { formatYuan } from '@xiaopu/money';
import type { Executor, Tx } from '#platform/database/database.ts';
import { newId, newTradeNo } from '#platform/ids.ts';
import type { PictureRef } from '#platform/picture.ts';
import type { ReturnableOrder } from '../orders/index.ts';
import {
  type Asked,
  isWithin,
  kindText,
  mostPieces,
  quote,
  reasonsFor,
  reasonText,
  returnFreightBy,
  returnFreightTexts,
  type Share,
} from './after-sales.domain.ts';
import {
  alreadyOpen,
  lineUnknown,
  noReasonOver,
  notPossible,
  orderUnknown,
  pictureUnknown,
  reasonNotFitting,
  tooMany,
} from './after-sales.errors.ts';
import { type createMoves, system } from './after-sales.moves.ts';
import { deadlineOf, escalateAfter, instantUnshipped, noReasonDays, windowDays } from './after-sales.policies.ts';
import type { AfterSalesDeps } from './after-sales.ports.ts';
import type { Case, NewCaseLine } from './after-sales.repository.ts';
import * as repository from './after-sales.repository.ts';

const kinds: readonly AfterSaleKind[] = ['refund', 'return', 'exchange'];
const shippedOf = (order: ReturnableOrder, lineIds: ReadonlySet<string>): boolean =>
  order.lines.some((line) => lineIds.has(line.lineId) && line.shippedQuantity > 0);

/** What was delivered by itself, or used, cannot be sent back: money alone, and only if the shop agrees (C10-PAY-07). */
const mostOf = ({ goods }: ReturnableOrder, line: ReturnableOrder['lines'][number], kind: AfterSaleKind): number =>
  goods !== 'physical' && kind !== 'refund' ? 0 : mostPieces(line, kind);
const unsentReasons: readonly AfterSaleReason[] = ['not_as_described', 'quality', 'other'];
const reasonsOf = ({ goods }: ReturnableOrder, kind: AfterSaleKind, wasShipped: boolean): AfterSaleReason[] =>
  goods !== 'physical' && wasShipped ? [...unsentReasons] : reasonsFor(kind, wasShipped);

export function createAsking(deps: AfterSalesDeps, moves: ReturnType<typeof createMoves>) {
  const { clock, policies, orders, outbox, picturesOfBuyer, toPicture } = deps;

  /** Why nothing of this order can be asked for, if so. */
  function refusalOf({ status, completedAt, shopId, pickup, goods }: ReturnableOrder): string | null {
    if (status === 'pending_payment') return '订单还没有付款';
    if (status === 'cancelled') return '订单已关闭';
    if (status === 'refunding' || status === 'refunded') return '订单已退款';
    // Nothing of it was shipped, and yet the buyer holds it.
    if (status === 'paid' && pickup?.now) return '商品已在你手中，出门核验后可以申请售后';
    if (goods === 'service' && (status === 'to_use' || status === 'paid'))
      return '预约还没有使用，请在订单里直接申请退款';
    const days = policies.get(windowDays, shopId);
    return isWithin(completedAt, days, clock.now()) ? null : `确认收货已超过 ${days} 天，不能再申请售后`;
  }

  /** @throws when the order, its lines, their number or the reason do not allow it */
  function check(
    order: ReturnableOrder,
    { kind, reason, lines }: { kind: AfterSaleKind; reason?: AfterSaleReason | undefined; lines: readonly Asked[] },
  ): void {
    const refusal = refusalOf(order);
    if (refusal) throw notPossible({ reason: refusal });
    const lineIds = new Set(lines.map(({ lineId }) => lineId));
    if (lineIds.size < lines.length) throw lineUnknown();
    for (const { lineId, quantity } of lines) {
      const line = order.lines.find((candidate) => candidate.lineId === lineId);
      if (!line) throw lineUnknown();
      const most = mostOf(order, line, kind);
      if (quantity > most) throw tooMany({ lineId, most });
    }
    if (reason === undefined) return;
    if (!reasonsOf(order, kind, shippedOf(order, lineIds)).includes(reason)) throw reasonNotFitting();
    const days = policies.get(noReasonDays, order.shopId);
    const isReturnable = order.lines.every((line) => !lineIds.has(line.lineId) || line.returnable);
    if (reason === 'no_reason' && !(isReturnable && isWithin(order.completedAt, days, clock.now())))
      throw noReasonOver({ days });
  }

  const whoPays = async (
    db: Executor,
    buyerId: string,
    { kind, reason }: { kind: AfterSaleKind; reason?: AfterSaleReason | undefined },
  ): Promise<ReturnFreightBy | null> =>
    kind === 'refund' ? null : returnFreightBy(kind, { reason, isFree: await deps.hasFreeReturns(db, buyerId) });

  const shareOfCase = (
    order: ReturnableOrder,
    {
      kind,
      reason,
      lines,
      freightBy,
    }: {
      kind: AfterSaleKind;
      reason?: AfterSaleReason | undefined;
      lines: readonly Asked[];
      freightBy: ReturnFreightBy | null;
    },
  ): Share => {
    const share = quote(order, lines, { rule: moves.ruleOf(order.shopId), reason, isFree: freightBy === 'shop' });
    return kind === 'exchange'
      ? { goodsAmount: 0, freight: 0, lines: share.lines.map((line) => ({ ...line, amount: 0 })) }
      : share;
  };

  async function evidenceOf(tx: Tx, buyerId: string, mediaIds: string[]): Promise<PictureRef[]> {
    if (mediaIds.length === 0) return [];
    const refs = await picturesOfBuyer(tx, buyerId, mediaIds);
    return mediaIds.map((mediaId) => {
      const ref = refs.get(mediaId);
      if (!ref) throw pictureUnknown();
      return ref;
    });
  }

  const caseLines = (order: ReturnableOrder, share: Share): NewCaseLine[] =>
    share.lines.flatMap(({ lineId, quantity, amount }) => {
      const line = order.lines.find((candidate) => candidate.lineId === lineId);
      if (!line) return [];
      const { spuId, skuId, title, specText, picture } = line;
      return [{ lineId, spuId, skuId, title, specText, picture, quantity, amount }];
    });

  const saying = (kind: AfterSaleKind, reason: AfterSaleReason, share: Share): string => {
    const amount = share.goodsAmount + share.freight;
    return `申请${kindText[kind]}${kind === 'exchange' ? '' : ` ¥${formatYuan(amount)}`}：${reasonText[reason]}`;
  };

  /** Asked too often without a solution: the platform. Not yet shipped and money only: agreed at once, day or night. */
  async function afterAsking(tx: Tx, order: ReturnableOrder, found: Case, share: Share): Promise<void> {
    const limit = policies.get(escalateAfter, found.shopId);
    if (found.askCount > limit) {
      await moves.step(tx, found, 'escalated', {
        text: `申请超过 ${limit} 次仍未解决，平台介入`,
        actor: system,
        escalatedAt: clock.now(),
      });
      return;
    }
    const isUnshipped = share.lines.every(({ quantity, withdrawn }) => withdrawn === quantity);
    if (found.kind === 'refund' && isUnshipped && policies.get(instantUnshipped, found.shopId) === 1)
      await moves.agree(tx, { order, found }, { actor: system, text: '商品未发货，自动同意退款' });
  }

  return {
    /** Two statements: the order and its open cases. */
    async options(db: Executor, buyerId: string, orderNo: string): Promise<AfterSaleOptions> {
      const order = await orders.returnable(db, buyerId, orderNo);
      if (!order) throw orderUnknown();
      const open = new Map(
        (await repository.openLines(db, buyerId, orderNo)).map(({ lineId, caseNo }) => [lineId, caseNo]),
      );
      const refusal = refusalOf(order);
      const wasShipped = order.lines.some(({ shippedQuantity }) => shippedQuantity > 0);
      const mayReturnFreely =
        order.lines.some(({ returnable }) => returnable) &&
        isWithin(order.completedAt, policies.get(noReasonDays, order.shopId), clock.now());
      const reasons = (kind: AfterSaleKind) =>
        reasonsOf(order, kind, wasShipped)
          .filter((reason) => reason !== 'no_reason' || mayReturnFreely)
          .map((reason) => ({ reason, text: reasonText[reason] }));
      return {
        orderNo,
        shopName: order.shopName,
        refusal,
        lines: order.lines.map((line) => {
          const { lineId, spuId, title, specText, picture, quantity } = line;
          const openCaseNo = open.get(lineId) ?? null;
          const [refund = 0, goodsBack = 0, exchange = 0] = kinds.map((kind) =>
            refusal || openCaseNo ? 0 : mostOf(order, line, kind),
          );
          return {
            lineId,
            spuId,
            title,
            specText,
            picture: toPicture(picture),
            quantity,
            most: { refund, return: goodsBack, exchange },
            openCaseNo,
          };
        }),
        reasons: { refund: reasons('refund'), return: reasons('return'), exchange: reasons('exchange') },
      };
    },

    /** What it would give back now: the same rules as when the money is sent. */
    async quote(db: Executor, buyerId: string, input: QuoteAfterSale): Promise<AfterSaleQuote> {
      const order = await orders.returnable(db, buyerId, input.orderNo);
      if (!order) throw orderUnknown();
      check(order, { kind: input.kind, lines: input.lines });
      const freightBy = await whoPays(db, buyerId, input);
      const { goodsAmount, freight } = shareOfCase(order, { ...input, freightBy });
      const note =
        input.kind === 'exchange'
          ? '换货不退款，商家收到商品后寄出新商品'
          : freight > 0
            ? `含运费 ¥${formatYuan(freight)}，原路退回`
            : '按实付金额计算，原路退回';
      const returnFreight = freightBy && { by: freightBy, text: returnFreightTexts[freightBy] };
      return { amount: goodsAmount + freight, goodsAmount, freight, note, returnFreight };
    },

    /** Under the order's lock: of 50 at once one makes a case, the others learn its number. */
    async apply(tx: Tx, buyerId: string, input: ApplyAfterSale): Promise<{ caseNo: string }> {
      const { orderNo, kind, reason, description, mediaIds, lines } = input;
      const order = await orders.lockReturnable(tx, buyerId, orderNo);
      if (!order) throw orderUnknown();
      const lineIds = new Set(lines.map(({ lineId }) => lineId));
      const open = (await repository.openLines(tx, buyerId, orderNo)).find(({ lineId }) => lineIds.has(lineId));
      if (open) throw alreadyOpen({ caseNo: open.caseNo });
      check(order, { kind, reason, lines });
      const freightBy = await whoPays(tx, buyerId, { kind, reason });
      const share = shareOfCase(order, { kind, reason, lines, freightBy });
      const { shopId, shopName, paymentId } = order;
      const now = clock.now();
      const evidence = await evidenceOf(tx, buyerId, mediaIds);
      const wasShipped = shippedOf(order, lineIds);
      const asks = await repository.refusedAsks(tx, buyerId, orderNo, [...lineIds]);
      const found = {
        buyerId,
        caseNo: newTradeNo(buyerId, now),
        orderNo,
        shopId,
        shopName,
        paymentId,
        kind,
        status: 'applied' as const,
        reason,
        description: description.trim(),
        evidence,
        wasShipped,
        goodsAmount: share.goodsAmount,
        freight: share.freight,
        returnFreightBy: freightBy,
        askCount: asks + 1,
        deadline: deadlineOf(policies, { shopId, kind, wasShipped }, 'applied', now),
        exchangeReservationId: newId(),
        refundNo: newTradeNo(buyerId, now),
        escalatedAt: null,
        createdAt: now,
      };
      await repository.insertCase(tx, found);
      await repository.insertLines(tx, found, caseLines(order, share));
      const text = saying(kind, reason, share);
      await repository.addEvent(tx, found, { text, actor: '买家', at: now, pictures: evidence });
      await orders.pauseReceipt(tx, buyerId, orderNo, true);
      const { caseNo } = found;
      await outbox.publish(tx, 'after_sales.case_moved', { buyerId, caseNo, orderNo, shopId, status: 'applied' });
      const kept = await repository.lockCase(tx, buyerId, caseNo);
      if (kept) await afterAsking(tx, order, kept, share);
      return { caseNo };
    },

    /** Asking differently. After a refusal it counts as asking again. */
    async edit(
      tx: Tx,
      { order, found }: { order: ReturnableOrder; found: Case },
      { kind, reason, description, mediaIds, lines }: EditAfterSale,
    ): Promise<void> {
      const { buyerId, orderNo, caseNo } = found;
      const lineIds = new Set(lines.map(({ lineId }) => lineId));
      const open = (await repository.openLines(tx, buyerId, orderNo)).find(
        (line) => lineIds.has(line.lineId) && line.caseNo !== caseNo,
      );
      if (open) throw alreadyOpen({ caseNo: open.caseNo });
      check(order, { kind, reason, lines });
      const freightBy = await whoPays(tx, buyerId, { kind, reason });
      const share = shareOfCase(order, { kind, reason, lines, freightBy });
      const evidence = await evidenceOf(tx, buyerId, mediaIds);
      const isAgain = found.status === 'refused';
      await repository.deleteLines(tx, found);
      await repository.insertLines(tx, found, caseLines(order, share));
      await moves.step(tx, found, 'applied', {
        text: `${isAgain ? '再次' : '修改'}${saying(kind, reason, share)}`,
        actor: '买家',
        pictures: evidence,
        kind,
        reason,
        description: description.trim(),
        evidence: JSON.stringify(evidence),
        goodsAmount: share.goodsAmount,
        freight: share.freight,
        returnFreightBy: freightBy,
        wasShipped: shippedOf(order, lineIds),
        askCount: found.askCount + (isAgain ? 1 : 0),
      });
      const kept = await repository.lockCase(tx, buyerId, caseNo);
      if (kept) await afterAsking(tx, order, kept, share);
    },
  };
}
