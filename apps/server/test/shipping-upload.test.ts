/** 发货信息录入 over real HTTP: a paid trade, the sweep of logistics, the twin's own state machine. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '#platform/logger.ts';
import { createWechatApi } from '#platform/wechat-api.ts';
import { createAccessTokens, createWechatClient } from '../src/modules/identity/index.ts';
import { type UploadResult, type UploadTask, uploadSweep } from '../src/modules/logistics/index.ts';
import { openTwinWorld } from '../src/modules/payments/payments.testing.ts';

const log = createLogger('silent');

describe('shipping upload against the twin', () => {
  let world: Awaited<ReturnType<typeof openTwinWorld>>;
  beforeAll(async () => {
    world = await openTwinWorld();
  });
  afterAll(() => world.close());

  async function paidTask(): Promise<UploadTask> {
    const { buyerId, paymentId, orderNos } = await world.openFor('su-wan');
    const { params } = (await world.start(buyerId, paymentId)).json<{ params: object }>();
    await world.pay(params);
    await world.until(async () => (await world.statusOf(paymentId)) === 'succeeded');
    const { outTradeNo, payer } = await world.payments.view(world.db, buyerId, paymentId);
    return {
      taskId: paymentId,
      buyerId,
      orderNo: orderNos[0] ?? '',
      outTradeNo: outTradeNo ?? '',
      openid: payer?.openid ?? '',
      parcels: [{ carrierCode: 'SF', waybillNo: 'SF1234567890123', itemDescription: '亚麻四件套', phoneTail: '0005' }],
      isAllDelivered: true,
      isSingle: true,
      way: 'express',
      attempts: 0,
    };
  }
  async function upload(...tasks: UploadTask[]): Promise<UploadResult[]> {
    const results: UploadResult[] = [];
    const call = createWechatClient({ apiBaseUrl: `${world.twin.base}/wechat-api`, log });
    const { miniAppId, miniAppSecret, mchid } = world.twin.credentials;
    const api = createWechatApi({
      call,
      tokens: createAccessTokens({ call, clock: world.clock }),
      app: { appId: miniAppId, secret: miniAppSecret },
    });
    const uploads = {
      claimUploads: async () => tasks.splice(0),
      recordUpload: async (_task: UploadTask, result: UploadResult) => void results.push(result),
    };
    await uploadSweep({ uploads, api, mchId: mchid, clock: world.clock, log }).run();
    return results;
  }

  it('is taken; the same again is still uploaded, and the buyer hears of it', async () => {
    const task = await paidTask();
    expect(await upload(task)).toEqual([{ state: 'uploaded' }]);
    expect(await upload(task)).toEqual([{ state: 'uploaded' }]);
    const inbox = (await (await fetch(`${world.twin.base}/phone/messages?persona=su-wan`)).json()) as {
      items: { title: string }[];
    };
    expect(inbox.items.map(({ title }) => title)).toContain('商家已发货');
  });

  it('waits for a payment WeChat does not show yet, and is taken later', async () => {
    await world.twin.switchTo({ 'mini.shippingVisibleSeconds': 5 });
    const task = await paidTask();
    expect(await upload(task)).toEqual([
      { state: 'retry', reason: '微信侧尚未看到这笔支付', retryAt: new Date(world.clock.now().getTime() + 5_000) },
    ]);
    world.advance(6_000);
    expect(await upload({ ...task, attempts: 1 })).toEqual([{ state: 'uploaded' }]);
    await world.twin.switchTo({ 'mini.shippingVisibleSeconds': 0 });
  });

  it('goes up parcel by parcel, the last one ends it', async () => {
    const task = await paidTask();
    const split = { ...task, isSingle: false };
    const second = {
      ...split,
      parcels: [
        {
          ...(task.parcels[0] as UploadTask['parcels'][number]),
          carrierCode: 'ZTO',
          waybillNo: '78123456789012',
          phoneTail: '',
        },
      ],
    };
    expect(await upload({ ...split, isAllDelivered: false })).toEqual([{ state: 'uploaded' }]);
    world.advance(1_000);
    expect(await upload(second)).toEqual([{ state: 'uploaded' }]);
  });

  it('fails with a reason people understand, and is retried when WeChat stumbles', async () => {
    const task = await paidTask();
    const [parcel] = task.parcels as [UploadTask['parcels'][number]];
    expect(await upload({ ...task, parcels: [{ ...parcel, phoneTail: '' }] })).toEqual([
      { state: 'failed', reason: '顺丰包裹缺少联系电话后四位' },
    ]);
    expect(await upload({ ...task, openid: 'someone' })).toEqual([{ state: 'failed', reason: '付款人与支付单不一致' }]);
    await world.twin.switchTo({ 'mini.fault': 'http-500', 'mini.faultTimes': 2 });
    expect((await upload(task))[0]?.state).toBe('retry');
    await world.twin.switchTo({ 'mini.fault': 'none' });
    expect(await upload(task)).toEqual([{ state: 'uploaded' }]);
  });
});
