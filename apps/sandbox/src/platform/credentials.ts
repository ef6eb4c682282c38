import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import forge from 'node-forge';
import { randomDigits, randomHex, randomToken } from './random.ts';
import { openStore, readSetting, type Store, writeSetting } from './store.ts';

/** What the shop would copy from the merchant portal, the mini program console and the carrier's console. */
export interface DemoCredentials {
  mchid: string;
  merchantName: string;
  merchantPrivateKey: string;
  merchantCertificate: string;
  merchantSerial: string;
  apiV3Key: string;
  platformPublicKeyId: string;
  platformPublicKey: string;
  platformCertificateSerial: string;
  platformCertificate: string;
  miniAppId: string;
  miniAppSecret: string;
  oaAppId: string;
  oaAppSecret: string;
  messagePushToken: string;
  kdniaoBusinessId: string;
  kdniaoApiKey: string;
}

/** WeCom's and the SMS provider's keys: made from the others, so that an old folder has them too. */
export function reachCredentials({ apiV3Key }: Pick<DemoCredentials, 'apiV3Key'>) {
  const secretOf = (purpose: string) => createHmac('sha256', apiV3Key).update(purpose).digest('base64url');
  return {
    wecomCorpId: 'ww2f6b81c9d04e57a3',
    wecomContactSecret: secretOf('wecom customer contact'),
    /** The member of the corp whom customers add. */
    wecomAgentUserId: 'XiaoZhou',
    smsAccessKeyId: `LTAI5t${secretOf('sms key id')
      .replaceAll(/[^A-Za-z0-9]/g, '')
      .slice(0, 18)}`,
    smsAccessKeySecret: secretOf('sms key secret').slice(0, 30),
    smsSignName: '小铺',
    smsTemplateCode: 'SMS_270180001',
  };
}

interface StoredKeyring extends DemoCredentials {
  platformPrivateKey: string; // of the certificate
  platformPublicKeyPrivateKey: string; // of PUB_KEY_ID_…
}

export interface Keyring {
  credentials: DemoCredentials;
  merchantPublicKey: KeyObject;
  merchantPrivateKey: KeyObject;
  certificateKey: KeyObject;
  publicKeyModeKey: KeyObject;
  certificateValidFrom: Date;
  certificateValidUntil: Date;
}

const SETTING = 'keyring';
const CERTIFICATE_YEARS = 5;

/** The same credentials for the same folder, for ever; made on the first call. */
export function demoCredentials(dataDir: string): DemoCredentials {
  const store = openStore(dataDir);
  try {
    const { platformPrivateKey, platformPublicKeyPrivateKey, ...credentials } = storedKeyring(store);
    return credentials;
  } finally {
    store.close();
  }
}

export function openKeyring(store: Store): Keyring {
  const { platformPrivateKey, platformPublicKeyPrivateKey, ...credentials } = storedKeyring(store);
  const { validity } = forge.pki.certificateFromPem(credentials.platformCertificate);
  return {
    credentials,
    merchantPublicKey: createPublicKey(credentials.merchantCertificate),
    merchantPrivateKey: createPrivateKey(credentials.merchantPrivateKey),
    certificateKey: createPrivateKey(platformPrivateKey),
    publicKeyModeKey: createPrivateKey(platformPublicKeyPrivateKey),
    certificateValidFrom: validity.notBefore,
    certificateValidUntil: validity.notAfter,
  };
}

function storedKeyring(store: Store): StoredKeyring {
  const known = readSetting<StoredKeyring>(store, SETTING);
  if (known) return known;
  // Two processes may start on one empty folder; whoever writes second reads what the first wrote.
  return store.transaction(() => {
    const existing = readSetting<StoredKeyring>(store, SETTING);
    if (existing) return existing;
    const made = makeKeyring();
    writeSetting(store, SETTING, made);
    return made;
  });
}

function makeKeyring(): StoredKeyring {
  const mchid = '1900006511';
  const merchant = makeCertificate(`CN=${mchid}`, '微信商户系统');
  const platform = makeCertificate('CN=Tenpay.com sign', 'Tenpay.com');
  const publicKeyMode = makeRsaPair();
  return {
    mchid,
    merchantName: '小铺',
    merchantPrivateKey: merchant.privateKey,
    merchantCertificate: merchant.certificate,
    merchantSerial: merchant.serial,
    apiV3Key: randomToken(32),
    platformPublicKeyId: `PUB_KEY_ID_01${mchid}${randomDigits(20)}`,
    platformPublicKey: publicKeyMode.publicKey,
    platformCertificateSerial: platform.serial,
    platformCertificate: platform.certificate,
    platformPrivateKey: platform.privateKey,
    platformPublicKeyPrivateKey: publicKeyMode.privateKey,
    miniAppId: 'wx5d1e7c93a08b42f6',
    miniAppSecret: randomHex(16),
    oaAppId: 'wx8f20b6e4d9731ac5',
    oaAppSecret: randomHex(16),
    messagePushToken: randomToken(16),
    kdniaoBusinessId: '1680512',
    kdniaoApiKey: `${randomHex(4)}-${randomHex(2)}-${randomHex(2)}-${randomHex(2)}-${randomHex(6)}`,
  };
}

function makeRsaPair(): { publicKey: string; privateKey: string } {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

function makeCertificate(commonName: string, organisation: string) {
  const pair = makeRsaPair();
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(pair.publicKey);
  // A serial is a positive integer, so the first nibble stays below 8; WeChat shows 40 hex digits.
  certificate.serialNumber = `5${randomHex(20).slice(1)}`;
  certificate.validity.notBefore = new Date(Date.now() - 86_400_000);
  certificate.validity.notAfter = new Date(Date.now() + CERTIFICATE_YEARS * 365 * 86_400_000);
  const name = [
    { name: 'commonName', value: commonName.replace('CN=', ''), valueTagClass: forge.asn1.Type.UTF8 as never },
    { name: 'organizationName', value: organisation, valueTagClass: forge.asn1.Type.UTF8 as never },
    { name: 'countryName', value: 'CN' },
  ];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.sign(forge.pki.privateKeyFromPem(pair.privateKey), forge.md.sha256.create());
  return {
    privateKey: pair.privateKey,
    certificate: forge.pki.certificateToPem(certificate),
    serial: certificate.serialNumber.toUpperCase(),
  };
}
