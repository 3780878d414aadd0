// What the server rendered, kept live: links and filters change the page in place, and what has changed on the server is
// asked for again. Without this script every page still works, one request at a time.
import { writeTimes } from './times.js';
import { showTip } from './tip.js';
import { foldRows, settleRows } from './waterfall.js'; // Imported, it sees clicks and keys first; what it takes is taken.

const maxLines = 5000;
const searchPause = 250;
let paused = false;
let events = null;      // Says that the page has changed.
let stream = null;      // Brings the lines of a console.
let stale = false;
let loading = null;

// --- Changing the page in place ------------------------------------------------------------------------------------

// Not node.id: of a form that is a field with that name.
const keyOf = (node) => node.dataset?.key ?? (node.getAttribute?.('id') || undefined);
const isSame = (left, right) => left.nodeType === right.nodeType && left.nodeName === right.nodeName && keyOf(left) === keyOf(right);

function morph(from, to) {
  if (from.isEqualNode(to)) return;
  if (from.nodeType !== Node.ELEMENT_NODE) {
    from.nodeValue = to.nodeValue;
    return;
  }
  if (from.dataset.revealed !== undefined || from.dataset.stream !== undefined) return; // The server does not know what is in it.
  for (const { name } of [...from.attributes]) { // A style is this script's: the pages have none inline.
    if (name !== 'style' && !to.hasAttribute(name) && !(name === 'open' && from.nodeName === 'DETAILS')) from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value && !(name === 'open' && from.nodeName === 'DETAILS')) from.setAttribute(name, value);
  }
  if (from === document.activeElement && /^(INPUT|SELECT)$/.test(from.nodeName)) return; // Somebody is at it.
  if (from.nodeName === 'INPUT' && from.type !== 'checkbox') from.value = to.getAttribute('value') ?? '';
  if (from.nodeName === 'INPUT' && from.type === 'checkbox') from.checked = to.hasAttribute('checked');
  morphChildren(from, to);
  if (from.nodeName === 'SELECT') from.value = [...to.options].find((option) => option.hasAttribute('selected'))?.value ?? to.options[0]?.value;
}

function morphChildren(from, to) {
  const keyed = new Map([...from.children].filter(keyOf).map((child) => [keyOf(child), child]));
  let current = from.firstChild;
  for (const next of [...to.childNodes]) {
    const known = keyOf(next) ? keyed.get(keyOf(next)) : current && !keyOf(current) ? current : null;
    if (known && isSame(known, next)) {
      if (known === current) current = current.nextSibling;
      else from.insertBefore(known, current);
      morph(known, next);
    } else {
      from.insertBefore(next, current);
    }
  }
  while (current) {
    const following = current.nextSibling;
    current.remove();
    current = following;
  }
}

// --- Navigation ----------------------------------------------------------------------------------------------------

async function load(url, { push = false, top = false, options = {} } = {}) {
  loading?.abort();
  const mine = loading = new AbortController();
  try {
    const response = await fetch(url, { ...options, signal: mine.signal, headers: { 'X-Requested-With': 'XMLHttpRequest' } });
    if (response.status === 401) { location.reload(); return; }
    if (!response.headers.get('content-type')?.startsWith('text/html')) { location.href = url; return; }
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    if (mine.signal.aborted) return;
    if (!page.getElementById('main') || !page.querySelector('.shell')) { location.href = url; return; }
    writeTimes(page);
    foldRows(page);
    if (push) history.pushState(null, '', response.url);
    else if (response.url !== location.href) history.replaceState(null, '', response.url);
    document.title = page.title;
    morph(document.querySelector('.shell'), page.querySelector('.shell'));
    if (top) { scrollTo(0, 0); document.getElementById('main').focus({ preventScroll: true }); }
    settleRows();
    begin();
  } catch (error) {
    if (error.name !== 'AbortError') setLive('lost');
  } finally {
    if (loading === mine) loading = null;
  }
}

const isOurs = (url) => url.origin === location.origin && !url.pathname.startsWith('/login') && !url.pathname.endsWith('/download');

document.addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const target = event.target.closest('a[href], [data-reveal], [data-help-open], [data-live], [data-stream-switch]');
  if (!target) return;
  if (target.matches('[data-help-open]')) document.getElementById('help').showModal();
  else if (target.matches('[data-live], [data-stream-switch]')) pause(!paused);
  else if (target.matches('[data-reveal]')) reveal(target);
  else {
    const url = new URL(target.href?.baseVal ?? target.href, location.href);
    if (target.target || !isOurs(url) || (url.hash && url.pathname === location.pathname)) return;
    event.preventDefault();
    load(url, { push: true, top: !target.hasAttribute('data-keep') });
  }
});

addEventListener('popstate', () => load(location.href));

