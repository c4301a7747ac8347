// Counts "3 min ago" on. The steps are those of Ago.cs; the server's clock is taken from the page's first answer, not from this machine's.
function textOf(seconds) {
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  if (seconds < 172800) return 'yesterday';
  return `${Math.floor(seconds / 86400)} days ago`;
}

export function startTimes() {
  const update = () => {
    for (const time of document.querySelectorAll('time[datetime]')) {
      const text = textOf((Date.now() - Date.parse(time.dateTime)) / 1000);
      if (time.textContent !== text) time.textContent = text;
    }
  };
  setInterval(update, 5000);
  return update;
}
