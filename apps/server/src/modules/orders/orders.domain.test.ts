import { describe, expect, it } from 'vitest';
import {
  actionsOf,
  canMove,
  decodeCursor,
  encodeCursor,
  headlineOf,
  type OrderFacts,
  transitions,
} from './orders.domain.ts';
import { hashBody } from './orders.place.ts';

const now = new Date('2026-11-22T04:00:00Z');
const order: OrderFacts = {
  status: 'pending_payment',
  shippingHold: null,
  payable: 1_234,
  heldUntil: new Date('2026-11-22T04:15:00Z'),
  closesAt: new Date('2026-11-22T04:30:00Z'),
  closeRequestedAt: null,
  cancelReason: null,
  unreviewedLines: 0,
  parcelCount: 0,
  autoReceiveAt: null,
  refundedAmount: 0,
  deposit: 0,
  paidAt: null,
  depositPaidAt: null,
  balanceOpensAt: null,
  balanceClosesAt: null,
  shipsBy: null,
  storeId: null,
  pickup: null,
  pickupExpiresAt: null,
  goods: 'physical',
  booking: null,
};

describe('order states', () => {
  it('moves only forward, and a refunded or completed order never again', () => {
    expect(transitions.refunded).toEqual([]);
    // After-sale may still send the money of every piece back.
    expect(transitions.completed).toEqual(['refunded']);
    expect(canMove('pending_payment', 'shipped')).toBe(false);
    expect(canMove('shipped', 'refunding')).toBe(false);
    expect(canMove('cancelled', 'paid')).toBe(true);
  });

  it('says what happens next and by when, in Shanghai time', () => {
    expect(headlineOf(order, now)).toBe('请在 12:15 前付款，商品已为你保留');
    expect(headlineOf({ ...order, heldUntil: null }, now)).toBe('商品已不再保留，付款时会重新确认库存；12:30 自动关闭');
    expect(headlineOf({ ...order, closeRequestedAt: now }, now)).toBe('订单正在关闭');
    expect(headlineOf({ ...order, status: 'shipped', autoReceiveAt: new Date('2026-12-01T17:00:00Z') }, now)).toBe(
      '商品已发出，12月2日自动确认收货',
    );
    expect(headlineOf({ ...order, status: 'refunded', refundedAmount: 1_234 }, now)).toBe('¥12.34 已原路退回');
  });

  it('offers the most useful action first', () => {
    expect(actionsOf(order, now)).toEqual(['pay', 'cancel']);
    expect(actionsOf(order, order.closesAt)).toEqual([]);
    expect(actionsOf({ ...order, status: 'paid' }, now)).toEqual(['buy_again', 'refund']);
    expect(actionsOf({ ...order, status: 'paid', parcelCount: 1 }, now)).toEqual(['track', 'buy_again']);
    expect(actionsOf({ ...order, status: 'shipped' }, now)[0]).toBe('confirm_receipt');
    expect(actionsOf({ ...order, status: 'completed', unreviewedLines: 1 }, now)[0]).toBe('review');
  });

  it('reads back its own cursors and nothing else', () => {
    const position = { at: now, orderNo: '20261122120000421234' };
    expect(decodeCursor(encodeCursor(position))).toEqual(position);
    for (const junk of [undefined, '', 'x', Buffer.from("1.1' or 1=1").toString('base64url')])
      expect(decodeCursor(junk)).toBeUndefined();
  });

  it('hashes equal bodies equally whatever the order of fields', () => {
    expect(hashBody({ a: 1, b: { c: 2, d: [1, 2] } })).toBe(hashBody({ b: { d: [1, 2], c: 2 }, a: 1 }));
    expect(hashBody({ a: [1, 2] })).not.toBe(hashBody({ a: [2, 1] }));
  });
});
