import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMerchant, type Merchant, openidOf } from '../../test/merchant.ts';
import { type RunningSandbox, startSandbox } from '../../test/start-sandbox.ts';

let sandbox: RunningSandbox;
let merchant: Merchant;
let openid: string;

beforeAll(async () => {
  sandbox = await startSandbox();
  merchant = createMerchant(sandbox);
  openid = await openidOf(sandbox, 'lin-xia');
});
afterAll(() => sandbox.stop());

const placeBody = (body: unknown) => merchant.call('POST', '/v3/pay/transactions/jsapi', body);
const query = (outTradeNo: string) =>
  merchant.call('GET', `/v3/pay/transactions/out-trade-no/${outTradeNo}?mchid=${sandbox.credentials.mchid}`);
const close = (outTradeNo: string) =>
  merchant.call('POST', `/v3/pay/transactions/out-trade-no/${outTradeNo}/close`, { mchid: sandbox.credentials.mchid });
const pay = (prepayId: string, extra: Record<string, unknown> = {}) =>
  sandbox.phone('/request-payment', { ...merchant.invocation(prepayId), persona: 'lin-xia', ...extra });
const isoIn = (ms: number) => new Date(Date.now() + ms).toISOString();

describe('placing an order', () => {
  it.each([
    [
      'amount 0',
      { amount: { total: 0 } },
      400,
      'PARAM_ERROR',
      '输入源“/body/amount/total”映射到数值字段“总金额”规则校验失败，值低于最小值 1',
    ],
    [
      'a fraction of a fen',
      { amount: { total: 1.5 } },
      400,
      'PARAM_ERROR',
      '输入源“/body/amount/total”映射到数值字段“总金额”类型规则校验失败，值应为整数',
    ],
    [
      'no description',
      { description: undefined },
      400,
      'PARAM_ERROR',
      '输入源“/body/description”映射到字段“商品描述”必填性规则校验失败，此字段为必填项',
    ],
    [
      'a description of 43 characters (129 bytes)',
      { description: '长'.repeat(43) },
      400,
      'PARAM_ERROR',
      '输入源“/body/description”映射到字符串字段“商品描述”规则校验失败，字节数 129，大于最大值 127',
    ],
    [
      'an order number of 5',
      { out_trade_no: '12345' },
      400,
      'PARAM_ERROR',
      '输入源“/body/out_trade_no”映射到字符串字段“商户订单号”规则校验失败，字节数 5，小于最小值 6',
    ],
    ['an unknown field', { colour: 'red' }, 400, 'PARAM_ERROR', '参数中含有非法的额外参数'],
    ['another merchant', { mchid: '1900000000' }, 400, 'PARAM_ERROR', '请求体中的商户号与签名使用的商户号不一致'],
    ['a foreign appid', { appid: 'wx0000000000000000' }, 400, 'APPID_MCHID_NOT_MATCH', '商户号和appid没有绑定关系'],
    ['an unknown openid', { payer: { openid: 'oNobody' } }, 400, 'PARAM_ERROR', '无效的openid'],
    [
      'a notify_url with a query',
      { notify_url: 'https://shop.example/n?a=1' },
      400,
      'INVALID_REQUEST',
      'notify_url不允许携带参数',
    ],
    [
      'an expiry within the minute',
      { time_expire: isoIn(30_000) },
      400,
      'PARAM_ERROR',
      'time_expire时间过短，刷卡至少1分钟后，其他5分钟，请更正后重试',
    ],
    [
      'an expiry after 8 days',
      { time_expire: isoIn(8 * 86_400_000) },
      400,
      'PARAM_ERROR',
      'time_expire时间过长，最长不超过7天',
    ],
    [
      'an expiry in words',
      { time_expire: 'tomorrow' },
      400,
      'PARAM_ERROR',
      '输入源“/body/time_expire”映射到时间字段“交易结束时间”规则校验失败，时间格式应遵循 RFC3339',
    ],
  ] as const)('refuses %s', async (_name, over, status, code, message) => {
    const body = merchant.order({ payer: { openid }, ...over });
    const reply = await placeBody(body);
    expect([reply.status, reply.body.code, reply.body.message]).toEqual([status, code, message]);
    expect((await query(String(body.out_trade_no))).status).toBe(404);
  });

  it('tells an openid of another app from an unknown one', async () => {
    const { items } = await sandbox.control<{ items: Array<Record<string, string>> }>('GET', '/personas');
    const reply = await placeBody(merchant.order({ payer: { openid: items[0]?.oaOpenid } }));
    expect(reply.body.code).toBe('OPENID_MISMATCH');
  });

  it('refuses a body that is not JSON, and a product that was not opened', async () => {
    expect((await placeBody('not json')).body.code).toBe('PARAM_ERROR');
    await sandbox.switchTo({ 'pay.noPermission': 'jsapi' });
    const reply = await placeBody(merchant.order({ payer: { openid } }));
    expect([reply.status, reply.body.code]).toEqual([403, 'NO_AUTH']);
    await sandbox.switchTo({ 'pay.noPermission': 'none' });
  });

  it('gives a fresh prepay id for the same params, whatever their order', async () => {
    const { body, prepayId } = await merchant.place();
    const again = await placeBody(Object.fromEntries(Object.entries(body).reverse()));
    expect(again.status).toBe(200);
    expect(again.body.prepay_id).not.toBe(prepayId);
  });

  it('refuses changed params and another endpoint with OUT_TRADE_NO_USED', async () => {
    const { body } = await merchant.place();
    const changed = await placeBody({ ...body, amount: { total: 1, currency: 'CNY' } });
    const { payer: _payer, ...native } = body;
    const elsewhere = await merchant.call('POST', '/v3/pay/transactions/native', native);
    for (const reply of [changed, elsewhere])
      expect([reply.status, reply.body.code]).toEqual([403, 'OUT_TRADE_NO_USED']);
  });

  it('refuses to place again once paid or closed, in the spelling that is switched on', async () => {
    const paid = await merchant.place();
    await pay(paid.prepayId);
    const again = await placeBody(paid.body);
    expect([again.status, again.body.code]).toEqual([400, 'ORDERPAID']);
    await sandbox.switchTo({ 'pay.orderPaidCode': 'ORDER_PAID', 'pay.unstatedStatus': 403 });
    const respelt = await placeBody(paid.body);
    expect([respelt.status, respelt.body.code]).toEqual([403, 'ORDER_PAID']);
    await sandbox.control('POST', '/switches/reset');

    const closed = await merchant.place();
    await close(closed.outTradeNo);
    expect((await placeBody(closed.body)).body.code).toBe('ORDER_CLOSED');
  });

  it('50 parallel posts of one order make one order', async () => {
    const body = merchant.order({ payer: { openid } });
    const replies = await Promise.all(Array.from({ length: 50 }, () => placeBody(body)));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    const { items } = await sandbox.control<{ items: Array<{ outTradeNo: string }> }>('GET', '/orders?limit=1000');
    expect(items.filter(({ outTradeNo }) => outTradeNo === body.out_trade_no)).toHaveLength(1);
  });
});

