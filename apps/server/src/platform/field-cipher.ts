/**
 * Personal fields at rest: SM4-GCM with a random nonce, plus a keyed blind index (HMAC-SHA256) for look-ups by exact
 * value. Stored form: `keyId.base64url(nonce ‖ tag ‖ ciphertext)`, so a rotated key still opens old rows.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { sm4 } from 'sm-crypto-v2';
import { minuteMs } from './clock.ts';
import { defineError } from './errors.ts';

export interface FieldCipher {
  encrypt(plain: string): string;
  decrypt(stored: string): string;
  /** Equal values give equal indexes within one `purpose`, and nothing else does. */
  blindIndex(purpose: string, value: string): string;
}

export const sealedFieldBroken = defineError('platform.sealed_field_broken', 'unavailable', '数据校验失败，请联系客服');

const nonceBytes = 12;
const tagBytes = 16;

/**
 * What was sealed or opened a moment ago: a checkout opens the same address with each of its steps, and SM4-GCM in
 * JavaScript is dear. The whole stored form is the key, so a changed byte is a form nobody has opened.
 */
const opened = { max: 5_000, ttl: minuteMs };

/** @param keys `id:hex32,…`; the first encrypts, all decrypt */
export function createFieldCipher(keys: string): FieldCipher {
  const ring = new Map(
    keys.split(',').map((entry) => {
      const [id = '', hex = ''] = entry.split(':');
      return [id, Buffer.from(hex, 'hex')] as const;
    }),
  );
  const [current] = ring;
  if (!current) throw new Error('no field key');
  const [currentId, currentKey] = current;
  // The index key must outlive rotations: it comes from the oldest key, which stays last in the ring.
  const oldestKey = [...ring.values()].at(-1) ?? currentKey;
  const indexKey = createHmac('sha256', oldestKey).update('xiaopu blind index').digest();

  const plainOf = new LRUCache<string, string>(opened);

  return {
    encrypt(plain) {
      const nonce = randomBytes(nonceBytes);
      const sealed = sm4.encrypt(Buffer.from(plain, 'utf8'), currentKey, {
        mode: 'gcm',
        iv: nonce,
        associatedData: Buffer.from(currentId),
        outputTag: true,
        output: 'array',
      });
      if (!sealed.tag) throw sealedFieldBroken();
      const stored = `${currentId}.${Buffer.concat([nonce, sealed.tag, sealed.output]).toString('base64url')}`;
      plainOf.set(stored, plain);
      return stored;
    },
    decrypt(stored) {
      const known = plainOf.get(stored);
      if (known !== undefined) return known;
      const dot = stored.indexOf('.');
      const id = stored.slice(0, dot);
      const key = ring.get(id);
      if (!key) throw sealedFieldBroken();
      try {
        const raw = Buffer.from(stored.slice(dot + 1), 'base64url');
        const bytes = sm4.decrypt(raw.subarray(nonceBytes + tagBytes), key, {
          mode: 'gcm',
          iv: raw.subarray(0, nonceBytes),
          tag: raw.subarray(nonceBytes, nonceBytes + tagBytes),
          associatedData: Buffer.from(id),
          output: 'array',
        });
        const plain = Buffer.from(bytes).toString('utf8');
        plainOf.set(stored, plain);
        return plain;
      } catch {
        throw sealedFieldBroken();
      }
    },
    blindIndex: (purpose, value) =>
      createHmac('sha256', indexKey).update(`${purpose}\0${value}`).digest('base64url').slice(0, 32),
  };
}

/** The key ring of an install without SM4_KEYS: made once, readable by its owner only. */
export function loadOrCreateFieldKeys(dataDir: string): string {
  const file = join(dataDir, 'field-keys');
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const keys = `k1:${randomBytes(16).toString('hex')}`;
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(file, `${keys}\n`, { mode: 0o600 });
    return keys;
  }
}

/** 13800001234 → 138****1234; shorter numbers keep their last two digits. */
export function maskPhone(phone: string): string {
  if (phone.length >= 11) return `${phone.slice(0, 3)}****${phone.slice(-4)}`;
  return `${'*'.repeat(Math.max(0, phone.length - 2))}${phone.slice(-2)}`;
}

/** 张三丰 → 张**: the family name stays. */
export const maskName = (name: string): string => {
  const [first = '', ...rest] = [...name];
  return first + '*'.repeat(Math.max(1, rest.length));
};
