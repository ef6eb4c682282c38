// #ifdef H5
import { pay as payByCashier } from './pay.h5';
// #endif
// #ifndef H5
import { pay as payByWechat } from './pay.mp';
// #endif
import type { Pay } from './pay.types';

export type { PayResult } from './pay.types';

/** Opens the till and says what the shopper did there. */
export const pay: Pay = (started) => {
  // #ifdef H5
  return payByCashier(started);
  // #endif
  // #ifndef H5
  return payByWechat(started);
  // #endif
};

/** Which of the shopper's WeChat identities pays. */
export const payClient = (): 'h5' | 'mp-weixin' => {
  // #ifdef H5
  return 'h5';
  // #endif
  // #ifndef H5
  return 'mp-weixin';
  // #endif
};
