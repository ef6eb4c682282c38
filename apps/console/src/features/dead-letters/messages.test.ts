import { describe, expect, it } from 'vitest';
import { messageTitle, readError, subjectOf } from './messages.ts';

describe('dead letters as staff read them', () => {
  it('names a known message in Chinese and shows an unknown one as it is', () => {
    expect(messageTitle('orders.order_paid')).toBe('订单支付');
    expect(messageTitle('points.granted')).toBe('points.granted');
  });
  it('takes consumer and reason apart', () => {
    expect(readError('search.index: connection refused: 5432')).toEqual({
      consumer: 'search.index',
      reason: 'connection refused: 5432',
    });
    expect(readError('')).toEqual({ consumer: '', reason: '' });
  });
  it('leads to the order when there is one', () => {
    expect(subjectOf({ orderNo: '1', spuId: 's' })).toEqual({ text: '1', orderNo: '1' });
    expect(subjectOf({ paymentId: 'p' })).toEqual({ text: 'p', orderNo: null });
    expect(subjectOf(null)).toEqual({ text: '—', orderNo: null });
  });
});
