/** This phone, as a random word kept on it whoever logs in; it says nothing of the phone or its owner. */
import { storage } from './storage';

export function deviceId(): string {
  const known = storage.read<string>('device');
  if (known !== undefined) return known;
  const made = Array.from({ length: 4 }, () => Math.random().toString(36).slice(2, 10).padEnd(8, '0')).join('');
  storage.write('device', made);
  return made;
}
