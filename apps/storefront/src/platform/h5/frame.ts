/** A page of somebody else's in an overlay, until it says how it went. */
export interface FrameResult {
  result: 'ok' | 'cancel' | 'fail';
  reason?: string;
}

export function overlayOf(label: string): HTMLElement {
  const overlay = document.createElement('div');
  overlay.className = 'xp-cashier';
  overlay.setAttribute('role', 'dialog');
  overlay.setAttribute('aria-label', label);
  return overlay;
}

export function openFrame({
  url,
  title,
  source,
}: {
  url: string;
  title: string;
  source: string;
}): Promise<FrameResult> {
  const isMessage = (data: unknown): data is FrameResult => {
    const message = data as (Partial<FrameResult> & { source?: string }) | null;
    return message?.source === source && ['ok', 'cancel', 'fail'].includes(message.result ?? '');
  };
  return new Promise((resolve) => {
    const origin = new URL(url, location.href).origin;
    const overlay = overlayOf(title);
    const frame = document.createElement('iframe');
    frame.className = 'xp-cashier__frame';
    frame.title = title;
    frame.src = url;
    overlay.append(frame);

    const finish = (result: FrameResult): void => {
      window.removeEventListener('message', listen);
      window.removeEventListener('hashchange', leave);
      overlay.remove();
      resolve(result);
    };
    // Going back while it is open is a cancel, as in WeChat.
    const leave = (): void => finish({ result: 'cancel' });
    function listen(event: MessageEvent<unknown>): void {
      // Only the page itself may speak, not any page that finds this window.
      if (event.origin !== origin || event.source !== frame.contentWindow || !isMessage(event.data)) return;
      const { result, reason } = event.data;
      finish(reason === undefined ? { result } : { result, reason });
    }
    window.addEventListener('message', listen);
    window.addEventListener('hashchange', leave);
    document.body.append(overlay);
  });
}
