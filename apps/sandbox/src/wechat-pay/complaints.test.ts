import { constants, createHash, createPrivateKey, privateDecrypt, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMerchant, type Merchant } from '../../test/merchant.ts';
import { type RunningSandbox, type Shop, startSandbox, startShop } from '../../test/start-sandbox.ts';

const root = '/v3/merchant-service/complaints-v2';
let sandbox: RunningSandbox;
let shop: Shop;
let merchant: Merchant;
let complainted_mchid: string;

beforeAll(async () => {
  sandbox = await startSandbox({ notifySchedule: [50, 50] });
  shop = await startShop();
  merchant = createMerchant(sandbox);
  complainted_mchid = sandbox.credentials.mchid;
  const set = await merchant.call('POST', '/v3/merchant-service/complaint-notifications', {
    url: `${shop.url}/complaint`,
  });
  expect(set.body).toEqual({ mchid: complainted_mchid, url: `${shop.url}/complaint` });
});
beforeEach(() => {
  shop.received.length = 0;
});
afterAll(async () => {
  await sandbox.stop();
  await shop.stop();
});

async function paid(): Promise<string> {
  const { outTradeNo, prepayId } = await merchant.place();
  await sandbox.phone('/request-payment', { ...merchant.invocation(prepayId), persona: 'lin-xia', action: 'pay' });
  return outTradeNo;
}
const complain = async (over: object = {}) =>
  (
    await sandbox.control<{ complaintId: string }>('POST', '/complaints', {
      ...{ outTradeNo: await paid(), detail: '收到的壶是裂的，商家不理', problemType: 'REFUND', phone: '13912345678' },
      ...over,
    })
  ).complaintId;
const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(new Date());

describe('complaints', () => {
  it('C10-DSP-05 come by notice and by list, the phone number sealed for the merchant', async () => {
    const id = await complain();
    const [notice] = await shop.waitFor(1);
    expect(JSON.parse(notice?.body ?? '{}')).toMatchObject({ event_type: 'COMPLAINT.CREATE' });
    expect(merchant.open(notice?.body ?? '')).toEqual({ complaint_id: id, action_type: 'CREATE_COMPLAINT' });
    const { body } = await merchant.call('GET', `${root}?begin_date=${today}&end_date=${today}&limit=50`);
    const listed = (body.data as unknown as { complaint_id: string; payer_phone: string }[]).find(
      (one) => one.complaint_id === id,
    );
    expect(listed).toMatchObject({
      complaint_state: 'PENDING',
      incoming_user_response: true,
      problem_type: 'REFUND',
      apply_refund_amount: 12_800,
    });
    const opened = privateDecrypt(
      {
        key: createPrivateKey(sandbox.credentials.merchantPrivateKey),
        padding: constants.RSA_PKCS1_OAEP_PADDING,
        oaepHash: 'sha1',
      },
      Buffer.from(listed?.payer_phone ?? '', 'base64'),
    );
    expect(opened.toString()).toBe('13912345678');
    expect((await merchant.call('GET', `${root}/${id}`)).body).toMatchObject({ complaint_id: id });
    expect((await merchant.call('GET', `${root}/2000000000`)).status).toBe(404);
  });

  it('C10-DSP-05 are answered before they are completed, completed once, and opened again by their payer', async () => {
    const id = await complain();
    const complete = () => merchant.call('POST', `${root}/${id}/complete`, { complainted_mchid });
    expect((await complete()).status).toBe(400);
    const answer = (over: object) => merchant.call('POST', `${root}/${id}/response`, { complainted_mchid, ...over });
    expect((await answer({ response_content: '字'.repeat(201) })).body.code).toBe('PARAM_ERROR');
    expect((await answer({ response_content: '抱歉', response_images: ['nothing'] })).status).toBe(400);
    expect((await answer({ response_content: '非常抱歉，已为您安排退款' })).status).toBe(204);
    expect((await merchant.call('GET', `${root}/${id}`)).body).toMatchObject({
      complaint_state: 'PROCESSING',
      incoming_user_response: false,
    });
    await sandbox.control('POST', `/complaints/${id}/platform`, { text: '请双方协商' });
    expect((await complete()).status).toBe(204);
    expect((await complete()).status).toBe(400);
    await sandbox.control('POST', `/complaints/${id}/payer`, { text: '钱还没到' });
    expect((await merchant.call('GET', `${root}/${id}`)).body).toMatchObject({
      complaint_state: 'PENDING',
      user_complaint_times: 2,
    });
    const { body } = await merchant.call('GET', `${root}/${id}/negotiation-historys?limit=50&offset=0`);
    expect((body.data as unknown as { operate_type: string }[]).map(({ operate_type }) => operate_type)).toEqual([
      'USER_CONTINUE_COMPLAINT',
      'MERCHANT_CONFIRM_COMPLETE',
      'PLATFORM_RESPONSE',
      'MERCHANT_RESPONSE',
      'USER_CREATE_COMPLAINT',
    ]);
  });

  it('C10-DSP-05 take pictures whose meta is signed and whose bytes fit it', async () => {
    const bytes = randomBytes(400);
    const send = (sha256: string, options = {}) => {
      const meta = JSON.stringify({ filename: 'track.png', sha256 });
      const body = [
        `--b1\r\nContent-Disposition: form-data; name="meta"\r\nContent-Type: application/json\r\n\r\n${meta}\r\n`,
        `--b1\r\nContent-Disposition: form-data; name="file"; filename="track.png"\r\nContent-Type: image/png\r\n\r\n`,
      ].join('');
      return merchant.send(
        '/v3/merchant-service/images/upload',
        Buffer.concat([Buffer.from(body), bytes, Buffer.from('\r\n--b1--\r\n')]),
        {
          signedBody: meta,
          headers: { 'content-type': 'multipart/form-data; boundary=b1' },
          ...options,
        },
      );
    };
    expect((await send('00')).status).toBe(400);
    const right = createHash('sha256').update(bytes).digest('hex');
    expect((await send(right, { signedBody: 'else' })).status).toBe(401);
    const { body } = await send(right);
    expect(await merchant.download(`/v3/merchant-service/images/${body.media_id}`)).toEqual(bytes);
  });

  it('C10-DSP-05 one address of notices a merchant; days and spans are checked', async () => {
    const urls = '/v3/merchant-service/complaint-notifications';
    expect((await merchant.call('POST', urls, { url: 'https://other.example.com/c' })).body.code).toBe(
      'RESOURCE_ALREADY_EXISTS',
    );
    expect((await merchant.call('GET', urls)).body.url).toBe(`${shop.url}/complaint`);
    expect((await merchant.call('GET', root)).body.code).toBe('PARAM_ERROR');
    expect((await merchant.call('GET', `${root}?begin_date=2026-01-01&end_date=2026-03-01`)).body.code).toBe(
      'PARAM_ERROR',
    );
  });
});
