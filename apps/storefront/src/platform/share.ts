import type { Picture } from '@xiaopu/contracts';
import { mediaUrl } from './image';

export interface ShareCard {
  title: string;
  path: string;
  picture?: Picture;
}

/** What onShareAppMessage returns. Sharing is never rewarded by itself. */
export const shareMessage = ({ title, path, picture }: ShareCard) => ({
  title,
  path,
  ...(picture === undefined ? {} : { imageUrl: mediaUrl(picture.url) }),
});

/** H5 has no share card: the system sheet where there is one, else the link on the clipboard. Without a path: this page. */
export function shareLink(title: string, path?: string): Promise<'shared' | 'copied' | 'failed'> {
  // #ifdef H5
  const url = path === undefined ? location.href : `${location.origin}${location.pathname}#${path}`;
  if (navigator.share !== undefined) {
    return navigator.share({ title, url }).then(
      () => 'shared' as const,
      () => 'failed' as const,
    );
  }
  return new Promise((resolve) => {
    uni.setClipboardData({
      data: url,
      showToast: false,
      success: () => resolve('copied'),
      fail: () => resolve('failed'),
    });
  });
  // #endif
  // #ifndef H5
  return Promise.resolve('failed');
  // #endif
}
