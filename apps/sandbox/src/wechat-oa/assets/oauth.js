// Remembers who this browser was last time, and never lets "deny" carry a person along.
const form = document.querySelector('form');
const KEY = 'sandbox-persona';

if (form) {
  const last = localStorage.getItem(KEY);
  const known = last && form.querySelector(`input[value="${CSS.escape(last)}"]`);
  if (known) known.checked = true;
  form.addEventListener('submit', (event) => {
    const radios = [...form.querySelectorAll('input[name=persona]')];
    const chosen = radios.find((radio) => radio.checked);
    if (event.submitter?.name === 'deny') for (const radio of radios) radio.disabled = true;
    else if (chosen) localStorage.setItem(KEY, chosen.value);
  });
}
