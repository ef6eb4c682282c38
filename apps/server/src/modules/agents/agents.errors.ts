import { defineError } from '#platform/errors.ts';

export const agentNotFound = defineError('agents.not_found', 'not_found', '没有找到这位客服');
export const shopNotFound = defineError('agents.shop_not_found', 'not_found', '没有找到这家店铺');
export const memberNotFound = defineError('agents.member_not_found', 'not_found', '没有找到这位会员');
export const notEntitled = defineError(
  'agents.not_entitled',
  'conflict',
  '这位会员还没有专属客服权益（金卡、钻石、高级会员或累计消费达标）',
);
export const agentHasMembers = defineError('agents.has_members', 'conflict', '这位客服名下还有会员，请先交接');
export const sameAgent = defineError('agents.same_agent', 'unprocessable', '请选择另一位客服接手');
export const agentGone = defineError('agents.gone', 'unprocessable', '这位员工已不在本店，请选择其他人');
export const notYourself = defineError('agents.not_yourself', 'forbidden', '只能修改自己的在岗状态');
