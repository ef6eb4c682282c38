/** The mathematics of swiping a row to the left: which way a finger means to go, how far the row follows, where it comes to rest. */
export interface Swipe {
  x: number;
  y: number;
  /** Where the row stood when the finger came down: 0, or minus the width of what is behind it. */
  from: number;
  axis: 'unknown' | 'x' | 'y';
  offset: number;
}

/** Less than this is a trembling finger. */
const decidesAfterPx = 8;
/** Past the end the row follows at a quarter, so that the end can be felt. */
const stretch = 0.25;

export const startSwipe = (x: number, y: number, from: number): Swipe => ({
  x,
  y,
  from,
  axis: 'unknown',
  offset: from,
});

export function moveSwipe(swipe: Swipe, x: number, y: number, width: number): Swipe {
  const dx = x - swipe.x;
  const dy = y - swipe.y;
  let { axis } = swipe;
  if (axis === 'unknown' && Math.max(Math.abs(dx), Math.abs(dy)) >= decidesAfterPx)
    axis = Math.abs(dx) > Math.abs(dy) ? 'x' : 'y';
  if (axis !== 'x') return { ...swipe, axis };
  const wanted = Math.min(0, swipe.from + dx);
  const past = -width - wanted;
  return { ...swipe, axis, offset: past > 0 ? -width - past * stretch : wanted };
}

/** Open when a third of the way was gone in that direction. */
export function endsOpen({ axis, from, offset }: Swipe, width: number): boolean {
  if (axis !== 'x') return from < 0;
  return from < 0 ? offset < -width * (2 / 3) : offset < -width / 3;
}
