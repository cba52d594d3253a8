const WARN_SECONDS = 5 * 60;
/** After the session is surely over, so that looking does not lengthen it. */
const MARGIN_SECONDS = 10;
const TICK_MS = 1000;

/**
 * Says five minutes before the session ends that it will, with a button to stay. Other tabs of the same browser count as
 * use. Once it is over, a page on which nothing was typed gives way to the sign-in page: the desk may be shared.
 */
export function warnOfTimeout() {
  const box = document.getElementById('timeout');
  if (!box) return;
  const words = box.querySelector('p');
  const button = box.querySelector('button');
  const tabs = new BroadcastChannel('betony-session');
  const seconds = (name) => Number(box.dataset[name]) * 1000;
  const endsAt = Date.now() + seconds('end');
  let usedAt = Date.now();
  let typed = false;
  let shown = '';

  const say = (text, canStay) => {
    // Said once: whoever listens would hear it again at every change.
    if (text === shown) return;
    shown = text;
    words.textContent = text;
    button.hidden = !canStay;
    box.hidden = text === '';
  };
  const used = () => {
    usedAt = Date.now();
    say('', false);
  };
  const look = () => {
    const now = Date.now();
    const idleEnd = usedAt + seconds('seconds');
    const over = Math.min(usedAt + seconds('idle'), endsAt) + MARGIN_SECONDS * 1000;
    if (now > over) {
      if (!typed) location.assign(`/desk/sign-in?next=${encodeURIComponent(location.pathname)}`);
      else
        say(
          'You are signed out. Send the form all the same: what you typed is kept while you sign in.',
          false,
        );
    } else if (endsAt - now < WARN_SECONDS * 1000) {
      say(
        'You will be signed out in less than 5 minutes, since a working day is over. Save what you have.',
        false,
      );
    } else if (idleEnd - now < WARN_SECONDS * 1000) {
      say('You will be signed out in less than 5 minutes.', true);
    }
  };
  button.addEventListener('click', async () => {
    const answer = await fetch('/desk/stay', { redirect: 'manual' }).catch(() => null);
    if (!answer?.ok) return;
    used();
    tabs.postMessage('used');
  });
  document.addEventListener('input', () => (typed = true));
  tabs.addEventListener('message', used);
  tabs.postMessage('used');
  // A computer that slept runs no timer: looked at again when somebody is back.
  document.addEventListener('visibilitychange', look);
  setInterval(look, TICK_MS);
}
