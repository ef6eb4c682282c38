import { describe, expect, it } from 'vitest';
import { createFixedClock } from '#platform/clock.ts';
import { createLogger } from '#platform/logger.ts';
import {
  buildUpload,
  judgeUpload,
  retryWaitMs,
  type UploadResult,
  type UploadTask,
  uploadSweep,
} from './logistics.upload.ts';

const log = createLogger('silent');
const now = new Date('2026-11-22T04:00:00.120Z');
const task: UploadTask = {
  taskId: 't',
  buyerId: 'b',
  orderNo: '26112212000000000001',
  outTradeNo: '26112212000000000002',
  openid: 'o1',
  parcels: [
    {
      carrierCode: 'YUNDA',
      waybillNo: ' 431234567890123',
      itemDescription: '亚麻四件套'.repeat(40),
      phoneTail: '0001',
    },
  ],
  isAllDelivered: true,
  isSingle: true,
  way: 'express',
  attempts: 0,
};
const refused = (errcode: number) => ({ kind: 'refused' as const, errcode, message: `errcode ${errcode}` });

describe('buildUpload', () => {
  it('says what WeChat wants: its own carrier id, masked phone, at most 120 characters, Beijing time with ms', () => {
    expect(buildUpload(task, '1900000001', now)).toEqual({
      order_key: { order_number_type: 1, mchid: '1900000001', out_trade_no: task.outTradeNo },
      logistics_type: 1,
      delivery_mode: 1,
      shipping_list: [
        {
          tracking_no: '431234567890123',
          express_company: 'YUNDA',
          item_desc: '亚麻四件套'.repeat(24),
          contact: { receiver_contact: '*******0001' },
        },
      ],
      upload_time: '2026-11-22T12:00:00.120+08:00',
      payer: { openid: 'o1' },
    });
  });
  it('splits while more is to come, and ends with the last parcel', () => {
    expect(buildUpload({ ...task, isSingle: false, isAllDelivered: false }, 'm', now)).toMatchObject({
      delivery_mode: 2,
      is_all_delivered: false,
    });
    expect(buildUpload({ ...task, isSingle: false }, 'm', now)).toMatchObject({
      delivery_mode: 2,
      is_all_delivered: true,
    });
  });
});

describe('buildUpload of a pick-up', () => {
  it('C02-CPT-12 is logistics type 4 without carrier, number or contact', () => {
    expect(buildUpload({ ...task, way: 'pickup' }, '1900000001', now)).toMatchObject({
      logistics_type: 4,
      delivery_mode: 1,
      shipping_list: [{ item_desc: '亚麻四件套'.repeat(24) }],
    });
  });
});

describe('judgeUpload', () => {
  it.each([
    ['taken', { kind: 'ok' as const, body: {} }, 'uploaded'],
    ['unchanged', refused(10060023), 'uploaded'],
    ['already confirmed', refused(10060002), 'uploaded'],
    ['not yet visible', refused(10060001), 'retry'],
    ['busy', refused(-1), 'retry'],
    ['too frequent', refused(45009), 'retry'],
    ['no answer', { kind: 'silent' as const, message: 'timeout', wasSent: true }, 'retry'],
    ['re-ship used', refused(10060003), 'failed'],
    ['wrong payer', refused(10060031), 'failed'],
    ['unknown carrier', refused(268485228), 'failed'],
    ['something new', refused(99), 'failed'],
  ])('%s: %s', (_name, reply, state) => {
    expect(judgeUpload(reply, 0, now).state).toBe(state);
  });
  it('gives reasons a merchant can act on', () => {
    expect(judgeUpload(refused(268485224), 0, now)).toEqual({ state: 'failed', reason: '顺丰包裹缺少联系电话后四位' });
    expect(judgeUpload(refused(99), 0, now)).toEqual({ state: 'failed', reason: 'errcode 99' });
  });
  it('gives up on a payment WeChat never shows, after twelve tries over about half an hour', () => {
    expect(judgeUpload(refused(10060001), 10, now).state).toBe('retry');
    expect(judgeUpload(refused(10060001), 11, now)).toEqual({ state: 'failed', reason: '微信侧找不到这笔支付' });
    expect([0, 1, 2, 8, 9, 40].map(retryWaitMs)).toEqual([5_000, 10_000, 20_000, 1_280_000, 1_800_000, 1_800_000]);
  });
});

describe('uploadSweep', () => {
  it('carries each claimed task once, one after the other, and records what became of it', async () => {
    const waiting = [task, { ...task, taskId: 'u' }, { ...task, taskId: 'v' }];
    const recorded: [string, UploadResult][] = [];
    const posts: string[] = [];
    let parallel = 0;
    const replies = [{ kind: 'ok' as const, body: {} }, refused(10060001), refused(10060031)];
    const sweep = uploadSweep({
      uploads: {
        claimUploads: async () => waiting.splice(0, 2),
        recordUpload: async ({ taskId }, result) => void recorded.push([taskId, result]),
      },
      api: {
        post: async (path) => {
          parallel += 1;
          expect(parallel).toBe(1);
          await new Promise((resolve) => setTimeout(resolve, 2));
          parallel -= 1;
          posts.push(path);
          return replies.shift() ?? refused(0);
        },
      },
      mchId: 'm',
      clock: createFixedClock(now),
      log,
    });
    expect([await sweep.run(), await sweep.run(), await sweep.run()]).toEqual([2, 1, 0]);
    expect(posts).toEqual(Array.from({ length: 3 }, () => '/wxa/sec/order/upload_shipping_info'));
    expect(recorded).toEqual([
      ['t', { state: 'uploaded' }],
      ['u', { state: 'retry', reason: '微信侧尚未看到这笔支付', retryAt: new Date(now.getTime() + 5_000) }],
      ['v', { state: 'failed', reason: '付款人与支付单不一致' }],
    ]);
  });
});
