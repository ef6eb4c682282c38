import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { html, sendPage, serveAssets, yuan } from '../platform/html.ts';
import { bodyText, parseJsonObject } from '../platform/raw-body.ts';
import type { World } from '../platform/world.ts';
import type { Papay } from '../wechat-pay/papay.ts';

/** The page of WeChat's own mini program on which a payer signs an automatic renewal, and what the payer does in WeChat later. */
export async function contractPageRoutes(
  app: FastifyInstance,
  { world, papay }: { world: World; papay: Papay },
): Promise<void> {
  serveAssets(app, join(import.meta.dirname, 'assets'), ['cashier.css', 'contract.js']);

  app.post('/sign', async (request, reply) => {
    const { session = '', action = 'sign' } = (parseJsonObject(bodyText(request.body)) ?? {}) as Record<string, string>;
    if (!papay.session(session)) return reply.code(404).send({});
    return { result: action === 'sign' && papay.sign(session) ? 'ok' : 'cancel' };
  });
  app.post('/end', async (request) => {
    const { code = '' } = (parseJsonObject(bodyText(request.body)) ?? {}) as Record<string, string>;
    return { result: papay.endByPayer(code) ? 'ok' : 'fail' };
  });

  app.get('/', async (request, reply) => {
    const { pre_entrustweb_id: session = '' } = request.query as Record<string, string>;
    const contract = papay.session(session);
    const page = { title: '开通自动续费', assets: `${app.prefix}/assets`, style: 'cashier.css', script: 'contract.js' };
    if (contract?.state !== 'PRESIGNED') {
      const body = html`<main class="dialog" role="alertdialog"><p class="dialog-text">这份协议已处理或已过期，请返回商家查看</p><button type="button" class="dialog-button" data-action="dismiss">我知道了</button></main>`;
      return sendPage(reply, { ...page, body }, 400);
    }
    const [whole, cents] = yuan(contract.estimated).split('.');
    const body = html`
<main class="sheet" data-testid="contract-sheet" data-session="${session}" data-post="${app.prefix}/sign">
  <header class="sheet-head"><span></span><span class="sheet-title">开通自动续费</span><span class="sheet-user">沙箱</span></header>
  <section class="view" data-view="confirm">
    <p class="merchant">${world.keyring.credentials.merchantName}</p>
    <p class="amount" aria-label="每期 ${yuan(contract.estimated)} 元"><span class="amount-sign">¥</span>${whole}<span class="amount-cents">.${cents}</span></p>
    <p class="description">${contract.description}</p>
    <button type="button" class="primary" data-action="sign" data-testid="contract-sign">确认开通</button>
    <button type="button" class="leave" data-action="cancel" data-testid="contract-cancel">暂不开通</button>
    <p class="safe">每期扣款前一天会在微信里提醒你。演示环境，不会扣真实的钱</p>
  </section>
  <section class="view view-result" data-view="done" hidden>
    <p class="done-title" data-testid="contract-done" data-result></p>
    <button type="button" class="primary" data-action="dismiss" data-testid="contract-close">返回商家</button>
  </section>
</main>`;
    return sendPage(reply, { ...page, body });
  });
}
