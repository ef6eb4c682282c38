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

/** The phone's map with the way there; where there is none, nothing happens. */
export function openMap({
  lat,
  lng,
  name,
  address,
}: {
  lat: number;
  lng: number;
  name: string;
  address: string;
}): void {
  uni.openLocation({ latitude: lat, longitude: lng, name, address, fail: () => undefined });
}
