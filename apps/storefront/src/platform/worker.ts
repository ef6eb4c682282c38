/** WeChat's Worker; other targets have none of this kind and sum on the page's thread. */
import type { WorkerLike } from '@/features/checkout/coupon-sums';

export function openWorker(file: string): WorkerLike | undefined {
  // #ifdef MP-WEIXIN
  try {
    return (uni as unknown as { createWorker?(path: string): WorkerLike }).createWorker?.(file);
  } catch {
    // One is running elsewhere, or the phone's WeChat is too old.
  }
  // #endif
  return undefined;
}
