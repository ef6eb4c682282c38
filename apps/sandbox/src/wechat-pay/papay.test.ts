import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createMerchant, type Merchant, openidOf } from '../../test/merchant.ts';
import { type RunningSandbox, type Shop, startSandbox, startShop } from '../../test/start-sandbox.ts';

let sandbox: RunningSandbox;
let shop: Shop;
let merchant: Merchant;
let openid: string;
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

const DAY_MS = 86_400_000;
let counter = 0;
const post = async (path: string, body: object) =>
  (await (
    await fetch(`${sandbox.base}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  ).json()) as { result: string };
const presign = (code: string, over: object = {}) =>
  merchant.call('POST', '/v3/papay/scheduled-deduct-sign/contracts/pre-entrust-sign/mini-program', {
    appid: sandbox.credentials.miniAppId,
    openid,
    plan_id: 12_535,
    out_contract_code: code,
    contract_display_account: '月卡',
    contract_notify_url: `${shop.url}/contract`,
    deduct_schedule: {
      estimated_deduct_date: '2026-12-30',
      estimated_deduct_amount: { total: 990 },
      description: '月卡自动续费',
    },
    ...over,
  });
const path = (code: string) => `/v3/papay/sign/contracts/plan-id/12535/out-contract-code/${code}`;
async function signed() {
  const code = `CT${Date.now()}${++counter}`;
  const session = String((await presign(code)).body.pre_entrustweb_id);
  expect(await post('/contract/sign', { session })).toEqual({ result: 'ok' });
  const { contract_id: id } = (await merchant.call('GET', path(code))).body;
  return { code, id: String(id) };
}
const schedule = (id: string, total = 990) =>
  merchant.call('POST', `/v3/papay/pay/schedules/contract-id/${id}/schedule`, {
    appid: sandbox.credentials.miniAppId,
    schedule_amount: { total, currency: 'CNY' },
  });
const apply = (id: string, no: string, total = 990) =>
  merchant.call('POST', '/v3/papay/pay/transactions/apply', {
    appid: sandbox.credentials.miniAppId,
    out_trade_no: no,
    description: '月卡',
    transaction_notify_url: `${shop.url}/pay`,
    contract_id: id,
    amount: { total, currency: 'CNY' },
  });
const number = () => `PD${Date.now()}${++counter}`;

it('is no contract before the payer signed; its page is signed once', async () => {
  const code = `CT${Date.now()}${++counter}`;
  const first = await presign(code);
  expect((await presign(code)).body).toEqual(first.body);
  expect((await presign(code, { plan_id: 1 })).status).toBe(400);
  expect((await merchant.call('GET', path(code))).body).toMatchObject({ code: 'RESOURCE_NOT_EXISTS' });
  const session = String(first.body.pre_entrustweb_id);
  expect(await post('/contract/sign', { session, action: 'cancel' })).toEqual({ result: 'cancel' });
  expect(await post('/contract/sign', { session })).toEqual({ result: 'ok' });
  expect(await post('/contract/sign', { session })).toEqual({ result: 'cancel' });
  expect((await merchant.call('GET', path(code))).body).toMatchObject({ contract_state: 'SIGNED', openid });
});

it('deducts only what was announced the day before, once, never more, and nothing once ended', async () => {
  const { code, id } = await signed();
  expect((await apply(id, number())).body).toMatchObject({ code: 'RULE_LIMIT' });
  expect((await schedule(id)).body).toMatchObject({ schedule_state: 'SCHEDULED' });
  expect((await schedule(id)).status).toBe(200);
  expect((await schedule(id, 1_990)).status).toBe(400);
  expect((await apply(id, number())).body).toMatchObject({ code: 'RULE_LIMIT' });
  await sandbox.control('POST', '/clock/advance', { ms: DAY_MS });
  expect((await apply(id, number(), 991)).status).toBe(400);
  const no = number();
  expect((await apply(id, no)).status).toBe(200);
  expect((await apply(id, no)).status).toBe(200);
  expect((await apply(id, no, 900)).body).toMatchObject({ code: 'OUT_TRADE_NO_USED' });
  expect((await apply(id, number())).body).toMatchObject({ code: 'RULE_LIMIT' });
  await schedule(id);
  expect(
    (await merchant.call('POST', `${path(code)}/terminate`, { contract_termination_remark: '用户解约' })).status,
  ).toBe(204);
  expect(
    (await merchant.call('POST', `${path(code)}/terminate`, { contract_termination_remark: '用户解约' })).status,
  ).toBe(204);
  await sandbox.control('POST', '/clock/advance', { ms: DAY_MS });
  expect((await apply(id, number())).body).toMatchObject({ code: 'CONTRACT_NOT_EXIST' });
  expect((await schedule(id)).body).toMatchObject({ code: 'CONTRACT_NOT_EXIST' });
});
