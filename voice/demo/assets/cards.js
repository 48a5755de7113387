// Voices to choose among: radio buttons that look like cards.
const group = 'voice-' + Math.random().toString(36).slice(2);
function draw() {
  let data;
  try { data = JSON.parse(props.value || '{}'); } catch { return; }
  const row = element.querySelector('.cards-row');
  if (!row || !data.cards) return;
  const known = [...row.querySelectorAll('input')].map((input) => input.value).join();
  if (known !== data.cards.map((card) => card.name).join()) {
    row.replaceChildren(...data.cards.map((card) => {
      const label = document.createElement('label');
      label.className = 'voice-card';
      label.innerHTML = `<input type="radio" name="${group}">${card.html}`;
      label.querySelector('input').value = card.name;
      return label;
    }));
  }
  for (const input of row.querySelectorAll('input')) input.checked = input.value === data.chosen;
}
// On a narrow screen the cards lie in one row: the chosen one is brought into view.
function show() {
  const row = element.querySelector('.cards-row'), chosen = row?.querySelector('input:checked')?.closest('.voice-card');
  if (chosen && row.clientWidth) row.scrollLeft = chosen.offsetLeft - 3;
}
// In the next frame, since the cards themselves are laid out anew after the row.
new ResizeObserver(() => requestAnimationFrame(show)).observe(element.querySelector('.cards-row'));
element.addEventListener('change', (event) => {
  if (!event.target.matches('input[type=radio]')) return;
  const data = JSON.parse(props.value);
  data.chosen = event.target.value;
  props.value = JSON.stringify(data);
  draw();
});
watch('value', draw);
draw();
