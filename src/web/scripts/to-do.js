/* Says beside "To do", or "More" where it is kept there, how much there is. The page does not wait for it. */
const PLACES =
  '.betony-nav a[href="/desk/tasks"], .betony-nav a[href="/desk/more"], main a[href="/desk/tasks"]';

async function count(places) {
  const answer = await fetch('/desk/tasks/count', { headers: { accept: 'application/json' } });
  if (!answer.ok || answer.redirected) return;
  const { open, words } = await answer.json();
  if (open > 0) for (const place of places) place.append(` (${words})`);
}

const places = document.querySelectorAll(PLACES);
/* Without an answer there is no number, and the list is one click away all the same. */
if (places.length > 0) count(places).catch(() => undefined);
