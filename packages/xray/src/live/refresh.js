// Puts a newer page in place of this one while it is looked at; what was chosen in it stays.
const everyMs = 5000;

async function refresh() {
  if (document.visibilityState !== 'visible' || String(getSelection()) !== '') return;
  const response = await fetch(location.href).catch(() => undefined);
  document.body.classList.toggle('stale', !response?.ok);
  if (!response?.ok) return;
  const next = new DOMParser().parseFromString(await response.text(), 'text/html');
  const chosen = document.querySelector('input.choice:checked')?.id;
  const focused = document.activeElement?.id;
  document.body.replaceChildren(...next.body.childNodes);
  const choice = chosen && document.getElementById(chosen);
  if (choice) choice.checked = true;
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

setInterval(refresh, everyMs);
