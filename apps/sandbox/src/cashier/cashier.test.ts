import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createMerchant, type Merchant, openidOf } from '../../test/merchant.ts';
import { type RunningSandbox, startSandbox } from '../../test/start-sandbox.ts';

let sandbox: RunningSandbox;
let merchant: Merchant;

beforeAll(async () => {
  sandbox = await startSandbox();
  merchant = createMerchant(sandbox);
});
afterEach(() => sandbox.control('POST', '/clock/reset'));
afterAll(() => sandbox.stop());

const invoke = (prepayId: string, over: Record<string, unknown> = {}) =>
  sandbox.phone('/request-payment', { ...merchant.invocation(prepayId), persona: 'lin-xia', ...over });
const stateOf = async (outTradeNo: string) =>
  (await sandbox.control<{ state: string }>('GET', `/orders/${outTradeNo}`)).state;
const open = (query: Record<string, string>) => fetch(`${sandbox.base}/cashier?${new URLSearchParams(query)}`);
const balanceOf = async (persona: string) => {
  const { items } = await sandbox.control<{ items: Array<{ id: string; balance: number }> }>('GET', '/personas');
  return items.find(({ id }) => id === persona)?.balance;
};

describe('the payment sheet', () => {
  it('shows merchant, goods and amount, and escapes what the merchant wrote', async () => {
    const { prepayId } = await merchant.place({ description: '<b>茶壶</b>', amount: { total: 123_456 } });
    const response = await open({ ...merchant.invocation(prepayId), persona: 'lin-xia' });
    const page = await response.text();
    expect(response.status).toBe(200);
    expect(page).toContain('&lt;b&gt;茶壶&lt;/b&gt;');
    expect(page).toContain('1,234<span class="amount-cents">.56</span>');
    expect(page).toContain('data-testid="cashier-confirm"');
  });

  it('offers the card when the wallet is short', async () => {
    const { prepayId } = await merchant.place({ payer: { openid: await openidOf(sandbox, 'ma-ke') } }, 'ma-ke');
    const page = await (await open({ ...merchant.invocation(prepayId), persona: 'ma-ke' })).text();
    expect(page).toMatch(/value="balance" disabled/);
    expect(page).toMatch(/value="card" checked/);
  });
});

