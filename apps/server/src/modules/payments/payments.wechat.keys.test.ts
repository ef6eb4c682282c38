import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createFixedClock, hourMs } from '#platform/clock.ts';
import { createPlatformKeys, type PlatformCertificate } from './payments.wechat.keys.ts';
import { certificate, publicKey } from './payments.wechat.vectors.ts';

const serial = '5157F09EFDC096DE15EBE81A47057A72';
const own: PlatformCertificate = { serial, pem: certificate };

function keysWith({ fetched = [own], fails = false }: { fetched?: PlatformCertificate[]; fails?: boolean } = {}) {
  const clock = createFixedClock(new Date(new X509Certificate(certificate).validFrom));
  const state = { calls: 0, fails, fetched };
  const keys = createPlatformKeys({
    publicKeyId: 'PUB_KEY_ID_01',
    publicKey,
    clock,
    fetchCertificates: async () => {
      state.calls += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (state.fails) throw new Error('no answer');
      return state.fetched;
    },
  });
  return { keys, clock, state };
}

describe('platform keys', () => {
  it('knows its own public key without asking, and no other PUB_KEY_ID', async () => {
    const { keys, state } = keysWith();
    expect(await keys.find('PUB_KEY_ID_01')).toBeDefined();
    expect(await keys.find('PUB_KEY_ID_02')).toBeUndefined();
    expect(state.calls).toBe(0);
  });

  it('fetches the certificates once for many that wait, in either letter case', async () => {
    const { keys, state } = keysWith();
    const found = await Promise.all([keys.find(serial), keys.find(serial.toLowerCase()), keys.find(serial)]);
    expect(found.every((key) => key !== undefined)).toBe(true);
    expect(state.calls).toBe(1);
  });

  it('an unknown serial fetches, then fails; made-up serials do not make us call WeChat each time', async () => {
    const { keys, clock, state } = keysWith();
    for (let i = 0; i < 20; i += 1) expect(await keys.find(`AB${i}`)).toBeUndefined();
    expect(state.calls).toBe(1);
    clock.advance(11_000);
    expect(await keys.find('AB')).toBeUndefined();
    expect(state.calls).toBe(2);
  });

  it('fetches again after twelve hours, and goes on with what is valid when WeChat is silent', async () => {
    const { keys, clock, state } = keysWith();
    await keys.find(serial);
    clock.advance(11 * hourMs);
    await keys.find(serial);
    expect(state.calls).toBe(1);
    clock.advance(2 * hourMs);
    state.fails = true;
    expect(await keys.find(serial)).toBeDefined();
    expect(state.calls).toBe(2);
  });

  it('keeps the old certificate beside the new one during rotation, until it expires', async () => {
    const { keys, clock, state } = keysWith();
    await keys.find(serial);
    state.fetched = [];
    clock.advance(13 * hourMs);
    expect(await keys.find(serial)).toBeDefined();
    clock.set(new Date(new X509Certificate(certificate).validTo));
    expect(await keys.find(serial)).toBeUndefined();
  });

  it('C10-PAY-02 takes up a public key laid down while running, by its id, and reads nothing else', async () => {
    const clock = createFixedClock(new Date(new X509Certificate(certificate).validFrom));
    const folder = new Map<string, string>();
    const read: string[] = [];
    const keys = createPlatformKeys({
      publicKeyId: 'PUB_KEY_ID_01',
      publicKey,
      clock,
      fetchCertificates: async () => [],
      readPublicKey: async (id) => {
        read.push(id);
        return folder.get(id);
      },
    });
    expect(await keys.find('PUB_KEY_ID_02')).toBeUndefined();
    folder.set('PUB_KEY_ID_02', publicKey);
    expect(await keys.find('PUB_KEY_ID_02')).toBeUndefined();
    clock.advance(1_000);
    expect(await keys.find('PUB_KEY_ID_02')).toBeDefined();
    clock.advance(1_000);
    expect(await keys.find('PUB_KEY_ID_02')).toBeDefined();
    expect(await keys.find('PUB_KEY_ID_01')).toBeDefined();
    expect(await keys.find('PUB_KEY_ID_../../etc/passwd')).toBeUndefined();
    expect(read).toEqual(['PUB_KEY_ID_02', 'PUB_KEY_ID_02']);
  });

  it('seals with the public key, else with the certificate that lasts longest', async () => {
    const { keys } = keysWith();
    expect((await keys.sealingKey())?.serial).toBe('PUB_KEY_ID_01');
    const clock = createFixedClock(new Date(new X509Certificate(certificate).validFrom));
    const fetchCertificates = async () => [own];
    const bare = createPlatformKeys({ publicKeyId: undefined, publicKey: undefined, clock, fetchCertificates });
    expect((await bare.sealingKey())?.serial).toBe(serial);
  });
});
