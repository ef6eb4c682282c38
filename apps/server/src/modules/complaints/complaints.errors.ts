import { defineError } from '#platform/errors.ts';

export const complaintUnknown = defineError('complaints.not_found', 'not_found', '投诉单不存在');
export const alreadyDone = defineError('complaints.already_processed', 'conflict', '投诉单已处理完成');
export const answerFirst = defineError('complaints.answer_first', 'conflict', '请先回复用户，再标记处理完成');
export const answerTaken = defineError('complaints.answer_conflict', 'conflict', '这条回复已提交过，内容不同');
