/** Measures that never change while the app runs, read once. */
const info = uni.getSystemInfoSync();
const contentWidth = Math.min(info.windowWidth, 480);

/** Height of WeChat's capsule row below the status bar; pages with their own navigation align to it. */
function capsule(): { top: number; height: number; reservedRight: number } {
  // #ifdef MP-WEIXIN || MP-ALIPAY || MP-BAIDU
  try {
    const rect = uni.getMenuButtonBoundingClientRect();
    if (rect.height > 0) return { top: rect.top, height: rect.height, reservedRight: info.windowWidth - rect.left };
  } catch {
    // old base libraries: fall through to the usual measures
  }
  return { top: (info.statusBarHeight ?? 20) + 6, height: 32, reservedRight: 95 };
  // #endif
  // #ifdef H5
  return { top: 8, height: 36, reservedRight: 0 };
  // #endif
}

export const screen = {
  width: contentWidth,
  height: info.windowHeight,
  pixelRatio: info.pixelRatio || 2,
  statusBar: info.statusBarHeight ?? 0,
  capsule: capsule(),
};
