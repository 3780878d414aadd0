// The waterfall: what is below a folded span is hidden.
const folds = { trace: '', rows: new Set(), chosen: undefined, focused: undefined };
let held = null; // The row that had the focus when the page was about to change.

const treeRow = (node) => node.closest?.('[data-tree] .row');
const rowsOf = (root) => [...root.querySelectorAll('[data-tree] .row')];
const keyedRow = (root, key) => (key ? root.querySelector(`[data-tree] .row[data-key="${CSS.escape(key)}"]`) : null);
const depthOf = (row) => Number(row.dataset.depth);
const aboveOf = (rows, row) => rows.slice(0, rows.indexOf(row)).findLast((other) => depthOf(other) < depthOf(row));
const setAttribute = (node, name, value) => {
  if (value === null) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
};

/** Makes a tree of the rows, in a page that is shown or is about to be: what is folded stays so. */
export function foldRows(root) {
  held = treeRow(document.activeElement);
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

/**
 * When the rows are in place: the focus is where it was, the browser knows the height of those it has not laid out, and a span that was
 * asked for is in view.
 */
export function settleRows() {
  if (held && !held.isConnected && document.activeElement === document.body) keyedRow(document, held.dataset.key)?.focus({ preventScroll: true });
  for (const block of document.querySelectorAll('[data-tree] > .block')) block.style.setProperty('--rows', block.querySelectorAll(':scope > :not([hidden])').length);
  const chosen = document.querySelector('[data-tree] .here');
  if (chosen && chosen.dataset.key !== folds.chosen) chosen.scrollIntoView({ block: 'nearest' });
  folds.chosen = chosen?.dataset.key;
}

function change(folding) {
  folding(folds.rows);
  foldRows(document);
  settleRows();
}

const foldRow = (row, wanted) => change((rows) => (wanted ? rows.add(row.dataset.key) : rows.delete(row.dataset.key)));

// The first row stays open: what is directly below it is the overview.
function foldAll(wanted) {
  const [first, ...rows] = rowsOf(document);
  const row = treeRow(document.activeElement);
  change((keys) => {
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
  if (!act) return;
  event.preventDefault();
  act()?.focus();
}

const isPlain = (event) => !event.defaultPrevented && !event.ctrlKey && !event.metaKey && !event.altKey;

document.addEventListener('keydown', (event) => {
  const row = treeRow(event.target);
  if (row && isPlain(event)) walkTree(event, row);
});

document.addEventListener('click', (event) => {
  if (!isPlain(event) || event.shiftKey || event.button !== 0) return;
  const toggle = event.target.closest('[data-tree] .fold, [data-fold]');
  if (!toggle) return;
  event.preventDefault(); // The row is a link.
  if (toggle.dataset.fold) foldAll(toggle.dataset.fold === 'all');
  else foldRow(treeRow(toggle), treeRow(toggle).getAttribute('aria-expanded') === 'true');
});

document.addEventListener('focusin', (event) => {
  const row = treeRow(event.target);
  if (!row || row.dataset.key === folds.focused) return;
  folds.focused = row.dataset.key;
  document.querySelector('[data-tree] .row[tabindex="0"]')?.setAttribute('tabindex', -1);
  row.tabIndex = 0;
});
