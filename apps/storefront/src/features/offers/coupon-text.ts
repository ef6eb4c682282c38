/** What a coupon's card says. */
import type { CouponFace } from '@xiaopu/contracts';
import { yuan } from '../../shared/lib/price-text.ts';

const zhe = (payRate: number): string => `${payRate / 1000}折`;

/** The large figure: ¥30, 8折, 免单, 包邮. */
export function faceText({ kind, off, payRate }: CouponFace): string {
  if (kind === 'amount') return yuan(off ?? 0);
  if (kind === 'percent') return zhe(payRate ?? 10_000);
  if (kind === 'exchange') return '兑换';
  return off === null ? '免运费' : `${yuan(off)}运费`;
}

/** Under it: when it counts. */
export function conditionText({ threshold, cap, kind, quantity }: CouponFace): string {
  const from = threshold > 0 ? `满 ${yuan(threshold)} 可用` : '无门槛';
  if (kind === 'exchange') return `${quantity ?? 1} 件${threshold > 0 ? `，${from}` : ''}`;
  return cap === null ? from : `${from}，最多减 ${yuan(cap)}`;
}

/** For strips: 满 ¥100 减 ¥20. */
export function shortText(face: CouponFace): string {
  const { kind, threshold, off } = face;
  if (kind === 'amount' && threshold > 0) return `满 ${yuan(threshold)} 减 ${yuan(off ?? 0)}`;
  return `${faceText(face)}券`;
}
