/** H5 shows the cashier's own page in an overlay and waits for its word. */
import type { Pay, PayResult } from './pay.types';

interface CashierMessage {
  source: 'xiaopu-cashier';
  result: PayResult['outcome'];
  reason?: string;
}

function isCashierMessage(data: unknown): data is CashierMessage {
  const message = data as Partial<CashierMessage> | null;
  return (
    message?.source === 'xiaopu-cashier' &&
    (message.result === 'ok' || message.result === 'cancel' || message.result === 'fail')
  );
}

export const pay: Pay = ({ cashierUrl }) =>
  new Promise((resolve) => {
    if (cashierUrl === null) {
      resolve({ outcome: 'ok' });
      return;
    }
    const origin = new URL(cashierUrl, location.href).origin;
    const overlay = document.createElement('div');
    overlay.className = 'xp-cashier';
    overlay.setAttribute('role', 'dialog');
    overlay.setAttribute('aria-label', '收银台');
    const frame = document.createElement('iframe');
    frame.className = 'xp-cashier__frame';
    frame.title = '收银台';
    frame.src = cashierUrl;
    overlay.append(frame);

    const finish = (result: PayResult): void => {
      window.removeEventListener('message', listen);
      window.removeEventListener('hashchange', leave);
      overlay.remove();
      resolve(result);
    };
    // Going back while the cashier is open is a cancel, as in WeChat.
    const leave = (): void => finish({ outcome: 'cancel' });
    function listen(event: MessageEvent<unknown>): void {
      // Only the cashier itself may speak, not any page that finds this window.
      if (event.origin !== origin || event.source !== frame.contentWindow || !isCashierMessage(event.data)) return;
      const { result, reason } = event.data;
      finish(reason === undefined ? { outcome: result } : { outcome: result, reason });
    }
    window.addEventListener('message', listen);
    window.addEventListener('hashchange', leave);
    document.body.append(overlay);
  });
