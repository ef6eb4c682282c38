/** The phone's camera as a barcode reader; undefined when it was closed or there is none (H5 types the digits). */
export function scanBarcode(): Promise<string | undefined> {
  return new Promise((resolve) => {
    // #ifdef H5
    resolve(undefined);
    // #endif
    // #ifndef H5
    uni.scanCode({
      scanType: ['barCode'],
      success: ({ result }) => resolve(result),
      fail: () => resolve(undefined),
    });
    // #endif
  });
}
export const canScan = (): boolean => {
  let can = true;
  // #ifdef H5
  can = false;
  // #endif
  return can;
};
