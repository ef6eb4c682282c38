/** Claiming a coupon: a guest is led to log in, the reply tells what is held now. */
import type { ClaimableCoupon, Position } from '@xiaopu/contracts';
import { ensureMember } from '@/features/session/login';
import { tapFeedback } from '@/platform/haptics';
import { api } from '@/platform/request';
import { isMember } from '@/platform/session';
import { toast, toastError } from '@/platform/toast';

/**
 * @param at for a coupon that is claimed near a store
 * @returns true when it was claimed
 */
export async function claimCoupon(coupon: ClaimableCoupon, at?: Position): Promise<boolean> {
  try {
    if (!isMember.value && !(await ensureMember())) return false;
    await api.coupons.claim({ templateId: coupon.templateId, ...(at && { at }) });
    tapFeedback('light');
    coupon.left -= 1;
    if (coupon.left <= 0) coupon.state = 'claimed';
    toast('领取成功，下单时自动选最优惠的');
    return true;
  } catch (error) {
    toastError(error);
    return false;
  }
}
