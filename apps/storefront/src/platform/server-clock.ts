/** The server's clock as last heard: deadlines count by it, for a phone's clock may be minutes off (C07-SEC-03). */
let offsetMs = 0;

export function noteServerTime(serverTimeMs: number): void {
  const offset = serverTimeMs - Date.now();
  // What the network took is part of the difference: below a second it is noise, and a countdown must not jump back.
  if (Math.abs(offset - offsetMs) > 1_000) offsetMs = offset;
}

export const serverNow = (): number => Date.now() + offsetMs;
