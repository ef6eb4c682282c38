import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createMerchant, type Merchant, openidOf } from '../../test/merchant.ts';
import { type RunningSandbox, type Shop, startSandbox, startShop } from '../../test/start-sandbox.ts';

let sandbox: RunningSandbox;
let shop: Shop;
let merchant: Merchant;
let openid: string;
const root = '/v3/payscore/serviceorder';
const service_id = '500001';

beforeAll(async () => {
  sandbox = await startSandbox({ notifySchedule: [50, 50] });
  shop = await startShop();
  merchant = createMerchant(sandbox);
  openid = await openidOf(sandbox, 'su-wan');
});
beforeEach(async () => {
  await sandbox.control('POST', '/switches/reset');
  await sandbox.switchTo({ 'payscore.seconds': 0, 'pay.refundSeconds': 0 });
  shop.received.length = 0;
});
afterAll(async () => {
  await sandbox.stop();
  await shop.stop();
});

let counter = 0;
const ids = () => ({ appid: sandbox.credentials.miniAppId, service_id });
const create = (over: Record<string, unknown> = {}) =>
  merchant.call('POST', root, {
    ...ids(),
    out_order_no: `PS${Date.now()}${++counter}`,
    service_introduction: '先享后付',
    risk_fund: { name: 'ESTIMATE_ORDER_COST', amount: 10_000 },
    time_range: { start_time: 'OnAccept' },
    notify_url: `${shop.url}/score`,
    openid,
    need_user_confirm: true,
    ...over,
  });
const act = (no: unknown, action: string, over: object) =>
  merchant.call('POST', `${root}/${no}/${action}`, { ...ids(), ...over });
const bill = (amount: number) => ({ post_payments: [{ name: '商品', amount }], total_amount: amount });
const query = (no: unknown) =>
  merchant.call('GET', `${root}?service_id=${service_id}&appid=${sandbox.credentials.miniAppId}&out_order_no=${no}`);
const confirm = (packageText: unknown, persona = '') =>
  sandbox.control<{ result: string; reason: string }>('POST', '/pay-score/confirm', { package: packageText, persona });

it('C03-DIF-07 is confirmed, completed and debited; the payer’s money moves once and can be refunded', async () => {
  const { body } = await create();
  expect(body).toMatchObject({ state: 'CREATED', package: expect.any(String) });
  expect((await confirm(body.package)).result).toBe('ok');
  expect((await query(body.out_order_no)).body).toMatchObject({ state: 'DOING', state_description: 'USER_CONFIRM' });
  const completed = await act(body.out_order_no, 'complete', bill(8_800));
  expect(completed.body).toMatchObject({ state: 'DOING', collection: { state: 'USER_PAYING', paying_amount: 8_800 } });
  const { body: done } = await query(body.out_order_no);
  expect(done).toMatchObject({ state: 'DONE', collection: { state: 'USER_PAID', paid_amount: 8_800 } });
  const received = await shop.waitFor(2);
  expect(received.map((one) => JSON.parse(one.body).event_type)).toEqual([
    'PAYSCORE.USER_CONFIRM',
    'PAYSCORE.USER_PAID',
  ]);
  expect(merchant.open(received[1]?.body ?? '')).toMatchObject({ out_order_no: body.out_order_no, state: 'DONE' });
  const [detail] = (done.collection as unknown as { details: { transaction_id: string }[] }).details;
  const refund = await merchant.call('POST', '/v3/refund/domestic/refunds', {
    transaction_id: detail?.transaction_id,
    out_refund_no: `PSR${counter}`,
    amount: { refund: 8_800, total: 8_800, currency: 'CNY' },
  });
  expect(refund.body).toMatchObject({ status: 'PROCESSING', amount: { refund: 8_800 } });
});

it('C03-DIF-07 is cancelled before it is completed, not after', async () => {
  const { body } = await create();
  await confirm(body.package);
  expect((await act(body.out_order_no, 'cancel', { reason: '用户取消' })).status).toBe(200);
  expect((await act(body.out_order_no, 'cancel', { reason: '用户取消' })).status).toBe(200);
  expect((await query(body.out_order_no)).body.state).toBe('REVOKED');
  expect((await act(body.out_order_no, 'complete', bill(1))).body.code).toBe('INVALID_ORDER_STATE');
  const other = await create();
  await confirm(other.body.package);
  await act(other.body.out_order_no, 'complete', bill(100));
  expect((await act(other.body.out_order_no, 'cancel', { reason: '晚了' })).body.code).toBe('INVALID_ORDER_STATE');
});

it('checks the total against its parts and the agreed amount, and takes one number once', async () => {
  const { body } = await create({ out_order_no: 'PSONE' });
  expect((await create({ out_order_no: 'PSONE' })).body.order_id).toBe(body.order_id);
  expect((await create({ out_order_no: 'PSONE', service_introduction: '别的' })).body.code).toBe('INVALID_REQUEST');
  await confirm(body.package);
  const wrong = { post_payments: [{ name: '商品', amount: 10 }], total_amount: 11 };
  expect((await act('PSONE', 'complete', wrong)).body.code).toBe('PARAM_ERROR');
  expect((await act('PSONE', 'complete', bill(10_001))).body.code).toBe('PARAM_ERROR');
  expect((await act('PSONE', 'complete', bill(100))).status).toBe(200);
  expect((await act('PSONE', 'complete', bill(100))).status).toBe(200);
  expect((await act('PSONE', 'complete', bill(99))).body.code).toBe('INVALID_REQUEST');
});

it('stays unpaid while the payer is short, until WeChat tries again or it was settled elsewhere', async () => {
  await sandbox.switchTo({ 'payscore.debit': 'short' });
  const { body } = await create();
  await confirm(body.package);
  await act(body.out_order_no, 'complete', bill(100));
  expect((await query(body.out_order_no)).body).toMatchObject({ collection: { state: 'USER_PAYING' } });
  const synced = await act(body.out_order_no, 'sync', {
    type: 'Order_Paid',
    detail: { paid_time: '20261122120000' },
  });
  expect(synced.body).toMatchObject({ state: 'DONE', collection: { state: 'USER_PAID', details: [] } });
});

it('X-16 refuses a merchant without the product, confirmation by others, and confirmations after 30 days', async () => {
  const { body } = await create();
  expect(await confirm(body.package, 'ma-ke')).toEqual({ result: 'fail', reason: 'openid-mismatch' });
  await sandbox.control('POST', '/clock/advance', { ms: 30 * 86_400_000 });
  expect(await confirm(body.package)).toEqual({ result: 'fail', reason: 'not-confirmable' });
  await sandbox.control('POST', '/clock/reset');
  await sandbox.switchTo({ 'pay.noPermission': 'payscore' });
  expect(await create()).toMatchObject({ status: 403, body: { code: 'NO_AUTH' } });
});