describe('invocation', () => {
  it.each([
    ['a signature over something else', { nonceStr: 'changed' }, 'bad-signature'],
    ['no signature', { paySign: '' }, 'missing-parameter'],
    ['MD5', { signType: 'MD5' }, 'bad-sign-type'],
    ['milliseconds', { timeStamp: '1700000000000' }, 'bad-timestamp'],
    ['another payer', { persona: 'chen-mo' }, 'openid-mismatch'],
    ['a person who does not exist', { persona: 'nobody' }, 'no-payer'],
  ])('with %s is refused, and nothing is paid', async (_name, over, reason) => {
    const { outTradeNo, prepayId } = await merchant.place();
    const invocation = { ...merchant.invocation(prepayId), persona: 'lin-xia', ...over };
    expect(await sandbox.phone('/request-payment', invocation)).toMatchObject({ result: 'fail', reason });
    expect(await stateOf(outTradeNo)).toBe('NOTPAY');
    const page = await open(invocation as Record<string, string>);
    expect([page.status, (await page.text()).includes('cashier-confirm')]).toEqual([400, false]);
  });

  it('of an unknown prepay id, a closed, a paid and an expired one are told apart', async () => {
    expect((await invoke('wx0000')).reason).toBe('bad-prepay');
    const closed = await merchant.place();
    await merchant.call('POST', `/v3/pay/transactions/out-trade-no/${closed.outTradeNo}/close`, {
      mchid: sandbox.credentials.mchid,
    });
    expect((await invoke(closed.prepayId)).reason).toBe('closed');
    const paid = await merchant.place();
    expect([(await invoke(paid.prepayId)).result, (await invoke(paid.prepayId)).reason]).toEqual(['ok', 'paid']);
    const stale = await merchant.place();
    await sandbox.control('POST', '/clock/advance', { ms: 2 * 3_600_000 + 1 });
    expect((await invoke(stale.prepayId)).reason).toBe('expired');
  });

  it('signed for the other app is refused', async () => {
    const { prepayId } = await merchant.place();
    const invocation = merchant.invocation(prepayId, sandbox.credentials.oaAppId);
    expect(await sandbox.phone('/request-payment', { ...invocation, persona: 'lin-xia' })).toMatchObject({
      reason: 'appid-mismatch',
    });
  });

  it.each([
    ['cancel', 'cancel', 'requestPayment:fail cancel', 'NOTPAY'],
    ['insufficient', 'fail', 'requestPayment:fail 余额不足', 'NOTPAY'],
    ['timeout', 'fail', 'requestPayment:fail timeout', 'NOTPAY'],
    ['pay-unheard', 'fail', 'requestPayment:fail timeout', 'SUCCESS'],
    ['pay', 'ok', 'requestPayment:ok', 'SUCCESS'],
  ])('%s answers %s, %s and leaves the order %s', async (action, result, errMsg, state) => {
    const { outTradeNo, prepayId } = await merchant.place();
    expect(await invoke(prepayId, { action })).toMatchObject({ result, errMsg });
    expect(await stateOf(outTradeNo)).toBe(state);
  });

  it('takes the money from the wallet, or from the card when told or when the wallet is short', async () => {
    const before = (await balanceOf('lin-xia')) ?? 0;
    await invoke((await merchant.place()).prepayId, { fundedBy: 'balance' });
    expect(await balanceOf('lin-xia')).toBe(before - 12_800);
    await invoke((await merchant.place()).prepayId, { fundedBy: 'card' });
    expect(await balanceOf('lin-xia')).toBe(before - 12_800);
    const poor = await merchant.place({}, 'ma-ke');
    expect((await invoke(poor.prepayId, { persona: 'ma-ke', fundedBy: 'balance' })).reason).toBe('insufficient');
    expect((await invoke(poor.prepayId, { persona: 'ma-ke' })).result).toBe('ok');
    expect(await balanceOf('ma-ke')).toBe(0);
  });

  it('pays an order once, though two phones press at the same moment', async () => {
    const { prepayId } = await merchant.place();
    const before = (await balanceOf('lin-xia')) ?? 0;
    const answers = await Promise.all(Array.from({ length: 10 }, () => invoke(prepayId, { fundedBy: 'balance' })));
    expect(answers.filter(({ result }) => result === 'ok')).toHaveLength(1);
    expect(await balanceOf('lin-xia')).toBe(before - 12_800);
  });
});

describe('Native and H5', () => {
  const place = async (path: string, extra: Record<string, unknown> = {}) => {
    const { payer: _payer, ...body } = merchant.order(extra);
    return { outTradeNo: String(body.out_trade_no), reply: await merchant.call('POST', path, body) };
  };

  it('are paid by whoever scans or opens, and name that person as the payer', async () => {
    const { outTradeNo, reply } = await place('/v3/pay/transactions/native');
    expect(await sandbox.phone('/scan', { persona: 'chen-mo', url: reply.body.code_url })).toMatchObject({
      result: 'ok',
    });
    const paid = await merchant.call(
      'GET',
      `/v3/pay/transactions/out-trade-no/${outTradeNo}?mchid=${sandbox.credentials.mchid}`,
    );
    expect(paid.body).toMatchObject({ trade_type: 'NATIVE', payer: { openid: await openidOf(sandbox, 'chen-mo') } });
  });

  it('H5 links live five minutes', async () => {
    const scene = { scene_info: { payer_client_ip: '127.0.0.1', h5_info: { type: 'Wap' } } };
    const { reply } = await place('/v3/pay/transactions/h5', scene);
    expect((await fetch(String(reply.body.h5_url))).status).toBe(200);
    await sandbox.control('POST', '/clock/advance', { ms: 300_001 });
    expect((await fetch(String(reply.body.h5_url))).status).toBe(400);
    expect((await place('/v3/pay/transactions/h5')).reply.body.code).toBe('PARAM_ERROR');
  });
});
