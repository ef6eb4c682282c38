/** A rough position (kilometres) is enough to put the nearest address first (C05-PATH-05). Undefined when refused. */
export function roughPosition(): Promise<{ lat: number; lng: number } | undefined> {
  return new Promise((resolve) => {
    // #ifdef MP-WEIXIN
    wx.getFuzzyLocation({
      type: 'gcj02',
      success: ({ latitude, longitude }) => resolve({ lat: latitude, lng: longitude }),
      fail: () => resolve(undefined),
    });
    // #endif
    // #ifndef MP-WEIXIN
    uni.getLocation({
      type: 'wgs84',
      success: ({ latitude, longitude }) => resolve({ lat: latitude, lng: longitude }),
      fail: () => resolve(undefined),
    });
    // #endif
  });
}
