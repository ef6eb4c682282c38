/**
 * Virtual goods inside the WeChat mini program on iOS: WeChat wants its own virtual payment there, which this shop does not
 * speak, so they are not sold there unless somebody who has it in writing allows it.
 */
import { definePolicy } from '#platform/policy.ts';

export const virtualOnIos = definePolicy({
  key: 'checkout.virtual_on_ios',
  title: '虚拟商品：允许在 iOS 微信小程序内购买（1 允许，0 不允许；微信规则默认不允许）',
  unit: '',
  defaultValue: 0,
  minimum: 0,
  maximum: 1,
});

/** Seen from the request, not told by the client: pages of a mini program call with this referer, and WeChat names the system. */
export const isIosMini = (headers: { 'user-agent'?: string | undefined; referer?: string | undefined }): boolean =>
  /iPhone|iPad|iPod/i.test(headers['user-agent'] ?? '') &&
  /^https:\/\/servicewechat\.com\//i.test(headers.referer ?? '');
