import type { MediaPage } from '@xiaopu/contracts/console';
import { upload } from '../../shared/lib/api.ts';

export type Media = MediaPage['items'][number];
export type Picture = Media['picture'];

export const MAX_BYTES = 10 * 1024 * 1024;
const TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/gif'];

/** What the media pipeline would refuse, said before the upload starts. */
export function refusal(file: { type: string; size: number }): string {
  if (!TYPES.includes(file.type)) return '只支持 JPG、PNG、WebP、GIF 图片';
  return file.size > MAX_BYTES ? '图片不能超过 10 MB' : '';
}

export const uploadPicture = (file: File, onProgress: (ratio: number) => void) =>
  upload<{ mediaId: string; picture: Picture }>('/api/console/media', file, onProgress);
