// The piano roll: notes with their syllables, the pitch that was sung, and every edit by hand.
// Times are ticks, 480 a quarter note. An edit is sent as the whole list of notes.
const TICKS = 480, ROW = 16, HEAD = 40, NAMES = ['C', 'C♯', 'D', 'E♭', 'E', 'F', 'F♯', 'G', 'A♭', 'A', 'B♭', 'B'];
const BLACK = new Set([1, 3, 6, 8, 10]);
const GRIDS = [['quarter', 480], ['eighth', 240], ['triplet', 160], ['sixteenth', 120]];
let turn = 0, data = null, chosen = 0, phrase = 0, zoom = 60, grid = 240, past = [], drag = null, low = 55, high = 76;

const $ = (selector) => element.querySelector(selector);
const svg = (name, attributes, text) => {
  const node = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const key in attributes) node.setAttribute(key, attributes[key]);
  if (text !== undefined) node.textContent = text;
  return node;
};
const pitchName = (midi) => NAMES[midi % 12] + (Math.floor(midi / 12) - 1);
const x = (tick) => tick / TICKS * zoom;
const y = (midi) => HEAD + (high - midi) * ROW;
const end = (note) => note.start + note.length;
const clamp = (value, least, most) => Math.max(least, Math.min(most, value));

function load() {
  let next;
  try { next = JSON.parse(props.value || 'null'); } catch { next = null; }
  if (!next || !next.notes || (next.turn !== null && next.turn < turn)) return;
  const other = !data || data.title !== next.title || data.notes.length !== next.notes.length;
  if (!data || data.title !== next.title) { past = []; chosen = 0; phrase = 0; }
  data = next;
  chosen = clamp(chosen, 0, data.notes.length - 1);
  if (other) phrase = clamp(phrase, 0, Math.max(0, data.phrases.length - 1));
  draw();
}

function bounds() {
  const pitches = data.notes.map((note) => note.midi);
  low = Math.min(...pitches, 60) - 3; high = Math.max(...pitches, 67) + 3;
  while (high - low < 15) { high += 1; low -= 1; }
}

function draw() {
  if (!data || !$('.roll-sheet')) return;
  if (!drag) bounds();
  const width = Math.max(x(data.length) + 40, 300), height = HEAD + (high - low + 1) * ROW;
  const sheet = $('.roll-sheet'), keys = $('.roll-keys');
  for (const [node, w] of [[sheet, width], [keys, 46]]) {
    node.setAttribute('width', w); node.setAttribute('height', height);
    node.replaceChildren();
  }
  drawRows(sheet, keys, width); drawBars(sheet, height); drawPhrases(sheet);
  const list = svg('g', { role: 'listbox', 'aria-label': 'Notes of the melody' });
  data.notes.forEach((note, index) => list.append(drawNote(note, index)));
  sheet.append(list, drawCurve());
  showChosen();
}

function drawRows(sheet, keys, width) {
  for (let midi = low; midi <= high; midi++) {
    const dark = BLACK.has(midi % 12), inside = midi >= data.range[0] && midi <= data.range[1];
    sheet.append(svg('rect', { x: 0, y: y(midi), width, height: ROW, class: 'row' + (dark ? ' black-key' : '') + (inside ? '' : ' outside') }));
    keys.append(svg('rect', { x: 0, y: y(midi), width: 46, height: ROW, class: 'key' + (dark ? ' black-key' : '') }));
    if (midi % 12 === 0 || midi % 12 === 7) keys.append(svg('text', { x: 6, y: y(midi) + 12, class: 'key-name' }, pitchName(midi)));
  }
}

function drawBars(sheet, height) {
  for (const [start, length, number, unit] of data.bars) {
    for (let tick = start + unit; tick < start + length; tick += unit) sheet.append(svg('line', { x1: x(tick), x2: x(tick), y1: HEAD, y2: height, class: 'beat' }));
    sheet.append(svg('line', { x1: x(start), x2: x(start), y1: 0, y2: height, class: 'bar-line' }));
    sheet.append(svg('text', { x: x(start) + 4, y: 14, class: 'bar-name' }, number));
  }
}

function drawPhrases(sheet) {
  data.phrases.forEach(([start, stop], index) => {
    const mark = svg('g', { class: 'phrase' + (index === phrase ? ' chosen' : ''), 'data-phrase': index });
    mark.append(svg('rect', { x: x(start) + 1, y: 20, width: Math.max(x(stop) - x(start) - 3, 4), height: 14, rx: 4 }));
    sheet.append(mark);
  });
}

