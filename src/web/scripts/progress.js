/* Says how far a long job is without loading the page anew, and loads it anew once the job has ended. */
const EVERY = 2000;

async function look(shown) {
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const now = answer.ok ? page.querySelector('[data-progress]') : null;
  if (!now) location.reload();
  else {
    shown.innerHTML = now.innerHTML;
    setTimeout(() => again(shown), EVERY);
  }
}

/* A lost connection is no end: it is tried again. */
const again = (shown) => look(shown).catch(() => setTimeout(() => again(shown), EVERY));

const shown = document.querySelector('[data-progress]');
if (shown) setTimeout(() => again(shown), EVERY);
