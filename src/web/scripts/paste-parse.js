/*
 * What is pasted from another system fills in the form at once, and nothing else on the page moves. The server reads it, as it does
 * without a script: where it gives no answer, the form goes there itself.
 */
const button = document.querySelector('[data-fills]');
const pasted = button?.form.elements._pasted;

async function fill() {
  const answer = await fetch(button.formAction, {
    method: 'POST',
    body: new URLSearchParams(new FormData(button.form)),
    headers: { accept: 'application/json' },
    redirect: 'manual',
  }).catch(() => null);
  if (!answer?.ok) {
    button.form.requestSubmit(button);
    return;
  }
  const { put, lines } = await answer.json();
  for (const [name, value] of Object.entries(put)) {
    const box = button.form.elements[name];
    if (box.type === 'checkbox') box.checked = box.value === value;
    else box.value = value;
    box.closest('details')?.setAttribute('open', '');
    box.dispatchEvent(new Event('input', { bubbles: true }));
  }
  pasted.value = '';
  const said = document.querySelector('[data-filled]');
  said.hidden = false;
  said
    .querySelector('ul')
    .replaceChildren(
      ...lines.map((line) => Object.assign(document.createElement('li'), { textContent: line })),
    );
}

if (button) {
  let asking = false;
  const once = async (event) => {
    event?.preventDefault();
    if (asking) return;
    asking = true;
    await fill().finally(() => (asking = false));
  };
  button.addEventListener('click', once);
  pasted.addEventListener('paste', () => setTimeout(once));
}
