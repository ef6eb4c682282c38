import { join } from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { toBeijingText } from '../platform/clock.ts';
import { html, sendPage, serveAssets } from '../platform/html.ts';
import { journalExchanges, noteOnRequest } from '../platform/journal.ts';
import type { OtherKeyring } from '../platform/other-credentials.ts';
import { bodyText, parseJsonObject } from '../platform/raw-body.ts';
import type { World } from '../platform/world.ts';
import { type Alipay, AlipayRefusal, yuanText } from './alipay.ts';
import type { AlipayBills } from './bills.ts';
import { isRsa2, rsa2, signedText } from './rsa2.ts';

const PAGES = ['alipay.trade.wap.pay', 'alipay.trade.page.pay'];

/** openapi.alipay.com/gateway.do: signed calls by POST, and the payer's page by GET. */
export async function alipayRoutes(
  app: FastifyInstance,
  { world, alipay, bills, keyring }: { world: World; alipay: Alipay; bills: AlipayBills; keyring: () => OtherKeyring },
): Promise<void> {
  const methods: Alipay['methods'] = {
    ...alipay.methods,
    'alipay.data.dataservice.bill.downloadurl.query': (content) => bills.apply(content),
  };
  journalExchanges(app, 'alipay', world.journal, world.clock.now);
  serveAssets(app, join(import.meta.dirname, '../cashier/assets'), ['cashier.css']);
  serveAssets(app, join(import.meta.dirname, 'assets'), ['leave.js']);

  /** @returns why the gateway does not look at the business at all */
  function findFault(params: Record<string, string>): [subCode: string, text: string] | undefined {
    if (params.app_id !== keyring().credentials.alipay.appId) return ['isv.invalid-app-id', '无效的AppID参数'];
    if (params.version !== '1.0' || params.charset !== 'utf-8') return ['isv.invalid-parameter', '公共参数不正确'];
    if (params.sign_type !== 'RSA2') return ['isv.invalid-signature-type', '无效的签名类型'];
    if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(params.timestamp ?? ''))
      return ['isv.invalid-timestamp', '无效的时间戳'];
    const isGenuine = isRsa2(signedText(params, ['sign']), params.sign ?? '', keyring().appPublicKey);
    return isGenuine ? undefined : ['isv.invalid-signature', '无效签名'];
  }
  const contentOf = (params: Record<string, string>) => parseJsonObject(params.biz_content ?? '') ?? {};

  app.post('/gateway.do', async (request, reply) => {
    const params = {
      ...(request.query as Record<string, string>),
      ...Object.fromEntries(new URLSearchParams(bodyText(request.body))),
    };
    const fault = findFault(params);
    noteOnRequest(request, fault?.[1] ?? '', fault ? 'bad' : 'ok');
    const method = params.method ?? '';
    let node: Record<string, unknown>;
    const played = world.switches.takeFault('alipay.fault');
    try {
      if (fault) throw new AlipayRefusal(fault[0], fault[1], '40002');
      const act = methods[method];
      if (!act) throw new AlipayRefusal('isv.invalid-method', '不存在的方法名', '40002');
      if (played === 'system-error') throw new AlipayRefusal('aop.ACQ.SYSTEM_ERROR', '系统繁忙', '20000');
      node = { code: '10000', msg: 'Success', ...act(contentOf(params)) };
    } catch (error) {
      if (!(error instanceof AlipayRefusal)) throw error;
      node = { code: error.code, msg: 'Business Failed', sub_code: error.subCode, sub_msg: error.message };
    }
    if (played === 'http-500-after') return reply.code(500).send('');
    const text = JSON.stringify(node);
    const signature = rsa2(played === 'bad-signature' ? `${text} ` : text, keyring().alipayKey);
    return reply
      .header('content-type', 'text/html;charset=utf-8')
      .send(`{"${method.replaceAll('.', '_')}_response":${text},"sign":"${signature}"}`);
  });

  // Unsigned on both sides: the token in the address is all there is.
  app.get<{ Querystring: { token?: string } }>('/bill', async ({ query }, reply) => {
    const content = bills.take(query.token ?? '');
    if (!content) return reply.code(403).send('');
    return reply.header('content-type', 'application/zip').send(content);
  });

  app.get('/gateway.do', async (request, reply) => {
    const params = request.query as Record<string, string>;
    const fault = findFault(params);
    if (fault) return refuse(reply, fault[1]);
    if (!PAGES.includes(params.method ?? '')) return refuse(reply, '不存在的方法名');
    try {
      const trade = alipay.open(params, contentOf(params));
      if (trade.status !== 'WAIT_BUYER_PAY') return refuse(reply, '这笔交易已付款或已关闭');
      const body = html`<main class="sheet" data-post="${app.prefix}/pay" data-out-trade-no="${trade.outTradeNo}" data-testid="alipay-sheet">
  <header class="sheet-head"><span></span><span class="sheet-title">支付宝</span><span class="sheet-user">沙箱买家</span></header>
  <section class="view">
    <p class="merchant">${world.keyring.credentials.merchantName}</p>
    <p class="amount"><span class="amount-sign">¥</span>${yuanText(trade.total)}</p>
    <p class="description">${trade.subject}</p>
    <button type="button" class="primary" data-choice="pay" data-testid="alipay-pay">确认付款</button>
    <button type="button" class="leave" data-choice="cancel" data-testid="alipay-cancel">暂不付款，返回商家</button>
    <p class="safe">演示环境，不会扣真实的钱</p>
  </section>
</main>`;
      return sendPage(reply, { ...page(), body });
    } catch (error) {
      if (error instanceof AlipayRefusal) return refuse(reply, error.message);
      throw error;
    }
  });

  app.post('/pay', async (request, reply) => {
    const { outTradeNo = '', choice = '' } = (parseJsonObject(bodyText(request.body)) ?? {}) as Record<string, string>;
    const trade = alipay.find(outTradeNo);
    if (!trade) return reply.code(404).send({});
    const isPaid = choice === 'pay' && alipay.pay(outTradeNo);
    return { result: isPaid ? 'ok' : 'cancel', url: trade.returnUrl && (isPaid ? returnUrl(trade) : trade.returnUrl) };
  });

  /** What comes along is for show: only the notice and the query count. */
  function returnUrl({
    returnUrl: url,
    outTradeNo,
    tradeNo,
    total,
  }: {
    returnUrl: string;
    outTradeNo: string;
    tradeNo: string;
    total: number;
  }): string {
    const target = new URL(url);
    const params: Record<string, string> = {
      app_id: keyring().credentials.alipay.appId,
      out_trade_no: outTradeNo,
      trade_no: tradeNo,
      total_amount: yuanText(total),
      timestamp: toBeijingText(world.clock.now()),
    };
    for (const [name, value] of Object.entries({ ...params, sign: rsa2(signedText(params, []), keyring().alipayKey) }))
      target.searchParams.set(name, value);
    return target.toString();
  }
  const page = () => ({
    title: '支付宝',
    assets: `${app.prefix}/assets`,
    style: 'cashier.css',
    script: 'leave.js',
  });
  const refuse = (reply: FastifyReply, text: string) =>
    sendPage(
      reply,
      { ...page(), body: html`<main class="dialog" role="alertdialog"><p class="dialog-text">${text}</p></main>` },
      400,
    );
}
