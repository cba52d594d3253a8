/* Offers to copy what a page holds ready for another program, where the browser lets a page do that. */
const shown = document.querySelector('[data-copies]');
const from = shown && document.getElementById(shown.dataset.copies);
if (from && navigator.clipboard) {
  shown.hidden = false;
  shown.querySelector('button').addEventListener('click', async () => {
    await navigator.clipboard.writeText(from.value);
    shown.querySelector('[role=status]').textContent = 'Copied';
  });
}
