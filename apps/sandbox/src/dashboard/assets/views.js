const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const esc = (value) => String(value ?? '').replace(/[&<>"']/g, (character) => ESCAPES[character]);
export const yuan = (fen) => `¥${(fen / 100).toLocaleString('zh-CN', { minimumFractionDigits: 2 })}`;

const TIME = new Intl.DateTimeFormat('zh-CN', { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
const FULL = new Intl.DateTimeFormat('zh-CN', {
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});
export const time = (at) => (at ? TIME.format(new Date(at)) : '—');
export const full = (at) => (at ? FULL.format(new Date(at)) : '—');

const TWINS = {
  'wechat-pay': '微信支付',
  'wechat-mini': '小程序',
  'wechat-oa': '公众号',
  carriers: '快递',
  phone: '手机',
};

export function pretty(text) {
  if (!text) return '';
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    if (/^[\w.%+-]+=/.test(text) && text.includes('&')) {
      return [...new URLSearchParams(text)].map(([name, value]) => `${name} = ${pretty(value)}`).join('\n');
    }
    return text;
  }
}

/** Colours JSON by token, so that a body reads at a glance. */
function paint(text) {
  return esc(text).replace(
    /(&quot;(?:\\.|(?!&quot;).)*?&quot;)(\s*:)?|\b(true|false|null)\b|(?<=[\s:[,])(-?\d+(?:\.\d+)?)\b/g,
    (whole, string, colon, word, number) => {
      if (string && colon) return `<i class="k">${string}</i>${colon}`;
      if (string) return `<i class="s">${string}</i>`;
      return word || number ? `<i class="n">${whole}</i>` : whole;
    },
  );
}

const shortUrl = (url) =>
  url
    .replace(/^https?:\/\/[^/]+/, '')
    .replace(/^\/sandbox\/[\w-]+/, '')
    .replace(/[?&]access_token=[^&]*/, '') || url;
const statusClass = (status) => (status === 0 ? 'bad' : status < 300 ? 'good' : status < 400 ? 'mid' : 'bad');
const errcodeOf = (entry) => /"errcode":(-?\d+)/.exec(entry.responseBody)?.[1];

export function trafficRow(entry, isSelected) {
  const errcode = errcodeOf(entry);
  const hasFailed = errcode !== undefined && errcode !== '0';
  const fault = /故障 ([\w-]+)/.exec(entry.note)?.[1];
  return `<button type="button" class="row traffic-row${isSelected ? ' is-selected' : ''}" data-entry="${entry.id}">
    <span class="direction direction-${entry.direction}" title="${entry.direction === 'in' ? '收到' : '发出'}">${entry.direction === 'in' ? '收' : '发'}</span>
    <span class="when">${time(entry.at)}</span>
    <span class="tag">${TWINS[entry.twin] ?? entry.twin}</span>
    <span class="path"><b>${entry.method}</b> ${esc(shortUrl(entry.url))}</span>
    ${fault ? `<span class="chip chip-fault">${esc(fault)}</span>` : ''}
    ${entry.verdict === 'bad' ? '<span class="chip chip-bad">验签失败</span>' : ''}
    <span class="status ${hasFailed ? 'bad' : statusClass(entry.status)}">${hasFailed ? errcode : entry.status || '无应答'}</span>
    <span class="took">${entry.durationMs < 1 ? '<1' : Math.round(entry.durationMs)} ms</span>
  </button>`;
}

const headerTable = (headers) =>
  `<table class="headers">${Object.entries(headers)
    .map(([name, value]) => `<tr><th>${esc(name)}</th><td>${esc(value)}</td></tr>`)
    .join('')}</table>`;

export function trafficDetail(entry) {
  if (!entry) return '<p class="empty">选一条记录，看它的头部、报文与验签结论</p>';
  const verdict = {
    ok: '<span class="chip chip-good">验签通过</span>',
    bad: '<span class="chip chip-bad">验签失败</span>',
    '': '',
  }[entry.verdict];
  const part = (title, headers, body) => `<h3>${title}</h3>
    ${body ? `<pre>${paint(pretty(body))}</pre>` : '<p class="none">没有报文体</p>'}
    <details><summary>头部（${Object.keys(headers).length}）</summary>${headerTable(headers)}</details>`;
  return `<header><h2><b>${entry.method}</b> ${esc(shortUrl(entry.url))}</h2>
    <p>${full(entry.at)} · ${entry.durationMs} ms · <span class="status ${statusClass(entry.status)}">${entry.status || '无应答'}</span> ${verdict}</p>
    ${entry.note && entry.note !== `errcode ${errcodeOf(entry)}` ? `<p class="note">${esc(entry.note)}</p>` : ''}</header>
    ${part('请求', entry.requestHeaders, entry.requestBody)}
    ${part('应答', entry.responseHeaders, entry.responseBody)}`;
}

const STATES = {
  NOTPAY: ['未支付', 'mid'],
  SUCCESS: ['已支付', 'good'],
  CLOSED: ['已关闭', 'idle'],
  REFUND: ['转入退款', 'info'],
  PROCESSING: ['退款中', 'mid'],
  ABNORMAL: ['退款异常', 'bad'],
};
const pill = (state) => {
  const [label, tone] = STATES[state] ?? [state, 'idle'];
  return `<span class="chip chip-${tone}">${label}</span>`;
};

export function ordersView({ items, refunds }, nameOf) {
  if (items.length === 0) return '<p class="empty">还没有订单。去商城下一单，这里会出现微信看到的那一面。</p>';
  const byOrder = Map.groupBy(refunds, (refund) => refund.outTradeNo);
  return `<table class="grid"><thead><tr><th>商户订单号 / 微信订单号</th><th>商品</th><th>付款人</th><th class="num">金额</th><th>状态</th><th>下单 / 支付</th><th></th></tr></thead><tbody>
    ${items
      .map((order) => {
        const paid = order.paidTotal;
        const differs = paid !== null && paid !== order.total;
        const rows = (byOrder.get(order.outTradeNo) ?? [])
          .map(
            (
              refund,
            ) => `<tr class="sub"><td><code>↳ ${esc(refund.outRefundNo)}</code><small>${esc(refund.refundId)}</small></td><td>${esc(refund.reason || '退款')}</td>
          <td>${esc(refund.receivedAccount)}</td><td class="num">−${yuan(refund.refund)}</td><td>${refund.status === 'SUCCESS' ? '<span class="chip chip-info">已退款</span>' : pill(refund.status)}</td><td>${full(refund.createdAt)}<small>${full(refund.successAt)}</small></td><td></td></tr>`,
          )
          .join('');
        const action =
          order.state === 'NOTPAY'
            ? `<button type="button" class="quiet" data-override="${esc(order.outTradeNo)}" data-total="${order.total}">改付款金额</button>`
            : '';
        return `<tr><td><code>${esc(order.outTradeNo)}</code><small>${esc(order.transactionId ?? order.tradeType)}</small></td><td class="wide">${esc(order.description)}</td>
        <td>${esc(nameOf(order.openid))}</td><td class="num">${yuan(order.total)}${differs ? `<small class="bad">实付 ${yuan(paid)}</small>` : ''}</td><td>${pill(order.state)}</td>
        <td>${full(order.createdAt)}<small>${full(order.paidAt)}</small></td><td>${action}</td></tr>${rows}`;
      })
      .join('')}</tbody></table>`;
}

const NOTIFICATION_STATES = {
  waiting: ['等待发送', 'mid'],
  held: ['压住，等下一条', 'mid'],
  delivered: ['已送达', 'good'],
  'gave-up': ['放弃', 'bad'],
  lost: ['丢失', 'bad'],
};

export function notificationsView({ items }) {
  if (items.length === 0) return '<p class="empty">还没有通知。付一笔款，微信就会来敲门。</p>';
  return `<table class="grid"><thead><tr><th>事件</th><th>商户订单号</th><th>地址</th><th>状态</th><th class="num">次数</th><th>下次 / 送达</th><th>最近应答</th><th></th></tr></thead><tbody>
    ${items
      .map((item) => {
        const [label, tone] = NOTIFICATION_STATES[item.state];
        return `<tr><td><b>${esc(item.eventType)}</b><small>${full(item.createdAt)}</small></td><td><code>${esc(item.outTradeNo)}</code></td>
        <td class="wide"><small>${esc(shortUrl(item.url))}</small></td><td><span class="chip chip-${tone}">${label}</span>${item.fault === 'none' ? '' : `<span class="chip chip-fault">${esc(item.fault)}</span>`}</td>
        <td class="num">${item.attempts}</td><td>${item.state === 'waiting' || item.state === 'held' ? full(item.dueAt) : full(item.deliveredAt)}</td>
        <td class="wide"><small>${item.lastStatus === null ? '—' : item.lastStatus || '无应答'} ${esc(item.lastError.slice(0, 80))}</small></td>
        <td><button type="button" class="quiet" data-send="${item.id}">${item.attempts === 0 ? '立即发送' : '重发'}</button></td></tr>`;
      })
      .join('')}</tbody></table>`;
}

const FATES = { normal: '正常签收', locker: '驿站自提', refused: '拒收退回', stuck: '途中滞留' };

export function parcelsView({ items }) {
  if (items.length === 0) return '<p class="empty">还没有包裹。商家发货后，这里能看到快递员走到哪了。</p>';
  return `<div class="parcels">${items
    .map((parcel) => {
      const steps = parcel.steps.toReversed();
      return `<article class="parcel"><header><div><b>${esc(parcel.shipperCode)}</b> <code>${esc(parcel.waybillNo)}</code></div>
      <small>${esc(parcel.fromCity)} → ${esc(parcel.toCity)}${parcel.orderCode ? ` · ${esc(parcel.orderCode)}` : ''}</small></header>
      <ol>${steps.map((step, index) => `<li class="${index === 0 ? 'is-latest' : ''}"><time>${full(step.at)}</time>${esc(step.text)}</li>`).join('') || '<li class="none">等待揽收</li>'}</ol>
      <footer><select data-fate="${esc(parcel.waybillNo)}" aria-label="命运">${Object.entries(FATES)
        .map(
          ([value, label]) => `<option value="${value}"${parcel.fate === value ? ' selected' : ''}>${label}</option>`,
        )
        .join('')}</select>
      <button type="button" class="quiet" data-move="${esc(parcel.waybillNo)}">走一步</button><button type="button" class="quiet" data-move-end="${esc(parcel.waybillNo)}">直接走完</button></footer></article>`;
    })
    .join('')}</div>`;
}
