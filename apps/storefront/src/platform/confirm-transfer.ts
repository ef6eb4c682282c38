/** Money to the shopper waits for their own confirmation: WeChat's sheet, or on H5 the sandbox's page. */
import type { PayoutView } from '@xiaopu/contracts';
// #ifdef H5
import { openFrame } from './h5/frame';
// #endif

/** How the sheet was left. Whether money moved only the server knows. */
export type Confirmed = 'ok' | 'cancel' | 'fail' | 'unsupported';

export function confirmTransfer({ confirmation, confirmUrl }: PayoutView): Promise<Confirmed> {
  // #ifdef H5
  if (confirmUrl === null) return Promise.resolve('unsupported');
  return openFrame({ url: confirmUrl, title: '收款确认', source: 'xiaopu-transfer' }).then(({ result }) => result);
  // #endif
  // #ifdef MP-WEIXIN
  return new Promise((resolve) => {
    if (confirmation === null || wx.requestMerchantTransfer === undefined) return resolve('unsupported');
    wx.requestMerchantTransfer({
      ...confirmation,
      success: () => resolve('ok'),
      fail: ({ errMsg = '' }) => resolve(/cancel/i.test(errMsg) ? 'cancel' : 'fail'),
    });
  });
  // #endif
  // #ifndef H5 || MP-WEIXIN
  return Promise.resolve('unsupported');
  // #endif
}
