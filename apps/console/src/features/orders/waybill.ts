/** Checks a waybill number before the server does: the shared shape first, then what each carrier is known to use. */

const SHARED = /^[A-Za-z0-9-]{6,40}$/;

const byCarrier: Record<string, { pattern: RegExp; hint: string }> = {
  SF: { pattern: /^(SF)?\d{12,15}$/i, hint: '顺丰单号一般是 SF 开头加 12–15 位数字' },
  JD: { pattern: /^JD[A-Z0-9-]{8,}$/i, hint: '京东单号一般以 JD 开头' },
  ZTO: { pattern: /^\d{12,15}$/, hint: '中通单号一般是 12–15 位数字' },
  YTO: { pattern: /^(YT)?\d{12,18}$/i, hint: '圆通单号一般是 YT 开头加数字' },
};

export const cleanWaybill = (typed: string): string => typed.replace(/\s+/g, '').toUpperCase();

/** An error stops the form. */
export function waybillError(waybillNo: string): string {
  if (!waybillNo) return '请填写运单号';
  return SHARED.test(waybillNo) ? '' : '运单号为 6–40 位字母、数字或横线';
}

/** A warning does not: carriers change their formats without telling us. */
export function waybillWarning(carrierCode: string, waybillNo: string): string {
  const rule = byCarrier[carrierCode];
  return rule && SHARED.test(waybillNo) && !rule.pattern.test(waybillNo) ? `${rule.hint}，请核对` : '';
}
