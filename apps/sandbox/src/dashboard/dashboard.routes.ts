import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { html, jsonScript, type Markup, sendPage, serveAssets } from '../platform/html.ts';
import type { SwitchDefinition } from '../platform/switches.ts';
import type { World } from '../platform/world.ts';
import { avatarSvg } from './avatar.ts';

const SECTIONS: ReadonlyArray<readonly [id: string, title: string, icon: string]> = [
  ['traffic', '收发记录', 'M4 7h13l-3-3M20 17H7l3 3'],
  ['orders', '订单与退款', 'M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6'],
  ['notifications', '通知队列', 'M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4'],
  ['phones', '顾客手机', 'M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM11 18h2'],
  ['parcels', '包裹轨迹', 'M4 8l8-4 8 4v9l-8 4-8-4zM4 8l8 4 8-4M12 12v9'],
  ['switches', '故障开关', 'M4 8h9M17 8h3M4 16h3M11 16h9M15 6v4M9 14v4'],
];

const SWITCH_GROUPS: ReadonlyArray<readonly [prefix: string, title: string, about: string]> = [
  ['notify.', '支付通知', '微信支付打给商户的回调：丢、慢、重、乱、改，都在这里'],
  ['pay.', '微信支付接口', '商户调用 api.mch.weixin.qq.com 时得到的应答'],
  ['mini.', '小程序接口', 'api.weixin.qq.com：登录、订阅消息、内容审核、发货信息'],
  ['carriers.', '快递', '快递鸟：电子面单、轨迹查询与推送'],
  ['oa.', '公众号', '网页授权登录'],
  ['paypal.', 'PayPal', 'H5 上的跨境付款：Orders v2、扣款、退款与通知'],
  ['alipay.', '支付宝', 'H5 上的网页支付：下单、查询、退款与异步通知'],
];

const ADVANCES: ReadonlyArray<readonly [label: string, ms: number]> = [
  ['1 分钟', 60_000],
  ['15 分钟', 900_000],
  ['30 分钟', 1_800_000],
  ['1 天', 86_400_000],
  ['7 天', 604_800_000],
  ['15 天', 1_296_000_000],
];

/** `/sandbox`: what the outside world sees and does, and the levers to make it misbehave. */
export async function dashboardRoutes(app: FastifyInstance, { world }: { world: World }): Promise<void> {
  serveAssets(app, join(import.meta.dirname, 'assets'), ['dashboard.css', 'dashboard.js', 'views.js', 'phone.js']);

  app.get('/', async (_request, reply) =>
    sendPage(reply, {
      title: '沙箱 · 小铺',
      assets: `${app.prefix}/assets`,
      style: 'dashboard.css',
      script: 'dashboard.js',
      body: page(app.prefix, world),
    }),
  );

  app.get<{ Params: { file: string } }>('/avatar/:file', async (request, reply) => {
    const person = world.people.find(request.params.file.replace(/\.svg$/, ''));
    if (!person) return reply.code(404).send('');
    return reply
      .header('content-type', 'image/svg+xml')
      .header('cache-control', 'public, max-age=86400')
      .send(avatarSvg(person));
  });
}

const icon = (path: string): Markup => html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;

