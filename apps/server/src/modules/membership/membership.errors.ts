import { defineError } from '#platform/errors.ts';

export const memberNotFound = defineError('membership.member_not_found', 'not_found', '没有找到这位会员');
export const birthdayInvalid = defineError('membership.birthday_invalid', 'invalid', '这个日期不存在，请重新选择');
export const birthdayFixed = defineError('membership.birthday_fixed', 'conflict', '生日一年只能修改一次');
export const codeInvalid = defineError('membership.code_invalid', 'unprocessable', '会员码已失效，请顾客刷新后再扫');
export const cursorInvalid = defineError('membership.cursor_invalid', 'invalid', '翻页位置不正确，请从头刷新');
export const productNotFound = defineError('membership.product_not_found', 'not_found', '没有找到这个商品');
