import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createMerchant, type Merchant, openidOf } from '../../test/merchant.ts';
import { type RunningSandbox, type Shop, startSandbox, startShop } from '../../test/start-sandbox.ts';

let sandbox: RunningSandbox;
let shop: Shop;
let merchant: Merchant;
let openid: string;
const root = '/v3/combine-transactions';

beforeAll(async () => {
  sandbox = await startSandbox({ notifySchedule: [50, 50] });
  shop = await startShop();
  merchant = createMerchant(sandbox);
  openid = await openidOf(sandbox, 'su-wan');
});
beforeEach(() => sandbox.control('POST', '/switches/reset'));
afterAll(async () => {
  await sandbox.stop();
  await shop.stop();
});

let counter = 0;
const part = (no: string, sub_mchid: string, total_amount: number) => ({
  mchid: sandbox.credentials.mchid,
  sub_mchid,
  out_trade_no: no,
  attach: 'a',
  description: '四件套',
  amount: { total_amount, currency: 'CNY' },
});
function order(over: Record<string, unknown> = {}) {
  const no = `CB${Date.now()}${++counter}`;
  return {
    combine_appid: sandbox.credentials.miniAppId,
    combine_mchid: sandbox.credentials.mchid,
    combine_out_trade_no: no,
    notify_url: `${shop.url}/pay`,
    sub_orders: [part(`${no}-1`, '1900000201', 300), part(`${no}-2`, '1900000202', 200)],
    combine_payer_info: { openid },
    ...over,
  };
}
const place = (body: object, product = 'jsapi') => merchant.call('POST', `${root}/${product}`, body);

it.each([
  [
    'one part',
    (body: ReturnType<typeof order>) => ({ ...body, sub_orders: body.sub_orders.slice(0, 1) }),
    'PARAM_ERROR',
  ],
  [
    'another payer',
    (body: ReturnType<typeof order>) => ({ ...body, combine_payer_info: { openid: 'nobody' } }),
    'PARAM_ERROR',
  ],
  ['an unknown field', (body: ReturnType<typeof order>) => ({ ...body, total: 500 }), 'PARAM_ERROR'],
  ['another app', (body: ReturnType<typeof order>) => ({ ...body, combine_appid: 'wx0' }), 'APPID_MCHID_NOT_MATCH'],
  [
    'a merchant that is not ours',
    (body: ReturnType<typeof order>) => ({
      ...body,
      sub_orders: [body.sub_orders[0], part('CBX-9999', '1999999999', 5)],
    }),
    'INVALID_REQUEST',
  ],
  [
    'one number twice',
    (body: ReturnType<typeof order>) => ({ ...body, sub_orders: [body.sub_orders[0], body.sub_orders[0]] }),
    'PARAM_ERROR',
  ],
])('refuses %s', async (_what, change, code) => {
  const reply = await place(change(order()));
  expect(reply.status).toBe(400);
  expect(reply.body).toMatchObject({ code });
});

it('repeats one order under its number, refuses changed params, and closes only with all its parts named', async () => {
  const body = order();
  expect((await place(body)).status).toBe(200);
  expect((await place(body)).status).toBe(200);
  expect((await place({ ...body, notify_url: `${shop.url}/other` })).body).toMatchObject({ code: 'OUT_TRADE_NO_USED' });
  const path = `${root}/out-trade-no/${body.combine_out_trade_no}`;
  const close = (sub_orders: unknown[]) =>
    merchant.call('POST', `${path}/close`, { combine_appid: body.combine_appid, sub_orders });
  const named = body.sub_orders.map(({ mchid, sub_mchid, out_trade_no }) => ({ mchid, sub_mchid, out_trade_no }));
  expect((await close(named.slice(1))).body).toMatchObject({ code: 'PARAM_ERROR' });
  expect((await close(named)).status).toBe(204);
  expect((await close(named)).status).toBe(204);
  expect((await merchant.call('GET', path)).body).toMatchObject({
    sub_orders: [{ trade_state: 'CLOSED' }, { trade_state: 'CLOSED' }],
  });
  expect((await place(body)).body).toMatchObject({ code: 'ORDER_CLOSED' });
});

it('an ordinary query or close finds neither the whole nor a part', async () => {
  const body = order();
  await place(body);
  for (const no of [body.combine_out_trade_no, `${body.combine_out_trade_no}-1`]) {
    const path = `/v3/pay/transactions/out-trade-no/${no}`;
    expect((await merchant.call('GET', `${path}?mchid=${sandbox.credentials.mchid}`)).body).toMatchObject({
      code: 'ORDER_NOT_EXIST',
    });
    expect((await merchant.call('POST', `${path}/close`, { mchid: sandbox.credentials.mchid })).status).toBe(404);
  }
});
