import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { randomDigits, randomHex, randomToken } from './random.ts';
import { openStore, readSetting, type Store, writeSetting } from './store.ts';

/** What the shop would copy from PayPal's and Alipay's developer portals. */
export interface OtherCredentials {
  paypal: { clientId: string; clientSecret: string; merchantId: string; webhookId: string };
  alipay: { appId: string; sellerId: string; appPrivateKey: string; alipayPublicKey: string };
}

interface Stored extends OtherCredentials {
  appPublicKey: string;
  alipayPrivateKey: string;
  paypalPrivateKey: string;
  paypalPublicKey: string;
}
export interface OtherKeyring {
  credentials: OtherCredentials;
  appPublicKey: KeyObject;
  alipayKey: KeyObject;
  paypalKey: KeyObject;
  paypalPublicKey: KeyObject;
}

const SETTING = 'other-keyring';

/** The same for the same folder, for ever; made on the first call. */
export function demoOtherCredentials(dataDir: string): OtherCredentials {
  const store = openStore(dataDir);
  try {
    const { paypal, alipay } = storedKeys(store);
    return { paypal, alipay };
  } finally {
    store.close();
  }
}

export function openOtherKeyring(store: Store): OtherKeyring {
  const { paypal, alipay, appPublicKey, alipayPrivateKey, paypalPrivateKey, paypalPublicKey } = storedKeys(store);
  return {
    credentials: { paypal, alipay },
    appPublicKey: createPublicKey(appPublicKey),
    alipayKey: createPrivateKey(alipayPrivateKey),
    paypalKey: createPrivateKey(paypalPrivateKey),
    paypalPublicKey: createPublicKey(paypalPublicKey),
  };
}

function storedKeys(store: Store): Stored {
  return store.transaction(() => {
    const existing = readSetting<Stored>(store, SETTING);
    if (existing) return existing;
    const [app, alipay, paypal] = [pair(), pair(), pair()];
    const made: Stored = {
      paypal: {
        clientId: `A${randomToken(79)}`,
        clientSecret: `E${randomToken(79)}`,
        merchantId: randomToken(13).toUpperCase(),
        webhookId: randomToken(17).toUpperCase(),
      },
      alipay: {
        appId: `2021${randomDigits(12)}`,
        sellerId: `2088${randomDigits(12)}`,
        appPrivateKey: app.privateKey,
        alipayPublicKey: alipay.publicKey,
      },
      appPublicKey: app.publicKey,
      alipayPrivateKey: alipay.privateKey,
      paypalPrivateKey: paypal.privateKey,
      paypalPublicKey: paypal.publicKey,
    };
    writeSetting(store, SETTING, made);
    return made;
  });
}

const pair = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });

/** Digits a person could tell apart in a log. */
export const upperId = (length: number): string => randomHex(length).toUpperCase().slice(0, length);
