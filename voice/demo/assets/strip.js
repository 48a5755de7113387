// The strip under a button: what is being done, how long it will take, and a button that stops it.
const part = (name) => element.querySelector('.job-' + name);
function draw() {
  let data;
  try { data = JSON.parse(props.value || '{}'); } catch { return; }
  const job = element.querySelector('.job');
  if (!job) return;
  const running = data.share !== undefined;
  job.classList.toggle('idle', !data.told);
  job.classList.toggle('running', running);
  if (part('told').textContent !== (data.told || '')) part('told').textContent = data.told || '';
  part('left').textContent = data.left || '';
  part('stop').hidden = !running;
  const bar = part('bar'), share = Math.round(100 * (data.share || 0));
  bar.hidden = !running;
  bar.setAttribute('aria-valuenow', share);
  bar.setAttribute('aria-label', data.told || 'nothing is being done');
  bar.firstElementChild.style.width = share + '%';
}
element.addEventListener('click', (event) => {
  if (event.target.closest('.job-stop')) trigger('select', {});
});
watch('value', draw);
draw();
