const sheet = document.querySelector('[data-post]');
const views = [...document.querySelectorAll('[data-view]')];

function show(name) {
  for (const view of views) view.hidden = view.dataset.view !== name;
}

/** Tells the app that opened the page that it was closed; whether money moved only its own server knows. */
function report(result) {
  const message = { source: 'xiaopu-transfer', result };
  if (window.parent !== window) window.parent.postMessage(message, '*');
  else if (window.opener) window.opener.postMessage(message, '*');
  else if (history.length > 1) history.back();
}

let result = 'fail';
async function confirm(button) {
  button.disabled = true;
  const { mch, app, package: packageInfo, persona, post } = sheet.dataset;
  try {
    const response = await fetch(post, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ mchId: mch, appId: app, package: packageInfo, persona, action: 'confirm' }),
    });
    const answer = await response.json();
    result = answer.result;
    const text = answer.errMsg.replace('requestMerchantTransfer:fail ', '');
    document.querySelector('[data-result]').textContent = result === 'ok' ? '已确认收款' : text;
    show('done');
  } catch {
    button.disabled = false;
  }
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (button?.dataset.action === 'confirm') void confirm(button);
  else if (button?.dataset.action === 'dismiss') report(result);
});
if (window.parent === window) document.body.classList.add('is-alone');
if (sheet) show('confirm');
