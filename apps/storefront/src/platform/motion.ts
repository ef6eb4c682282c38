/** Durations that scripts set follow the same wish as the tokens: 0 for who asked for less motion (C05-UI-09). */
export function reducedMotion(): boolean {
  // #ifdef H5
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  // #endif
  // #ifndef H5
  return false; // mini programs tell only their styles, by the media query of tokens.css
  // #endif
}

export const motionMs = (ms: number): number => (reducedMotion() ? 0 : ms);
