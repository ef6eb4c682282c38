const sheet = document.querySelector('[data-post]');

/** Tells the twin what the payer chose, then goes where the merchant asked to return. */
async function choose(choice) {
  for (const button of document.querySelectorAll('[data-choice]')) button.disabled = true;
  const { post, ...rest } = sheet.dataset;
  const response = await fetch(post, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...rest, choice }),
  });
  const { url } = await response.json();
  if (url) location.replace(url);
}

document.body.classList.add('is-alone');
for (const button of document.querySelectorAll('[data-choice]'))
  button.addEventListener('click', () => void choose(button.dataset.choice));
