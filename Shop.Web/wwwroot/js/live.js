// Asks for the part of the page marked data-live again: every data-every milliseconds, or else until it says data-done="true".
(() => {
  const region = document.querySelector('[data-live]');
  if (!region) return;

  const quickPolls = 20;
  const maxPolls = 400;
  const every = Number(region.dataset.every);
  let shown;
  const done = () => region.querySelector('[data-done]')?.dataset.done === 'true';
  // Nobody looks, or somebody is about to follow a link that would be replaced.
  const rests = () => document.hidden || region.contains(document.activeElement);

  const poll = async (count) => {
    if (!every && (done() || count >= maxPolls)) return;
    try {
      if (!every || !rests()) {
        const response = await fetch(region.dataset.live, { headers: { Accept: 'text/html' }, redirect: 'error' });
        if (response.status === 403 || response.status === 404) return;
        if (response.ok) {
          const html = await response.text();
          if (html !== shown) {
            region.innerHTML = shown = html;
            document.dispatchEvent(new Event('live-update'));
          }
        }
      }
    } catch {
      // The network or the server is away for a moment: the next round asks again.
    }
    setTimeout(poll, every || (count < quickPolls ? 300 : 2000), count + 1);
  };

  setTimeout(poll, every || 150, 0);
})();
