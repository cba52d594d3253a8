/* Says beside "To do" how much there is. The page does not wait for it. */
async function count(place) {
  const answer = await fetch('/desk/tasks/count', { headers: { accept: 'application/json' } });
  if (!answer.ok || answer.redirected) return;
  const { open, words } = await answer.json();
  if (open > 0) place.append(` (${words})`);
}

const place = document.querySelector('.betony-nav a[href="/desk/tasks"]');
/* Without an answer there is no number, and the list is one click away all the same. */
if (place) count(place).catch(() => undefined);
