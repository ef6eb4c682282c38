import { constants, type KeyObject, privateDecrypt } from 'node:crypto';
import type { Keyring } from '../platform/credentials.ts';
import { invalidRequest, parameterError } from './errors.ts';

/**
 * A name in a request is sealed with WeChat's key, RSAES-OAEP with SHA-1; `Wechatpay-Serial` names the key and is mandatory
 * then. @throws PARAM_ERROR for a clear name, a name sealed for another key, and INVALID_REQUEST without a serial
 */
export function openSealedField(value: string, label: string, serial: string | undefined, keyring: Keyring): string {
  if (!serial) throw invalidRequest('Http头缺少Wechatpay-Serial，包含敏感信息的请求必须指明加密使用的证书或公钥');
  const { platformPublicKeyId, platformCertificateSerial } = keyring.credentials;
  const isPublicKey = serial === platformPublicKeyId;
  if (!isPublicKey && serial.toUpperCase() !== platformCertificateSerial) {
    throw invalidRequest('Http头Wechatpay-Serial不正确，请使用有效的平台证书序列号或微信支付公钥ID');
  }
  return decrypt(value, label, isPublicKey ? keyring.publicKeyModeKey : keyring.certificateKey);
}

function decrypt(value: string, label: string, key: KeyObject): string {
  try {
    const options = { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };
    const opened = privateDecrypt(options, Buffer.from(value, 'base64')).toString('utf8');
    if (opened) return opened;
  } catch {
    // falls through: what cannot be opened was not sealed for this key
  }
  throw parameterError(`字段“${label}”解密失败，请使用Wechatpay-Serial对应的证书或公钥加密`);
}
