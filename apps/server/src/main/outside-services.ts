/** The services of others, each with its limits and with what the shop does while it does not answer. */
import type { OutsideService } from '../platform/outside-call.ts';

const usual = { failures: 5, openMs: 5_000 };

export const outsideServices = {
  pay: {
    ...usual,
    name: 'wechat-pay',
    title: '微信支付',
    fallback: '下单照常，发起支付时请顾客稍候再试；关单、退款、查询排队自动重试',
    timeoutMs: 10_000,
    concurrency: 64,
    queue: 256,
    retries: 0,
  },
  wechat: {
    ...usual,
    name: 'wechat-api',
    title: '微信登录与消息',
    fallback: '已登录的顾客不受影响；新登录请顾客重试；消息与发货上传排队自动重试',
    timeoutMs: 10_000,
    concurrency: 32,
    queue: 256,
    retries: 1,
    // A login code is worth one try.
    mayRepeat: ({ method, url }) => method === 'GET' && !url.pathname.endsWith('/jscode2session'),
  },
  tracks: {
    ...usual,
    name: 'kdniao',
    title: '快递查询',
    fallback: '显示上一次查到的物流轨迹',
    timeoutMs: 8_000,
    concurrency: 16,
    queue: 64,
    retries: 1,
    mayRepeat: () => true,
  },
  bills: {
    ...usual,
    name: 'wechat-pay-bill',
    title: '微信支付账单下载',
    fallback: '当天对账稍后重试，其余照常',
    timeoutMs: 60_000,
    concurrency: 2,
    queue: 8,
    retries: 0,
  },
  objects: {
    ...usual,
    name: 'object-storage',
    title: '图片存储',
    fallback: '已缓存的图片照常显示；上传请稍后再试',
    timeoutMs: 10_000,
    concurrency: 32,
    queue: 128,
    retries: 2,
    // Keys are content hashes: what is put twice is the same.
    mayRepeat: () => true,
  },
  stockWebhooks: {
    ...usual,
    name: 'stock-webhooks',
    title: '库存推送地址',
    fallback: '变动按序号留着，对方恢复后从断点续推；不影响其他地址',
    timeoutMs: 10_000,
    concurrency: 4,
    queue: 16,
    retries: 0,
  },
} satisfies Record<string, OutsideService>;
