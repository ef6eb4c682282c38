import { defineError } from '#platform/errors.ts';

export const tagUnknown = defineError('tags.not_found', 'not_found', '没有这个标签');
export const memberUnknown = defineError('tags.member_not_found', 'not_found', '没有这位会员');
export const presetKept = defineError('tags.preset_kept', 'conflict', '预设标签可以停用，不能删除');
export const tooManyTags = defineError('tags.too_many', 'conflict', '标签太多了，先删掉不用的');
