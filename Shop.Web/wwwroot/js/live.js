// Asks for the part of the page marked data-live again until it says data-done="true".
(() => {
  const region = document.querySelector('[data-live]');
  if (!region) return;

  const quickPolls = 20;
  const maxPolls = 400;
  let shown;
  const done = () => region.querySelector('[data-done]')?.dataset.done === 'true';

  const poll = async (count) => {
    if (done() || count >= maxPolls) return;
    try {
      const response = await fetch(region.dataset.live, { headers: { Accept: 'text/html' }, redirect: 'error' });
      if (response.status === 404) return;
      if (response.ok) {
        const html = await response.text();
        if (html !== shown) {
          region.innerHTML = shown = html;
          document.dispatchEvent(new Event('live-update'));
        }
      }
    } catch {
      // The network or the server is away for a moment: the next round asks again.
    }
    setTimeout(poll, count < quickPolls ? 300 : 2000, count + 1);
  };

  setTimeout(poll, 150, 0);
})();
