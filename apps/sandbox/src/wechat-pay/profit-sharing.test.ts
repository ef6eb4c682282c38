import { constants, publicEncrypt } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMerchant, type Merchant, openidOf } from '../../test/merchant.ts';
import { type RunningSandbox, startSandbox } from '../../test/start-sandbox.ts';

let sandbox: RunningSandbox;
let merchant: Merchant;
let openid: string;
const partner = '1900000109';

beforeAll(async () => {
  sandbox = await startSandbox();
  merchant = createMerchant(sandbox);
  openid = await openidOf(sandbox, 'chen-mo');
});
beforeEach(async () => {
  await sandbox.control('POST', '/switches/reset');
  await sandbox.switchTo({ 'sharing.seconds': 0, 'sharing.minSeconds': 0, 'pay.refundSeconds': 0 });
  await addPartner();
  await add({ type: 'PERSONAL_OPENID', account: openid, relation_type: 'DISTRIBUTOR' });
});
afterAll(() => sandbox.stop());

let counter = 0;
const serial = () => ({ headers: { 'wechatpay-serial': sandbox.credentials.platformPublicKeyId } });
const sealed = (name: string) =>
  publicEncrypt(
    { key: sandbox.credentials.platformPublicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
    Buffer.from(name),
  ).toString('base64');
const add = (over: Record<string, unknown>) =>
  merchant.call('POST', '/v3/profitsharing/receivers/add', { appid: sandbox.credentials.miniAppId, ...over }, serial());
const addPartner = () =>
  add({ type: 'MERCHANT_ID', account: partner, name: sealed('示例合作伙伴'), relation_type: 'PARTNER' });

/** An order of 100.00, paid, its money frozen for sharing. */
async function paidOrder(over: Record<string, unknown> = { settle_info: { profit_sharing: true } }) {
  const { outTradeNo, prepayId } = await merchant.place({ amount: { total: 10_000, currency: 'CNY' }, ...over });
  await sandbox.phone('/request-payment', { ...merchant.invocation(prepayId), persona: 'lin-xia', fundedBy: 'card' });
  const { transactionId } = await sandbox.control<{ transactionId: string }>('GET', `/orders/${outTradeNo}`);
  return { outTradeNo, transactionId };
}
const toPartner = (amount: number) => ({ type: 'MERCHANT_ID', account: partner, amount, description: '合作分成' });
const toPerson = (amount: number) => ({ type: 'PERSONAL_OPENID', account: openid, amount, description: '推广分成' });
const share = (transactionId: string, receivers: object[], over: Record<string, unknown> = {}) =>
  merchant.call('POST', '/v3/profitsharing/orders', {
    appid: sandbox.credentials.miniAppId,
    transaction_id: transactionId,
    out_order_no: `S${++counter}`,
    receivers,
    unfreeze_unsplit: false,
    ...over,
  });
const unsplit = async (transactionId: string) =>
  (await merchant.call('GET', `/v3/profitsharing/transactions/${transactionId}/amounts`)).body.unsplit_amount;
const find = (outOrderNo: unknown, transactionId: string) =>
  merchant.call('GET', `/v3/profitsharing/orders/${outOrderNo}?transaction_id=${transactionId}`);
const giveBack = (outOrderNo: unknown, amount: number, over: Record<string, unknown> = {}) =>
  merchant.call('POST', '/v3/profitsharing/return-orders', {
    out_order_no: outOrderNo,
    out_return_no: `T${++counter}`,
    return_mchid: partner,
    amount,
    description: '用户退款',
    ...over,
  });

describe('分账', () => {
  it('C10-PAY-09 shares 5 % of 100.00, refuses beyond the cap, and gives the share back before the refund', async () => {
    const { outTradeNo, transactionId } = await paidOrder();
    const shared = await share(transactionId, [toPartner(500)]);
    expect(shared.body).toMatchObject({ state: 'PROCESSING', receivers: [{ result: 'PENDING', amount: 500 }] });
    expect((await find(shared.body.out_order_no, transactionId)).body).toMatchObject({
      state: 'FINISHED',
      receivers: [{ result: 'SUCCESS', amount: 500, account: partner }],
    });
    expect(await unsplit(transactionId)).toBe(9_500);
    const beyond = await share(transactionId, [toPartner(2_501)]);
    expect([beyond.status, beyond.body.code]).toEqual([403, 'RULE_LIMIT']);
    const returned = await giveBack(shared.body.out_order_no, 500);
    expect(returned.body).toMatchObject({ result: 'PROCESSING', amount: 500 });
    const path = `/v3/profitsharing/return-orders/${returned.body.out_return_no}?out_order_no=${shared.body.out_order_no}`;
    expect((await merchant.call('GET', path)).body.result).toBe('SUCCESS');
    expect((await giveBack(shared.body.out_order_no, 1)).body.code).toBe('INVALID_REQUEST');
    const refund = await merchant.call('POST', '/v3/refund/domestic/refunds', {
      out_trade_no: outTradeNo,
      out_refund_no: `R${++counter}`,
      amount: { refund: 10_000, total: 10_000, currency: 'CNY' },
    });
    expect(refund.status).toBe(200);
    expect(await unsplit(transactionId)).toBe(0);
  });

  it('takes one number once, and refuses it with other parts', async () => {
    const { transactionId } = await paidOrder();
    const first = await share(transactionId, [toPartner(100)], { out_order_no: 'ONE1' });
    const again = await share(transactionId, [toPartner(100)], { out_order_no: 'ONE1' });
    expect(again.body.order_id).toBe(first.body.order_id);
    expect((await share(transactionId, [toPartner(101)], { out_order_no: 'ONE1' })).body.code).toBe('INVALID_REQUEST');
    expect(await unsplit(transactionId)).toBe(9_900);
  });

  it('unfreezes the rest, after which nothing can be shared', async () => {
    const { transactionId } = await paidOrder();
    const body = { transaction_id: transactionId, out_order_no: 'UNF1', description: '解冻' };
    expect((await merchant.call('POST', '/v3/profitsharing/orders/unfreeze', body)).body.state).toBe('FINISHED');
    expect(await unsplit(transactionId)).toBe(0);
    expect((await share(transactionId, [toPartner(1)])).body.code).toBe('NOT_ENOUGH');
  });

  it('refuses an order not marked for sharing, a stranger, a receiver twice, and too early', async () => {
    const plain = await paidOrder({});
    expect(await share(plain.transactionId, [toPartner(1)])).toMatchObject({ status: 403, body: { code: 'NO_AUTH' } });
    const { transactionId } = await paidOrder();
    const stranger = await share(transactionId, [{ ...toPartner(1), account: '1900000110' }]);
    expect(stranger.body.code).toBe('INVALID_REQUEST');
    expect((await share(transactionId, [toPartner(1), toPartner(2)])).body.code).toBe('PARAM_ERROR');
    await sandbox.switchTo({ 'sharing.minSeconds': 60 });
    expect((await share(transactionId, [toPartner(1)])).body.code).toBe('INVALID_REQUEST');
  });

  it('FINISHED is not success: each receiver has a result of its own', async () => {
    const { transactionId } = await paidOrder();
    await sandbox.switchTo({ 'sharing.outcome': 'ACCOUNT_ABNORMAL' });
    const shared = await share(transactionId, [toPartner(100), toPerson(200)]);
    const found = await find(shared.body.out_order_no, transactionId);
    expect(found.body).toMatchObject({
      state: 'FINISHED',
      receivers: [
        { result: 'CLOSED', fail_reason: 'ACCOUNT_ABNORMAL' },
        { result: 'CLOSED', fail_reason: 'ACCOUNT_ABNORMAL' },
      ],
    });
    expect(await unsplit(transactionId)).toBe(10_000);
  });

  it('a receiver removed meanwhile gets nothing; persons’ shares cannot be returned', async () => {
    const { transactionId } = await paidOrder();
    const person = await share(transactionId, [toPerson(200)]);
    await find(person.body.out_order_no, transactionId);
    expect((await giveBack(person.body.out_order_no, 1)).body.code).toBe('INVALID_REQUEST');
    await sandbox.switchTo({ 'sharing.seconds': 60 });
    const shared = await share(transactionId, [toPartner(100)]);
    await merchant.call('POST', '/v3/profitsharing/receivers/delete', {
      appid: sandbox.credentials.miniAppId,
      type: 'MERCHANT_ID',
      account: partner,
    });
    await sandbox.control('POST', '/clock/advance', { ms: 61_000 });
    const { items } = await sandbox.control<{ items: { out_order_no: string; receivers: object[] }[] }>(
      'GET',
      '/profit-sharing',
    );
    await sandbox.control('POST', '/clock/reset');
    const settled = items.find((item) => item.out_order_no === String(shared.body.out_order_no));
    expect(settled?.receivers).toMatchObject([{ result: 'CLOSED', fail_reason: 'NO_RELATION' }]);
  });

  it('merchants need their sealed full name; own number and unknown openids are refused', async () => {
    const merchantId = { type: 'MERCHANT_ID', account: partner, relation_type: 'PARTNER' };
    expect((await add(merchantId)).body.code).toBe('PARAM_ERROR');
    expect((await add({ ...merchantId, name: '明文' })).body.code).toBe('PARAM_ERROR');
    const own = { ...merchantId, account: sandbox.credentials.mchid, name: sealed('小铺') };
    expect((await add(own)).body.code).toBe('INVALID_REQUEST');
    expect((await add({ type: 'PERSONAL_OPENID', account: 'oX', relation_type: 'USER' })).body.code).toBe(
      'PARAM_ERROR',
    );
  });
});
