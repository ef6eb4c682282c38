import { defineError } from '#platform/errors.ts';

export const shopNotFound = defineError('stores.shop_not_found', 'not_found', '没有找到这家店铺');
export const logoNotFound = defineError('stores.logo_not_found', 'unprocessable', '店铺标志不在素材库里，请重新选择');
