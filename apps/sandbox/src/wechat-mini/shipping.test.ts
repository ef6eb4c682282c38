import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../../test/api.ts';
import { createMerchant, type Merchant, openidOf } from '../../test/merchant.ts';
import { type RunningSandbox, startSandbox } from '../../test/start-sandbox.ts';

let sandbox: RunningSandbox;
let merchant: Merchant;
let api: ReturnType<typeof createApi>;
let openid: string;

beforeAll(async () => {
  sandbox = await startSandbox();
  merchant = createMerchant(sandbox);
  api = createApi(sandbox);
  openid = await openidOf(sandbox, 'lin-xia');
});
afterAll(() => sandbox.stop());

let clock = Date.now();
const uploadTime = () => {
  clock += 1000;
  return new Date(clock).toISOString();
};

async function paidOrder() {
  const { outTradeNo, prepayId } = await merchant.place();
  await sandbox.phone('/request-payment', { ...merchant.invocation(prepayId), persona: 'lin-xia' });
  const { body } = await merchant.call(
    'GET',
    `/v3/pay/transactions/out-trade-no/${outTradeNo}?mchid=${sandbox.credentials.mchid}`,
  );
  return { outTradeNo, transactionId: String(body.transaction_id) };
}
const parcel = (over: Record<string, unknown> = {}) => ({
  tracking_no: '78000000000001',
  express_company: 'ZTO',
  item_desc: '茶壶×1',
  ...over,
});
const upload = async (transactionId: string, over: Record<string, unknown> = {}) =>
  Number(
    (
      await api.post('/wxa/sec/order/upload_shipping_info', {
        order_key: { order_number_type: 2, transaction_id: transactionId },
        logistics_type: 1,
        delivery_mode: 1,
        shipping_list: [parcel()],
        upload_time: uploadTime(),
        payer: { openid },
        ...over,
      })
    ).errcode,
  );
const stateOf = async (transactionId: string) =>
  (await api.post('/wxa/sec/order/get_order', { transaction_id: transactionId })).order as unknown as Record<
    string,
    unknown
  > & {
    shipping: Record<string, unknown>;
  };

