/** How long the first screen took: from the opening of the app to its first content on screen. Told once a start. */
import { timings } from './request';

let openedAt = Date.now();
// #ifdef H5
// Before any script of ours was there: the browser's own beginning.
openedAt = performance.timeOrigin;
// #endif
let isTold = false;

/** @param page its path, as in pages.json */
export function noteFirstScreen(page: string): void {
  if (isTold) return;
  isTold = true;
  const tookMs = Date.now() - openedAt;
  // #ifdef MP-WEIXIN
  // Base library 2.11.0 and later know when the launch began, script loading included.
  if (typeof wx.getPerformance === 'function') {
    const [launch] = wx.getPerformance().getEntriesByName('appLaunch');
    if (launch && launch.startTime > 0) {
      timings.addFirstScreen(page, Date.now() - launch.startTime);
      return;
    }
  }
  // #endif
  timings.addFirstScreen(page, tookMs);
}
