import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startSandbox } from '../../test/start-sandbox.ts';
import { demoOtherCredentials, type OtherCredentials } from '../platform/other-credentials.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let credentials: OtherCredentials['paypal'];
let token: string;
beforeAll(async () => {
  sandbox = await startSandbox();
  credentials = demoOtherCredentials(sandbox.dataDir).paypal;
  token = String((await signIn()).access_token);
});
beforeEach(() => sandbox.control('POST', '/switches/reset'));
afterAll(() => sandbox.stop());

async function signIn(secret = credentials.clientSecret): Promise<Record<string, unknown>> {
  const reply = await fetch(`${sandbox.base}/paypal/v1/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${credentials.clientId}:${secret}`).toString('base64')}` },
    body: 'grant_type=client_credentials',
  });
  return { status: reply.status, ...((await reply.json()) as object) };
}
interface Answer {
  status: number;
  body: {
    id: string;
    status: string;
    details?: { issue: string }[];
    purchase_units: { payments: { captures: { id: string }[] } }[];
  };
}
async function call(method: string, path: string, body?: object, requestId = '', bearer = token): Promise<Answer> {
  const reply = await fetch(`${sandbox.base}/paypal${path}`, {
    method,
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', 'paypal-request-id': requestId },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: reply.status, body: (await reply.json()) as Answer['body'] };
}
const issue = ({ body }: Answer) => body.details?.[0]?.issue;
let count = 0;
const orderBody = (value: string, currency = 'USD') => ({
  intent: 'CAPTURE',
  purchase_units: [
    { invoice_id: 'I1', custom_id: 'P1', description: '四件套', amount: { currency_code: currency, value } },
  ],
  payment_source: {
    paypal: { experience_context: { return_url: 'http://shop.test/back', cancel_url: 'http://shop.test/back' } },
  },
});
const newOrder = async () => (await call('POST', '/v2/checkout/orders', orderBody('12.49'), `REQ${++count}`)).body;
const approve = (id: string) =>
  fetch(`${sandbox.base}/paypal/checkoutnow`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: id, choice: 'approve' }),
  });

describe('the PayPal twin', () => {
  it('gives a token for the right secret only, and answers nothing without one', async () => {
    expect(await signIn('wrong')).toMatchObject({ status: 401, error: 'invalid_client' });
    expect((await call('GET', '/v2/checkout/orders/X', undefined, '', 'forged')).status).toBe(401);
  });

  it.each([
    ['no request id', orderBody('1.00'), '', 'PAYPAL_REQUEST_ID_REQUIRED'],
    ['a third decimal', orderBody('1.001'), 'A', 'DECIMAL_PRECISION'],
    ['yuan', orderBody('1.00', 'CNY'), 'B', 'INVALID_CURRENCY_CODE'],
    ['nothing to pay', orderBody('0.00'), 'C', 'CANNOT_BE_ZERO_OR_NEGATIVE'],
  ])('refuses an order with %s', async (_what, body, requestId, expected) => {
    expect(issue(await call('POST', '/v2/checkout/orders', body, requestId))).toBe(expected);
  });

  it('one request id is one order; with other contents it is refused', async () => {
    const first = await call('POST', '/v2/checkout/orders', orderBody('5.00'), 'SAME');
    expect((await call('POST', '/v2/checkout/orders', orderBody('5.00'), 'SAME')).body.id).toBe(first.body.id);
    const other = await call('POST', '/v2/checkout/orders', orderBody('6.00'), 'SAME');
    expect(issue(other)).toBe('PAYPAL_REQUEST_ID_PREVIOUSLY_USED');
  });

  it('charges after approval only, once, and gives back no more than that', async () => {
    const { id } = await newOrder();
    expect(issue(await call('POST', `/v2/checkout/orders/${id}/capture`, {}))).toBe('ORDER_NOT_APPROVED');
    await approve(id);
    const captured = await call('POST', `/v2/checkout/orders/${id}/capture`, {});
    expect(captured).toMatchObject({ status: 201, body: { status: 'COMPLETED' } });
    expect(issue(await call('POST', `/v2/checkout/orders/${id}/capture`, {}))).toBe('ORDER_ALREADY_CAPTURED');
    const path = `/v2/payments/captures/${captured.body.purchase_units[0]?.payments.captures[0]?.id}/refund`;
    const refund = (value: string, no: string, currency = 'USD') =>
      call('POST', path, { amount: { currency_code: currency, value }, invoice_id: no }, no);
    expect(issue(await refund('1.00', 'E', 'EUR'))).toBe('CURRENCY_MISMATCH');
    const first = await refund('12.00', 'F');
    expect((await refund('12.00', 'F')).body.id).toBe(first.body.id);
    expect(issue(await refund('0.50', 'G'))).toBe('REFUND_AMOUNT_EXCEEDED');
    expect((await refund('0.49', 'H')).status).toBe(201);
  });

  it('a declined card asks the payer again', async () => {
    await sandbox.switchTo({ 'paypal.capture': 'DECLINED' });
    const { id } = await newOrder();
    await approve(id);
    expect(issue(await call('POST', `/v2/checkout/orders/${id}/capture`, {}))).toBe('INSTRUMENT_DECLINED');
    expect((await call('GET', `/v2/checkout/orders/${id}`)).body.status).toBe('PAYER_ACTION_REQUIRED');
  });
});
