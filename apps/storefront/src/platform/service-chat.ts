/** A talk with the shop: WeCom's customer service inside WeChat, its page in a browser. */
export interface Chat {
  corpId: string;
  url: string;
}
/** What the card in the talk is about; its path leads back into the mini program. */
export interface ChatCard {
  title: string;
  path: string;
}

// #ifdef H5
/** A blocked window is told from an opened one only by what comes back; the page there must not reach into this one. */
function openWindow(url: string): boolean {
  const opened = window.open(url, '_blank');
  if (opened) opened.opener = null;
  return opened !== null;
}
// #endif

/** @returns false where this client cannot open it, or would not */
export function openChat({ corpId, url }: Chat, card?: ChatCard): Promise<boolean> {
  // #ifdef MP-WEIXIN
  return new Promise((resolve) => {
    if (wx.openCustomerServiceChat === undefined) return resolve(false);
    wx.openCustomerServiceChat({
      extInfo: { url },
      corpId,
      ...(card && { showMessageCard: true, sendMessageTitle: card.title, sendMessagePath: card.path }),
      success: () => resolve(true),
      fail: ({ errMsg = '' }) => resolve(/cancel/i.test(errMsg)),
    });
  });
  // #endif
  // #ifdef H5
  void corpId;
  void card;
  return Promise.resolve(openWindow(url));
  // #endif
  // #ifndef MP-WEIXIN || H5
  return Promise.resolve(false);
  // #endif
}
