import { defineError } from '#platform/errors.ts';

export const deadLetterNotFound = defineError('operations.dead_letter_not_found', 'not_found', '没有这条消息');
export const lineUnknown = defineError('operations.line_not_found', 'not_found', '没有这项指标');
export const deadLetterSettled = defineError('operations.dead_letter_settled', 'conflict', '这条消息已经处理过了');
