/*
 * Keys that lead somewhere, for those who switch them on: off at first, since whoever speaks to a computer, or types beside
 * the keys they meant, would set them off (WCAG 2.1.4). It is remembered in this browser alone.
 */
const ON = 'betony-shortcuts';
const KEYS = [
  ['/', 'Find a person'],
  ['g t', 'Today'],
  ['g c', 'Caseload'],
  ['n', 'Log a contact, on a person’s record'],
  ['?', 'This list'],
];

/* A browser may refuse to remember anything. */
const isOn = () => {
  try {
    return localStorage.getItem(ON) === 'on';
  } catch {
    return false;
  }
};
const remember = (on) => {
  try {
    if (on) localStorage.setItem(ON, 'on');
    else localStorage.removeItem(ON);
  } catch {
    return;
  }
};

/* A list that was closed may hold the keyboard until the page is painted again. */
const isTyping = (target) => target.closest?.('input, textarea, select, dialog[open], [contenteditable]');

function list() {
  const dialog = document.createElement('dialog');
  dialog.className = 'betony-keys';
  dialog.setAttribute('aria-labelledby', 'keys');
  const heading = document.createElement('h2');
  heading.id = 'keys';
  heading.textContent = 'Keys';
  const keys = document.createElement('dl');
  for (const [key, does] of KEYS) {
    const term = document.createElement('dt');
    const words = document.createElement('dd');
    term.append(Object.assign(document.createElement('kbd'), { textContent: key }));
    words.textContent = does;
    keys.append(term, words);
  }
  const close = document.createElement('button');
  close.className = 'nhsuk-button nhsuk-button--small';
  close.textContent = 'Close';
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  dialog.append(heading, keys, close);
  document.body.append(dialog);
  dialog.showModal();
}

/* Only where the page leads anyway. */
const follow = (selector) => document.querySelector(selector)?.click();
const toContact = () => {
  const to = document.querySelector('[data-contact]')?.dataset.contact;
  if (to) location.assign(to);
};
const ACTS = {
  '/': () => document.getElementById('search')?.focus(),
  '?': list,
  n: toContact,
  'g t': () => follow('.betony-nav a[href="/desk/today"]'),
  'g c': () => follow('.betony-nav a[href="/desk/caseload"]'),
};

let before = '';
document.addEventListener('keydown', (event) => {
  if (!isOn() || event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
  const act = ACTS[`${before}${event.key}`];
  // The first of two keys counts for the next one only.
  before = event.key === 'g' && before === '' ? 'g ' : '';
  if (!act) return;
  event.preventDefault();
  act();
});

const shown = document.querySelector('[data-shortcuts]');
if (shown) {
  const button = shown.querySelector('button');
  const say = () => button.setAttribute('aria-pressed', String(isOn()));
  button.addEventListener('click', () => {
    remember(!isOn());
    say();
  });
  say();
  shown.hidden = false;
}
