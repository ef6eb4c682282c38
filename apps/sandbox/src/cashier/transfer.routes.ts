import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { html, sendPage, serveAssets, yuan } from '../platform/html.ts';
import { bodyText, parseJsonObject } from '../platform/raw-body.ts';
import type { World } from '../platform/world.ts';
import {
  TRANSFER_ACTIONS,
  type TransferAction,
  type TransferInvocation,
  type Transfers,
} from '../wechat-pay/transfers.ts';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const invocationOf = (input: Record<string, unknown>): TransferInvocation => ({
  mchId: text(input.mchId),
  appId: text(input.appId),
  package: text(input.package),
});

/** wx.requestMerchantTransfer as a call, for storefronts and tests, and as the page WeChat draws over the app. */
export async function transferPageRoutes(
  app: FastifyInstance,
  { world, transfers }: { world: World; transfers: Transfers },
): Promise<void> {
  const assets = `${app.prefix}/assets`;
  serveAssets(app, join(import.meta.dirname, 'assets'), ['cashier.css', 'transfer.js']);

  app.post('/confirm', async (request, reply) => {
    const input = parseJsonObject(bodyText(request.body)) ?? {};
    const action = (input.action ?? 'confirm') as TransferAction;
    if (!TRANSFER_ACTIONS.includes(action)) return reply.code(400).send({ error: { message: '没有这个 action' } });
    const checked = transfers.checkInvocation(invocationOf(input), text(input.persona) || text(input.openId));
    if (!checked.ok)
      return { result: 'fail', reason: checked.reason, errMsg: `requestMerchantTransfer:fail ${checked.text}` };
    return transfers.act(checked.bill, action);
  });

  app.get('/', async (request, reply) => {
    const query = request.query as Record<string, unknown>;
    const invocation = invocationOf(query);
    const checked = transfers.checkInvocation(invocation, text(query.persona));
    const page = { title: '收款确认', assets, style: 'cashier.css', script: 'transfer.js' };
    if (!checked.ok) {
      const body = html`<main class="dialog" role="alertdialog"><p class="dialog-text" data-testid="transfer-refusal">${checked.text}</p>
        <button type="button" class="dialog-button" data-action="dismiss">我知道了</button></main>`;
      return sendPage(reply, { ...page, body }, 400);
    }
    const [whole, cents] = yuan(checked.bill.amount).split('.');
    const body = html`
<main class="sheet" data-testid="transfer-sheet" data-mch="${invocation.mchId}" data-app="${invocation.appId}"
  data-package="${invocation.package}" data-persona="${checked.payee.id}" data-post="${app.prefix}/confirm">
  <header class="sheet-head"><span></span><span class="sheet-title">收款确认</span><span class="sheet-user">${checked.payee.nickname}</span></header>
  <section class="view" data-view="confirm">
    <p class="merchant">${world.keyring.credentials.merchantName} 向你转账</p>
    <p class="amount" aria-label="${yuan(checked.bill.amount)} 元"><span class="amount-sign">¥</span>${whole}<span class="amount-cents">.${cents}</span></p>
    <p class="description">${checked.bill.remark}</p>
    <button type="button" class="primary" data-action="confirm" data-testid="transfer-confirm">确认收款</button>
    <p class="safe">演示环境，款项存入沙箱零钱</p>
  </section>
  <section class="view view-result" data-view="done" hidden>
    <p class="done-title" data-testid="transfer-done" data-result></p>
    <button type="button" class="primary" data-action="dismiss">完成</button>
  </section>
</main>`;
    return sendPage(reply, { ...page, body });
  });
}
