import { join } from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { invocationOf } from '../phone/phone.routes.ts';
import { html, jsonScript, type Markup, sendPage, serveAssets, yuan } from '../platform/html.ts';
import type { World } from '../platform/world.ts';
import type { Checked, Payer } from './payer.ts';

/** The payment sheet WeChat draws over the app. Storefronts on H5 open it in an overlay iframe. */
export async function cashierRoutes(
  app: FastifyInstance,
  { world, parts }: { world: World; parts: { payer: Payer } },
): Promise<void> {
  const assets = `${app.prefix}/assets`;
  const phone = `${app.prefix.replace(/cashier$/, 'phone')}`;
  serveAssets(app, join(import.meta.dirname, 'assets'), ['cashier.css', 'cashier.js']);

  app.get('/', async (request, reply) => {
    const query = request.query as Record<string, unknown>;
    const invocation = invocationOf(query);
    const persona = String(query.persona ?? '');
    const checked = parts.payer.checkInvocation(invocation, persona);
    return show(reply, checked, { post: `${phone}/request-payment`, body: { ...invocation, persona } });
  });

  // An H5 order's link: WeChat already knows who holds the phone.
  // A phone's browser hands over to WeChat; a Native code stands in for the camera, with the token of its `weixin://…`.
  app.get('/h5', async (request, reply) => {
    const query = request.query as Record<string, string>;
    const { redirect_url: redirectUrl = '', persona = '' } = query;
    const prepayId = query.prepay_id ?? query.pr ?? '';
    const payer = persona || world.people.list()[0]?.id || '';
    const checked = parts.payer.checkPrepay(prepayId, payer);
    return show(reply, checked, {
      post: `${phone}/scan`,
      body: { url: `?prepay_id=${prepayId}`, persona: payer },
      redirectUrl,
    });
  });

  function show(
    reply: FastifyReply,
    checked: Checked,
    call: { post: string; body: object; redirectUrl?: string },
  ): FastifyReply {
    const page = { title: '微信支付', assets, style: 'cashier.css', script: 'cashier.js' };
    if (!checked.ok) {
      const data = jsonScript('cashier-data', { refusal: checked.reason });
      return sendPage(reply, { ...page, body: html`${refusal(checked.text)}${data}` }, 400);
    }
    const { order, payer } = checked;
    const leftMs = order.expiresAt - world.clock.now().getTime();
    const data = jsonScript('cashier-data', { ...call, total: order.total, balance: payer.balance, leftMs });
    const body = html`${sheet(world.keyring.credentials.merchantName, order.description, order.total, payer)}${data}`;
    return sendPage(reply, { ...page, body });
  }
}

const CLOSE_ICON = html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M5 5l14 14M19 5L5 19"/></svg>`;
const SHIELD_ICON = html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 3l7 3v5c0 4.6-2.9 8-7 10-4.1-2-7-5.4-7-10V6z"/><path d="M8.8 12l2.3 2.3 4.2-4.6"/></svg>`;

const refusal = (text: string): Markup => html`
<main class="dialog" role="alertdialog" aria-labelledby="refusal">
  <p id="refusal" class="dialog-text">${text}</p>
  <button type="button" class="dialog-button" data-action="dismiss" data-testid="cashier-dismiss">我知道了</button>
</main>`;

interface PayerView {
  nickname: string;
  balance: number;
  cardName: string;
}

function sheet(merchant: string, description: string, total: number, payer: PayerView): Markup {
  const isShort = payer.balance < total;
  const [whole, cents] = yuan(total).split('.');
  return html`
<nav class="simulate" aria-label="沙箱模拟">
  <span class="simulate-title">沙箱模拟</span>
  <button type="button" data-simulate="insufficient" data-testid="cashier-insufficient">余额不足</button>
  <button type="button" data-simulate="timeout" data-testid="cashier-timeout">超时未付</button>
  <button type="button" data-simulate="pay-unheard" data-testid="cashier-unheard">扣款后断网</button>
</nav>
<main class="sheet" data-testid="cashier-sheet">
  <header class="sheet-head">
    <button type="button" class="icon-button" data-action="cancel" data-testid="cashier-cancel" aria-label="取消支付">${CLOSE_ICON}</button>
    <span class="sheet-title">微信支付</span>
    <span class="sheet-user">${payer.nickname}</span>
  </header>
  <section class="view" data-view="confirm">
    <p class="merchant">${merchant}</p>
    <p class="amount" aria-label="${yuan(total)} 元"><span class="amount-sign">¥</span>${whole}<span class="amount-cents">.${cents}</span></p>
    <p class="description">${description}</p>
    <fieldset class="methods">
      <legend>付款方式</legend>
      <label class="method">
        <span class="method-mark method-mark-balance">零</span>
        <span class="method-name">零钱<small>${isShort ? html`余额 ¥${yuan(payer.balance)}，不足` : html`余额 ¥${yuan(payer.balance)}`}</small></span>
        <input type="radio" name="method" value="balance" ${isShort ? html`disabled` : html`checked`}><i class="tick"></i>
      </label>
      <label class="method">
        <span class="method-mark method-mark-card">卡</span>
        <span class="method-name">${payer.cardName}<small>单笔最高 ¥50,000</small></span>
        <input type="radio" name="method" value="card" ${isShort ? html`checked` : ''}><i class="tick"></i>
      </label>
    </fieldset>
    <button type="button" class="primary" data-action="confirm" data-testid="cashier-confirm">确认支付</button>
    <p class="safe">${SHIELD_ICON}演示环境，不会扣真实的钱</p>
  </section>
  <section class="view" data-view="password" hidden>
    <p class="password-title">请输入支付密码</p>
    <p class="amount amount-small"><span class="amount-sign">¥</span>${whole}<span class="amount-cents">.${cents}</span></p>
    <div class="dots" aria-label="已输入 0 位" data-dots>${Array.from({ length: 6 }, () => html`<i></i>`)}</div>
    <p class="hint" data-hint role="status">任意六位数字，000000 为密码错误</p>
    <div class="keypad">
      ${[1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => html`<button type="button" data-key="${digit}" data-testid="key-${digit}">${digit}</button>`)}
      <button type="button" class="keypad-plain" data-action="back">返回</button>
      <button type="button" data-key="0" data-testid="key-0">0</button>
      <button type="button" class="keypad-plain" data-key="delete" aria-label="删除">⌫</button>
    </div>
  </section>
  <section class="view view-result" data-view="working" hidden><span class="spinner"></span><p>正在支付…</p></section>
  <section class="view view-result" data-view="done" hidden>
    <svg class="done-mark" viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="22"/><path d="M14 24.5l7 7 13.5-14.5"/></svg>
    <p class="done-title" data-testid="cashier-done">支付成功</p>
    <p class="amount amount-small"><span class="amount-sign">¥</span>${whole}<span class="amount-cents">.${cents}</span></p>
    <button type="button" class="primary" data-action="finish" data-testid="cashier-finish">完成</button>
  </section>
  <section class="view view-result" data-view="failed" hidden>
    <svg class="failed-mark" viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="22"/><path d="M24 13v14M24 33.5v.5"/></svg>
    <p class="done-title" data-failure></p>
    <button type="button" class="primary" data-action="fail" data-testid="cashier-fail">我知道了</button>
  </section>
</main>`;
}
