import { defineError } from '#platform/errors.ts';

export const codeNeeded = defineError('distribution.code_needed', 'conflict', '请先完成短信验证');
export const codeWrong = defineError('distribution.code_wrong', 'unprocessable', '验证码不对或已过期');
export const codeUnavailable = defineError('distribution.code_unavailable', 'conflict', '现在不能发送验证码');
export const codeNotSent = defineError('distribution.code_not_sent', 'conflict', '验证码没有发出去，请稍后再试');
export const codesUsedUp = defineError('distribution.codes_used_up', 'conflict', '今天的验证码已用完，请明天再试');
export const phoneNeeded = defineError('distribution.phone_needed', 'conflict', '请先绑定手机号');
export const codeTooSoon = defineError<{ seconds: number }>(
  'distribution.code_too_soon',
  'conflict',
  ({ seconds }) => `${seconds} 秒后可以重新发送`,
);
export const programOff = defineError('distribution.off', 'conflict', '这家店还没有开启分销');
export const shopUnknown = defineError('distribution.shop_not_found', 'not_found', '没有找到这家店');
export const linkUnknown = defineError('distribution.link_not_found', 'not_found', '这个推广链接已失效');
export const productUnknown = defineError('distribution.product_not_found', 'not_found', '没有找到这件商品');
export const notDistributor = defineError('distribution.not_distributor', 'not_found', '你还不是这家店的分销员');
export const notActive = defineError('distribution.not_active', 'conflict', '分销资格未生效，暂时不能操作');
export const alreadyApplied = defineError('distribution.already_applied', 'conflict', '你已提交过申请');
export const consentNeeded = defineError('distribution.consent_needed', 'unprocessable', '请先阅读并同意推广协议');
export const idNumberWrong = defineError('distribution.id_number_wrong', 'unprocessable', '身份证号有误，请核对');
export const realNameWrong = defineError('distribution.real_name_wrong', 'unprocessable', '请填写真实姓名');
export const adultsOnly = defineError('distribution.adults_only', 'unprocessable', '年满 18 周岁才能申请');
export const personTaken = defineError('distribution.person_taken', 'conflict', '该身份已在本店申请过，请联系客服');
export const distributorUnknown = defineError('distribution.distributor_not_found', 'not_found', '没有找到这位分销员');
export const stateRefused = defineError('distribution.state_refused', 'conflict', '当前状态不能这样处理');
export const rateTooHigh = defineError<{ cap: number }>(
  'distribution.rate_too_high',
  'unprocessable',
  ({ cap }) => `两级佣金合计不能超过 ${cap / 100}%`,
);
export const rateTargetUnknown = defineError(
  'distribution.rate_target_not_found',
  'not_found',
  '没有找到对应的商品或分类',
);
export const rateUnknown = defineError('distribution.rate_not_found', 'not_found', '没有这条佣金规则');
export const customerUnknown = defineError('distribution.customer_not_found', 'not_found', '没有找到这位客户');
export const notAllowedToLook = defineError('distribution.look_not_allowed', 'forbidden', '客户没有授权查看');
export const guideUnknown = defineError('distribution.guide_not_found', 'not_found', '你在这家店还没有专属导购');
export const belowMinimum = defineError<{ minimum: number }>(
  'distribution.below_minimum',
  'conflict',
  ({ minimum }) => `满 ${(minimum / 100).toFixed(2)} 元可提现`,
);
export const amountChanged = defineError<{ amount: number }>(
  'distribution.amount_changed',
  'conflict',
  '可提现金额刚刚有变化，请核对后再提现',
);
export const wechatNeeded = defineError(
  'distribution.wechat_needed',
  'conflict',
  '请先在微信小程序登录，再提现到微信零钱',
);
export const withdrawalUnknown = defineError('distribution.withdrawal_not_found', 'not_found', '没有这笔提现');
export const withdrawalDecided = defineError('distribution.withdrawal_decided', 'conflict', '这笔提现已处理');
export const posterWithoutFont = defineError(
  'distribution.poster_without_font',
  'unavailable',
  '服务器缺少中文字体，暂时不能生成海报，可以先分享商品卡片',
);
export const posterUnavailable = defineError(
  'distribution.poster_unavailable',
  'unavailable',
  '海报生成失败，请稍后再试',
);
export const monthInvalid = defineError('distribution.month_invalid', 'invalid', '月份格式应为 2026-01');
