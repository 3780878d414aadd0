// What the server rendered, kept live: links and filters change the page in place, and what has changed on the server is
// asked for again. Without this script every page still works, one request at a time.
(() => {
  const storedTheme = localStorage.getItem('theme');
  if (storedTheme) document.documentElement.dataset.theme = storedTheme;

  const maxLines = 5000;
  const searchPause = 250;
  let paused = false;
  let events = null;      // Says that the page has changed.
  let stream = null;      // Brings the lines of a console.
  let stale = false;
  let loading = null;

  // --- Times are written in the reader's zone ------------------------------------------------------------------------

  const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false };
  const formats = {
    time: { ...clock, fractionalSecondDigits: 3 },
    date: { ...clock, year: 'numeric', month: '2-digit', day: '2-digit' },
    clock,
  };
  const made = {}; // To make one takes milliseconds, and most pages need one kind.
  const format = (kind) => (made[kind] ??= new Intl.DateTimeFormat(undefined, formats[kind]));
  const writeTimes = (root) => {
    for (const time of root.querySelectorAll('[data-local]')) {
      time.textContent = format(time.dataset.local).format(new Date(time.getAttribute('datetime') ?? time.dataset.at));
    }
  };

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

  // --- The waterfall: what is below a folded span is hidden ------------------------------------------------------------

  const folds = { trace: '', rows: new Set(), chosen: undefined, focused: undefined };
  const treeRow = (node) => node.closest?.('[data-tree] .row');
  const rowsOf = (root) => [...root.querySelectorAll('[data-tree] .row')];
  const keyedRow = (root, key) => (key ? root.querySelector(`[data-tree] .row[data-key="${CSS.escape(key)}"]`) : null);
  const depthOf = (row) => Number(row.dataset.depth);
  const hasBelow = (row) => row.querySelector('.fold') !== null;
  const aboveOf = (rows, row) => rows.slice(0, rows.indexOf(row)).findLast((other) => depthOf(other) < depthOf(row));
  const setAttribute = (node, name, value) => {
    if (value === null) node.removeAttribute(name);
    else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
  };

  // Makes a tree of the rows, in a page that is shown or is about to be: what is folded stays so.
  function fold(root) {
    const tree = root.querySelector('[data-tree]');
    if (!tree) return;
    if (folds.trace !== tree.dataset.tree) Object.assign(folds, { trace: tree.dataset.tree, rows: new Set(), chosen: undefined, focused: undefined });
    const rows = rowsOf(root);
    const chosen = tree.querySelector('.here');
    if (chosen && chosen.dataset.key !== folds.chosen) {
      for (let row = aboveOf(rows, chosen); row; row = aboveOf(rows, row)) folds.rows.delete(row.dataset.key);
    }
    let deepest = Infinity;
    for (const row of rows) {
      const depth = depthOf(row);
      if (depth <= deepest) deepest = Infinity;
      row.hidden = depth > deepest;
      const toggle = row.querySelector('.fold');
      const isFolded = toggle !== null && folds.rows.has(row.dataset.key);
      if (isFolded && !row.hidden) deepest = depth;
      setAttribute(row, 'role', 'treeitem');
      setAttribute(row, 'aria-level', depth + 1);
      setAttribute(row, 'aria-expanded', toggle && !isFolded);
      setAttribute(row, 'aria-description', isFolded ? toggle.title : null);
    }
    const isSeen = (row) => row && !row.hidden;
    const stop = [keyedRow(root, folds.focused), chosen, rows[0]].find(isSeen); // The one row that Tab goes to.
    for (const row of rows) setAttribute(row, 'tabindex', row === stop ? 0 : -1);
    setAttribute(tree, 'role', 'tree');
  }

  // When the rows are in place: the browser knows the height of those it has not laid out, and a span that was asked for is in view.
  function settle() {
    for (const block of document.querySelectorAll('[data-tree] > .block')) block.style.setProperty('--rows', block.querySelectorAll(':scope > :not([hidden])').length);
    const chosen = document.querySelector('[data-tree] .here');
    if (chosen && chosen.dataset.key !== folds.chosen) chosen.scrollIntoView({ block: 'nearest' });
    folds.chosen = chosen?.dataset.key;
  }

  function foldRows(change) {
    change(folds.rows);
    fold(document);
    settle();
  }

  const foldRow = (row, wanted) => foldRows((rows) => (wanted ? rows.add(row.dataset.key) : rows.delete(row.dataset.key)));

  // The first row stays open: what is directly below it is the overview.
  function foldAll(wanted) {
    const [first, ...rows] = rowsOf(document);
    const row = treeRow(document.activeElement);
    foldRows((keys) => {
      keys.clear();
      if (wanted) for (const other of rows) keys.add(other.dataset.key);
    });
    for (let seen = row; seen; seen = aboveOf([first, ...rows], seen)) {
      if (!seen.hidden) { seen.focus(); return; }
    }
  }

  function walkTree(event, row) {
    const rows = rowsOf(document).filter((other) => !other.hidden);
    const at = rows.indexOf(row);
    const expanded = row.getAttribute('aria-expanded');
    const act = {
      ArrowDown: () => rows[at + 1],
      ArrowUp: () => rows[at - 1],
      Home: () => rows[0],
      End: () => rows.at(-1),
      ArrowRight: () => {
        if (event.shiftKey) foldAll(false);
        else if (expanded === 'true') return rows[at + 1];
        else if (expanded) foldRow(row, false);
      },
      ArrowLeft: () => {
        if (event.shiftKey) foldAll(true);
        else if (expanded === 'true') foldRow(row, true);
        else return aboveOf(rows, row);
      },
    }[event.key];
    if (!act) return false;
    event.preventDefault();
    act()?.focus();
    return true;
  }

  document.addEventListener('focusin', (event) => {
    const row = treeRow(event.target);
    if (!row || row.dataset.key === folds.focused) return;
    folds.focused = row.dataset.key;
    document.querySelector('[data-tree] .row[tabindex="0"]')?.setAttribute('tabindex', -1);
    row.tabIndex = 0;
  });

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
      fold(page);
      if (push) history.pushState(null, '', response.url);
      else if (response.url !== location.href) history.replaceState(null, '', response.url);
      document.title = page.title;
      const focused = treeRow(document.activeElement);
      morph(document.querySelector('.shell'), page.querySelector('.shell'));
      if (top) { scrollTo(0, 0); document.getElementById('main').focus({ preventScroll: true }); }
      else if (focused && !focused.isConnected) keyedRow(document, focused.dataset.key)?.focus({ preventScroll: true });
      settle();
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
    const target = event.target.closest('a[href], [data-tree] .fold, [data-fold], [data-reveal], [data-theme-switch], [data-help-open], [data-live], [data-stream-switch]');
    if (!target) return;
    if (target.matches('[data-theme-switch]')) switchTheme();
    else if (target.matches('[data-help-open]')) document.getElementById('help').showModal();
    else if (target.matches('[data-live], [data-stream-switch]')) pause(!paused);
    else if (target.matches('[data-reveal]')) reveal(target);
    else if (target.matches('[data-fold]')) foldAll(target.dataset.fold === 'all');
    else if (target.matches('.fold')) {
      event.preventDefault();
      foldRow(treeRow(target), treeRow(target).getAttribute('aria-expanded') === 'true');
    } else {
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

  // --- Charts --------------------------------------------------------------------------------------------------------

  // What all lines of a chart are at the moment under the pointer. Beside the page, as the page is changed in place.
  const tip = document.createElement('div');
  tip.className = 'tip';
  tip.hidden = true;
  let pointer = null;

  function showTip() {
    const moment = pointer && document.elementFromPoint(pointer.x, pointer.y)?.closest('.chart .moment');
    tip.hidden = !moment;
    if (!moment) return;
    const lines = JSON.parse(moment.closest('svg').dataset.lines);
    const time = document.createElement('time');
    time.textContent = format('clock').format(new Date(moment.dataset.at));
    tip.replaceChildren(time, ...JSON.parse(moment.dataset.values).map((value, index) => {
      const row = document.createElement('div');
      const [swatch, name, number] = ['i', 'span', 'b'].map((tag) => row.appendChild(document.createElement(tag)));
      swatch.className = lines[index][1];
      name.textContent = lines[index][0];
      number.textContent = value;
      return row;
    }));
    const { offsetWidth: width, offsetHeight: height } = tip;
    const left = pointer.x + 16 + width < innerWidth ? pointer.x + 16 : Math.max(4, pointer.x - 16 - width);
    tip.style.transform = `translate(${left}px, ${Math.max(4, Math.min(pointer.y - height / 2, innerHeight - height - 4))}px)`;
  }

  document.addEventListener('pointermove', (event) => {
    const isOver = event.target.closest?.('.chart');
    if (!isOver && !pointer) return;
    pointer = isOver ? { x: event.clientX, y: event.clientY } : null;
    showTip();
  });
  addEventListener('scroll', () => { pointer = null; showTip(); }, { passive: true });

  // --- The rest ------------------------------------------------------------------------------------------------------

  async function reveal(button) {
    const response = await fetch(button.dataset.reveal, { headers: { 'X-Requested-With': 'XMLHttpRequest' } });
    if (!response.ok) return;
    const place = button.parentElement;
    place.dataset.revealed = '';
    place.textContent = await response.text();
  }

  function switchTheme() {
    const dark = document.documentElement.dataset.theme
      ? document.documentElement.dataset.theme === 'dark'
      : matchMedia('(prefers-color-scheme: dark)').matches;
    document.documentElement.dataset.theme = dark ? 'light' : 'dark';
    localStorage.setItem('theme', document.documentElement.dataset.theme);
  }

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') {
      if (event.target.matches('input')) event.target.blur();
      else document.querySelector('[data-close]')?.click();
      return;
    }
    if (event.target.matches('input, select, textarea')) return;
    if (treeRow(event.target) && walkTree(event, treeRow(event.target))) return;
    // Where the keyboard writes another alphabet, the place of the key counts.
    const key = (/^[a-z]$/i.test(event.key) ? event.key : event.code.replace(/^Key/, '')).toUpperCase();
    const link = document.querySelector(`[data-shortcut="${CSS.escape(key)}"]`);
    if (event.key === '/') { event.preventDefault(); document.querySelector('[data-search]')?.focus(); }
    else if (event.key === '?') document.getElementById('help')?.showModal();
    else if (key === 'T') switchTheme();
    else if (key === 'P') pause(!paused);
    else if (link) link.click();
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

  document.addEventListener('DOMContentLoaded', () => {
    document.body.append(tip);
    writeTimes(document);
    fold(document);
    settle();
    begin();
  });
})();
