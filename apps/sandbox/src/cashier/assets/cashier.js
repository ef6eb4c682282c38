const data = JSON.parse(document.getElementById('cashier-data').textContent);
const views = [...document.querySelectorAll('[data-view]')];
const DONE_MS = 1200;

let password = '';
let failureReason = '';
let isSettled = false;

/** Tells the app that opened the sheet; the app must still ask its own server what is true. */
function report(result, reason = '') {
  if (isSettled) return;
  isSettled = true;
  document.body.classList.add('is-leaving');
  const message = { source: 'xiaopu-cashier', result, reason };
  if (window.parent !== window) window.parent.postMessage(message, '*');
  else if (data.redirectUrl) window.location.href = data.redirectUrl;
  else if (window.opener) window.opener.postMessage(message, '*');
}

function show(name) {
  for (const view of views) view.hidden = view.dataset.view !== name;
  document.body.dataset.view = name;
}

function fail(text, reason) {
  failureReason = reason;
  document.querySelector('[data-failure]').textContent = text;
  show('failed');
}

async function act(action) {
  show('working');
  const fundedBy = document.querySelector('input[name=method]:checked')?.value;
  try {
    const response = await fetch(data.post, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...data.body, action, fundedBy }),
    });
    const answer = await response.json();
    if (answer.result === 'ok') {
      show('done');
      setTimeout(() => report('ok'), DONE_MS);
    } else if (answer.reason === 'timeout' || answer.reason === 'unheard') report('fail', answer.reason);
    else fail(answer.errMsg?.replace('requestPayment:fail ', '') ?? '支付失败', answer.reason ?? 'unknown');
  } catch {
    fail('网络不给力，请稍后再试', 'network');
  }
}

function press(key) {
  if (document.body.dataset.view !== 'password') return;
  if (key === 'delete') password = password.slice(0, -1);
  else if (password.length < 6) password += key;
  const dots = document.querySelector('[data-dots]');
  dots.setAttribute('aria-label', `已输入 ${password.length} 位`);
  for (const [index, dot] of [...dots.children].entries()) dot.classList.toggle('is-filled', index < password.length);
  if (password.length < 6) return;
  const isWrong = password === '000000';
  password = '';
  if (!isWrong) return void act('pay');
  for (const dot of dots.children) dot.classList.remove('is-filled');
  const hint = document.querySelector('[data-hint]');
  hint.textContent = '支付密码错误，请重试';
  hint.classList.add('is-wrong');
}

const actions = {
  cancel: () => (document.body.dataset.view === 'done' ? report('ok') : report('cancel', 'cancel')),
  dismiss: () => report('fail', data.refusal),
  confirm: () => show('password'),
  back: () => show('confirm'),
  finish: () => report('ok'),
  fail: () => report('fail', failureReason),
};

document.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  if (button.dataset.simulate) void act(button.dataset.simulate);
  else if (button.dataset.key) press(button.dataset.key);
  else actions[button.dataset.action]?.();
});
document.addEventListener('keydown', (event) => {
  if (/^\d$/.test(event.key)) press(event.key);
  else if (event.key === 'Backspace') press('delete');
  else if (event.key === 'Escape') actions[data.refusal ? 'dismiss' : 'cancel']();
});

if (window.parent === window) document.body.classList.add('is-alone');
if (!data.refusal) {
  show('confirm');
  // The order's own deadline: WeChat's sheet gives up when the order closes.
  if (data.leftMs < 2 ** 31)
    setTimeout(() => document.body.dataset.view !== 'done' && fail('该笔订单已超时关闭', 'expired'), data.leftMs);
}
