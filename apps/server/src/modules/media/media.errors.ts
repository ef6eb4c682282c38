import { defineError } from '#platform/errors.ts';

export const mediaNotFound = defineError('media.not_found', 'not_found', '图片不存在');
export const fileMissing = defineError('media.file_missing', 'invalid', '请选择一张图片');
export const typeRefused = defineError('media.type_refused', 'unprocessable', '只支持 JPG、PNG、WebP、GIF 图片');
export const pictureBroken = defineError('media.picture_broken', 'unprocessable', '图片已损坏，请换一张');
export const fileTooLarge = defineError<{ maxBytes: number }>(
  'media.file_too_large',
  'too_large',
  ({ maxBytes }) => `图片不能超过 ${Math.floor(maxBytes / 1024 / 1024)} MB`,
);
export const dimensionsRefused = defineError<{ maxMegapixels: number }>(
  'media.dimensions_refused',
  'unprocessable',
  ({ maxMegapixels }) => `图片尺寸太大，请压缩到 ${maxMegapixels} 百万像素以内`,
);
