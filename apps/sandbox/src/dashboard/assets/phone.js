import { esc, yuan } from './views.js';

const CLOCK = new Intl.DateTimeFormat('zh-CN', { hour: '2-digit', minute: '2-digit', hour12: false });
const DAY = new Intl.DateTimeFormat('zh-CN', { month: 'numeric', day: 'numeric', weekday: 'long' });

const CHANNEL_MARKS = { 微信支付: ['付', '#07c160'], 服务通知: ['铃', '#e63b2e'], 短信: ['信', '#2f6fed'] };

export function personsView(persons, selectedId, counts) {
  return persons
    .map(
      (
        person,
      ) => `<button type="button" class="person${person.id === selectedId ? ' is-selected' : ''}" data-person="${esc(person.id)}">
    <img src="${esc(person.avatarUrl)}" alt="" width="40" height="40"><span class="person-text"><b>${esc(person.nickname)}</b><small>${esc(person.city)} · ${esc(person.phone)}</small></span>
    <span class="person-money">${yuan(person.balance)}<small>${counts.get(person.id) ?? 0} 条</small></span></button>`,
    )
    .join('');
}

function messageCard(message) {
  const [mark, colour] = CHANNEL_MARKS[message.channel] ?? ['讯', '#8c8c8c'];
  const amount =
    message.amount === null ? '' : `<p class="card-amount"><small>¥</small>${(message.amount / 100).toFixed(2)}</p>`;
  return `<article class="card"><header><span class="card-mark" style="background:${colour}">${mark}</span>${esc(message.channel)}<time>${CLOCK.format(new Date(message.at))}</time></header>
    <h4>${esc(message.title)}</h4>${amount}<dl>${message.lines.map(([label, value]) => `<div><dt>${esc(label)}</dt><dd>${esc(value)}</dd></div>`).join('')}</dl>
    ${message.page ? `<footer>进入小程序查看<span>›</span></footer>` : ''}</article>`;
}

export function phoneView(person, messages, now) {
  if (!person) return '';
  const at = new Date(now);
  let day = '';
  const cards = messages
    .map((message) => {
      const label = DAY.format(new Date(message.at));
      const separator = label === day ? '' : `<p class="card-day">${label}</p>`;
      day = label;
      return separator + messageCard(message);
    })
    .join('');
  return `<div class="phone"><div class="phone-screen">
    <div class="phone-status"><span>${CLOCK.format(at)}</span><span class="phone-island"></span><span class="phone-battery"></span></div>
    <div class="phone-head"><img src="${esc(person.avatarUrl)}" alt="" width="28" height="28"><b>${esc(person.nickname)}的手机</b></div>
    <div class="phone-body">${cards || '<p class="phone-empty">暂时没有消息<br>付款、发货、退款都会通知到这里</p>'}</div></div></div>
    <dl class="ids"><dt>openid（小程序）</dt><dd>${esc(person.openid)}</dd><dt>openid（公众号）</dt><dd>${esc(person.oaOpenid)}</dd><dt>unionid</dt><dd>${esc(person.unionid)}</dd>
    <dt>零钱</dt><dd><b>${yuan(person.balance)}</b> <button type="button" class="quiet" data-balance="${esc(person.id)}" data-current="${person.balance}">改余额</button></dd><dt>银行卡</dt><dd>${esc(person.cardName)}</dd></dl>`;
}
