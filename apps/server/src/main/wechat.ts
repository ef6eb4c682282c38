/** Who plays WeChat: the real hosts with the environment's credentials, or the sandbox with its own. */
import { join } from 'node:path';
import { demoCredentials, demoOtherCredentials, reachCredentials } from '@xiaopu/sandbox';
import type { AlipayConfig, Config, PaypalConfig, SmsSettings, WechatConfig, WecomSettings } from '#platform/config.ts';

export interface Wechat extends WechatConfig {
  isSandbox: boolean;
}

/** The twin is asked over loopback HTTP like any outside host: on the address this process listens on, or on its own. */
const twinOf = (config: Config): string => `${config.sandboxUrl ?? `http://127.0.0.1:${config.port}`}/sandbox`;

/** PayPal and Alipay: the environment's, else the twin's while the twin plays WeChat too, else none. */
export function resolveOthers(config: Config): { paypal: PaypalConfig | undefined; alipay: AlipayConfig | undefined } {
  if (config.wechat) return { paypal: config.paypal, alipay: config.alipay };
  const { paypal, alipay } = demoOtherCredentials(join(config.dataDir, 'sandbox'));
  return {
    paypal: config.paypal ?? { ...paypal, baseUrl: `${twinOf(config)}/paypal`, currency: 'USD' },
    alipay: config.alipay ?? {
      ...alipay,
      gatewayUrl: `${twinOf(config)}/alipay/gateway.do`,
      pageUrl: `${config.publicBaseUrl}/sandbox/alipay/gateway.do`,
    },
  };
}

export function resolveWechat(config: Config): Wechat {
  if (config.wechat) return { ...config.wechat, isSandbox: false };
  const credentials = demoCredentials(join(config.dataDir, 'sandbox'));
  const base = twinOf(config);
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

/** WeCom and the SMS provider: from the environment, the sandbox's beside the sandbox's WeChat, else off. */
export function resolveReach(config: Config): { wecom: WecomSettings | undefined; sms: SmsSettings | undefined } {
  if (config.wechat) return { wecom: config.wecom, sms: config.sms };
  const keys = reachCredentials(demoCredentials(join(config.dataDir, 'sandbox')));
  const base = `${config.sandboxUrl ?? `http://127.0.0.1:${config.port}`}/sandbox`;
  return {
    wecom: config.wecom ?? {
      baseUrl: `${base}/wecom`,
      corpId: keys.wecomCorpId,
      contactSecret: keys.wecomContactSecret,
      agentUserId: keys.wecomAgentUserId,
    },
    sms: config.sms ?? {
      baseUrl: `${base}/sms`,
      accessKeyId: keys.smsAccessKeyId,
      accessKeySecret: keys.smsAccessKeySecret,
      signName: keys.smsSignName,
      templateCode: keys.smsTemplateCode,
    },
  };
}
