/** Words and drawings of the member pages. */
import type { Tier } from '@xiaopu/contracts';

/** 8000 → "8 折", 10000 → "无折扣". */
export const rateText = (payRate: number): string => (payRate >= 10_000 ? '暂无折扣' : `${payRate / 1000} 折`);
/** Millionths as a percentage without needless zeros: 1000 → "0.1%". */
export const oddsText = (odds: number): string => `${odds / 10_000}%`;
export const signed = (amount: number): string => (amount > 0 ? `+${amount}` : String(amount));

/** How far between this tier's line and the next one, 0–100. */
export function progressOf(growth: number, from: number, to: number | undefined): number {
  if (to === undefined || to <= from) return 100;
  return Math.max(0, Math.min(100, Math.round(((growth - from) * 100) / (to - from))));
}
export const tierTone: Record<Tier, string> = { bronze: 'bronze', silver: 'silver', gold: 'gold', diamond: 'diamond' };

/** The middle of each of so many equal sectors, in degrees clockwise from the top. */
export const middles = (count: number): number[] =>
  Array.from({ length: count }, (_, index) => (index + 0.5) * (360 / count));

/** Equal sectors in turn of three tints. Their size says nothing: the odds stand beside the wheel in figures. */
export function wheelPaint(count: number): string {
  const step = 360 / count;
  const tints = ['var(--hue-2)', 'var(--hue-1)', 'var(--hue-3)'];
  const stops = Array.from({ length: count }, (_, index) => {
    // The last sector touches the first one, so it must not have the first one's tint.
    const tint = index === count - 1 && index % 3 === 0 ? tints[1] : tints[index % 3];
    return `${tint} ${index * step}deg ${(index + 1) * step}deg`;
  });
  return `conic-gradient(${stops.join(',')})`;
}

/** Where the wheel stops so that sector `index` is under the pointer at the top, some turns further than now. */
export function stopAngle(current: number, index: number, count: number, turns = 5): number {
  const middle = (index + 0.5) * (360 / count);
  const rest = (((-middle - current) % 360) + 360) % 360;
  return current + turns * 360 + rest;
}

/** The month around a day, weeks from Monday; 0 stands for a day of another month. */
export function monthGrid(today: string): number[] {
  const [year = 1970, month = 1] = today.split('-').map(Number);
  const lead = (new Date(Date.UTC(year, month - 1, 1)).getUTCDay() + 6) % 7;
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const cells = Array.from({ length: lead + days }, (_, index) => Math.max(0, index - lead + 1));
  return [...cells, ...Array.from({ length: (7 - (cells.length % 7)) % 7 }, () => 0)];
}
