import type { Pay } from './pay.types';

export const pay: Pay = ({ params }) =>
  new Promise((resolve) => {
    if (params === null) {
      resolve({ outcome: 'ok' });
      return;
    }
    uni.requestPayment({
      provider: 'wxpay',
      orderInfo: '',
      timeStamp: params.timeStamp,
      nonceStr: params.nonceStr,
      package: params.package,
      signType: params.signType,
      paySign: params.paySign,
      success: () => resolve({ outcome: 'ok' }),
      fail: ({ errMsg = '' }: { errMsg?: string }) =>
        resolve(/cancel/i.test(errMsg) ? { outcome: 'cancel' } : { outcome: 'fail', reason: errMsg }),
    } as UniApp.RequestPaymentOptions);
  });
