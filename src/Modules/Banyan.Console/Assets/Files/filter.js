// Hides rows that do not have all words of the filter. The words stay across updates of the page.
function apply(input) {
  const list = document.getElementById(input.dataset.filter);
  if (!list) return;
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of list.querySelectorAll(':scope > tbody > tr, :scope > li')) {
    const text = row.textContent.toLowerCase();
    row.hidden = !words.every(word => text.includes(word));
    if (!row.hidden) shown++;
  }
  const none = list.parentElement.querySelector('.no-match');
  if (none) none.hidden = shown > 0;
}

export function startFilters() {
  const all = () => document.querySelectorAll('input[data-filter]').forEach(apply);
  document.addEventListener('input', event => {
    if (event.target.matches('input[data-filter]')) apply(event.target);
  });
  all();
  return all;
}
