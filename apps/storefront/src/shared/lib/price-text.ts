/** Fen in, text out: the only place that turns money into words. */
export interface PriceText {
  integer: string;
  /** With its point, without needless zeros: '' for whole yuan, '.9', '.90' never. */
  decimals: string;
  /** For screen readers. */
  spoken: string;
}

export function priceText(fen: number, { fixed = false } = {}): PriceText {
  if (!Number.isSafeInteger(fen)) throw new RangeError(`not an amount in fen: ${fen}`);
  const sign = fen < 0 ? '-' : '';
  const amount = Math.abs(fen);
  const yuan = Math.trunc(amount / 100);
  const cents = String(amount % 100).padStart(2, '0');
  const short = cents.replace(/0+$/, '');
  const shown = fixed ? cents : short;
  return {
    integer: `${sign}${yuan}`,
    decimals: shown === '' ? '' : `.${shown}`,
    spoken: `${sign}${yuan}.${cents}元`,
  };
}

/** In running text: "¥19.9", or "¥19.90" when fixed. */
export function yuan(fen: number, options: { fixed?: boolean } = {}): string {
  const { integer, decimals } = priceText(fen, options);
  return integer.startsWith('-') ? `-¥${integer.slice(1)}${decimals}` : `¥${integer}${decimals}`;
}

/** "已售 1.2万": counts a shopper skims. */
export function roughCount(count: number): string {
  if (count < 10_000) return String(count);
  const tenThousands = Math.floor(count / 1_000) / 10;
  return `${tenThousands >= 100 ? Math.floor(tenThousands) : tenThousands}万`;
}