describe('query and close', () => {
  it('needs the mchid, and the right one', async () => {
    const { outTradeNo } = await merchant.place();
    const path = `/v3/pay/transactions/out-trade-no/${outTradeNo}`;
    expect((await merchant.call('GET', path)).body.code).toBe('PARAM_ERROR');
    expect((await merchant.call('GET', `${path}?mchid=1900000000`)).body.code).toBe('PARAM_ERROR');
  });

  it('shows the whole transaction once paid', async () => {
    const { outTradeNo, prepayId } = await merchant.place({ attach: 'cart-7' });
    await pay(prepayId);
    const { body } = await query(outTradeNo);
    expect(body).toEqual({
      appid: sandbox.credentials.miniAppId,
      mchid: sandbox.credentials.mchid,
      out_trade_no: outTradeNo,
      transaction_id: expect.stringMatching(/^4200\d{24}$/),
      trade_type: 'JSAPI',
      trade_state: 'SUCCESS',
      trade_state_desc: '支付成功',
      bank_type: 'OTHERS',
      attach: 'cart-7',
      success_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$/),
      payer: { openid },
      amount: { total: 12_800, payer_total: 12_800, currency: 'CNY', payer_currency: 'CNY' },
    });
  });

  it('closes again and again, but never a paid order', async () => {
    const open = await merchant.place();
    expect([(await close(open.outTradeNo)).status, (await close(open.outTradeNo)).status]).toEqual([204, 204]);
    const paid = await merchant.place();
    await pay(paid.prepayId);
    expect((await close(paid.outTradeNo)).body.code).toBe('ORDERPAID');
    expect((await query(paid.outTradeNo)).body.trade_state).toBe('SUCCESS');
    expect((await close('NOSUCHORDER')).body.code).toBe('ORDER_NOT_EXIST');
  });

  it('has one winner when closing and paying race', async () => {
    for (let round = 0; round < 10; round++) {
      const { outTradeNo, prepayId } = await merchant.place();
      const [closing, paying] = await Promise.all([close(outTradeNo), pay(prepayId)]);
      const state = (await query(outTradeNo)).body.trade_state;
      expect([closing.status, paying.result, state]).toEqual(
        closing.status === 204 ? [204, 'fail', 'CLOSED'] : [400, 'ok', 'SUCCESS'],
      );
    }
  });

  it('closes itself when its time is over', async () => {
    const { outTradeNo, prepayId } = await merchant.place({ time_expire: isoIn(15 * 60_000) });
    await sandbox.control('POST', '/clock/advance', { ms: 16 * 60_000 });
    expect((await query(outTradeNo)).body.trade_state).toBe('CLOSED');
    expect((await pay(prepayId)).reason).toBe('closed');
    await sandbox.control('POST', '/clock/reset');
  });
});