function page(prefix: string, { switches, keyring }: World): Markup {
  const { mchid, merchantSerial, platformPublicKeyId, miniAppId, oaAppId } = keyring.credentials;
  return html`
<aside class="side">
  <a class="brand" href="${prefix}"><span class="brand-mark">箱</span><span>沙箱<small>外部世界的本机替身</small></span></a>
  <nav>
    ${SECTIONS.map(([id, title, path]) => html`<a href="#${id}" data-nav="${id}">${icon(path)}<span>${title}</span><b data-badge="${id}"></b></a>`)}
  </nav>
  <dl class="keys">
    <dt>商户号</dt><dd>${mchid}</dd>
    <dt>小程序 AppID</dt><dd>${miniAppId}</dd>
    <dt>公众号 AppID</dt><dd>${oaAppId}</dd>
    <dt>商户证书序列号</dt><dd title="${merchantSerial}">${merchantSerial.slice(0, 12)}…</dd>
    <dt>微信支付公钥 ID</dt><dd title="${platformPublicKeyId}">${platformPublicKeyId.slice(0, 18)}…</dd>
  </dl>
</aside>
<div class="main">
  <header class="top">
    <div class="clock" aria-label="演示时钟">
      <span class="clock-now" data-clock>--</span>
      <span class="clock-offset" data-clock-offset hidden></span>
    </div>
    <div class="advance" role="group" aria-label="快进">
      <span>快进</span>
      ${ADVANCES.map(([label, ms]) => html`<button type="button" data-advance="${ms}">${label}</button>`)}
      <button type="button" class="quiet" data-clock-reset hidden>回到现在</button>
    </div>
    <div class="active-faults" data-active-faults></div>
  </header>
  <main>
    <section id="traffic" data-section hidden>
      <div class="bar">
        <h1>收发记录</h1>
        <div class="filters">
          <select data-filter="twin" aria-label="替身">
            <option value="">全部替身</option><option value="wechat-pay">微信支付</option><option value="wechat-mini">小程序</option>
            <option value="wechat-oa">公众号</option><option value="carriers">快递</option><option value="phone">顾客手机</option>
          </select>
          <select data-filter="direction" aria-label="方向"><option value="">收与发</option><option value="in">收到的请求</option><option value="out">发出的回调</option></select>
          <select data-filter="status" aria-label="结果"><option value="">全部结果</option><option value="failed">只看失败</option></select>
          <input type="search" data-filter="contains" placeholder="搜订单号、路径、内容" aria-label="搜索">
          <button type="button" class="quiet" data-clear-log>清空</button>
        </div>
      </div>
      <div class="split"><div class="list" data-list="traffic"></div><article class="detail" data-detail></article></div>
    </section>
    <section id="orders" data-section hidden><div class="bar"><h1>订单与退款</h1></div><div data-list="orders"></div></section>
    <section id="notifications" data-section hidden><div class="bar"><h1>通知队列</h1><button type="button" class="quiet" data-run>立即发送到期的</button></div><div data-list="notifications"></div></section>
    <section id="phones" data-section hidden><div class="bar"><h1>顾客手机</h1></div><div class="phones"><div class="persons" data-list="persons"></div><div class="phone-stand" data-phone></div></div></section>
    <section id="parcels" data-section hidden><div class="bar"><h1>包裹轨迹</h1></div><div data-list="parcels"></div></section>
    <section id="switches" data-section hidden>
      <div class="bar"><h1>故障开关</h1><button type="button" class="quiet" data-reset-switches>全部恢复默认</button></div>
      <div class="groups">${SWITCH_GROUPS.map((group) => switchGroup(group, switches.definitions))}</div>
    </section>
  </main>
</div>
<div class="toast" role="status" data-toast></div>
${jsonScript('dashboard-data', { prefix, definitions: switches.definitions })}`;
}

function switchGroup(
  [prefix, title, about]: (typeof SWITCH_GROUPS)[number],
  definitions: readonly SwitchDefinition[],
): Markup {
  const own = definitions.filter(({ key }) => key.startsWith(prefix));
  return html`
<fieldset class="group">
  <legend>${title}</legend>
  <p>${about}</p>
  ${own.map(
    (definition) => html`
  <label class="switch" data-switch="${definition.key}">
    <span class="switch-text">${definition.label}<small>${definition.hint}</small><code>${definition.key}</code></span>
    ${control(definition)}
  </label>`,
  )}
</fieldset>`;
}

function control({ key, default: initial, choices, min = 0, max }: SwitchDefinition): Markup {
  if (choices)
    return html`<select name="${key}">${choices.map(([value, label]) => html`<option value="${value}">${label}</option>`)}</select>`;
  if (typeof initial === 'boolean') return html`<input type="checkbox" role="switch" name="${key}">`;
  if (typeof initial === 'number')
    return html`<input type="number" name="${key}" min="${min}" ${max ? html`max="${max}"` : ''} step="1">`;
  return html`<input type="text" name="${key}" placeholder="（空）">`;
}
