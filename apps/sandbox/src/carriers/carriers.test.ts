import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Field, type RunningSandbox, type Shop, startSandbox, startShop } from '../../test/start-sandbox.ts';
import { CARRIERS, findCarrier } from './carriers.table.ts';
import { planTrack } from './track.ts';

let sandbox: RunningSandbox;
let shop: Shop;

beforeAll(async () => {
  shop = await startShop();
  sandbox = await startSandbox({ trackPushUrl: `${shop.url}/track` });
});
afterEach(() => sandbox.control('POST', '/switches/reset'));
afterAll(async () => {
  await sandbox.stop();
  await shop.stop();
});

const HOUR = 3_600_000;
const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const call = async (type: string, data: Record<string, unknown>, over: Record<string, string> = {}) => {
  const json = JSON.stringify(data);
  const paths: Record<string, string> = { '1007': '/api/EOrderService', '1008': '/api/dist', '8008': '/api/dist' };
  const response = await fetch(`${sandbox.base}/kdniao${paths[type] ?? '/Ebusiness/EbusinessOrderHandle.aspx'}`, {
    method: 'POST',
    body: new URLSearchParams({
      RequestData: json,
      EBusinessID: sandbox.credentials.kdniaoBusinessId,
      RequestType: type,
      DataSign: Buffer.from(md5(json + sandbox.credentials.kdniaoApiKey)).toString('base64'),
      DataType: '2',
      ...over,
    }),
  });
  return (await response.json()) as Record<string, Field>;
};
const advance = (ms: number) => sandbox.control('POST', '/clock/advance', { ms });

describe('track queries', () => {
  const track = (over: Record<string, unknown> = {}) =>
    call('8001', { ShipperCode: 'ZTO', LogisticCode: '78123456789012', ...over });

  it('uncover the journey day by day: collected, on the way, out for delivery, signed', async () => {
    expect(await track()).toMatchObject({ Success: true, State: '0', Traces: [], Reason: '暂无轨迹信息' });
    await advance(2.5 * HOUR);
    expect(await track()).toMatchObject({ State: '1', StateEx: '1' });
    await advance(12 * HOUR);
    expect(await track()).toMatchObject({ State: '2', StateEx: '2' });
    await advance(24 * HOUR);
    expect(await track()).toMatchObject({ State: '2', StateEx: '202', Location: '上海市' });
    await advance(6 * HOUR);
    const signed = await track();
    expect(signed).toMatchObject({ State: '3', StateEx: '301' });
    const times = (signed.Traces as unknown as Array<{ AcceptTime: string }>).map(({ AcceptTime }) => AcceptTime);
    expect(times).toEqual([...times].sort());
    expect(times).toHaveLength(6);
    const newestFirst = (await track({ Sort: '1' })).Traces as unknown as Array<{ AcceptTime: string }>;
    expect(newestFirst.map(({ AcceptTime }) => AcceptTime)).toEqual([...times].reverse());
    await sandbox.control('POST', '/clock/reset');
  });

  it('want the last four digits of a phone for SF', async () => {
    const sf = { ShipperCode: 'SF', LogisticCode: 'SF1234567890123' };
    expect(await call('1002', sf)).toMatchObject({
      Success: false,
      Reason: '顺丰快递需填写寄件人或收件人手机号后四位',
    });
    expect(await call('1002', { ...sf, CustomerName: '0001' })).toMatchObject({ Success: true });
  });

  it('refuse a wrong signature, another business id, an unknown carrier and an unknown request type', async () => {
    expect(await call('1002', { ShipperCode: 'ZTO', LogisticCode: '1' }, { DataSign: 'AAAA' })).toMatchObject({
      Success: false,
      Reason: '非法参数，数据签名验证失败',
    });
    expect(await call('1002', { ShipperCode: 'ZTO', LogisticCode: '1' }, { EBusinessID: '1' })).toMatchObject({
      Success: false,
    });
    expect(await track({ ShipperCode: 'PIGEON' })).toMatchObject({ Success: false, Reason: '不支持的快递公司编码' });
    expect(await call('9999', {})).toMatchObject({ Success: false });
  });

  it('fail, or know nothing, as switched', async () => {
    await sandbox.switchTo({ 'carriers.fault': 'refused', 'carriers.faultTimes': 1 });
    expect(await track()).toMatchObject({ Success: false, Reason: '系统繁忙，请稍后再试' });
    expect(await track()).toMatchObject({ Success: true });
    await sandbox.switchTo({ 'carriers.adoptUnknown': false });
    const unknown = await track({ LogisticCode: '78999999999999' });
    expect(unknown).toMatchObject({ Success: true, State: '0' });
    expect(
      (await sandbox.control<{ items: Array<{ waybillNo: string }> }>('GET', '/parcels')).items.map(
        ({ waybillNo }) => waybillNo,
      ),
    ).not.toContain('78999999999999');
  });

  it('keep times once seen when a parcel is pushed forward by hand', async () => {
    const number = { LogisticCode: '78555555555555' };
    await track(number);
    for (let step = 0; step < 3; step++) await sandbox.control('POST', '/parcels/78555555555555/advance', {});
    const before = (await track(number)).Traces;
    await advance(1 * HOUR);
    expect((await track(number)).Traces).toEqual(before);
    await sandbox.control('POST', '/parcels/78555555555555/advance', { toEnd: true });
    const after = await track(number);
    expect([after.State, (after.Traces as unknown as unknown[]).length]).toEqual(['3', 6]);
    await sandbox.control('POST', '/clock/reset');
  });

  it.each([
    ['locker', ['1', '2', '2', '201', '202', '211', '311']],
    ['refused', ['1', '2', '2', '201', '202', '404', '406']],
    ['stuck', ['1', '2', '2', '405']],
  ] as const)('can end otherwise: %s', (fate, actions) => {
    const carrier = findCarrier('YTO') ?? CARRIERS[0];
    if (!carrier) throw new Error('no carriers');
    const plan = planTrack({ waybillNo: 'YT1', carrier, fromCity: '杭州市', toCity: '上海市', startedAt: 0, fate });
    expect(plan.map(({ action }) => action)).toEqual(actions);
    expect(plan.map(({ at }) => at)).toEqual(plan.map(({ at }) => at).sort((left, right) => left - right));
  });
});

