const sheet = document.querySelector('[data-session]');
let result = 'cancel';

/** Tells the app that opened the page that it was closed; whether it was signed only its own server knows. */
function report() {
  const message = { source: 'xiaopu-contract', result };
  if (window.parent !== window) window.parent.postMessage(message, '*');
  else if (window.opener) window.opener.postMessage(message, '*');
  else if (history.length > 1) history.back();
}

async function answer(action) {
  const reply = await fetch(sheet.dataset.post, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ session: sheet.dataset.session, action }),
  });
  ({ result } = await reply.json());
  if (action === 'cancel') return report();
  document.querySelector('[data-view="confirm"]').hidden = true;
  document.querySelector('[data-view="done"]').hidden = false;
  document.querySelector('[data-result]').textContent = result === 'ok' ? '已开通自动续费' : '没有开通';
}

for (const button of document.querySelectorAll('[data-action]')) {
  const { action } = button.dataset;
  button.addEventListener('click', () => (action === 'dismiss' ? report() : void answer(action)));
}
