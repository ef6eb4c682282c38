import { createHash, randomBytes, randomInt } from 'node:crypto';

let lastMs = 0;
let counter = 0;

/** Drawn for many ids at once: each call to the generator costs as much as all the rest. Every byte is used once. */
const poolBytes = 4_096;
let pool: Buffer = Buffer.alloc(0);
function nextRandom(): Buffer {
  if (pool.length === 0) pool = randomBytes(poolBytes);
  const bytes = pool.subarray(0, 16);
  pool = pool.subarray(16);
  return bytes;
}

/** UUIDv7 (RFC 9562): time-ordered, so index pages fill in order; the 12-bit counter keeps one process monotonic. */
export function newId(): string {
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    counter = randomInt(0x400);
  } else {
    counter += 1;
    if (counter > 0xfff) {
      lastMs += 1;
      counter = 0;
    }
  }
  const bytes = nextRandom();
  bytes.writeUIntBE(lastMs, 0, 6);
  bytes[6] = 0x70 | (counter >> 8);
  bytes[7] = counter & 0xff;
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** 00–99 from a buyer id: what outsiders quote back to us tells which shard to ask (design rule 2). */
export function shardHint(buyerId: string): string {
  const digest = createHash('md5').update(buyerId).digest();
  return String(digest.readUInt16BE(0) % 100).padStart(2, '0');
}

/** 20 digits: yyMMddHHmmss in Shanghai time, shard hint, six random. Uniqueness is the table's; callers retry a clash. */
export function newTradeNo(buyerId: string, at: Date): string {
  const local = new Date(at.getTime() + 8 * 3_600_000).toISOString();
  const stamp = local.slice(2, 19).replaceAll(/\D/g, '');
  return `${stamp}${shardHint(buyerId)}${String(randomInt(1_000_000)).padStart(6, '0')}`;
}

export const newToken = (): string => randomBytes(32).toString('base64url');

/** What is stored of a token: enough to find it, useless to whoever reads the table. */
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex');
