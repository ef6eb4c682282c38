import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMerchant, type Merchant } from '../../test/merchant.ts';
import { type RunningSandbox, type Shop, startSandbox, startShop } from '../../test/start-sandbox.ts';

let sandbox: RunningSandbox;
let shop: Shop;
let merchant: Merchant;

beforeAll(async () => {
  sandbox = await startSandbox();
  shop = await startShop();
  merchant = createMerchant(sandbox);
  await sandbox.switchTo({ 'pay.refundSeconds': 0 });
});
afterAll(async () => {
  await sandbox.stop();
  await shop.stop();
});

let counter = 0;
const paidOrder = async (extra: Record<string, unknown> = {}) => {
  const { outTradeNo, prepayId } = await merchant.place();
  await sandbox.phone('/request-payment', { ...merchant.invocation(prepayId), persona: 'lin-xia', ...extra });
  return outTradeNo;
};
const refund = (outTradeNo: string, amount: number, over: Record<string, unknown> = {}) =>
  merchant.call('POST', '/v3/refund/domestic/refunds', {
    out_trade_no: outTradeNo,
    out_refund_no: `R${++counter}`,
    reason: '七天无理由',
    amount: { refund: amount, total: 12_800, currency: 'CNY' },
    ...over,
  });
const find = (outRefundNo: string) => merchant.call('GET', `/v3/refund/domestic/refunds/${outRefundNo}`);
const balance = async () => {
  const { items } = await sandbox.control<{ items: Array<{ id: string; balance: number }> }>('GET', '/personas');
  return items.find(({ id }) => id === 'lin-xia')?.balance ?? 0;
};

