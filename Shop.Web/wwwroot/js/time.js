// The server knows a moment, the browser knows the reader's time zone.
(() => {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' });
  for (const time of document.querySelectorAll('time[data-local]')) time.textContent = format.format(new Date(time.dateTime));
})();