describe('e-waybills', () => {
  const side = {
    Name: '林夏',
    Mobile: '13800000001',
    ProvinceName: '浙江省',
    CityName: '杭州市',
    ExpAreaName: '西湖区',
    Address: '文三路 1 号',
  };
  const order = (over: Record<string, unknown> = {}) =>
    call('1007', {
      OrderCode: 'O-1',
      ShipperCode: 'YTO',
      PayType: 1,
      ExpType: 1,
      Sender: side,
      Receiver: { ...side, CityName: '成都市' },
      Commodity: [{ GoodsName: '茶壶' }],
      Quantity: 1,
      ...over,
    });

  it('give the same number to the same order, even asked twice at once', async () => {
    const [first, second] = await Promise.all([order(), order()]);
    expect(first.Order).toMatchObject({
      LogisticCode: expect.stringMatching(/^YT\d{13}$/),
      OriginName: '杭州市',
      DestinatioName: '成都市',
    });
    expect((second.Order as unknown as { LogisticCode: string }).LogisticCode).toBe(
      (first.Order as unknown as { LogisticCode: string }).LogisticCode,
    );
    await sandbox.switchTo({ 'carriers.duplicateCode': '106' });
    expect(await order()).toMatchObject({ Success: true, ResultCode: '106' });
    expect(((await order({ OrderCode: 'O-2' })).Order as unknown as { LogisticCode: string }).LogisticCode).not.toBe(
      (first.Order as unknown as { LogisticCode: string }).LogisticCode,
    );
  });

  it.each([
    [{ Commodity: [] }, '缺少参数[缺少货物信息]'],
    [{ OrderCode: '' }, '缺少参数[订单编号]'],
    [{ ShipperCode: 'PIGEON' }, '不支持的快递公司编码'],
    [{ Receiver: { ...side, Address: '' } }, '缺少参数[收件人Address]'],
  ])('refuse %o', async (over, reason) => {
    expect(await order(over)).toMatchObject({ Success: false, Reason: reason });
  });

  it('have numbers that the recogniser knows again', async () => {
    for (const carrier of CARRIERS) {
      const reply = await call('2002', { LogisticCode: carrier.makeWaybillNo('123456789012345') });
      expect(
        (reply.Shippers as unknown as Array<{ ShipperCode: string }>).map(({ ShipperCode }) => ShipperCode),
      ).toEqual([carrier.kdniao]);
    }
  });
});

describe('subscriptions', () => {
  it('push the whole track each time it moves, again until the shop says Success', async () => {
    shop.received.length = 0;
    const subscribed = await call('8008', {
      ShipperCode: 'STO',
      LogisticCode: '77123456789012345'.slice(0, 15),
      CallBack: 'tag-7',
    });
    expect(subscribed).toMatchObject({ Success: true });
    await sandbox.control('POST', '/parcels/771234567890123/advance', {});
    await shop.waitFor(1);
    const form = new URLSearchParams(shop.received[0]?.body);
    const data = form.get('RequestData') ?? '';
    expect(form.get('RequestType')).toBe('102');
    expect(form.get('DataSign')).toBe(Buffer.from(md5(data + sandbox.credentials.kdniaoApiKey)).toString('base64'));
    expect(JSON.parse(data)).toMatchObject({
      Count: '1',
      Data: [{ LogisticCode: '771234567890123', CallBack: 'tag-7', State: '1', Traces: [{ Action: '1' }] }],
    });
    await expect
      .poll(
        async () => {
          await advance(61_000);
          return shop.received.length;
        },
        { timeout: 5000, interval: 300 },
      )
      .toBeGreaterThanOrEqual(2);
    await sandbox.control('POST', '/clock/reset');
  });
});
