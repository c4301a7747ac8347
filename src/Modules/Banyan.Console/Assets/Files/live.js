// Keeps the page true: reads the server's event stream and puts changed regions in place. Comes back with growing pauses; says on the page whether it is live.
// Not EventSource: it hides the status of an answer, and a session that is over must lead to the sign-in page.
import { morph } from './morph.js';

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15000;
const words = { on: 'Live', wait: 'Reconnecting', off: 'Paused' };

export function startLive(updated) {
  const mark = document.getElementById('live');
  if (!mark || !document.body.dataset.page) return;
  const parser = new DOMParser();
  let pause = FIRST_PAUSE;
  let stop = null;
  let timer = 0;

  const show = state => {
    if (mark.dataset.live === state) return;
    mark.dataset.live = state;
    mark.querySelector('.live-word').textContent = words[state];
  };

  const take = regions => {
    for (const [id, html] of Object.entries(regions)) {
      const region = document.getElementById(`region-${id}`);
      if (region) morph(region, parser.parseFromString(html, 'text/html').body);
    }
    updated();
  };

  const event = text => {
    let type = '';
    const data = [];
    for (const line of text.split('\n')) {
      if (line.startsWith('event: ')) type = line.slice(7);
      else if (line.startsWith('data: ')) data.push(line.slice(6));
    }
    if (type === 'regions') {
      take(JSON.parse(data.join('\n')));
      pause = FIRST_PAUSE;
      show('on');
    } else if (type === 'signedout') {
      location.assign('/signin');
    }
  };

  const run = async () => {
    const control = stop = new AbortController();
    try {
      const answer = await fetch(`/live?page=${encodeURIComponent(location.pathname)}`, { signal: control.signal, headers: { Accept: 'text/event-stream' } });
      if (answer.status === 401) {
        location.assign('/signin');
        return;
      }
      if (answer.ok) {
        const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
        let buffer = '';
        for (;;) {
          const { value, done } = await reader.read();
          if (done) break;
          buffer += value;
          let end;
          while ((end = buffer.indexOf('\n\n')) >= 0) {
            event(buffer.slice(0, end));
            buffer = buffer.slice(end + 2);
          }
        }
      }
    } catch {
      // The connection broke, or was never made: the pause below is the answer to both.
    }
    if (control.signal.aborted) return;
    show('wait');
    timer = setTimeout(run, pause * (0.75 + Math.random() / 2));
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  };

  // A hidden page gives its connection back: browsers have only six to one server.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      clearTimeout(timer);
      stop?.abort();
      show('off');
    } else if (mark.dataset.live === 'off') {
      pause = FIRST_PAUSE;
      run();
    }
  });
  addEventListener('pagehide', () => stop?.abort());
  if (!document.hidden) run();
}
