// The curves of each training, and the weights that were learned.
'use strict';

const SMOOTH = 0.6;
const WEIGHT = 'Weight α';
const LEARNING_RATE = 'Learning rate';
const DEVELOPMENT = 'Development queries';

/** Curves without noise are drawn as they are. */
const isExact = title => [WEIGHT, LEARNING_RATE, DEVELOPMENT].includes(title);

function trainings() {
  const known = data.curves.filter(run => run.log || run.domains);
  if (known.length === 0) {
    return;
  }
  const first = known.find(run => run.domains && run.domains.values.weight) || known[0];
  const settings = {smooth: SMOOTH};
  const value = element('output', {for: 'smoothing'}, String(SMOOTH));
  const smoothing = element('input', {type: 'range', id: 'smoothing', min: '0', max: '0.98', step: '0.02', value: SMOOTH, oninput: () => {
    settings.smooth = Number(smoothing.value);
    value.textContent = smoothing.value;
    redrawAll();
  }});
  section('training', 'Training',
    element('p', {}, 'Points are means over the steps that a caption names. Smoothing is that of TensorBoard; weights, learning rates and development queries are not smoothed.'),
    element('div', {class: 'controls'}, element('label', {class: 'beside'}, 'Smoothing', smoothing, value)),
    ...known.map(run => training(run, run === first, settings)));
}

function training(run, open, settings) {
  const row = data.runs.rows.values.find(other => other.path === run.path) || {};
  const progress = row.status === 'complete' ? null : `${row.status}, step ${row['log.step'] ?? 0} of ${valueOf(row, 'train.steps')}`;
  const summary = `${run.path} (${[row.stage, progress].filter(Boolean).join(', ')})`;
  return opening(summary, details => {
    const made = [];
    if (run.domains) {
      const domains = domainCharts(run.domains, settings);
      made.push(...domains.charts);
      details.append(domains.controls);
    }
    if (run.log) {
      made.push(...logCharts(run.log, settings));
    }
    details.append(element('div', {class: 'charts'}, ...made.map(one => one.figure)));
    if (run.domains) {
      details.append(domainTable(run.domains, row));
    }
    details.append(opening('Configuration and provenance', inner => inner.append(factTable('Provenance of ' + row.path, factsOf(row)))));
    made.forEach(one => one.draw());
  }, open);
}

function domainCharts(domains, settings) {
  const hidden = new Set();
  const state = {log: false};
  const {values, names, steps} = domains;
  const means = domains.every === 1 ? 'every step' : `means of ${domains.every} steps`;
  const per = (points, suffix, more) => points.map((line, i) => ({name: names[i] + (suffix || ''), steps, values: line, index: i, ...more}));
  const selected = suffixes => Object.fromEntries(suffixes.flatMap(suffix => names.map(name => [name + suffix, !hidden.has(name)])));
  const made = [];

  function add(title, note, all, suffixes, log) {
    const known = all.filter(line => line.values.some(value => value != null));
    if (known.length > 0) {
      made.push(chart(title, note, () => spoken(known.filter(line => !hidden.has(names[line.index]))),
        () => lines(known, {log: log(), selected: selected(suffixes), smooth: isExact(title) ? 0 : settings.smooth})));
    }
  }

  if (values.weight) {
    add(WEIGHT, means, per(values.weight), [''], () => state.log);
  }
  if (values.measure) {
    add('Measure M', `of the loss, by which α moves; ${means}`, per(values.measure), [''], () => state.log);
  }
  if (values.loss && values.reference_loss) {
    add('Loss: proxy and reference', `proxy solid, reference dotted; ${means}`,
      [...per(values.loss, '', {dash: 'solid'}), ...per(values.reference_loss, ' (reference)', {dash: 'dotted'})], ['', ' (reference)'], () => state.log);
    const ratio = values.loss.map((line, i) => line.map((loss, at) => {
      const reference = values.reference_loss[i][at];
      return loss == null || !(reference > 0) ? null : loss / reference;
    }));
    add('Ratio: proxy loss / reference loss', `of ${means}; logarithmic axis`, per(ratio), [''], () => true);
  } else if (values.loss) {
    add('Loss by domain', means, per(values.loss), [''], () => state.log);
  }

  const redraw = () => made.forEach(one => one.draw());
  const buttons = names.map((name, i) => element('button', {type: 'button', 'aria-pressed': 'true', 'data-domain': name, onclick: event => {
    hidden.has(name) ? hidden.delete(name) : hidden.add(name);
    event.currentTarget.setAttribute('aria-pressed', String(!hidden.has(name)));
    redraw();
  }}, swatch(i), name));
  const all = shown => () => {
    names.forEach(name => (shown ? hidden.delete(name) : hidden.add(name)));
    buttons.forEach(button => button.setAttribute('aria-pressed', String(shown)));
    redraw();
  };
  const log = element('input', {type: 'checkbox', onchange: () => {
    state.log = log.checked;
    redraw();
  }});
  const controls = element('div', {},
    element('div', {class: 'controls'},
      element('button', {type: 'button', onclick: all(true)}, 'all domains'),
      element('button', {type: 'button', onclick: all(false)}, 'none'),
      element('label', {class: 'beside'}, log, 'logarithmic axes')),
    element('div', {class: 'domains', role: 'group', 'aria-label': 'Domains in the charts'}, ...buttons));
  return {charts: made, controls};
}

