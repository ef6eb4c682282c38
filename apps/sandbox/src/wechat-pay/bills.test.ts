import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMerchant, type Merchant } from '../../test/merchant.ts';
import { type RunningSandbox, startSandbox } from '../../test/start-sandbox.ts';
import { startOfBeijingDay, toBeijingDate } from '../platform/clock.ts';
import { sha1 } from '../platform/random.ts';

let sandbox: RunningSandbox;
let merchant: Merchant;
let today: string;
let paid: string;

// Noon in Beijing: no test run straddles a bill date, whatever the machine's hour.
const NOON = startOfBeijingDay('2026-06-18') + 12 * 3_600_000;
let startedAt: number;

beforeAll(async () => {
  startedAt = Date.now();
  sandbox = await startSandbox({ now: () => new Date(NOON + Date.now() - startedAt) });
  merchant = createMerchant(sandbox);
  await sandbox.switchTo({ 'pay.refundSeconds': 0 });
  today = toBeijingDate(NOON);
  const { outTradeNo, prepayId } = await merchant.place({ description: '茶,具\n一套', attach: '' });
  paid = outTradeNo;
  await sandbox.phone('/request-payment', { ...merchant.invocation(prepayId), persona: 'lin-xia' });
  await merchant.call('POST', '/v3/refund/domestic/refunds', {
    out_trade_no: outTradeNo,
    out_refund_no: 'BILL-R1',
    amount: { refund: 2_800, total: 12_800, currency: 'CNY' },
  });
  await sandbox.control('GET', '/orders');
});
afterAll(() => sandbox.stop());

const apply = (path: string) => merchant.call('GET', path);
async function download(path: string) {
  const { body } = await apply(path);
  const url = new URL(String(body.download_url));
  const signedPath = `/v3/billdownload/file${url.search}`;
  const response = await merchant.download(signedPath);
  return { ticket: body, content: response };
}

it('is not there today, is being made tomorrow morning, is there at ten', async () => {
  const path = `/v3/bill/tradebill?bill_date=${today}`;
  expect((await apply(path)).body.code).toBe('PARAM_ERROR');
  await sandbox.control('POST', '/clock/advance', { ms: 20 * 3_600_000 });
  expect((await apply(path)).body.code).toBe('STATEMENT_CREATING');
  await sandbox.control('POST', '/clock/advance', { ms: 2 * 3_600_000 });
  expect((await apply(path)).status).toBe(200);
  expect((await apply('/v3/bill/tradebill?bill_date=2026-06-10')).body.code).toBe('NO_STATEMENT_EXIST');
  expect((await apply('/v3/bill/tradebill?bill_date=2026-01-01')).body.code).toBe('PARAM_ERROR');
});

it('lists the payment and the refund with the documented columns, and a summary that adds up', async () => {
  const { ticket, content } = await download(`/v3/bill/tradebill?bill_date=${today}&bill_type=ALL`);
  const text = content.toString();
  expect(ticket).toMatchObject({ hash_type: 'SHA1', hash_value: sha1(content) });
  const lines = text.trimEnd().split('\r\n');
  expect(lines).toHaveLength(5);
  const columns = lines[0]?.split(',') ?? [];
  expect(columns).toHaveLength(27);
  const row = (line: string | undefined) =>
    Object.fromEntries((line ?? '').split(',').map((cell, index) => [columns[index], cell]));
  expect(row(lines[1])).toMatchObject({
    商户订单号: `\`${paid}`,
    交易状态: '`SUCCESS',
    应结订单金额: '`128.00',
    商品名称: '`茶\\ 具\\n一套',
    订单金额: '`128.00',
    费率: '`0.60%',
    手续费: '`0.76800',
  });
  expect(row(lines[2])).toMatchObject({
    交易状态: '`REFUND',
    商户退款单号: '`BILL-R1',
    退款金额: '`28.00',
    退款状态: '`SUCCESS',
    应结订单金额: '`0.00',
  });
  expect(lines[4]).toBe('`2,`128.00,`28.00,`0.00,`0.60000,`128.00,`28.00');
});

