/** Reading happens only when the shopper taps "paste". */
export function readClipboard(): Promise<string | undefined> {
  return new Promise((resolve) => {
    // #ifdef H5
    const reading = navigator.clipboard?.readText?.();
    if (reading === undefined) resolve(undefined);
    else reading.then(resolve, () => resolve(undefined));
    // #endif
    // #ifndef H5
    uni.getClipboardData({ success: ({ data }) => resolve(String(data)), fail: () => resolve(undefined) });
    // #endif
  });
}

export function copyText(text: string): Promise<boolean> {
  return new Promise((resolve) => {
    uni.setClipboardData({ data: text, showToast: false, success: () => resolve(true), fail: () => resolve(false) });
  });
}
