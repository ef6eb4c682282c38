import { createHash, createHmac, randomBytes, randomInt } from 'node:crypto';

export const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex');

export const randomDigits = (length: number): string => {
  let digits = '';
  while (digits.length < length) digits += String(randomInt(1_000_000_000)).padStart(9, '0');
  return digits.slice(0, length);
};

const NONCE_ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789';

export const randomToken = (length: number): string => {
  const bytes = randomBytes(length);
  let text = '';
  for (const byte of bytes) text += NONCE_ALPHABET[byte % NONCE_ALPHABET.length];
  return text;
};

/** The same input gives the same 28-character id in every run: openids and unionids never change for a person. */
export const stableId = (prefix: string, ...parts: string[]): string =>
  prefix +
  createHmac('sha256', 'xiaopu-sandbox')
    .update(parts.join('|'))
    .digest('base64url')
    .slice(0, 28 - prefix.length);

export const sha1 = (text: string | Buffer): string => createHash('sha1').update(text).digest('hex');
export const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
