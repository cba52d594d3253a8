/* Asks before a page is left on which something is typed that is nowhere else yet. */
const unsaved = new Set();

const ask = (event) => event.preventDefault();

export function leaveAsked(form, yes) {
  if (yes) unsaved.add(form);
  else unsaved.delete(form);
  // Only while it is needed: a page that listens to this is not kept for the way back.
  if (unsaved.size > 0) window.addEventListener('beforeunload', ask);
  else window.removeEventListener('beforeunload', ask);
}

for (const form of document.querySelectorAll('main form[method=post]:not([data-autosave])')) {
  form.addEventListener('input', (event) => {
    if (event.target.matches('textarea')) leaveAsked(form, event.target.value !== event.target.defaultValue);
  });
  form.addEventListener('submit', () => leaveAsked(form, false));
}
