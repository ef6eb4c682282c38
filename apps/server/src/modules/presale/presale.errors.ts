import { defineError } from '#platform/errors.ts';

export const presaleUnknown = defineError('presale.not_found', 'not_found', '没有找到这场预售');
export const presaleOver = defineError('presale.not_running', 'conflict', '这场预售现在不能付定金');
export const overLimit = defineError<{ buyerLimit: number }>(
  'presale.over_limit',
  'conflict',
  ({ buyerLimit }) => `每人最多预订 ${buyerLimit} 件`,
);
export const alreadyJoined = defineError('presale.already_joined', 'conflict', '你已经预订过了，请到订单里查看');
export const consentMissing = defineError('presale.consent_missing', 'unprocessable', '请先阅读并同意定金规则');
export const badWindows = defineError(
  'presale.bad_windows',
  'unprocessable',
  '时间要依次是：付定金、付尾款、发货，且不能已经过去',
);
export const notCheaper = defineError<{ salePrice: number }>(
  'presale.not_cheaper',
  'unprocessable',
  '预售到手价要低于售价',
);
export const depositTooHigh = defineError<{ most: number }>(
  'presale.deposit_too_high',
  'unprocessable',
  '定金超过了允许的比例，请调低',
);
export const badDeposit = defineError('presale.bad_deposit', 'unprocessable', '定金抵扣不能低于定金，且要低于预售价');
export const belowFloor = defineError<{ floor: number }>(
  'presale.below_floor',
  'unprocessable',
  '到手价低于毛利底线；请调高价格，或由有权限的人写明原因放行',
);
export const presaleRepeated = defineError('presale.repeated', 'conflict', '这场预售已经建好了');
