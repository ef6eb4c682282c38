/** Words for distances, and windows gathered by their day. */
import type { PickupWindow } from '@xiaopu/contracts';

/** 320 m, 1.2 km, 15 km; nothing when nobody knows. */
export function distanceText(metres: number | null): string {
  if (metres === null) return '';
  if (metres < 1_000) return `${Math.max(10, Math.round(metres / 10) * 10)} m`;
  const km = metres / 1_000;
  return `${km < 10 ? km.toFixed(1) : Math.round(km)} km`;
}

export interface WindowDay {
  day: string;
  windows: (PickupWindow & { times: string })[];
}
/** The server says 今天 14:00–15:00; the sheet shows the day once and the times below it. */
export function windowDays(windows: readonly PickupWindow[]): WindowDay[] {
  const days: WindowDay[] = [];
  for (const window of windows) {
    const at = window.text.lastIndexOf(' ');
    const day = window.text.slice(0, at);
    const shown = { ...window, times: window.text.slice(at + 1) };
    const last = days.at(-1);
    if (last?.day === day) last.windows.push(shown);
    else days.push({ day, windows: [shown] });
  }
  return days;
}

export const phonePattern = /^1[3-9]\d{9}$/;
export const isContact = ({ name, phone }: { name: string; phone: string }): boolean =>
  name.trim() !== '' && phonePattern.test(phone.trim());
