// Lyrics with stress marks, counts and rhymes; every line is a button that asks for others.
const make = (tag, name, text) => {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
};
function line(row) {
  const button = make('button', 'sheet-line');
  const count = row.stresses.length, fits = !row.wanted || row.wanted === count;
  button.type = 'button';
  button.dataset.line = row.number;
  const dots = make('span', 'dots');
  dots.setAttribute('aria-hidden', 'true');
  for (const stress of row.stresses) dots.append(make('i', 's' + stress));
  const asked = fits ? `${count} syllables` : `${count} of ${row.wanted} syllables`;
  button.append(make('span', 'words', row.text), dots, make('span', 'count' + (fits ? '' : ' off'), asked), make('span', 'rhyme r' + 'ABCDEF'.indexOf(row.rhyme), row.rhyme === 'X' ? '' : row.rhyme));
  button.title = row.ipa;
  return button;
}
function draw() {
  let data;
  try { data = JSON.parse(props.value || 'null'); } catch { return; }
  const sheet = element.querySelector('.sheet');
  if (!sheet) return;
  if (!data) { sheet.replaceChildren(make('p', 'empty', 'The words will stand here, line by line, as they are found.')); return; }
  const parts = [];
  for (const section of data.sections) parts.push(make('h3', '', section.title), ...section.lines.map(line));
  sheet.replaceChildren(...parts, make('p', 'origin', data.origin));
}
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-line]');
  if (button) trigger('select', { line: Number(button.dataset.line) });
});
watch('value', draw);
draw();
