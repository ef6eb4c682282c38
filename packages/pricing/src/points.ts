/** Points pay for goods last: at a rate, up to a part of what is left, in whole steps. */
import { say } from './explain.ts';
import { floorDivide, portion, share } from './math.ts';
import { explain, type State, takeOff } from './state.ts';

export function pointsStep({ input, cells, notes }: State): void {
  const offer = input.points;
  if (!offer || offer.use === 0) return;
  const open = cells.filter((cell) => cell.isOpenTo.points && cell.amount > 0);
  const goods = open.reduce((total, cell) => total + cell.amount, 0);
  if (goods < (offer.minGoods ?? 0)) {
    explain(notes, 'points.below_minimum', say.pointsBelow(offer.minGoods ?? 0), 0);
    return;
  }
  const cap = portion(goods, offer.capRate);
  const step = offer.step ?? 1;
  const wanted = Math.min(offer.balance, offer.use === 'max' ? offer.balance : offer.use);
  const most = Math.min(wanted, floorDivide(cap * offer.perYuan, 100));
  const usable = floorDivide(most, step) * step;
  const amount = floorDivide(usable * 100, offer.perYuan);
  if (most < wanted) explain(notes, 'points.capped', say.pointsCapped(offer.capRate, cap), 0);
  if (amount === 0) return;

  const parts = share(
    amount,
    open.map((cell) => cell.amount),
  );
  const used = share(usable, parts);
  open.forEach((cell, index) => {
    cell.pointsUsed = used[index] ?? 0;
  });
  const lines = takeOff({ step: 'points', id: 'points', platformShare: offer.platformShare }, open, parts);
  explain(notes, 'points.used', say.points(usable, amount), amount, { sourceId: 'points', lines });
}
