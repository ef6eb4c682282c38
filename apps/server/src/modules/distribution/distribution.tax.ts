/**
 * What of a payout the shop says is taxed, and what it keeps back. The rule is the shop's own and off at first: which tax law holds
 * for its distributors is for the shop and its accountant to know, not for this program.
 */
export interface TaxRule {
  isOn: boolean;
  /** Fen of each payout that are not taxed. */
  deduction: number;
  /** Basis points of what is. */
  rate: number;
}
export interface Taxed {
  /** Null: no rule. */
  taxable: number | null;
  taxDeduction: number;
  taxRate: number;
  withheld: number;
}

export function taxOf(amount: number, { isOn, deduction, rate }: TaxRule): Taxed {
  if (!isOn) return { taxable: null, taxDeduction: 0, taxRate: 0, withheld: 0 };
  const taxable = Math.max(0, amount - deduction);
  return { taxable, taxDeduction: deduction, taxRate: rate, withheld: Math.floor((taxable * rate) / 10_000) };
}
