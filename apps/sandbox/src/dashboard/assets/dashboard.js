import { personsView, phoneView } from './phone.js';
import { notificationsView, ordersView, parcelsView, trafficDetail, trafficRow, yuan } from './views.js';

const { prefix, definitions } = JSON.parse(document.getElementById('dashboard-data').textContent);
const POLL_MS = 1500;
const find = (selector) => document.querySelector(selector);

const state = { section: '', entries: [], selectedEntry: 0, persons: [], person: '', offsetMs: 0, shown: new Map() };

async function call(method, path, body) {
  const response = await fetch(`${prefix}${path}`, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error?.message ?? `出错了（${response.status}）`);
  return answer;
}

let toastTimer;
function toast(text, isBad = false) {
  const box = find('[data-toast]');
  box.textContent = text;
  box.classList.toggle('is-bad', isBad);
  box.classList.add('is-shown');
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => box.classList.remove('is-shown'), 2200);
}

/** Writes only what changed, so that a refresh never steals focus or scroll. */
function put(name, element, text) {
  if (state.shown.get(name) === text) return;
  state.shown.set(name, text);
  element.innerHTML = text;
}

const nameOf = (openid) => {
  const person = state.persons.find((known) => known.openid === openid || known.oaOpenid === openid);
  return person ? person.nickname : openid ? `${openid.slice(0, 8)}…` : '—';
};

const loaders = {
  async traffic() {
    const query = new URLSearchParams({ limit: '120' });
    for (const input of document.querySelectorAll('[data-filter]'))
      if (input.value) query.set(input.dataset.filter, input.value);
    state.entries = (await call('GET', `/control/log?${query}`)).items;
    const rows = state.entries.map((entry) => trafficRow(entry, entry.id === state.selectedEntry)).join('');
    put(
      'traffic',
      find('[data-list=traffic]'),
      rows || '<p class="empty">还没有往来。商城每调用一次微信，这里就多一行。</p>',
    );
    showDetail();
  },
  async orders() {
    put('orders', find('[data-list=orders]'), ordersView(await call('GET', '/control/orders'), nameOf));
  },
  async notifications() {
    put(
      'notifications',
      find('[data-list=notifications]'),
      notificationsView(await call('GET', '/control/notifications')),
    );
  },
  async phones() {
    const [{ items: persons }, { items: messages }] = await Promise.all([
      call('GET', '/control/personas'),
      call('GET', '/phone/messages?limit=300'),
    ]);
    state.persons = persons;
    state.person ||= messages[0]?.personaId ?? persons[0].id;
    const counts = new Map();
    for (const message of messages) counts.set(message.personaId, (counts.get(message.personaId) ?? 0) + 1);
    put('persons', find('[data-list=persons]'), personsView(persons.slice(0, 40), state.person, counts));
    const person = persons.find(({ id }) => id === state.person);
    const own = messages.filter(({ personaId }) => personaId === state.person);
    put('phone', find('[data-phone]'), phoneView(person, own, Date.now() + state.offsetMs));
  },
  async parcels() {
    put('parcels', find('[data-list=parcels]'), parcelsView(await call('GET', '/control/parcels')));
  },
  async switches() {},
};

function showDetail() {
  put('detail', find('[data-detail]'), trafficDetail(state.entries.find(({ id }) => id === state.selectedEntry)));
}

function showSwitches(values) {
  const active = [];
  for (const definition of definitions) {
    const row = find(`[data-switch="${definition.key}"]`);
    const input = row.querySelector('input, select');
    const value = values[definition.key];
    if (document.activeElement !== input) {
      if (input.type === 'checkbox') input.checked = value;
      else input.value = value;
    }
    const isChanged = value !== definition.default;
    row.classList.toggle('is-changed', isChanged);
    if (isChanged && !/(Times|Path)$/.test(definition.key)) {
      const choice = definition.choices?.find(([name]) => name === value)?.[1];
      const left = values[`${definition.key}Times`];
      active.push(
        `${definition.label}：${choice ?? (value === true ? '开' : value === false ? '关' : value)}${left ? `（剩 ${left} 次）` : ''}`,
      );
    }
  }
  const badge = find('[data-badge=switches]');
  badge.textContent = active.length || '';
  const strip = find('[data-active-faults]');
  const text = active.map(() => `<a href="#switches" class="chip chip-fault"></a>`).join('');
  put('faults', strip, text);
  [...strip.children].forEach((chip, index) => {
    chip.textContent = active[index];
  });
}

