/**
 * Where the shopper is, in GCJ-02 as maps in China read it. Called on a tap, or for who agreed before (features/places).
 * WeChat grants one of two: kilometres (default, C05-PATH-05), or exact where the shop has its approval (`EXACT_LOCATION=1`, X-14).
 */
export interface Position {
  lat: number;
  lng: number;
}

/** Undefined when refused. */
export function roughPosition(): Promise<Position | undefined> {
  return new Promise((resolve) => {
    // #ifdef MP-WEIXIN
    const answer = {
      type: 'gcj02' as const,
      success: ({ latitude, longitude }: { latitude: number; longitude: number }) =>
        resolve({ lat: latitude, lng: longitude }),
      fail: () => resolve(undefined),
    };
    if (__EXACT_LOCATION__) wx.getLocation(answer);
    else wx.getFuzzyLocation(answer);
    // #endif
    // #ifdef H5
    uni.getLocation({
      type: 'wgs84',
      success: ({ latitude, longitude }) => {
        // A browser knows GPS's datum alone; the shift is some hundred metres.
        import('./h5/gcj02')
          .then(({ toGcj02 }) => resolve(toGcj02(latitude, longitude)))
          .catch(() => resolve(undefined));
      },
      fail: () => resolve(undefined),
    });
    // #endif
    // #ifdef MP-ALIPAY || MP-BAIDU
    uni.getLocation({
      type: 'gcj02',
      success: ({ latitude, longitude }) => resolve({ lat: latitude, lng: longitude }),
      fail: () => resolve(undefined),
    });
    // #endif
  });
}

/** Whether asking now would show nothing: the phone was told yes before. */
export function mayLocate(): Promise<boolean> {
  return new Promise((resolve) => {
    // #ifdef MP-WEIXIN
    wx.getSetting({
      success: ({ authSetting }) =>
        resolve(authSetting[__EXACT_LOCATION__ ? 'scope.userLocation' : 'scope.userFuzzyLocation'] === true),
      fail: () => resolve(false),
    });
    // #endif
    // #ifdef H5
    const query = navigator.permissions?.query({ name: 'geolocation' });
    if (!query) resolve(false);
    else
      query.then(
        ({ state }) => resolve(state === 'granted'),
        () => resolve(false),
      );
    // #endif
    // #ifdef MP-ALIPAY || MP-BAIDU
    resolve(false);
    // #endif
  });
}

/** The phone's map with the way there; where there is none, nothing happens. */
export function openMap({ lat, lng, name, address }: Position & { name: string; address: string }): void {
  uni.openLocation({ latitude: lat, longitude: lng, name, address, fail: () => undefined });
}
