export interface HoldTimes {
  heldUntil: string | null;
  closesAt: string | null;
}

/** `held`: the goods are kept; `open`: still payable, stock asked again; `over`: neither. */
export function holdPhase({ heldUntil, closesAt }: HoldTimes, now: number): 'held' | 'open' | 'over' {
  if (heldUntil !== null && new Date(heldUntil).getTime() > now) return 'held';
  return closesAt !== null && new Date(closesAt).getTime() > now ? 'open' : 'over';
}
