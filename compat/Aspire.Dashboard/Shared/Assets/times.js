// Times are written in the reader's zone.
const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false };
const formats = {
  time: { ...clock, fractionalSecondDigits: 3 },
  date: { ...clock, year: 'numeric', month: '2-digit', day: '2-digit' },
  clock,
};
const made = {}; // To make one takes milliseconds, and most pages need one kind.

/** A moment as one of the formats has it. */
export const writeTime = (moment, kind) => (made[kind] ??= new Intl.DateTimeFormat(undefined, formats[kind])).format(new Date(moment));

/** Writes all times of a page, shown or about to be. */
export const writeTimes = (root) => {
  for (const time of root.querySelectorAll('[data-local]')) {
    time.textContent = writeTime(time.getAttribute('datetime') ?? time.dataset.at, time.dataset.local);
  }
};
