/** Which file of a picture to load: the smallest WebP that is sharp enough, or the fallback (C05-PERF-05). */
import type { Picture } from '@xiaopu/contracts';
import { screen } from './screen';

export const mediaUrl = (path: string): string => (path.startsWith('/') ? `${__API_BASE__}${path}` : path);

export type PictureWidth = 320 | 750 | 1080;

export function variantFor(cssWidth: number, pixelRatio: number): PictureWidth {
  // Past 2× the eye gains nothing on photographs and the bytes double.
  const needed = cssWidth * Math.min(pixelRatio, 2);
  if (needed <= 340) return 320;
  return needed <= 780 ? 750 : 1080;
}

export function pictureUrl(picture: Picture, cssWidth: number): string {
  const width = variantFor(cssWidth, screen.pixelRatio);
  return mediaUrl(picture.webp[`w${width}`] || picture.url);
}

export const fallbackUrl = (picture: Picture): string => mediaUrl(picture.url);

/** Opens the platform's viewer: pinch zoom, save and forward on long press (C05-UI-06). */
export function previewPictures(pictures: readonly Picture[], current: number): void {
  const urls = pictures.map((picture) => pictureUrl(picture, 1080));
  uni.previewImage({ urls, current: urls[current] ?? 0, longPressActions: { itemList: [], success: () => undefined } });
}
