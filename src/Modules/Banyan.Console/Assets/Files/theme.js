// Light or dark. The choice is a cookie, so that the server's next page has it from its first byte and nothing flashes.
export function toggleTheme() {
  const root = document.documentElement;
  const now = root.dataset.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
  root.dataset.theme = now === 'dark' ? 'light' : 'dark';
  document.cookie = `banyan_theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=strict`;
}

export function startTheme() {
  for (const button of document.querySelectorAll('[data-theme-toggle]')) {
    button.hidden = false;
    button.addEventListener('click', toggleTheme);
  }
}
