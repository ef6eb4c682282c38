/** The gateways to the world outside: each with its base URL and keys, none called inside a transaction. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createAccessTokens,
  createWechatClient,
  createWechatMiniGateway,
  createWechatOaGateway,
} from '../modules/identity/index.ts';
import { createKdniaoGateway } from '../modules/logistics/index.ts';
import { createSmsGateway } from '../modules/messaging/index.ts';
import { createAlipay, createPaypal, createWechatPayGateway } from '../modules/payments/index.ts';
import { createWecomGateway } from '../modules/wecom/index.ts';
import { ConfigError } from '../platform/config.ts';
import { leanFetch } from '../platform/http/lean-fetch.ts';
import type { Logger } from '../platform/logger.ts';
import { createOutsideCalls } from '../platform/outside-call.ts';
import { createWechatApi, createWechatPost } from '../platform/wechat-api.ts';
import type { Infrastructure } from './infrastructure.ts';
import { outsideServices } from './outside-services.ts';
import { resolveOthers, resolveReach, resolveWechat } from './wechat.ts';

export type Outside = ReturnType<typeof connectOutside>;

export function connectOutside({ config, clock, log }: Infrastructure) {
  const calls = createOutsideCalls({ log, now: clock.now });
  const wechat = resolveWechat(config);
  const { paypal, alipay } = resolveOthers(config);
  const miniApp = { appId: wechat.miniAppId, secret: wechat.miniSecret };
  const oaApp = { appId: wechat.oaAppId, secret: wechat.oaSecret };
  const call = createWechatClient({
    apiBaseUrl: wechat.apiBaseUrl,
    log,
    fetch: calls.guard(outsideServices.wechat, leanFetch),
  });
  const tokens = createAccessTokens({ call, clock });
  const reach = resolveReach(config);
  return {
    wechat,
    /** api.weixin.qq.com as the mini program. */
    api: createWechatApi({ call, tokens, app: miniApp }),
    /** The same for what answers with a picture. */
    pictures: createWechatPost({ call: call.picture, tokens, app: miniApp }),
    mini: createWechatMiniGateway({ call, app: miniApp, tokens, log }),
    oa: createWechatOaGateway({ call, app: oaApp, openBaseUrl: wechat.openBaseUrl, log }),
    pay: createWechatPayGateway({
      config: wechat,
      publicBaseUrl: config.publicBaseUrl,
      clock,
      fetch: calls.guard(outsideServices.pay, leanFetch),
      // The built-in one, because it hands the body on as it comes.
      fetchBill: calls.guard(outsideServices.bills, fetch),
      readPublicKey: (id) => readOrNothing(join(config.dataDir, 'wechat-pay-keys', `${id}.pem`)),
    }),
    paypal: paypal && createPaypal(paypal, { clock, fetch: calls.guard(outsideServices.paypal, leanFetch) }),
    alipay:
      alipay &&
      createAlipay(alipay, {
        clock,
        publicBaseUrl: config.publicBaseUrl,
        fetch: calls.guard(outsideServices.alipay, leanFetch),
        fetchBill: calls.guard(outsideServices.alipayBills, fetch),
      }),
    tracks: createKdniaoGateway(wechat, calls.guard(outsideServices.tracks, fetch)),
    objects: calls.guard(outsideServices.objects, fetch),
    stockWebhooks: calls.guardEach(outsideServices.stockWebhooks, fetch),
    /** Undefined where they are not set up. */
    wecom:
      reach.wecom &&
      createWecomGateway({
        config: { ...reach.wecom, miniAppId: wechat.miniAppId },
        clock,
        fetch: calls.guard(outsideServices.wecom, leanFetch),
      }),
    sms:
      reach.sms && createSmsGateway({ config: reach.sms, clock, fetch: calls.guard(outsideServices.sms, leanFetch) }),
    /** How each of them does. */
    states: calls.states,
  };
}

/** Keys that do not fit would refuse every sale: better not to open (C10-PAY-02). The sandbox's own always fit. */
export async function refuseMismatchedKeys(
  { wechat, pay }: { wechat: { isSandbox: boolean }; pay: Pick<Outside['pay'], 'checkKeys'> },
  log: Logger,
): Promise<void> {
  if (wechat.isSandbox) return;
  const verdict = await pay.checkKeys();
  if (verdict === 'mismatched')
    throw new ConfigError([
      'WECHAT_MCH_ID, WECHAT_MCH_SERIAL, WECHAT_MCH_PRIVATE_KEY and WECHAT_API_V3_KEY do not fit together: WeChat Pay refuses them',
    ]);
  if (verdict === 'unknown') log.warn('WeChat Pay did not answer, its keys could not be checked');
}

/** A public key of WeChat Pay that people laid down; none is no fault. */
const readOrNothing = (file: string): Promise<string | undefined> =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
