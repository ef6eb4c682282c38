/** The platform keys that verify WeChat: the public key from the merchant portal, and certificates fetched and rotated. */
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Clock } from '#platform/clock.ts';

export interface PlatformCertificate {
  serial: string;
  pem: string;
}

export interface PlatformKeys {
  /** The key of a serial; fetches the certificates once when unknown or due for rotation. undefined: still unknown. */
  find(serial: string): Promise<KeyObject | undefined>;
  /** The key to seal personal fields with: the public key, else the certificate that lasts longest. */
  sealingKey(): Promise<{ serial: string; key: KeyObject } | undefined>;
}

export interface PlatformKeysOptions {
  publicKeyId: string | undefined;
  publicKey: string | undefined;
  fetchCertificates: () => Promise<PlatformCertificate[]>;
  /** Public keys have no API: a new one is laid down by people and picked up by its id, without a restart. */
  readPublicKey?: ((publicKeyId: string) => Promise<string | undefined>) | undefined;
  clock: Clock;
}

const rotateEveryMs = 12 * 3_600_000;
// An attacker who sends made-up serials must not make us call WeChat for each.
const fetchGapMs = 10_000;
const readGapMs = 1_000;

export function createPlatformKeys({
  publicKeyId,
  publicKey,
  fetchCertificates,
  readPublicKey,
  clock,
}: PlatformKeysOptions): PlatformKeys {
  const fixedKey = publicKey === undefined ? undefined : createPublicKey(publicKey);
  const laidDown = new Map<string, KeyObject>();
  let readAt = Number.NEGATIVE_INFINITY;
  let certificates = new Map<string, { key: KeyObject; expiresAt: number }>();
  let askedAt = Number.NEGATIVE_INFINITY;
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let fetching: Promise<void> | undefined;

  async function refresh(): Promise<void> {
    askedAt = clock.now().getTime();
    const fetched = await fetchCertificates();
    // During rotation old and new overlap: what is fetched is added, what has expired is dropped at look-up.
    const next = new Map(certificates);
    for (const { serial, pem } of fetched) {
      const certificate = new X509Certificate(pem);
      next.set(serial.toUpperCase(), {
        key: certificate.publicKey,
        expiresAt: new Date(certificate.validTo).getTime(),
      });
    }
    certificates = next;
    fetchedAt = clock.now().getTime();
  }

  const refreshOnce = () => {
    fetching ??= refresh().finally(() => {
      fetching = undefined;
    });
    return fetching;
  };

  const current = (serial: string): KeyObject | undefined => {
    const found = certificates.get(serial);
    return found && found.expiresAt > clock.now().getTime() ? found.key : undefined;
  };

  async function findLaidDown(serial: string): Promise<KeyObject | undefined> {
    const known = laidDown.get(serial);
    const now = clock.now().getTime();
    // The id comes from outside and becomes a file name: digits only, and not at every made-up one.
    if (known || !readPublicKey || !/^PUB_KEY_ID_\d{1,64}$/.test(serial) || now - readAt < readGapMs) return known;
    readAt = now;
    const pem = await readPublicKey(serial);
    if (pem !== undefined) laidDown.set(serial, createPublicKey(pem));
    return laidDown.get(serial);
  }

  return {
    async find(serial) {
      if (fixedKey && serial === publicKeyId) return fixedKey;
      // A key id other than ours cannot be fetched anywhere.
      if (serial.startsWith('PUB_KEY_ID_')) return findLaidDown(serial);
      const wanted = serial.toUpperCase();
      const known = current(wanted);
      const now = clock.now().getTime();
      if (known && now - fetchedAt < rotateEveryMs) return known;
      if (now - askedAt < fetchGapMs && !fetching) return known;
      // When WeChat does not answer, a certificate that is still valid goes on serving.
      await refreshOnce().catch(() => {});
      return current(wanted);
    },
    async sealingKey() {
      if (fixedKey && publicKeyId) return { serial: publicKeyId, key: fixedKey };
      const now = clock.now().getTime();
      if (now - fetchedAt >= rotateEveryMs && now - askedAt >= fetchGapMs) await refreshOnce().catch(() => {});
      const [newest] = [...certificates].sort(([, left], [, right]) => right.expiresAt - left.expiresAt);
      return newest && newest[1].expiresAt > now ? { serial: newest[0], key: newest[1].key } : undefined;
    },
  };
}
