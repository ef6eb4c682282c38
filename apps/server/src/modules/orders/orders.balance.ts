/** The second payment of a presale: priced when it is asked for, at the price agreed with the deposit, coupons and points on it. */
import type { BalanceInput, BalancePreview, PlacedOrder } from '@xiaopu/contracts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { maskPhone } from '#platform/field-cipher.ts';
import { newId } from '#platform/ids.ts';
import {
  addressText,
  breakdownOf,
  buildQuote,
  candidatesOf,
  isForShoppers,
  notesOfShop,
  type OfferQuestion,
  priceWithOffers,
  toNote,
} from '../checkout/index.ts';
import { isBalanceOpen } from './orders.domain.ts';
import {
  addressMissing,
  balanceBelowDeposit,
  balanceEarly,
  balanceNotDue,
  balanceOver,
  lineUnavailable,
  orderUnknown,
} from './orders.errors.ts';
import { phoneTailPurpose, recipientLabel } from './orders.place.rows.ts';
import { refuseUnusable } from './orders.place.ts';
import { holdUntil } from './orders.policies.ts';
import type { OrdersDeps } from './orders.ports.ts';
import type { Order, OrderLineRow } from './orders.repository.ts';
import * as repository from './orders.repository.ts';

interface Recipient {
  name: string;
  phone: string;
  province: string;
  city: string;
  district: string;
  detail: string;
}

