
// Shows the page anew every few seconds without losing the place. Where callmirror no longer
// answers, the page says so: what stands on it would look fresh otherwise.
'use strict';
(() => {
  const every = 5000;
  const stale = document.getElementById('stale');
  const since = (text) => {
    stale.textContent = text;
    stale.hidden = text === '';
    document.body.classList.toggle('old', text !== '');
  };
  const update = async () => {
    try {
      const answer = await fetch(location.href, { cache: 'no-store', signal: AbortSignal.timeout(10000) });
      if (!answer.ok) {
        throw new Error(`status ${answer.status}`);
      }
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const main = fresh.querySelector('main');
      if (!main || !main.querySelector('.verdict')) {
        throw new Error('another page');
      }
      document.querySelector('main').replaceWith(document.adoptNode(main));
      since('');
    } catch {
      const last = document.querySelector('time').textContent;
      since(`callmirror does not answer. What stands here is from ${last}.`);
    }
  };
  const tend = async () => {
    if (!document.hidden) {
      await update();
    }
    setTimeout(tend, every);
  };
  document.addEventListener('visibilitychange', () => document.hidden || update());
  setTimeout(tend, every);
})();