function swatch(index) {
  const drawn = svg('svg', {viewBox: '0 0 26 6', 'aria-hidden': 'true'});
  const draw = () => {
    const pattern = dash(index);
    const dashes = Array.isArray(pattern) ? pattern.join(' ') : {solid: '', dashed: '7 4', dotted: '2 3'}[pattern];
    drawn.replaceChildren(svg('line', {x1: 0, y1: 3, x2: 26, y2: 3, stroke: colour(index), 'stroke-width': 3, 'stroke-dasharray': dashes}));
  };
  draw();
  swatches.push(draw);
  return drawn;
}

/** Charts of a log: those that are read together share one. */
function logCharts(log, settings) {
  const columns = {...log.columns};
  if (columns.rows && columns.step_seconds) {
    columns.rows_per_second = columns.rows.map((rows, i) => (rows != null && columns.step_seconds[i] > 0 ? rows / columns.step_seconds[i] : null));
  }
  const means = log.every === 1 ? 'every step' : `means of ${log.every} steps`;
  const dev = Object.keys(columns).filter(name => name.startsWith('dev/'));
  const groups = [
    ['Loss', ['loss', 'mean_loss']],
    [DEVELOPMENT, dev.filter(name => name.split('/').length === 2)],
    [LEARNING_RATE, ['learning_rate']],
    ['Gradient norm', ['gradient_norm']],
    ['Rows per second', ['rows_per_second']],
    ['Seconds of a step', ['step_seconds', 'input_seconds', 'update_seconds']],
  ];
  const named = new Set([...groups.flatMap(([, names]) => names), ...dev, 'rows']);
  const others = Object.keys(columns).filter(name => !named.has(name)).map(name => [name, [name]]);
  return [...groups, ...others].map(([title, names]) => {
    const all = names.filter(name => columns[name]?.some(value => value != null))
      .map((name, index) => ({name, steps: log.steps, values: columns[name], index}));
    return all.length === 0 ? null : chart(title, title === DEVELOPMENT ? 'where they were measured' : means,
      () => spoken(all), () => lines(all, {named: all.length > 1, smooth: isExact(title) ? 0 : settings.smooth}));
  }).filter(Boolean);
}

/** What each domain got: rows and their share, the weight and the losses in the end. */
function domainTable(domains, row) {
  const {last} = domains;
  const sum = domains.rows.reduce((total, rows) => total + rows, 0);
  const columns = [
    ['rows sampled', domains.rows.length > 0 ? i => digits(domains.rows[i], 7) : null],
    ['share of the rows', sum > 0 ? i => share(domains.rows[i] / sum) : null],
    ['final α', last.weight ? i => share(last.weight[i]) : null],
    [row.stage === 'dro' ? 'final proxy loss' : 'final loss', last.loss ? i => digits(last.loss[i], 4) : null],
    ['final reference loss', last.reference_loss ? i => digits(last.reference_loss[i], 4) : null],
  ].filter(([, value]) => value);
  return scrolling('Domains of ' + row.path, element('table', {},
    element('caption', {}, 'Domains. α is that of the last step, losses are means over the last tenth of the steps.'),
    element('thead', {}, element('tr', {}, element('th', {scope: 'col'}, 'domain'),
      ...columns.map(([title]) => element('th', {scope: 'col', class: 'number'}, title)))),
    element('tbody', {}, ...domains.names.map((name, i) => element('tr', {}, element('th', {scope: 'row'}, name),
      ...columns.map(([, value]) => element('td', {class: 'number'}, value(i))))))));
}

/** The weights that several runs learned, side by side: runs of one setting as their mean. */
function mixtures() {
  const settings = new Map();
  for (const run of data.curves.filter(other => other.domains?.last.weight)) {
    const row = data.runs.rows.values.find(other => other.path === run.path) || {};
    const label = data.runs.settings.filter(name => row[name] != null).map(name => `${name}=${row[name]}`).join(' ') || run.path;
    settings.set(label, [...(settings.get(label) || []), run.domains]);
  }
  if (settings.size < 2) {
    return;
  }
  const names = [...new Set([...settings.values()].flat().flatMap(domains => domains.names))];
  const columns = [...settings].map(([label, all]) => [label, name => {
    const values = all.map(domains => domains.last.weight[domains.names.indexOf(name)]).filter(value => value != null);
    return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
  }, all.length]);
  section('mixtures', 'Learned weights',
    element('p', {}, 'α of each domain after the last step; of several runs of a setting, the mean.'),
    scrolling('Table of learned weights', element('table', {},
      element('caption', {class: 'spoken'}, 'Learned weights'),
      element('thead', {}, element('tr', {}, element('th', {scope: 'col'}, 'domain'),
        ...columns.map(([label, , count]) => element('th', {scope: 'col', class: 'number'}, label, count > 1 ? ` (${count} runs)` : '')))),
      element('tbody', {}, ...names.map(name => element('tr', {}, element('th', {scope: 'row'}, name),
        ...columns.map(([, value]) => element('td', {class: 'number'}, share(value(name))))))))));
}

function share(part) {
  return part == null ? '–' : element('span', {}, fixed(part), ' ', svg('svg', {width: 80, height: 10, 'aria-hidden': 'true'},
    svg('rect', {class: 'bar', x: 0, y: 1, height: 8, width: Math.max(0, 80 * part)})));
}
