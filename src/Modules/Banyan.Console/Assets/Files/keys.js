// Keyboard: g and a letter goes to a page, / to the filter, t changes the theme, ? shows all keys.
import { toggleTheme } from './theme.js';

export function startKeys() {
  const help = document.getElementById('keys');
  for (const button of document.querySelectorAll('[data-keys-open]')) {
    button.hidden = false;
    button.addEventListener('click', () => help.showModal());
  }

  let going = -Infinity;
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches('input, textarea, select');
    if (event.key === 'Escape' && typing) {
      if (event.target.value) {
        event.target.value = '';
        event.target.dispatchEvent(new Event('input', { bubbles: true }));
      }
      event.target.blur();
      return;
    }
    if (typing || help.open) return;
    if (performance.now() - going < 1500) {
      going = -Infinity;
      const link = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
      if (link) {
        event.preventDefault();
        link.click();
        return;
      }
    }
    if (event.key === 'g') {
      going = performance.now();
    } else if (event.key === '/') {
      const filter = document.querySelector('input[data-filter]');
      if (filter) {
        event.preventDefault();
        filter.focus();
        filter.select();
      }
    } else if (event.key === 't') {
      toggleTheme();
    } else if (event.key === '?') {
      help.showModal();
    }
  });
}