describe('refunds', () => {
  it('accepts first, succeeds later, gives the money back and says so once', async () => {
    const outTradeNo = await paidOrder();
    const before = await balance();
    shop.received.length = 0;
    const accepted = await refund(outTradeNo, 12_800, { notify_url: `${shop.url}/refund` });
    expect(accepted.body).toMatchObject({
      status: 'PROCESSING',
      channel: 'ORIGINAL',
      amount: { total: 12_800, refund: 12_800, currency: 'CNY' },
    });
    expect(accepted.body.success_time).toBeUndefined();
    const [notified] = await shop.waitFor(1);
    expect(JSON.parse(notified?.body ?? '').event_type).toBe('REFUND.SUCCESS');
    expect(merchant.open(notified?.body ?? '')).toEqual({
      mchid: sandbox.credentials.mchid,
      out_trade_no: outTradeNo,
      transaction_id: accepted.body.transaction_id,
      out_refund_no: accepted.body.out_refund_no,
      refund_id: accepted.body.refund_id,
      refund_status: 'SUCCESS',
      success_time: expect.any(String),
      user_received_account: '支付用户零钱',
      amount: { total: 12_800, refund: 12_800, payer_total: 12_800, payer_refund: 12_800 },
    });
    expect(await balance()).toBe(before + 12_800);
    expect((await find(String(accepted.body.out_refund_no))).body.status).toBe('SUCCESS');
  });

  it('refunds in parts up to what was paid, and not one fen more', async () => {
    const outTradeNo = await paidOrder();
    expect((await refund(outTradeNo, 5_000)).status).toBe(200);
    expect((await refund(outTradeNo, 7_000)).status).toBe(200);
    const tooMuch = await refund(outTradeNo, 801);
    expect([tooMuch.status, tooMuch.body]).toEqual([
      400,
      { code: 'INVALID_REQUEST', message: '申请退款金额大于订单可退金额' },
    ]);
    expect((await refund(outTradeNo, 800)).status).toBe(200);
  });

  it('answers the same number with the same refund, and a changed amount with a refusal', async () => {
    const outTradeNo = await paidOrder();
    const first = await refund(outTradeNo, 100, { out_refund_no: 'SAME-1' });
    const again = await refund(outTradeNo, 100, { out_refund_no: 'SAME-1' });
    expect(again.body.refund_id).toBe(first.body.refund_id);
    const changed = await refund(outTradeNo, 200, { out_refund_no: 'SAME-1' });
    expect([changed.status, changed.body.code]).toEqual([400, 'INVALID_REQUEST']);
    await sandbox.switchTo({ 'pay.refundMismatchCode': 'REFUND_FEE_MISMATCH' });
    expect((await refund(outTradeNo, 200, { out_refund_no: 'SAME-1' })).body.code).toBe('REFUND_FEE_MISMATCH');
    await sandbox.switchTo({ 'pay.refundMismatchCode': 'INVALID_REQUEST' });
  });

  it('lets only as many of 20 parallel refunds through as the order holds', async () => {
    const outTradeNo = await paidOrder();
    const replies = await Promise.all(Array.from({ length: 20 }, () => refund(outTradeNo, 3_000)));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(4);
  });

  it('stops at 50 refunds of one order', async () => {
    const outTradeNo = await paidOrder();
    for (let index = 0; index < 50; index++) expect((await refund(outTradeNo, 1)).status).toBe(200);
    expect((await refund(outTradeNo, 1)).body).toEqual({
      code: 'INVALID_REQUEST',
      message: '一笔订单最多支持50次退款',
    });
  });

  it.each([
    ['both order numbers', { transaction_id: '4200' }, 'PARAM_ERROR'],
    ['neither order number', { out_trade_no: undefined }, 'PARAM_ERROR'],
    ['a refund of 0', { amount: { refund: 0, total: 12_800, currency: 'CNY' } }, 'PARAM_ERROR'],
    ['another total', { amount: { refund: 1, total: 99, currency: 'CNY' } }, 'INVALID_REQUEST'],
    ['an order that never was', { out_trade_no: 'NOSUCHORDER' }, 'RESOURCE_NOT_EXISTS'],
  ])('refuses %s', async (_name, over, code) => {
    const outTradeNo = await paidOrder();
    expect((await refund(outTradeNo, 1, over)).body.code).toBe(code);
  });

  it('refuses an unpaid order, an empty merchant account, and a year gone by', async () => {
    const { outTradeNo: unpaid } = await merchant.place();
    expect((await refund(unpaid, 1)).body.code).toBe('INVALID_REQUEST');
    const outTradeNo = await paidOrder();
    await sandbox.switchTo({ 'pay.refundNotEnough': true });
    const short = await refund(outTradeNo, 1);
    expect([short.status, short.body.code]).toEqual([403, 'NOT_ENOUGH']);
    await sandbox.switchTo({ 'pay.refundNotEnough': false });
    await sandbox.control('POST', '/clock/advance', { ms: 366 * 86_400_000 });
    expect((await refund(outTradeNo, 1)).body.code).toBe('TRADE_OVERDUE');
    await sandbox.control('POST', '/clock/reset');
  });

  it('tells a refund that was never accepted from one that was', async () => {
    const missing = await find('NEVER-ACCEPTED');
    expect([missing.status, missing.body.code]).toEqual([404, 'RESOURCE_NOT_EXISTS']);
  });

  it('can end abnormal, and then be sent to another card', async () => {
    const outTradeNo = await paidOrder({ fundedBy: 'card' });
    await sandbox.switchTo({ 'pay.refundOutcome': 'ABNORMAL' });
    shop.received.length = 0;
    const { body } = await refund(outTradeNo, 100, { notify_url: `${shop.url}/refund` });
    const [notified] = await shop.waitFor(1);
    expect(merchant.open(notified?.body ?? '').refund_status).toBe('ABNORMAL');
    await sandbox.switchTo({ 'pay.refundOutcome': 'SUCCESS' });
    const retried = await merchant.call('POST', `/v3/refund/domestic/refunds/${body.refund_id}/apply-abnormal-refund`, {
      out_refund_no: body.out_refund_no,
      type: 'USER_BANK_CARD',
    });
    expect(retried.body.status).toBe('PROCESSING');
    expect((await find(String(body.out_refund_no))).body.status).toBe('SUCCESS');
  });

  it('gives a closed refund back to the order', async () => {
    const outTradeNo = await paidOrder();
    await sandbox.switchTo({ 'pay.refundOutcome': 'CLOSED' });
    const { body } = await refund(outTradeNo, 12_800);
    expect((await find(String(body.out_refund_no))).body.status).toBe('CLOSED');
    await sandbox.switchTo({ 'pay.refundOutcome': 'SUCCESS' });
    expect((await refund(outTradeNo, 12_800)).status).toBe(200);
  });

  it('takes as long as it is told to, on the business clock', async () => {
    await sandbox.switchTo({ 'pay.refundSeconds': 3 * 86_400 });
    const outTradeNo = await paidOrder();
    const { body } = await refund(outTradeNo, 100);
    const status = async () => (await find(String(body.out_refund_no))).body.status;
    await sandbox.control('POST', '/clock/advance', { ms: 2 * 86_400_000 });
    expect(await status()).toBe('PROCESSING');
    await sandbox.control('POST', '/clock/advance', { ms: 86_400_000 + 1000 });
    expect(await status()).toBe('SUCCESS');
    await sandbox.control('POST', '/clock/reset');
    await sandbox.switchTo({ 'pay.refundSeconds': 0 });
  });
});
