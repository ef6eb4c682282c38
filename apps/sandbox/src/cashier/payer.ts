import type { Persona } from '../phone/personas.ts';
import type { World } from '../platform/world.ts';
import type { FundedBy, Orders } from '../wechat-pay/orders.ts';
import { rsaVerify } from '../wechat-pay/signature.ts';
import type { PayOrder } from '../wechat-pay/tables.ts';

/** What the app hands to wx.requestPayment, with the appId that the signature covers. */
export interface Invocation {
  appId: string;
  timeStamp: string;
  nonceStr: string;
  package: string;
  signType: string;
  paySign: string;
}

export type Refusal = { ok: false; reason: string; text: string };
export type Checked = { ok: true; order: PayOrder; payer: Persona } | Refusal;

export type PayAction = 'pay' | 'cancel' | 'insufficient' | 'timeout' | 'pay-unheard';
export const PAY_ACTIONS: readonly PayAction[] = ['pay', 'cancel', 'insufficient', 'timeout', 'pay-unheard'];

export interface Payer {
  /** Everything WeChat looks at before it shows the sheet. */
  checkInvocation(invocation: Invocation, personaIdOrOpenid: string): Checked;
  /** Native and H5 orders come by code or link, without a merchant-signed invocation. */
  checkPrepay(prepayId: string, personaIdOrOpenid: string): Checked;
  act(order: PayOrder, payer: Persona, action: PayAction, fundedBy?: FundedBy): PayResult;
}

export interface PayResult {
  result: 'ok' | 'cancel' | 'fail';
  reason: string;
  errMsg: string;
}

const refuse = (reason: string, text: string): Refusal => ({ ok: false, reason, text });

export const failure = (reason: string, text: string): PayResult => ({
  result: 'fail',
  reason,
  errMsg: `requestPayment:fail ${text}`,
});

export function createPayer(world: World, orders: Orders): Payer {
  const { people, keyring } = world;

  function checkPayable(prepayId: string, personaIdOrOpenid: string): Checked {
    const prepay = orders.findPrepay(prepayId);
    if (!prepay) return refuse('bad-prepay', '该笔订单不存在，请重新下单');
    const order = orders.find(prepay.outTradeNo);
    if (!order) return refuse('bad-prepay', '该笔订单不存在，请重新下单');
    if (order.state === 'CLOSED') return refuse('closed', '该笔订单已关闭，请重新下单');
    if (order.state !== 'NOTPAY') return refuse('paid', '该笔订单已支付，请勿重复支付');
    if (prepay.expiresAt <= world.clock.now().getTime()) return refuse('expired', '支付会话已过期，请重新下单');
    const payer = people.find(personaIdOrOpenid || order.openid);
    if (!payer) return refuse('no-payer', '没有这位用户，请重新登录');
    if (order.openid && people.openidOf(payer, order.appid) !== order.openid) {
      return refuse('openid-mismatch', '下单账号与支付账号不一致，请核实后再支付');
    }
    return { ok: true, order, payer };
  }

  return {
    checkPrepay: checkPayable,
    checkInvocation(invocation, personaIdOrOpenid) {
      const { appId, timeStamp, nonceStr, package: packageText, signType, paySign } = invocation;
      const missing = (['appId', 'timeStamp', 'nonceStr', 'package', 'signType', 'paySign'] as const).find(
        (name) => !invocation[name],
      );
      if (missing) return refuse('missing-parameter', `缺少参数 ${missing}`);
      if (signType !== 'RSA') return refuse('bad-sign-type', 'signType 应为 RSA');
      if (!/^\d{10}$/.test(timeStamp)) return refuse('bad-timestamp', 'timeStamp 应为 10 位秒数的字符串');
      const signed = `${appId}\n${timeStamp}\n${nonceStr}\n${packageText}\n`;
      if (!rsaVerify(signed, keyring.merchantPublicKey, paySign)) return refuse('bad-signature', '支付验证签名失败');
      const prepayId = /^prepay_id=(.+)$/.exec(packageText)?.[1];
      if (!prepayId) return refuse('bad-package', 'package 应为 prepay_id=…');
      const checked = checkPayable(prepayId, personaIdOrOpenid);
      if (checked.ok && checked.order.appid !== appId) return refuse('appid-mismatch', '支付场景的 appid 与下单不一致');
      return checked;
    },
    act(order, payer, action, fundedBy) {
      if (action === 'cancel') return { result: 'cancel', reason: 'cancel', errMsg: 'requestPayment:fail cancel' };
      if (action === 'insufficient') return failure('insufficient', '余额不足');
      if (action === 'timeout') return failure('timeout', 'timeout');
      const method = fundedBy ?? (payer.balance >= order.total ? 'balance' : 'card');
      if (method === 'balance' && payer.balance < order.total) return failure('insufficient', '余额不足');
      if (!orders.pay(order.outTradeNo, payer, method)) return failure('not-payable', '该笔订单已关闭或已支付');
      // The money has moved, but the app never hears of it: killed in the background, or the network went.
      if (action === 'pay-unheard') return failure('unheard', 'timeout');
      return { result: 'ok', reason: '', errMsg: 'requestPayment:ok' };
    },
  };
}