describe('shipping information', () => {
  it('moves the order from to-be-shipped to shipped, by either order number', async () => {
    const { transactionId } = await paidOrder();
    expect((await stateOf(transactionId)).order_state).toBe(1);
    expect(await upload(transactionId)).toBe(0);
    expect(await stateOf(transactionId)).toMatchObject({
      order_state: 2,
      paid_amount: 12_800,
      shipping: {
        finish_shipping: true,
        finish_shipping_count: 1,
        shipping_list: [{ tracking_no: '78000000000001', express_company: 'ZTO' }],
      },
    });
    const other = await paidOrder();
    const key = { order_number_type: 1, mchid: sandbox.credentials.mchid, out_trade_no: other.outTradeNo };
    expect(await upload('', { order_key: key })).toBe(0);
  });

  it.each([
    ['an order that never was', { order_key: { order_number_type: 2, transaction_id: '4200' } }, 10060001],
    ['no order key', { order_key: {} }, 10060014],
    ['another payer', { payer: { openid: 'oNobody' } }, 10060031],
    ['logistics type 9', { logistics_type: 9 }, 10060005],
    ['split without express', { logistics_type: 3, delivery_mode: 2 }, 10060006],
    ['split without is_all_delivered', { delivery_mode: 2 }, 10060007],
    ['no goods', { shipping_list: [parcel({ item_desc: '' })] }, 10060008],
    ['goods of 121 characters', { shipping_list: [parcel({ item_desc: '长'.repeat(121) })] }, 10060009],
    [
      '16 parcels',
      { delivery_mode: 2, is_all_delivered: true, shipping_list: Array.from({ length: 16 }, () => parcel()) },
      10060024,
    ],
    ['no tracking number', { shipping_list: [parcel({ tracking_no: '' })] }, 268485226],
    ['no company', { shipping_list: [parcel({ express_company: '' })] }, 268485227],
    ['a company not in the list', { shipping_list: [parcel({ express_company: 'PIGEON' })] }, 268485228],
    ['SF without a contact', { shipping_list: [parcel({ express_company: 'SF' })] }, 268485224],
    ['a time in words', { upload_time: 'now' }, 268485195],
  ])('refuses %s', async (_name, over, errcode) => {
    const { transactionId } = await paidOrder();
    expect(await upload(transactionId, over)).toBe(errcode);
    expect((await stateOf(transactionId)).order_state).toBe(1);
  });

  it('needs the payment to have become visible', async () => {
    await sandbox.switchTo({ 'mini.shippingVisibleSeconds': 60 });
    const { transactionId } = await paidOrder();
    expect(await upload(transactionId)).toBe(10060001);
    await sandbox.switchTo({ 'mini.shippingVisibleSeconds': 0 });
    expect(await upload(transactionId)).toBe(0);
  });

  it('allows one re-shipping, not two, and none that changes nothing', async () => {
    const { transactionId } = await paidOrder();
    expect(await upload(transactionId)).toBe(0);
    expect(await upload(transactionId)).toBe(10060023);
    expect(await upload(transactionId, { shipping_list: [parcel({ tracking_no: '78000000000002' })] })).toBe(0);
    expect(await upload(transactionId, { shipping_list: [parcel({ tracking_no: '78000000000003' })] })).toBe(10060003);
  });

  it('collects split parcels until all are delivered', async () => {
    const { transactionId } = await paidOrder();
    const split = (trackingNo: string, isLast: boolean) =>
      upload(transactionId, {
        delivery_mode: 2,
        is_all_delivered: isLast,
        shipping_list: [parcel({ tracking_no: trackingNo })],
      });
    expect([await split('78000000000001', false), (await stateOf(transactionId)).order_state]).toEqual([0, 1]);
    expect([await split('78000000000002', true), (await stateOf(transactionId)).order_state]).toEqual([0, 2]);
    expect((await stateOf(transactionId)).shipping.shipping_list).toHaveLength(2);
  });

  it('is over once the buyer confirmed or the money went back', async () => {
    const { transactionId } = await paidOrder();
    expect((await sandbox.phone('/confirm-receipt', { transactionId })).status).toBe('fail');
    await upload(transactionId);
    expect((await sandbox.phone('/confirm-receipt', { transactionId })).status).toBe('success');
    expect((await stateOf(transactionId)).order_state).toBe(3);
    expect(await upload(transactionId, { logistics_type: 3 })).toBe(10060002);

    const refunded = await paidOrder();
    await merchant.call('POST', '/v3/refund/domestic/refunds', {
      out_trade_no: refunded.outTradeNo,
      out_refund_no: `R${refunded.outTradeNo}`,
      amount: { refund: 12_800, total: 12_800, currency: 'CNY' },
    });
    expect((await stateOf(refunded.transactionId)).order_state).toBe(5);
    expect(await upload(refunded.transactionId)).toBe(10060004);
  });

  it('tells the buyer, lists by state, and names the carriers', async () => {
    const { items } = (await (await fetch(`${sandbox.base}/phone/messages?persona=lin-xia`)).json()) as {
      items: Array<{ title: string }>;
    };
    expect(items.map(({ title }) => title)).toContain('商家已发货');
    const list = await api.post('/wxa/sec/order/get_order_list', { order_state: 5, page_size: 100 });
    expect(list.order_list).toHaveLength(1);
    const carriers = await api.post('/cgi-bin/express/delivery/open_msg/get_delivery_list', {});
    expect(
      (carriers.delivery_list as unknown as Array<{ delivery_id: string }>).map(({ delivery_id: id }) => id),
    ).toContain('YUNDA');
  });

  it('reminds the buyer once, after the parcel arrived', async () => {
    const { transactionId } = await paidOrder();
    const remind = async (receivedTime: number) =>
      (
        await api.post('/wxa/sec/order/notify_confirm_receive', {
          transaction_id: transactionId,
          received_time: receivedTime,
        })
      ).errcode;
    const now = () => Math.floor(Date.now() / 1000);
    expect(await remind(now())).toBe(10060028);
    await upload(transactionId, { upload_time: new Date(Date.now() - 60_000).toISOString() });
    expect(await remind(now() + 3600)).toBe(10060029);
    expect([await remind(now()), await remind(now())]).toEqual([0, 10060030]);
  });
});
