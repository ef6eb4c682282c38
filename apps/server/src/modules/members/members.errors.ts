import { defineError } from '#platform/errors.ts';

export const addressNotFound = defineError('members.address_not_found', 'not_found', '没有找到这个地址');
export const addressBookFull = defineError<{ limit: number }>(
  'members.address_book_full',
  'conflict',
  ({ limit }) => `最多保存 ${limit} 个地址，请先删除不用的`,
);
export const positionIncomplete = defineError('members.position_incomplete', 'invalid', '定位信息不完整');
export const productNotFound = defineError('members.product_not_found', 'not_found', '没有找到这件商品');
export const cursorInvalid = defineError('members.cursor_invalid', 'invalid', '翻页位置不正确，请从头刷新');
