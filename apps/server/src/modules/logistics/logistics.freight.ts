/** What a parcel costs the shopper: free above a line, else first and continued weight, and a surcharge for remote places. */
import { formatYuan } from '@xiaopu/money';
import { findProvince, isRemote } from './logistics.regions.ts';

export interface FreightRules {
  /** Goods at or above it travel free; 0: always free. */
  freeLine: number;
  firstWeightGrams: number;
  firstWeightPrice: number;
  continuedWeightGrams: number;
  continuedWeightPrice: number;
  remoteSurcharge: number;
}
export interface Shipment {
  goodsTotal: number;
  weightGrams: number;
  /** Full or short name; '' or unknown: usual rates. */
  province: string;
}
export interface Freight {
  freight: number;
  note: string;
}

export function priceFreight(rules: FreightRules, { goodsTotal, weightGrams, province }: Shipment): Freight {
  const name = findProvince(province);
  const surcharge = name !== undefined && isRemote(name) ? rules.remoteSurcharge : 0;
  const remoteNote = surcharge > 0 ? `${name}为偏远地区，加收 ¥${formatYuan(surcharge)}` : '';
  if (goodsTotal >= rules.freeLine) {
    const note = rules.freeLine === 0 ? '包邮' : `已满 ¥${shortYuan(rules.freeLine)} 包邮`;
    return { freight: surcharge, note: join(note, remoteNote) };
  }
  const extra = Math.max(0, weightGrams - rules.firstWeightGrams);
  const steps = Math.ceil(extra / rules.continuedWeightGrams);
  const freight = rules.firstWeightPrice + steps * rules.continuedWeightPrice + surcharge;
  const missing = rules.freeLine - goodsTotal;
  return {
    freight,
    note: join(`满 ¥${shortYuan(rules.freeLine)} 包邮，还差 ¥${formatYuan(missing)}`, remoteNote),
  };
}

const join = (...notes: string[]): string => notes.filter(Boolean).join('；');
/** 9900 → "99", 9950 → "99.50": a line is mostly whole yuan. */
const shortYuan = (amount: number): string => formatYuan(amount).replace(/\.00$/, '');
