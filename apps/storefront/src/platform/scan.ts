/** The camera as a barcode reader: WeChat's own scanner, on H5 a photograph that is read on the phone itself. */
export type Scanned = { code: string } | 'closed' | 'unreadable';

export function scanBarcode(): Promise<Scanned> {
  return new Promise((resolve) => {
    // #ifdef H5
    uni.chooseImage({
      count: 1,
      sizeType: ['original'],
      sourceType: ['camera', 'album'],
      success: ({ tempFilePaths }) => {
        // Fetched when somebody scans: most never do.
        import('./h5/read-barcode')
          .then(({ readBarcode }) => readBarcode(String(tempFilePaths[0])))
          .then((code) => resolve(code === undefined ? 'unreadable' : { code }))
          .catch(() => resolve('unreadable'));
      },
      fail: () => resolve('closed'),
    });
    // #endif
    // #ifndef H5
    uni.scanCode({
      scanType: ['barCode'],
      success: ({ result }) => resolve({ code: result }),
      fail: () => resolve('closed'),
    });
    // #endif
  });
}
