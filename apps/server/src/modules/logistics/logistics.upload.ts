/**
 * 发货信息录入: tells WeChat what was shipped, without which most shops' money stays frozen. Fulfilment owns the tasks and
 * their state; this sweep carries them over and says what became of each.
 */
import type { Clock } from '#platform/clock.ts';
import type { Logger } from '#platform/logger.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import type { WechatApi, WechatReply } from '#platform/wechat-api.ts';
import { findCarrier, tidyWaybillNo } from './logistics.carriers.ts';

export interface UploadTask {
  taskId: string;
  buyerId: string;
  orderNo: string;
  /** The trade that paid, and who paid it. */
  outTradeNo: string;
  openid: string;
  /** Of a combined trade: the order's own part of it, and whose that is. */
  part?: { outTradeNo: string; mchId: string };
  parcels: { carrierCode: string; waybillNo: string; itemDescription: string; phoneTail: string }[];
  /** False while the trade's orders have more parcels to come. */
  isAllDelivered: boolean;
  /** Whether this one call carries everything the trade will ever ship, in one parcel. */
  isSingle: boolean;
  /** All but the first have neither carrier nor number. */
  way: 'express' | 'pickup' | 'service' | 'virtual';
  /** Tries before this one. */
  attempts: number;
}

export type UploadResult =
  | { state: 'uploaded' }
  | { state: 'retry'; reason: string; retryAt: Date }
  | { state: 'failed'; reason: string }
  | { state: 'not_required' }; // the keeper of the tasks may say so; this sweep never does

export interface UploadDeps {
  uploads: {
    /** Claims due tasks with SKIP LOCKED for a while; must not be given again before that ends. */
    claimUploads(limit: number): Promise<UploadTask[]>;
    recordUpload(task: UploadTask, result: UploadResult): Promise<void>;
  };
  api: WechatApi;
  mchId: string;
  clock: Clock;
  log: Logger;
}

const batch = 10;
const path = '/wxa/sec/order/upload_shipping_info';
const combinedPath = '/wxa/sec/order/upload_combined_shipping_info';
/** WeChat's kinds of delivery; a service is used where its buyer comes, as what is picked up. */
const logisticsTypes: Record<UploadTask['way'], number> = { express: 1, virtual: 3, pickup: 4, service: 4 };
const itemDescriptionCharacters = 120;
const parcelsPerCall = 15;
/** WeChat shows a paid order to this API a little later; after about half an hour it will not come any more. */
const notFoundTries = 12;

export const retryWaitMs = (attempts: number): number => Math.min(5_000 * 2 ** attempts, 1_800_000);

/** Already there: the same data, or the buyer has confirmed. */
const alreadyThere = new Set([10060002, 10060023]);
const notYetVisible = 10060001;
/** WeChat's own trouble, quotas and tokens: the same call may pass later. */
const passing = new Set([-1, 10060012, 10060019, 40001, 40014, 42001, 44990, 44991, 44993, 45009, 45011]);
const reasons: Record<number, string> = {
  10060003: '微信侧重新发货机会已用完，请到微信后台处理',
  10060004: '支付单不可发货（可能已全额退款）',
  10060024: '同一支付单的包裹超过 15 个',
  10060031: '付款人与支付单不一致',
  268485224: '顺丰包裹缺少联系电话后四位',
  268485228: '微信不认识这家快递公司',
};

export function judgeUpload(reply: WechatReply, attempts: number, now: Date): UploadResult {
  const retry = (reason: string): UploadResult => ({
    state: 'retry',
    reason,
    retryAt: new Date(now.getTime() + retryWaitMs(attempts)),
  });
  if (reply.kind === 'ok') return { state: 'uploaded' };
  if (reply.kind === 'silent') return retry('微信没有应答');
  const { errcode, message } = reply;
  if (alreadyThere.has(errcode)) return { state: 'uploaded' };
  if (passing.has(errcode)) return retry(message);
  if (errcode !== notYetVisible) return { state: 'failed', reason: reasons[errcode] ?? message };
  return attempts + 1 < notFoundTries
    ? retry('微信侧尚未看到这笔支付')
    : { state: 'failed', reason: '微信侧找不到这笔支付' };
}

export function buildUpload(task: UploadTask, mchId: string, now: Date): unknown {
  const whole = { order_number_type: 1, mchid: mchId, out_trade_no: task.outTradeNo };
  const when = {
    upload_time: new Date(now.getTime() + 8 * 3_600_000).toISOString().replace('Z', '+08:00'),
    payer: { openid: task.openid },
  };
  const isSent = task.way === 'express';
  const shipped = {
    logistics_type: logisticsTypes[task.way],
    ...(task.isSingle ? { delivery_mode: 1 } : { delivery_mode: 2, is_all_delivered: task.isAllDelivered }),
    shipping_list: task.parcels
      .slice(0, parcelsPerCall)
      .map(({ carrierCode, waybillNo, itemDescription, phoneTail }) => ({
        ...(isSent && {
          tracking_no: tidyWaybillNo(waybillNo),
          express_company: findCarrier(carrierCode)?.wechatCode ?? carrierCode,
        }),
        item_desc: [...itemDescription].slice(0, itemDescriptionCharacters).join(''),
        ...(phoneTail && isSent ? { contact: { receiver_contact: `*******${phoneTail}` } } : {}),
      })),
  };
  const { part } = task;
  if (!part) return { order_key: whole, ...shipped, ...when };
  const order_key = { order_number_type: 1, mchid: part.mchId, out_trade_no: part.outTradeNo };
  return { order_key: whole, sub_orders: [{ order_key, ...shipped }], ...when };
}

export function uploadSweep({ uploads, api, mchId, clock, log }: UploadDeps): Sweep {
  async function carry(task: UploadTask): Promise<void> {
    const reply = await api.post(task.part ? combinedPath : path, buildUpload(task, mchId, clock.now()));
    const result = judgeUpload(reply, task.attempts, clock.now());
    if (result.state !== 'uploaded') log.warn({ orderNo: task.orderNo, ...result }, 'shipping upload not taken');
    await uploads.recordUpload(task, result);
  }

  return {
    name: 'logistics.upload',
    everyMs: 1_000,
    async run() {
      const tasks = await uploads.claimUploads(batch);
      // One after the other: WeChat orders a trade's uploads by time, and two of one trade may be in a batch.
      for (const task of tasks) await carry(task);
      return tasks.length;
    },
  };
}