it.each([
  ['SUCCESS', 20, 1],
  ['REFUND', 29, 1],
])('%s has %i columns and %i row', async (type, columns, rows) => {
  const { content } = await download(`/v3/bill/tradebill?bill_date=${today}&bill_type=${type}`);
  const lines = content.toString().trimEnd().split('\r\n');
  expect([lines[0]?.split(',').length, lines[1]?.split(',').length, lines.length - 3]).toEqual([
    columns,
    columns,
    rows,
  ]);
});

it('zips on request; the hash is of the plain text', async () => {
  const { ticket, content } = await download(`/v3/bill/tradebill?bill_date=${today}&tar_type=GZIP`);
  expect(sha1(gunzipSync(content))).toBe(ticket.hash_value);
});

it('balances the fund flow', async () => {
  const { content } = await download(`/v3/bill/fundflowbill?bill_date=${today}`);
  const lines = content.toString().trimEnd().split('\r\n');
  expect(lines[1]?.split(',').slice(3, 8)).toEqual(['`交易', '`交易', '`收入', '`128.00', '`128.00']);
  expect(lines[2]?.split(',').slice(3, 8)).toEqual(['`退款', '`退款', '`支出', '`28.00', '`100.00']);
  expect(lines[4]).toBe('`2,`1,`128.00,`1,`28.00');
});

it('hands a link out for five minutes', async () => {
  const { body } = await apply(`/v3/bill/tradebill?bill_date=${today}`);
  const path = `/v3/billdownload/file${new URL(String(body.download_url)).search}`;
  const file = await merchant.call('GET', path);
  expect([file.status, file.headers.get('wechatpay-signature')]).toEqual([200, null]);
  await sandbox.control('POST', '/clock/advance', { ms: 301_000 });
  expect((await merchant.call('GET', path)).body.code).toBe('INVALID_REQUEST');
});

it.each([
  ['missing-line', ['`1', '`0.00', '`28.00']],
  ['extra-line', ['`3', '`256.00', '`28.00']],
  ['double-line', ['`3', '`256.00', '`28.00']],
  ['other-amount', ['`2', '`128.01', '`28.00']],
  ['other-state', ['`2', '`128.00', '`28.00']],
  ['other-refund', ['`2', '`128.00', '`28.01']],
] as const)('puts %s into one bill, with a summary that fits', async (fault, [rows, sales, applied]) => {
  await sandbox.switchTo({ 'pay.billFault': fault, 'pay.billFaultTimes': 1 });
  const { ticket, content } = await download(`/v3/bill/tradebill?bill_date=${today}`);
  const last = content.toString().trimEnd().split('\r\n').at(-1)?.split(',') ?? [];
  expect([last[0], last[5], last[6]]).toEqual([rows, sales, applied]);
  expect(ticket.hash_value).toBe(sha1(content));
  const again = (await download(`/v3/bill/tradebill?bill_date=${today}`)).content.toString();
  expect(again.trimEnd().split('\r\n').at(-1)).toBe('`2,`128.00,`28.00,`0.00,`0.60000,`128.00,`28.00');
});

it('cuts a bill before its summary, or states another hash', async () => {
  await sandbox.switchTo({ 'pay.billFault': 'cut', 'pay.billFaultTimes': 1 });
  expect((await download(`/v3/bill/tradebill?bill_date=${today}`)).content.toString()).not.toContain('总交易单数');
  await sandbox.switchTo({ 'pay.billFault': 'wrong-hash', 'pay.billFaultTimes': 1 });
  const { ticket, content } = await download(`/v3/bill/tradebill?bill_date=${today}`);
  expect(ticket.hash_value).not.toBe(sha1(content));
});

it('writes LF, CRLF or a BOM, and hashes text or file, as switched', async () => {
  await sandbox.switchTo({ 'pay.billText': 'lf', 'pay.billHashOf': 'file' });
  const unix = await download(`/v3/bill/tradebill?bill_date=${today}&tar_type=GZIP`);
  expect(unix.ticket.hash_value).toBe(sha1(unix.content));
  expect(gunzipSync(unix.content).toString()).not.toContain('\r');
  await sandbox.switchTo({ 'pay.billText': 'bom-crlf', 'pay.billHashOf': 'plain' });
  const marked = await download(`/v3/bill/tradebill?bill_date=${today}`);
  expect(marked.content.toString().startsWith('\ufeff交易时间')).toBe(true);
  await sandbox.control('POST', '/switches/reset');
});
