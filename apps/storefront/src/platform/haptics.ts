/** Light vibration as feedback (C05-UI-08); the shopper can turn it off. */
import { storage } from './storage';

export const hapticsOn = (): boolean => storage.read<boolean>('haptics') !== false;
export const setHaptics = (on: boolean): void => storage.write('haptics', on);

export function tapFeedback(type: 'light' | 'medium' | 'heavy' = 'light'): void {
  if (!hapticsOn()) return;
  // `type` is required by WeChat; uni's typings do not know it.
  uni.vibrateShort({ type, fail: () => undefined } as UniApp.VibrateShortOptions);
}
