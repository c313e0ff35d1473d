// The script of the page: asks, and draws anew. It runs in the browser, so it is a text here. It makes elements and sets
// their text, and never writes markup: names of jobs and messages of errors are anybody's.
export const PAGE_SCRIPT = `
'use strict';
const at = (id) => document.getElementById(id);
const SVG = 'http://www.w3.org/2000/svg';
const svg = (name, attributes, text) => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
};
const row = (cells, className) => {
  const tr = document.createElement('tr');
  if (className) tr.className = className;
  for (const text of cells) tr.appendChild(document.createElement('td')).textContent = text;
  return tr;
};
const count = (n) => n.toLocaleString('en');
const bytes = (n) => {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  while (n >= 1024 && unit < 4) { n /= 1024; unit++; }
  return (unit === 0 ? n : n.toFixed(1)) + ' ' + units[unit];
};
const took = (ms) => ms < 1000 ? ms + ' ms' : ms < 60000 ? (ms / 1000).toFixed(1) + ' s' : Math.floor(ms / 60000) + ' min ' + Math.round(ms % 60000 / 1000) + ' s';
const share = (part) => Math.round(part * 100) + ' %';
const ask = async (path) => {
  const response = await fetch(path);
  if (!response.ok) throw new Error(path + ' answers with status ' + response.status);
  return response.json();
};
const alignments = new Map();

const drawGraph = (plan, vertices) => {
  const nodes = [...plan.nodes].reverse();
  const depth = new Map();
  for (const { id, inputs = [] } of nodes) depth.set(id, inputs.length === 0 ? 0 : 1 + Math.max(...inputs.map((input) => depth.get(input.id) ?? 0)));
  const rows = new Map();
  const place = new Map();
  for (const { id } of nodes) {
    const column = depth.get(id);
    const line = rows.get(column) ?? 0;
    rows.set(column, line + 1);
    place.set(id, { x: 10 + column * 270, y: 10 + line * 80 });
  }
  const width = 20 + (Math.max(...depth.values()) + 1) * 270 - 50;
  const height = 20 + Math.max(...rows.values()) * 80 - 20;
  const graph = at('graph');
  graph.setAttribute('width', width);
  graph.setAttribute('height', height);
  graph.replaceChildren();
  for (const { id, inputs = [] } of nodes) for (const input of inputs) {
    const from = place.get(input.id), to = place.get(id);
    graph.append(svg('path', { class: 'edge', d: 'M' + (from.x + 220) + ' ' + (from.y + 30) + ' L' + to.x + ' ' + (to.y + 30) }));
    graph.append(svg('text', { class: 'small', x: (from.x + 220 + to.x) / 2, y: (from.y + to.y) / 2 + 24, 'text-anchor': 'middle' }, input.ship_strategy.toLowerCase()));
  }
  for (const { id, name, parallelism } of vertices) {
    const { x, y } = place.get(id);
    const box = svg('g', {});
    box.append(svg('title', {}, name), svg('rect', { class: 'vertex', x, y, width: 220, height: 60, rx: 6 }));
    box.append(svg('text', { x: x + 10, y: y + 25 }, name.length > 28 ? name.slice(0, 27) + '…' : name));
    box.append(svg('text', { class: 'small', x: x + 10, y: y + 46 }, parallelism + (parallelism === 1 ? ' subtask' : ' subtasks')));
    graph.append(box);
  }
};

const drawBars = (id, bars) => {
  const plot = at(id);
  const most = Math.max(1, ...bars.map(({ whole }) => whole));
  plot.setAttribute('viewBox', '0 0 ' + Math.max(20, bars.length) * 10 + ' 100');
  plot.setAttribute('preserveAspectRatio', 'none');
  plot.replaceChildren(...bars.flatMap(({ whole, part, failed, title }, index) => {
    const bar = (value, name) => svg('rect', { class: name, x: index * 10 + 1, y: 100 - value / most * 92, width: 8, height: value / most * 92 });
    const box = svg('g', {});
    box.append(svg('title', {}, title), bar(whole, failed ? 'failed' : 'whole'), bar(part, 'part'));
    return [box];
  }));
};

/** The longest alignment of a completed checkpoint, which only its details tell; asked once. */
const alignmentOf = async (base, id, vertices) => {
  if (alignments.has(id)) return;
  const parts = await Promise.all(vertices.map((vertex) => ask(base + '/checkpoints/details/' + id + '/subtasks/' + vertex.id)));
  alignments.set(id, Math.max(0, ...parts.map(({ summary }) => summary.alignment.duration.max)));
};

const drawCheckpoints = async (base, vertices) => {
  const answer = await fetch(base + '/checkpoints');
  if (answer.status === 404) { at('counts').textContent = 'This job takes no checkpoints.'; return; }
  const { counts, history } = await answer.json();
  const done = history.filter(({ status }) => status === 'COMPLETED');
  for (const { id } of done.slice(0, 10)) await alignmentOf(base, id, vertices);
  at('counts').textContent = count(counts.completed) + ' completed, ' + count(counts.failed) + ' failed, ' + count(counts.in_progress) + ' under way, ' + count(counts.restored) + ' restored';
  const bars = history.filter(({ status }) => status !== 'IN_PROGRESS').reverse();
  const named = ({ id, status }, text) => 'checkpoint ' + id + ': ' + (status === 'FAILED' ? 'failed' : text);
  drawBars('sizes', bars.map((each) => ({ whole: each.state_size, part: each.checkpointed_size, failed: each.status === 'FAILED', title: named(each, bytes(each.state_size) + ', written ' + bytes(each.checkpointed_size)) })));
  drawBars('durations', bars.map((each) => ({ whole: each.end_to_end_duration, part: alignments.get(each.id) ?? 0, failed: each.status === 'FAILED', title: named(each, took(each.end_to_end_duration)) })));
  at('history').tBodies[0].replaceChildren(...history.map((each) => row([
    each.id, each.checkpoint_type.toLowerCase().replaceAll('_', ' '), each.status.toLowerCase().replaceAll('_', ' '),
    new Date(each.trigger_timestamp).toLocaleTimeString(), bytes(each.state_size), bytes(each.checkpointed_size), took(each.end_to_end_duration),
    alignments.has(each.id) ? took(alignments.get(each.id)) : '–', each.num_acknowledged_subtasks + '/' + each.num_subtasks,
    each.failure_message ?? (each.external_path ?? '') + (each.discarded ? ' (gone)' : ''),
  ], each.status)));
};

const drawTasks = async (base, vertices) => {
  const pressures = await Promise.all(vertices.map(({ id }) => ask(base + '/vertices/' + id + '/backpressure')));
  const mean = (subtasks, of) => subtasks.reduce((sum, each) => sum + each[of], 0) / Math.max(1, subtasks.length);
  at('tasks').tBodies[0].replaceChildren(...vertices.map((vertex, index) => row([
    vertex.name, vertex.parallelism, vertex.status.toLowerCase(), count(vertex.metrics['read-records']), count(vertex.metrics['write-records']),
    share(mean(pressures[index].subtasks, 'busyRatio')), share(mean(pressures[index].subtasks, 'ratio')),
  ], vertex.status)));
};

const look = async () => {
  const { jobs: [{ id }] } = await ask('/jobs');
  const base = '/jobs/' + id;
  const job = await ask(base);
  document.title = job.name + ' ' + job.state.toLowerCase();
  at('name').textContent = job.name;
  at('state').textContent = job.state;
  at('state').dataset.state = job.state;
  at('facts').textContent = 'for ' + took(job.duration) + ', job ' + id;
  drawGraph(job.plan, job.vertices);
  await drawTasks(base, job.vertices);
  await drawCheckpoints(base, job.vertices);
  const { exceptionHistory: { entries } } = await ask(base + '/exceptions');
  at('failures').replaceChildren(...entries.map((entry) => {
    const item = document.createElement('li');
    item.textContent = new Date(entry.timestamp).toLocaleTimeString() + ' ' + entry.taskName + ': ' + entry.stacktrace.split('\\n')[0];
    return item;
  }));
  if (entries.length === 0) at('failures').append(Object.assign(document.createElement('li'), { textContent: 'none' }));
};

const goOn = async () => {
  try {
    await look();
    at('lost').hidden = true;
    document.documentElement.dataset.drawn = 'yes';
  } catch (error) {
    at('lost').hidden = false;
    at('lost').textContent = 'The job cannot be asked any more: ' + error.message + '. What is shown is what it said last.';
  }
  setTimeout(goOn, 1000);
};
goOn();
`;