function drawNote(note, index) {
  const picked = index === chosen;
  const label = `${pitchName(note.midi)}, ${note.text || 'held'}, ${(note.length / TICKS).toFixed(2)} beats at beat ${(note.start / TICKS + 1).toFixed(2)}`;
  const group = svg('g', { class: 'note' + (picked ? ' chosen' : '') + (note.text ? '' : ' held'), 'data-note': index, role: 'option', 'aria-selected': picked, 'aria-label': label, tabindex: picked ? 0 : -1 });
  const wide = Math.max(x(note.length) - 2, 5);
  group.append(svg('rect', { x: x(note.start) + 1, y: y(note.midi) + 1, width: wide, height: ROW - 2, rx: 4, class: 'body' }));
  group.append(svg('rect', { x: x(end(note)) - 9, y: y(note.midi), width: 9, height: ROW, class: 'edge', 'data-edge': 1 }));
  group.append(svg('text', { x: x(note.start) + 4, y: y(note.midi) - 3, class: 'syllable' }, note.text));
  return group;
}

function drawCurve() {
  let path = '', down = false;
  for (const [tick, midi] of data.curve) {
    if (midi === null) { down = false; continue; }
    path += `${down ? 'L' : 'M'}${x(tick).toFixed(1)} ${(y(midi) + ROW / 2).toFixed(1)}`; down = true;
  }
  return svg('path', { d: path || 'M0 0', class: 'sung' });
}

function showChosen() {
  const note = data.notes[chosen], field = $('.roll-syllable');
  if (note && document.activeElement !== field) field.value = note.text;
  $('.roll-where').textContent = note ? `${pitchName(note.midi)}, beat ${(note.start / TICKS + 1).toFixed(2).replace(/\.?0+$/, '')}, ${(note.length / TICKS).toFixed(2).replace(/\.?0+$/, '')} long` : '';
  $('[data-do=undo]').disabled = !past.length;
  $('[data-do=phrase]').disabled = !data.phrases.length;
}

function choose(index, focus) {
  chosen = clamp(index, 0, data.notes.length - 1);
  const at = data.notes[chosen].start;
  const inside = data.phrases.findIndex(([start, stop]) => at >= start && at < stop);
  if (inside >= 0) phrase = inside;
  draw();
  const node = $(`[data-note="${chosen}"]`), pane = $('.roll-scroll');
  const left = x(at);
  if (left < pane.scrollLeft + 20 || left > pane.scrollLeft + pane.clientWidth - 60) pane.scrollLeft = left - 80;
  if (focus && node) node.focus({ preventScroll: true });
}

function remember() { past.push(JSON.stringify(data.notes)); if (past.length > 100) past.shift(); }
function send() {
  data.curve = [];
  draw();
  turn += 1;
  trigger('edit', { notes: data.notes, turn });
}
function change(edit) { remember(); if (edit() === false) { past.pop(); return; } send(); }

function room(index) {
  const before = data.notes[index - 1], after = data.notes[index + 1];
  return [before ? end(before) : 0, after ? after.start : Infinity];
}
function place(note, index, start, length) {
  const [from, to] = room(index);
  length = Math.max(length, 30);
  start = clamp(start, from, Math.max(from, to - length));
  if (start + length > to) return false;
  note.start = start; note.length = length;
  if (end(note) > data.length) data.length = end(note);
}

const actions = {
  undo() { if (past.length) { data.notes = JSON.parse(past.pop()); chosen = clamp(chosen, 0, data.notes.length - 1); send(); } },
  split() { change(() => {
    const note = data.notes[chosen], half = Math.round(note.length / 2);
    if (half < 30) return false;
    data.notes.splice(chosen + 1, 0, { ...note, start: note.start + half, length: note.length - half, text: '', origin: null });
    note.length = half;
  }); },
  join() { change(() => {
    const note = data.notes[chosen], after = data.notes[chosen + 1];
    if (!after) return false;
    note.length = end(after) - note.start; data.notes.splice(chosen + 1, 1);
  }); },
  remove() { change(() => {
    if (data.notes.length < 2) return false;
    data.notes.splice(chosen, 1); chosen = clamp(chosen, 0, data.notes.length - 1);
  }); },
  add() { change(() => {
    const note = data.notes[chosen], [, to] = room(chosen), length = Math.min(grid, to - end(note));
    if (length < 30) return false;
    data.notes.splice(chosen + 1, 0, { start: end(note), length, midi: note.midi, text: 'la', origin: null }); chosen += 1;
    data.length = Math.max(data.length, end(data.notes[chosen]));
  }); },
  in() { zoom = Math.min(zoom * 1.3, 240); draw(); },
  out() { zoom = Math.max(zoom / 1.3, 14); draw(); },
  phrase() { const span = data.phrases[phrase]; if (span) trigger('submit', { start: span[0], end: span[1] }); },
  up(by = 1) { change(() => { const n = data.notes[chosen]; if (n.midi + by > 120 || n.midi + by < 12) return false; n.midi += by; }); },
  move(by) { change(() => { const n = data.notes[chosen]; return place(n, chosen, n.start + by, n.length); }); },
  stretch(by) { change(() => { const n = data.notes[chosen]; return place(n, chosen, n.start, n.length + by); }); },
};

