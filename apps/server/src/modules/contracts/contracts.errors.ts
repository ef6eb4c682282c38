import { defineError } from '#platform/errors.ts';

export const contractsOff = defineError('contracts.off', 'conflict', '自动续费暂未开通');
export const alreadySigned = defineError('contracts.already_signed', 'conflict', '你已经开通了自动续费');
export const contractNotFound = defineError('contracts.not_found', 'not_found', '没有找到这份协议');
