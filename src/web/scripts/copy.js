/* Offers to copy what a page holds ready for another program, where the browser lets a page do that. */
const shown = document.querySelector('[data-copies]');
const from = shown && document.getElementById(shown.dataset.copies);
if (from && navigator.clipboard) {
  shown.hidden = false;
  shown.querySelector('button').addEventListener('click', async () => {
    const said = shown.querySelector('[role=status]');
    try {
      await navigator.clipboard.writeText(from.value);
      said.textContent = 'Copied';
    } catch {
      // Many a surgery's browser forbids it.
      from.select();
      said.textContent = 'Selected: copy it with Ctrl and C';
    }
  });
}
