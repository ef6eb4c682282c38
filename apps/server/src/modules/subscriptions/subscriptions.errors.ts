import { defineError } from '#platform/errors.ts';

export const planNotFound = defineError('subscriptions.plan_not_found', 'not_found', '没有找到这个会员方案');
export const trialTaken = defineError('subscriptions.trial_taken', 'conflict', '每人只能免费试用一次');
export const alreadyMember = defineError('subscriptions.already_member', 'conflict', '你已经是付费会员');
export const downgradeRefused = defineError(
  'subscriptions.downgrade_refused',
  'conflict',
  '高级会员到期后才能改为月卡',
);
export const purchaseNotPayable = defineError(
  'subscriptions.purchase_not_payable',
  'conflict',
  '这笔会员订单已不能支付，请重新购买',
);
export const signerUnknown = defineError('subscriptions.signer_unknown', 'conflict', '请在微信小程序里开通自动续费');
export const notRefundable = defineError('subscriptions.not_refundable', 'conflict', '已超过可退款期限');
export const notSubscribed = defineError('subscriptions.not_subscribed', 'conflict', '你还不是付费会员');
