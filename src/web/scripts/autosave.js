import { leaveAsked } from './confirm-leave.js';

const EVERY_MS = 10_000;

/**
 * Keeps what is written in a form as a draft on the server: ten seconds after it changed, and when a box is left. What the
 * server answers (the draft's id or revision) stands in the form for the next time. Without a script there is a button.
 */
export function keepDrafts(form) {
  const words = form.querySelector('[data-autosaved]');
  const tabs = new BroadcastChannel('betony-session');
  let changed = false;
  let timer = null;
  let going = null;
  let over = false;

  const say = (text) => {
    if (words.textContent !== text) words.textContent = text;
  };
  const keep = async () => {
    changed = false;
    const body = new URLSearchParams(new FormData(form));
    // Where the form is really going, for what keeps drafts of any.
    body.set('_path', new URL(form.action).pathname);
    const answer = await fetch(form.dataset.autosave, {
      method: 'POST',
      body,
      headers: { accept: 'application/json' },
      redirect: 'manual',
    }).catch(() => null);
    if (answer?.ok) {
      const { said, revision, kept, own } = await answer.json();
      if (revision !== undefined) form.elements._draft.value = revision;
      if (own !== undefined && form.elements._private) form.elements._private.value = own;
      if (kept !== undefined) form.elements._kept.value = kept;
      if (!changed) leaveAsked(form, false);
      say(said);
      // Who types is there: the session goes on.
      tabs.postMessage('used');
    } else {
      // It is asked before leaving all the same, and tried again with the next change.
      const problem = answer?.headers.get('content-type')?.includes('json') ? await answer.json() : null;
      say(problem?.said ?? 'This could not be saved as a draft just now.');
    }
  };
  const start = () => {
    clearTimeout(timer);
    timer = null;
    if (over || going || !changed) return;
    going = keep().finally(() => {
      going = null;
      if (changed && !over) timer ??= setTimeout(start, EVERY_MS);
    });
  };

  form.addEventListener('input', () => {
    changed = true;
    leaveAsked(form, true);
    timer ??= setTimeout(start, EVERY_MS);
  });
  form.addEventListener('focusout', (event) => {
    if (event.relatedTarget?.type !== 'submit') start();
  });
  form.addEventListener('submit', (event) => {
    over = true;
    clearTimeout(timer);
    leaveAsked(form, false);
    // Not one past the other: what is saved ends the draft, and no draft may come after it.
    if (!going) return;
    event.preventDefault();
    going.finally(() => form.requestSubmit(event.submitter));
  });
  // Gone back to: the page is as it was.
  window.addEventListener('pageshow', () => (over = false));
}

for (const form of document.querySelectorAll('form[data-autosave]')) keepDrafts(form);
