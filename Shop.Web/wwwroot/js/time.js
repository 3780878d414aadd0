// The server knows a moment, the browser knows the reader's time zone.
(() => {
  const thisYear = new Date().getFullYear();
  const write = (moment, seconds) => new Intl.DateTimeFormat(document.documentElement.lang, {
    year: moment.getFullYear() === thisYear ? undefined : 'numeric', month: 'short', day: 'numeric',
    hour: 'numeric', minute: '2-digit', second: seconds ? '2-digit' : undefined,
  }).format(moment);
  const writeAll = () => {
    for (const time of document.querySelectorAll('time[data-local]')) time.textContent = write(new Date(time.dateTime), time.dataset.local === 'seconds');
  };
  document.addEventListener('live-update', writeAll);
  writeAll();
})();
