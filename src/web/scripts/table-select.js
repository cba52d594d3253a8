/*
 * One box more above a list of boxes, for all of this page, and a count that is said; the space bar ticks, as ever. Without a
 * script each is ticked by itself, and the list still has its box for everybody.
 */
for (const form of document.querySelectorAll('form[data-select]')) {
  const rows = [...form.querySelectorAll('input[name=row]')];

  if (rows.length < 2) continue;
  const label = document.createElement('label');
  label.className = 'betony-all';
  const all = Object.assign(document.createElement('input'), { type: 'checkbox', id: 'all-rows' });
  label.append(all, ` Choose all ${rows.length}`);
  form.querySelector('table').before(label);
  const said = document.createElement('span');
  said.setAttribute('role', 'status');
  said.className = 'betony-quiet betony-all__count';
  label.after(said);

  const count = () => {
    const chosen = rows.filter(({ checked }) => checked).length;
    all.checked = chosen === rows.length;
    all.indeterminate = chosen > 0 && chosen < rows.length;
    said.textContent = chosen === 0 ? '' : `${chosen} chosen`;
  };
  all.addEventListener('change', () => {
    for (const row of rows) row.checked = all.checked;
    count();
  });
  form.addEventListener('change', ({ target }) => {
    if (target !== all) count();
  });
  // Gone back to, the browser may have ticked again what was ticked before.
  window.addEventListener('pageshow', count);
}