const queryOf = (form) => {
  const url = new URL(form.action);
  url.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== '')).toString();
  return url;
};
let typing = 0;
document.addEventListener('input', (event) => {
  const { target } = event;
  if (target.matches('[data-lines]')) { filterLines(target.value); return; }
  const form = target.closest('form[data-auto]');
  if (!form || target.nodeName !== 'INPUT') return;
  clearTimeout(typing);
  typing = setTimeout(() => load(queryOf(form)), searchPause);
});
document.addEventListener('change', (event) => {
  const { target } = event;
  if (target.matches('select[data-go]')) load(target.value, { push: true, top: true });
  else if (target.nodeName === 'SELECT' && target.closest('form[data-auto]')) load(queryOf(target.closest('form')));
});
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.matches('[data-auto]')) {
    event.preventDefault();
    load(queryOf(form), { push: true });
  } else if (form.matches('[data-command]')) {
    event.preventDefault();
    const body = new FormData(form, event.submitter);
    for (const button of form.querySelectorAll('button')) button.disabled = true;
    load(form.action, { options: { method: 'POST', body } });
  }
});

// --- Live ----------------------------------------------------------------------------------------------------------

const liveButton = () => document.querySelector('.live');
function setLive(state) {
  const button = liveButton();
  if (!button) return;
  button.classList.toggle('paused', state === 'paused');
  button.classList.toggle('lost', state === 'lost');
  button.textContent = button.dataset[`${state}Text`];
}

function refresh() {
  const selecting = !getSelection().isCollapsed && document.getElementById('main').contains(getSelection().anchorNode);
  if (paused || document.hidden || loading || selecting) { stale = true; return; }
  stale = false;
  load(location.href);
}

function pause(wanted) {
  if (!liveButton()) return;
  paused = wanted;
  setLive(paused ? 'paused' : 'live');
  if (!paused) { flushLines(); if (stale) refresh(); }
}

// A browser has few connections to one address: pages that nobody sees give theirs up.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) { watch(); follow(); } else begin();
});
setInterval(() => { if (stale) refresh(); }, 1000);

function watch(topic, since) {
  if (events?.topic === topic) return;
  events?.source.close();
  events = null;
  if (!topic) return;
  const source = new EventSource(`/live?watch=${encodeURIComponent(topic)}&since=${since}`);
  source.onmessage = refresh;
  source.onopen = () => { if (!paused) setLive('live'); };
  source.onerror = () => setLive('lost');
  events = { topic, source };
}

// --- Console -------------------------------------------------------------------------------------------------------

let waiting = [];
let wanted = '';
let shown = null;
const isWanted = (line) => wanted === '' || line.textContent.toLowerCase().includes(wanted);

function filterLines(text) {
  wanted = text.trim().toLowerCase();
  for (const line of document.querySelectorAll('.console li')) line.hidden = !isWanted(line);
}

function flushLines() {
  const list = document.querySelector('[data-stream]');
  if (!list || waiting.length === 0) return;
  const follows = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  const lines = document.createElement('template');
  lines.innerHTML = waiting.join('');
  waiting = [];
  for (const line of lines.content.children) line.hidden = !isWanted(line);
  list.append(lines.content);
  while (list.children.length > maxLines) list.firstElementChild.remove();
  if (follows) list.scrollTop = list.scrollHeight;
}

function follow(list) {
  if (stream && stream.list === list) return;
  stream?.source.close();
  stream = null;
  if (!list) return;
  if (shown !== list) wanted = '';
  shown = list;
  waiting = []; // What had come while paused is asked for again.
  const source = new EventSource(`${list.dataset.stream}?after=${list.lastElementChild?.dataset.number ?? 0}`);
  source.onmessage = (event) => {
    waiting.push(event.data);
    if (waiting.length > maxLines) waiting.shift();
    if (!paused) flushLines();
  };
  source.onopen = () => { if (!paused) setLive('live'); };
  source.onerror = () => setLive('lost');
  stream = { list, source };
}

// --- The rest ------------------------------------------------------------------------------------------------------

async function reveal(button) {
  const response = await fetch(button.dataset.reveal, { headers: { 'X-Requested-With': 'XMLHttpRequest' } });
  if (!response.ok) return;
  const place = button.parentElement;
  place.dataset.revealed = '';
  place.textContent = await response.text();
}

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape') {
    if (event.target.matches('input')) event.target.blur();
    else document.querySelector('[data-close]')?.click();
    return;
  }
  if (event.target.matches('input, select, textarea')) return;
  // Where the keyboard writes another alphabet, the place of the key counts; a Cyrillic one has the dot and the comma where others have / and ?.
  const typed = (event.code === 'Slash' && { '.': '/', ',': '?' }[event.key]) || event.key;
  const key = (/^[a-z/?]$/i.test(typed) ? typed : event.code.replace(/^Key/, '')).toUpperCase();
  if (key === '/') { event.preventDefault(); document.querySelector('[data-search]')?.focus(); }
  else if (key === '?') document.getElementById('help')?.showModal();
  else if (key === 'P') pause(!paused);
  else document.querySelector(`[data-shortcut="${CSS.escape(key)}"]`)?.click();
});

// What sticks below the bar of a page has to know how high it is.
const bars = new ResizeObserver(([bar]) => document.documentElement.style.setProperty('--bar', `${Math.round(bar.borderBoxSize[0].blockSize)}px`));

function begin() {
  const bar = document.querySelector('.bar');
  if (bar) bars.observe(bar);
  const live = document.querySelector('[data-live]')?.dataset;
  watch(live?.live, live?.since);
  follow(document.querySelector('[data-stream]'));
  setLive(paused ? 'paused' : 'live');
  showTip();
}

writeTimes(document);
foldRows(document);
settleRows();
begin();
