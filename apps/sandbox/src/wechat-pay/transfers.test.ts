import { constants, publicEncrypt } from 'node:crypto';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMerchant, type Merchant, openidOf } from '../../test/merchant.ts';
import { type Field, type RunningSandbox, type Shop, startSandbox, startShop } from '../../test/start-sandbox.ts';

const require = createRequire(import.meta.url);
const { Wechatpay } = require('wechatpay-axios-plugin');
const WechatPayNodeV3 = require('wechatpay-node-v3');

let sandbox: RunningSandbox;
let shop: Shop;
let merchant: Merchant;
let openid: string;
const bills = '/v3/fund-app/mch-transfer/transfer-bills';

beforeAll(async () => {
  sandbox = await startSandbox({ notifySchedule: [50, 50, 50] });
  shop = await startShop();
  merchant = createMerchant(sandbox);
  openid = await openidOf(sandbox, 'lin-xia');
});
beforeEach(async () => {
  await sandbox.control('POST', '/switches/reset');
  await sandbox.switchTo({ 'transfer.seconds': 0 });
  shop.received.length = 0;
});
afterAll(async () => {
  await sandbox.stop();
  await shop.stop();
});

let counter = 0;
const request = (over: Record<string, unknown> = {}) => ({
  appid: sandbox.credentials.miniAppId,
  out_bill_no: `B${Date.now()}${++counter}`,
  transfer_scene_id: '1005',
  openid,
  transfer_amount: 1_234,
  transfer_remark: '推广佣金',
  notify_url: `${shop.url}/transfer`,
  user_recv_perception: '劳务报酬',
  transfer_scene_report_infos: [
    { info_type: '岗位类型', info_content: '推广员' },
    { info_type: '报酬说明', info_content: '九月推广佣金' },
  ],
  ...over,
});
const create = (over: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  merchant.call('POST', bills, request(over), { headers });
const find = (outBillNo: unknown) => merchant.call('GET', `${bills}/out-bill-no/${outBillNo}`);
const confirm = async (packageInfo: unknown, over: Record<string, unknown> = {}) => {
  const { mchid, miniAppId } = sandbox.credentials;
  const response = await fetch(`${sandbox.base}/transfer/confirm`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ mchId: mchid, appId: miniAppId, package: packageInfo, ...over }),
  });
  return (await response.json()) as Record<string, string>;
};
const balance = async () => {
  const { items } = await sandbox.control<{ items: { id: string; balance: number }[] }>('GET', '/personas');
  return items.find(({ id }) => id === 'lin-xia')?.balance ?? 0;
};
const sealed = (name: string) =>
  publicEncrypt(
    { key: sandbox.credentials.platformPublicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
    Buffer.from(name),
  ).toString('base64');

describe('商家转账', () => {
  it('waits for the payee, moves the money after the confirmation, and says so', async () => {
    const before = await balance();
    const created = await create();
    expect(created.body).toMatchObject({ state: 'WAIT_USER_CONFIRM', package_info: expect.any(String) });
    expect(merchant.verifies(created.headers, created.text)).toBe(true);
    expect(await balance()).toBe(before);
    expect(await confirm(created.body.package_info)).toEqual({ result: 'ok', errMsg: 'requestMerchantTransfer:ok' });
    const found = await find(created.body.out_bill_no);
    expect(found.body).toMatchObject({ state: 'SUCCESS', transfer_amount: 1_234, openid });
    expect(found.body.package_info).toBeUndefined();
    expect(await balance()).toBe(before + 1_234);
    const [received] = await shop.waitFor(1);
    expect(JSON.parse(received?.body ?? '')).toMatchObject({
      event_type: 'MCHTRANSFER.BILL.FINISHED',
      resource: { original_type: 'mch_payment' },
    });
    expect(merchant.open(received?.body ?? '')).toMatchObject({
      out_bill_no: created.body.out_bill_no,
      state: 'SUCCESS',
      transfer_amount: 1_234,
      mch_id: sandbox.credentials.mchid,
    });
    expect(await confirm(created.body.package_info)).toMatchObject({ result: 'fail', reason: 'confirmed' });
    expect(await balance()).toBe(before + 1_234);
  });

  it('takes one number once: the same params answer the same bill, others are refused', async () => {
    const body = request();
    const first = await merchant.call('POST', bills, body);
    const again = await merchant.call('POST', bills, body);
    expect(again.body).toEqual(first.body);
    const other = await merchant.call('POST', bills, { ...body, transfer_amount: 1 });
    expect([other.status, other.body.code]).toEqual([400, 'ALREADY_EXISTS']);
  });

  it.each([
    ['a scene not granted', { transfer_scene_id: '1009' }, 400, 'INVALID_REQUEST'],
    ['reports of another scene', { transfer_scene_id: '1000', user_recv_perception: '现金奖励' }, 400, 'PARAM_ERROR'],
    ['a perception the scene does not show', { user_recv_perception: '活动奖励' }, 400, 'INVALID_REQUEST'],
    ['2,000 yuan without a name', { transfer_amount: 200_000 }, 400, 'PARAM_ERROR'],
    ['no amount', { transfer_amount: 0 }, 400, 'PARAM_ERROR'],
    ['an unknown payee', { openid: 'oNobody' }, 400, 'PARAM_ERROR'],
    ['a number with a dash', { out_bill_no: 'A-1' }, 400, 'PARAM_ERROR'],
    ['another app', { appid: 'wx0000000000000000' }, 400, 'INVALID_REQUEST'],
    ['more than a single payment may be', { transfer_amount: 5_000_001 }, 400, 'INVALID_REQUEST'],
  ])('refuses %s', async (_what, over, status, code) => {
    const reply = await create(over);
    expect([reply.status, reply.body.code]).toEqual([status, code]);
  });

  it('opens a name sealed for the key the serial names, and refuses a clear one or one without serial', async () => {
    const { platformPublicKeyId } = sandbox.credentials;
    const headers = { 'wechatpay-serial': platformPublicKeyId };
    const good = await create({ transfer_amount: 200_000, user_name: sealed('林夏') }, headers);
    expect(good.body.state).toBe('WAIT_USER_CONFIRM');
    expect((await create({ transfer_amount: 200_000, user_name: '林夏' }, headers)).body.code).toBe('PARAM_ERROR');
    expect((await create({ transfer_amount: 200_000, user_name: sealed('林夏') })).body.code).toBe('INVALID_REQUEST');
    const other = await create({ transfer_amount: 200_000, user_name: sealed('陈默') }, headers);
    await confirm(other.body.package_info);
    expect((await find(other.body.out_bill_no)).body).toMatchObject({ state: 'FAIL', fail_reason: 'NAME_NOT_CORRECT' });
  });

  it('only the payee, in the right app, can confirm', async () => {
    const { body } = await create();
    expect(await confirm(body.package_info, { persona: 'chen-mo' })).toMatchObject({ reason: 'openid-mismatch' });
    expect(await confirm(body.package_info, { appId: sandbox.credentials.oaAppId })).toMatchObject({
      reason: 'appid-mismatch',
    });
    expect(await confirm(body.package_info, { mchId: '1900000000' })).toMatchObject({ reason: 'mchid-mismatch' });
    expect(await confirm('x')).toMatchObject({ reason: 'bad-package' });
    expect((await find(body.out_bill_no)).body.state).toBe('WAIT_USER_CONFIRM');
  });

  it.each(['FAIL', 'CANCELLED'])('closes as %s what nobody confirmed within 24 hours', async (state) => {
    await sandbox.switchTo({ 'transfer.overdueState': state });
    const { body } = await create();
    await sandbox.control('POST', '/clock/advance', { ms: 24 * 3_600_000 });
    try {
      const { items } = await sandbox.control<{ items: { outBillNo: string; state: string; failReason: string }[] }>(
        'GET',
        '/transfers',
      );
      expect(items.find(({ outBillNo }) => outBillNo === String(body.out_bill_no))).toMatchObject({
        state,
        failReason: 'OVERDUE_CLOSE',
      });
      expect(await confirm(body.package_info)).toMatchObject({ reason: 'closed' });
    } finally {
      await sandbox.control('POST', '/clock/reset');
    }
  });

  it('cancels before the confirmation, not after', async () => {
    const { body } = await create();
    const cancelled = await merchant.call('POST', `${bills}/out-bill-no/${body.out_bill_no}/cancel`);
    expect(cancelled.body.state).toBe('CANCELLED');
    expect(await confirm(body.package_info)).toMatchObject({ reason: 'closed' });
    const paid = await create();
    await confirm(paid.body.package_info);
    const late = await merchant.call('POST', `${bills}/out-bill-no/${paid.body.out_bill_no}/cancel`);
    expect([late.status, late.body.code]).toEqual([400, 'INVALID_REQUEST']);
  });

  it('refuses or parks when funds are short, and goes on when there are some', async () => {
    await sandbox.switchTo({ 'transfer.funds': 'refuse' });
    expect(await create()).toMatchObject({ status: 403, body: { code: 'NOT_ENOUGH' } });
    await sandbox.switchTo({ 'transfer.funds': 'park' });
    const { body } = await create();
    expect([body.state, body.package_info]).toEqual(['PROCESSING', undefined]);
    await sandbox.switchTo({ 'transfer.funds': 'enough' });
    expect((await find(body.out_bill_no)).body.state).toBe('WAIT_USER_CONFIRM');
  });

  it('fails by account and by the payee’s daily limit', async () => {
    await sandbox.switchTo({ 'transfer.outcome': 'ACCOUNT_FROZEN' });
    const frozen = await create();
    await confirm(frozen.body.package_info);
    expect((await find(frozen.body.out_bill_no)).body).toMatchObject({ state: 'FAIL', fail_reason: 'ACCOUNT_FROZEN' });
    await sandbox.switchTo({ 'transfer.outcome': 'SUCCESS', 'transfer.dayLimit': 1 });
    const much = await create();
    await confirm(much.body.package_info);
    expect((await find(much.body.out_bill_no)).body.fail_reason).toBe('DAY_RECEIVED_QUOTA_EXCEED');
  });

  it('answers 404 NOT_FOUND for a bill it never took, by either number', async () => {
    expect(await find('B000')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect((await merchant.call('GET', `${bills}/transfer-bill-no/1330`)).status).toBe(404);
  });

  it('draws the confirmation page for the payee and a refusal otherwise', async () => {
    const { body } = await create();
    const { mchid, miniAppId } = sandbox.credentials;
    const page = (packageInfo: string) =>
      fetch(
        `${sandbox.base}/transfer?${new URLSearchParams({ mchId: mchid, appId: miniAppId, package: packageInfo })}`,
      );
    const drawn = await page(String(body.package_info));
    expect([drawn.status, (await drawn.text()).includes('data-testid="transfer-confirm"')]).toEqual([200, true]);
    expect((await page('nothing')).status).toBe(400);
  });
});

describe('peers, unchanged but for their host', () => {
  it('wechatpay-axios-plugin transfers with a name it seals itself', async () => {
    const { credentials } = sandbox;
    const client = new Wechatpay({
      mchid: credentials.mchid,
      serial: credentials.merchantSerial,
      privateKey: credentials.merchantPrivateKey,
      certs: { [credentials.platformPublicKeyId]: credentials.platformPublicKey },
      baseURL: `${sandbox.base}/wechat-pay/`,
      headers: { 'Wechatpay-Serial': credentials.platformPublicKeyId },
    });
    const { Rsa } = require('wechatpay-axios-plugin');
    const body = request({ transfer_amount: 300_000, user_name: Rsa.encrypt('林夏', credentials.platformPublicKey) });
    const { data } = await client.v3['fund-app']['mch-transfer']['transfer-bills'].post(body);
    expect(data.state).toBe('WAIT_USER_CONFIRM');
    await confirm(data.package_info);
    expect((await find(body.out_bill_no)).body).toMatchObject({ state: 'SUCCESS' });
  });

  it('wechatpay-node-v3 signs what we accept', async () => {
    const { credentials } = sandbox;
    const pay = new WechatPayNodeV3({
      appid: credentials.miniAppId,
      mchid: credentials.mchid,
      publicKey: Buffer.from(credentials.merchantCertificate),
      privateKey: Buffer.from(credentials.merchantPrivateKey),
      key: credentials.apiV3Key,
    });
    const body = request();
    const nonce = 'n'.repeat(32);
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = pay.getSignature('POST', nonce, timestamp, bills, body);
    const response = await fetch(`${sandbox.base}/wechat-pay${bills}`, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        'user-agent': 'peer',
        authorization: pay.getAuthorization(nonce, timestamp, signature),
      },
      body: JSON.stringify(body),
    });
    expect(((await response.json()) as Record<string, Field>).state).toBe('WAIT_USER_CONFIRM');
  });
});
