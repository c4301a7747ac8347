// What the page can do beyond being read. Each part works alone; without any of them the page is still whole.
import { startTimes } from './times.js';
import { startFilters } from './filter.js';
import { startKeys } from './keys.js';
import { startTheme } from './theme.js';
import { startLive } from './live.js';

document.documentElement.dataset.js = '';
startTheme();
const refilter = startFilters();
const retime = startTimes();
startKeys();
startLive(() => {
  refilter();
  retime();
});