export function createBalance(deps: OrdersDeps) {
  const { clock, policies, fieldCipher, payments, findSkus, findAddress, freightOf } = deps;

  async function priceBalance(
    db: Executor,
    order: Order,
    line: OrderLineRow,
    {
      purpose,
      input,
      otherwise,
    }: { purpose: OfferQuestion['purpose']; input: BalanceInput; otherwise: 'best' | 'none' },
  ) {
    const { buyerId, orderNo } = order;
    const [skus, address] = await Promise.all([
      findSkus(db, [line.skuId]),
      input.addressId ? findAddress(db, buyerId, input.addressId) : undefined,
    ]);
    const sku = skus.get(line.skuId);
    if (!sku) throw lineUnavailable({ lines: [{ skuId: line.skuId, problem: 'off_sale' }] });
    if (input.addressId && !address) throw addressMissing();
    const recipient: Recipient = address ?? (JSON.parse(fieldCipher.decrypt(order.recipient)) as Recipient);
    // What was agreed with the deposit holds, whatever the goods cost others by now.
    const { salePrice, listPrice, cost } = line;
    const agreed = new Map([[line.skuId, { ...sku, salePrice, listPrice, cost }]]);
    const wanted = [{ skuId: line.skuId, quantity: line.quantity }];
    const priced = await priceWithOffers(
      deps,
      db,
      buildQuote(wanted, agreed, undefined, { freightOf, province: recipient.province }),
      {
        buyerId,
        at: clock.now(),
        purpose,
        balanceOf: orderNo,
        choice: { couponIds: input.coupons ?? otherwise, ...(input.points !== undefined && { points: input.points }) },
      },
    );
    const goods = priced.result.lines[0]?.payable ?? 0;
    return { priced, recipient, isNewRecipient: address !== undefined, isBelow: goods < order.deposit };
  }

  const soleLine = async (db: Executor, { buyerId, orderNo }: Order): Promise<OrderLineRow> => {
    const [line] = await repository.linesOf(db, buyerId, [orderNo]);
    if (!line) throw new Error(`presale ${orderNo} has no line`);
    return line;
  };

  /** Placed: what was chosen stands, and only paying is left. */
  function placedBalance(order: Order, balanceOpensAt: Date, balanceClosesAt: Date): BalancePreview {
    const { orderNo, goodsTotal, freight, discount, payable, deposit, totals, notes, shipsBy } = order;
    const recipient = JSON.parse(fieldCipher.decrypt(order.recipient)) as Recipient;
    return {
      ...{ orderNo, goodsTotal, freight, discount, payable, deposit, balance: payable - deposit },
      recipient: { name: recipient.name, maskedPhone: maskPhone(recipient.phone), text: addressText(recipient) },
      breakdown: breakdownOf(totals),
      notes: notes.filter(isForShoppers),
      coupons: { candidates: [], best: { couponIds: [], saving: 0 } },
      points: null,
      balanceOpensAt: balanceOpensAt.toISOString(),
      balanceClosesAt: balanceClosesAt.toISOString(),
      shipsBy: shipsBy?.toISOString() ?? null,
      blockedBy: isBalanceOpen(order, clock.now()) ? 'placed' : 'over',
    };
  }

  return {
    /** What is still to be paid, without coupons not chosen yet; undefined once nothing is. One statement. */
    async balanceDue(db: Executor, buyerId: string, orderNo: string): Promise<number | undefined> {
      const order = await repository.findOrder(db, buyerId, orderNo);
      return order?.status === 'deposit_paid' ? order.payable - order.deposit : undefined;
    },

    /** What the balance would be now, with the best coupons unless others are named. */
    async previewBalance(db: Executor, buyerId: string, orderNo: string, input: BalanceInput): Promise<BalancePreview> {
      const order = await repository.findOrder(db, buyerId, orderNo);
      if (!order) throw orderUnknown();
      const { balanceOpensAt, balanceClosesAt, deposit, shipsBy } = order;
      if (order.status !== 'deposit_paid' || !balanceOpensAt || !balanceClosesAt)
        throw balanceNotDue({ status: order.status });
      if (order.depositPaymentId !== null) return placedBalance(order, balanceOpensAt, balanceClosesAt);
      const { priced, recipient, isBelow } = await priceBalance(db, order, await soleLine(db, order), {
        ...{ purpose: 'preview', input, otherwise: 'best' },
      });
      const { quote, result } = priced;
      const now = clock.now();
      return {
        orderNo,
        recipient: { name: recipient.name, maskedPhone: maskPhone(recipient.phone), text: addressText(recipient) },
        goodsTotal: quote.goodsTotal,
        freight: quote.freight,
        discount: quote.discount,
        payable: quote.payable,
        deposit,
        balance: Math.max(0, quote.payable - deposit),
        breakdown: breakdownOf(result.totals),
        notes: result.notes.map((note) => toNote(note)).filter(isForShoppers),
        coupons: {
          candidates: candidatesOf(priced),
          best: { couponIds: priced.best?.couponIds ?? [], saving: priced.best?.saving ?? 0 },
        },
        points: priced.points,
        balanceOpensAt: balanceOpensAt.toISOString(),
        balanceClosesAt: balanceClosesAt.toISOString(),
        shipsBy: shipsBy?.toISOString() ?? null,
        blockedBy:
          now < balanceOpensAt ? 'early' : !isBalanceOpen(order, now) ? 'over' : isBelow || !result.ok ? 'price' : null,
      };
    },

    /** Places the balance, once: the same call again gives the payment there is, whatever it names. */
    async payBalance(tx: Tx, buyerId: string, orderNo: string, input: BalanceInput): Promise<PlacedOrder> {
      const order = await repository.lockOrder(tx, buyerId, orderNo);
      if (!order) throw orderUnknown();
      const now = clock.now();
      const { balanceOpensAt, balanceClosesAt, deposit, shopId } = order;
      if (order.status !== 'deposit_paid' || !balanceOpensAt || !balanceClosesAt)
        throw balanceNotDue({ status: order.status });
      if (now < balanceOpensAt) throw balanceEarly({ opensAt: balanceOpensAt.toISOString() });
      if (!isBalanceOpen(order, now)) throw balanceOver();
      const reply = ({ paymentId, payable, heldUntil }: Pick<Order, 'paymentId' | 'payable' | 'heldUntil'>) => ({
        paymentId,
        orderNos: [orderNo],
        payable,
        due: payable - deposit,
        heldUntil: (heldUntil ?? balanceClosesAt).toISOString(),
        closesAt: balanceClosesAt.toISOString(),
      });
      if (order.depositPaymentId !== null) return reply(order);

      const line = await soleLine(tx, order);
      const { priced, recipient, isNewRecipient, isBelow } = await priceBalance(tx, order, line, {
        ...{ purpose: 'place', input, otherwise: 'none' },
      });
      refuseUnusable(priced);
      const { quote, result } = priced;
      const { payable, goodsTotal, freight, discount } = quote;
      if (isBelow) throw balanceBelowDeposit({ payable, deposit });
      const paymentId = newId();
      const taking = {
        ...{ buyerId, paymentId, at: now, orders: [{ orderNo, shopId }], result, balanceOf: orderNo },
        choice: { couponIds: input.coupons ?? ('none' as const) },
      };
      for (const source of deps.offerSources) await source.take?.(tx, taking);
      const heldUntil = holdUntil(policies, now, balanceClosesAt);
      const [pricedLine] = result.lines;
      const { name, phone, province, city, district, detail } = recipient;
      await repository.placeBalance(tx, order, {
        ...{ paymentId, goodsTotal, freight, discount, payable, heldUntil },
        recipient: isNewRecipient
          ? fieldCipher.encrypt(JSON.stringify({ name, phone, province, city, district, detail }))
          : order.recipient,
        recipientLabel: isNewRecipient ? recipientLabel(recipient) : order.recipientLabel,
        phoneTailIndex: isNewRecipient
          ? fieldCipher.blindIndex(phoneTailPurpose, phone.slice(-4))
          : order.phoneTailIndex,
        totals: result.shops.find((shop) => shop.shopId === shopId) ?? {},
        notes: notesOfShop(result, shopId),
        coupons: result.coupons.applied,
        line: {
          lineId: line.lineId,
          payable: pricedLine?.payable ?? line.payable,
          discounts: pricedLine?.discounts ?? [],
          pointsUsed: pricedLine?.pointsUsed ?? 0,
          activity: pricedLine?.activity ?? null,
        },
      });
      await payments.open(tx, {
        ...{ paymentId, buyerId, amount: payable - deposit, description: `尾款：${line.title}` },
        ...{ orderNos: [orderNo], shopIds: [shopId], prepayUntil: heldUntil },
      });
      return reply({ paymentId, payable, heldUntil });
    },
  };
}