function onKey(event) {
  if (!data || event.target.closest('input, select')) return;
  const { key, shiftKey: shift, altKey: alt, ctrlKey: ctrl, metaKey: meta } = event;
  const calls = {
    ArrowLeft: () => alt ? actions.move(-grid) : shift ? actions.stretch(-grid / 2) : choose(chosen - 1, true),
    ArrowRight: () => alt ? actions.move(grid) : shift ? actions.stretch(grid / 2) : choose(chosen + 1, true),
    ArrowUp: () => actions.up(shift ? 12 : 1), ArrowDown: () => actions.up(shift ? -12 : -1),
    Home: () => choose(0, true), End: () => choose(data.notes.length - 1, true),
    Enter: () => { const field = $('.roll-syllable'); field.focus(); field.select(); },
    Delete: actions.remove, Backspace: actions.remove, s: actions.split, j: actions.join, n: actions.add, ' ': actions.phrase,
    z: () => { if (ctrl || meta) actions.undo(); },
  };
  if (!(key in calls) || ((ctrl || meta) && key !== 'z') || !event.target.closest('.roll-scroll')) return;
  event.preventDefault();
  calls[key]();
  const node = $(`[data-note="${chosen}"]`);
  if (key !== 'Enter' && node) node.focus({ preventScroll: true });
}

function onDown(event) {
  if (!data) return;
  const mark = event.target.closest('[data-phrase]');
  if (mark) { phrase = Number(mark.dataset.phrase); draw(); return; }
  const node = event.target.closest('[data-note]');
  if (!node) return;
  event.preventDefault();
  const index = Number(node.dataset.note), note = data.notes[index];
  choose(index, true);
  drag = { index, edge: 'edge' in event.target.dataset, x: event.clientX, y: event.clientY, start: note.start, length: note.length, midi: note.midi, before: JSON.stringify(data.notes) };
}
function onMove(event) {
  if (!drag) return;
  const note = data.notes[drag.index], across = Math.round((event.clientX - drag.x) / zoom * TICKS / (grid / 2)) * (grid / 2);
  if (drag.edge) place(note, drag.index, drag.start, drag.length + across);
  else {
    place(note, drag.index, drag.start + across, drag.length);
    note.midi = clamp(drag.midi - Math.round((event.clientY - drag.y) / ROW), low, high);
  }
  draw();
}
function onUp() {
  if (!drag) return;
  const before = drag.before;
  drag = null;
  if (JSON.stringify(data.notes) === before) { draw(); return; }
  past.push(before);
  send();
}
function onType(event) {
  if (!event.target.matches('.roll-syllable') || !data) return;
  const text = event.target.value.trim();
  if (data.notes[chosen].text !== text) change(() => { data.notes[chosen].text = text; });
}

element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-do]');
  if (button && data) actions[button.dataset.do]();
});
element.addEventListener('dblclick', (event) => {
  if (event.target.closest('[data-note]')) { const field = $('.roll-syllable'); field.focus(); field.select(); }
});
element.addEventListener('keydown', onKey);
element.addEventListener('keydown', (event) => {
  if (!event.target.matches('.roll-syllable') || event.key !== 'Enter') return;
  event.preventDefault();
  onType(event);
  choose(chosen + 1, false);
  event.target.value = data.notes[chosen].text;
  event.target.select();
});
element.addEventListener('change', (event) => {
  if (event.target.matches('.roll-grid')) grid = Number(event.target.value);
  else onType(event);
});
element.addEventListener('pointerdown', onDown);
window.addEventListener('pointermove', onMove);
window.addEventListener('pointerup', onUp);
$('.roll-grid').replaceChildren(...GRIDS.map(([name, ticks]) => new Option(name, ticks, ticks === 240, ticks === 240)));
watch('value', load);
load();