function showClock({ now, offsetMs }) {
  state.offsetMs = offsetMs;
  find('[data-clock]').textContent = new Date(now).toLocaleString('zh-CN', { hour12: false });
  const isMoved = Math.abs(offsetMs) > 2000;
  const days = Math.floor(offsetMs / 86_400_000);
  const minutes = Math.round((offsetMs % 86_400_000) / 60_000);
  const offset = find('[data-clock-offset]');
  offset.hidden = !isMoved;
  offset.textContent = `比现在快 ${days ? `${days} 天 ` : ''}${minutes ? `${minutes} 分钟` : ''}`;
  find('[data-clock-reset]').hidden = !isMoved;
}

async function refresh() {
  try {
    const [clock, { values }, { items: queue }] = await Promise.all([
      call('GET', '/control/clock'),
      call('GET', '/control/switches'),
      call('GET', '/control/notifications?limit=200'),
    ]);
    showClock(clock);
    showSwitches(values);
    find('[data-badge=notifications]').textContent =
      queue.filter(({ state: queued }) => queued !== 'delivered').length || '';
    await loaders[state.section]?.();
    document.body.classList.remove('is-offline');
  } catch {
    document.body.classList.add('is-offline');
  }
}

function openSection() {
  const wanted = location.hash.slice(1);
  state.section = loaders[wanted] ? wanted : 'traffic';
  for (const section of document.querySelectorAll('[data-section]')) section.hidden = section.id !== state.section;
  for (const link of document.querySelectorAll('[data-nav]')) {
    if (link.dataset.nav === state.section) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  window.scrollTo(0, 0);
  void refresh();
}

async function perform(work, done) {
  try {
    await work();
    if (done) toast(done);
  } catch (error) {
    toast(error.message, true);
  }
  await refresh();
}

function askYuan(question, currentFen) {
  const answer = prompt(question, (currentFen / 100).toFixed(2));
  if (answer === null) return undefined;
  const fen = Math.round(Number(answer) * 100);
  return Number.isSafeInteger(fen) && fen >= 0 ? fen : Number.NaN;
}

const clicks = {
  entry: (id) => {
    state.selectedEntry = Number(id);
    for (const row of document.querySelectorAll('[data-entry]'))
      row.classList.toggle('is-selected', row.dataset.entry === id);
    state.shown.delete('traffic');
    showDetail();
  },
  advance: (ms, button) =>
    perform(() => call('POST', '/control/clock/advance', { ms: Number(ms) }), `已快进 ${button.textContent}`),
  clockReset: () => perform(() => call('POST', '/control/clock/reset', {}), '已回到现在'),
  clearLog: () => perform(() => call('DELETE', '/control/log'), '已清空'),
  run: () => perform(() => call('POST', '/control/notifications/run', {}), '已发送'),
  send: (id) => perform(() => call('POST', `/control/notifications/${id}/send`, {}), '已发送'),
  resetSwitches: () => perform(() => call('POST', '/control/switches/reset', {}), '已恢复默认'),
  move: (waybillNo) => perform(() => call('POST', `/control/parcels/${waybillNo}/advance`, {})),
  moveEnd: (waybillNo) => perform(() => call('POST', `/control/parcels/${waybillNo}/advance`, { toEnd: true })),
  person: (id) => {
    state.person = id;
    void loaders.phones();
  },
  override: (outTradeNo, button) => {
    const total = askYuan('付款人实际付多少元？（与订单不同，用来看商城会不会拒收）', Number(button.dataset.total));
    if (total !== undefined)
      void perform(
        () => call('PUT', `/control/orders/${encodeURIComponent(outTradeNo)}/paid-total`, { total }),
        `付款时将付 ${yuan(total)}`,
      );
  },
  balance: (id, button) => {
    const balance = askYuan('零钱余额（元）', Number(button.dataset.current));
    if (balance !== undefined)
      void perform(() => call('PUT', `/control/personas/${id}/balance`, { balance }), '余额已改');
  },
};

document.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  for (const [name, action] of Object.entries(clicks)) {
    if (name in button.dataset) return void action(button.dataset[name], button);
  }
});

document.addEventListener('change', (event) => {
  const input = event.target;
  if (input.dataset.fate)
    return void perform(() => call('PUT', `/control/parcels/${input.dataset.fate}/fate`, { fate: input.value }));
  if (!input.closest('[data-switch]')) return;
  const value = input.type === 'checkbox' ? input.checked : input.type === 'number' ? Number(input.value) : input.value;
  input.blur();
  void perform(() => call('PUT', '/control/switches', { [input.name]: value }), '已生效');
});

for (const input of document.querySelectorAll('[data-filter]'))
  input.addEventListener('input', () => void loaders.traffic());
window.addEventListener('hashchange', openSection);
setInterval(() => document.visibilityState === 'visible' && refresh(), POLL_MS);

state.persons = (await call('GET', '/control/personas')).items;
openSection();
