// What all lines of a chart are at the moment under the pointer.
import { writeTime } from './times.js';

const tip = document.createElement('div');
tip.className = 'tip';
tip.hidden = true;
document.body.append(tip); // Beside the page, as the page is changed in place.
let pointer = null;

/** Shows what is under the pointer, if anything is; again when the page has changed. */
export function showTip() {
  const moment = pointer && document.elementFromPoint(pointer.x, pointer.y)?.closest('.chart .moment');
  tip.hidden = !moment;
  if (!moment) return;
  const lines = JSON.parse(moment.closest('svg').dataset.lines);
  const time = document.createElement('time');
  time.textContent = writeTime(moment.dataset.at, 'clock');
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
