/** Who plays WeChat: the real hosts with the environment's credentials, or the sandbox with its own. */
import { join } from 'node:path';
import { demoCredentials } from '@xiaopu/sandbox';
import type { Config, WechatConfig } from '#platform/config.ts';

export interface Wechat extends WechatConfig {
  isSandbox: boolean;
}

export function resolveWechat(config: Config): Wechat {
  if (config.wechat) return { ...config.wechat, isSandbox: false };
  const credentials = demoCredentials(join(config.dataDir, 'sandbox'));
  // The twin is asked over loopback HTTP like any outside host: on the address this process listens on, or on its own.
  const base = `${config.sandboxUrl ?? `http://127.0.0.1:${config.port}`}/sandbox`;
  return {
    isSandbox: true,
    miniAppId: credentials.miniAppId,
    miniSecret: credentials.miniAppSecret,
    oaAppId: credentials.oaAppId,
    oaSecret: credentials.oaAppSecret,
    mchId: credentials.mchid,
    merchantSerial: credentials.merchantSerial,
    merchantPrivateKey: credentials.merchantPrivateKey,
    apiV3Key: credentials.apiV3Key,
    publicKeyId: credentials.platformPublicKeyId,
    publicKey: credentials.platformPublicKey,
    payBaseUrl: `${base}/wechat-pay`,
    apiBaseUrl: `${base}/wechat-api`,
    openBaseUrl: `${config.publicBaseUrl}/sandbox/wechat-open`,
    trackBaseUrl: `${base}/kdniao`,
    trackBusinessId: credentials.kdniaoBusinessId,
    trackApiKey: credentials.kdniaoApiKey,
    // The sandbox has the demo's templates.
    messageTemplates: undefined,
  };
}
