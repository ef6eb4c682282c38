// #ifdef H5
export { pay } from './pay.h5';
// #endif
// #ifndef H5
export { pay } from './pay.mp';
// #endif
export type { PayResult } from './pay.types';

/** Which of the shopper's WeChat identities pays. */
export const payClient = (): 'h5' | 'mp-weixin' => {
  // #ifdef H5
  return 'h5';
  // #endif
  // #ifndef H5
  return 'mp-weixin';
  // #endif
};
