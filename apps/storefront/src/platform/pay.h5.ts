/**
 * Paying on a web page: inside WeChat by its bridge; outside by a page of WeChat, PayPal or Alipay, or by a QR code. The
 * sandbox shows its own cashier in an overlay and says what happened there.
 */
import type { StartedPayment } from '@xiaopu/contracts';
import { qrImage } from '@/shared/lib/qr';
import { openFrame, overlayOf } from './h5/frame';
import type { Pay, PayResult } from './pay.types';
import { api } from './request';

export const pay: Pay = (started) => {
  if (started.code !== null) return showCode(started, started.code);
  if (started.redirectUrl !== null) return leaveFor(started.redirectUrl);
  if (started.cashierUrl !== null) return openCashier(started.cashierUrl);
  return started.params === null ? Promise.resolve({ outcome: 'ok' }) : askBridge(started.params);
};

const openCashier = async (cashierUrl: string): Promise<PayResult> => {
  const { result, reason } = await openFrame({ url: cashierUrl, title: '收银台', source: 'xiaopu-cashier' });
  return reason === undefined ? { outcome: result } : { outcome: result, reason };
};

/** The other side leads back to the result page. Coming back by the browser's own button counts as not knowing yet. */
const leaveFor = (url: string): Promise<PayResult> =>
  new Promise((resolve) => {
    window.addEventListener('pageshow', ({ persisted }) => persisted && resolve({ outcome: 'ok' }), { once: true });
    location.assign(url);
  });

interface Bridge {
  invoke(name: string, params: object, answer: (said: { err_msg: string }) => void): void;
}
const askBridge = (params: NonNullable<StartedPayment['params']>): Promise<PayResult> =>
  new Promise((resolve) => {
    const ask = (): void => {
      const bridge = (window as unknown as { WeixinJSBridge: Bridge }).WeixinJSBridge;
      bridge.invoke('getBrandWCPayRequest', params, ({ err_msg: said }) => {
        if (said.endsWith(':ok')) resolve({ outcome: 'ok' });
        else resolve(said.endsWith(':cancel') ? { outcome: 'cancel' } : { outcome: 'fail', reason: said });
      });
    };
    if ('WeixinJSBridge' in window) ask();
    else document.addEventListener('WeixinJSBridgeReady', ask, { once: true });
  });

const lookEveryMs = 2_000;

/** A code on the screen, the phone in the other hand: the server is asked until it has heard. */
const showCode = (
  { paymentId, cashierUrl }: StartedPayment,
  { rows }: NonNullable<StartedPayment['code']>,
): Promise<PayResult> =>
  new Promise((resolve) => {
    const overlay = overlayOf('微信扫码支付');
    overlay.classList.add('xp-scan');
    const card = document.createElement('div');
    card.className = 'xp-scan__card';
    const title = document.createElement('div');
    title.className = 'xp-scan__title';
    title.textContent = '微信扫码支付';
    const code = document.createElement('div');
    code.className = 'xp-scan__code';
    code.setAttribute('role', 'img');
    code.setAttribute('aria-label', '付款二维码');
    code.style.backgroundImage = qrImage(rows);
    const hint = document.createElement('div');
    hint.className = 'xp-scan__hint';
    hint.setAttribute('role', 'status');
    hint.textContent = '打开手机微信“扫一扫”，付款后这里会自动跳转';
    const cancel = document.createElement('button');
    cancel.className = 'xp-scan__cancel';
    cancel.type = 'button';
    cancel.textContent = '暂不付款';
    card.append(title, code, hint);
    if (cashierUrl !== null) {
      const phone = document.createElement('a');
      phone.className = 'xp-scan__phone';
      phone.href = cashierUrl;
      phone.target = '_blank';
      phone.textContent = '用沙箱里的手机扫码';
      card.append(phone);
    }
    card.append(cancel);
    overlay.append(card);

    let isOver = false;
    const finish = (result: PayResult): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      window.removeEventListener('hashchange', leave);
      overlay.remove();
      resolve(result);
    };
    const leave = (): void => finish({ outcome: 'cancel' });
    async function look(): Promise<void> {
      const status = await api.payments.get(paymentId).then(
        (view) => view.status,
        () => undefined,
      );
      if (status === 'succeeded' || status === 'held_for_review') finish({ outcome: 'ok' });
      else if (status === 'closed') finish({ outcome: 'fail', reason: 'closed' });
      else if (!isOver) timer = setTimeout(() => void look(), lookEveryMs);
    }
    let timer = setTimeout(() => void look(), lookEveryMs);
    cancel.addEventListener('click', leave);
    window.addEventListener('hashchange', leave);
    document.body.append(overlay);
  });
