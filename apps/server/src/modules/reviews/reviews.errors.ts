import { defineError } from '#platform/errors.ts';

export const reviewUnknown = defineError('reviews.not_found', 'not_found', '没有找到这条评价');
export const pictureUnknown = defineError('reviews.picture_unknown', 'unprocessable', '有图片没有上传成功，请重新上传');
export const alreadyDecided = defineError<{ status: string }>(
  'reviews.already_decided',
  'conflict',
  '这条评价已经审核过了',
);
export const reasonMissing = defineError('reviews.reason_missing', 'unprocessable', '请写明不通过的原因');
export const notShown = defineError('reviews.not_shown', 'conflict', '审核通过后才能回复');
