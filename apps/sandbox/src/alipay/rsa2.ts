import { type KeyObject, sign, verify } from 'node:crypto';

/** Every non-empty parameter but the signature itself, sorted, raw. */
export const signedText = (params: Record<string, string>, without: readonly string[]): string =>
  Object.entries(params)
    .filter(([name, value]) => value !== '' && !without.includes(name))
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');

export const rsa2 = (text: string, key: KeyObject): string => sign('sha256', Buffer.from(text), key).toString('base64');
export const isRsa2 = (text: string, signature: string, key: KeyObject): boolean =>
  verify('sha256', Buffer.from(text), key, Buffer.from(signature, 'base64'));
