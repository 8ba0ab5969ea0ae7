'use strict';

const data = JSON.parse(document.getElementById('data').textContent);

// ---- Elements and numbers -------------------------------------------------------------------------------------------------------

/** Makes an element; attributes that begin with "on" are listeners, those that are false or null are left out. */
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith('on')) {
      made.addEventListener(key.slice(2), value);
    } else if (value !== false && value != null) {
      made.setAttribute(key, value === true ? '' : value);
    }
  }
  made.append(...children.filter(child => child != null));
  return made;
}

function svg(name, attributes, ...children) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  made.append(...children);
  return made;
}

const isNumber = value => typeof value === 'number';

/** Writes a number in about `digits` digits, without an exponent where that is short. */
function digits(value, count) {
  if (!isNumber(value)) {
    return value == null ? '–' : String(value);
  }
  if (Number.isInteger(value) && Math.abs(value) < 1e15) {
    return String(value);
  }
  const size = Math.abs(value);
  return size >= 1e6 || (size > 0 && size < 1e-4)
    ? value.toExponential(count - 1)
    : String(Number(value.toPrecision(count)));
}

/** Rounds the decimal number that stands for a value, half away from zero, as the other tables do. */
function fixed(value) {
  const text = String(Math.abs(value));
  const rounded = text.includes('e') ? Math.abs(value) : Math.round(Number(text + 'e4')) / 1e4;
  return (value < 0 && rounded > 0 ? '-' : '') + rounded.toFixed(4);
}

const signed = value => (value > 0 ? '+' : value < 0 ? '−' : '') + fixed(Math.abs(value));
const probability = p => (p == null ? '–' : p < 0.00005 ? '< 0.0001' : fixed(p));
const plural = (count, noun) => `${count} ${noun}${count === 1 ? '' : 's'}`;
const isMeasure = name => name.startsWith('eval.') || name.startsWith('dev.');

/** The end of a long path, which tells more than its start. */
const short = (text, length = 48) => (text.length > length ? '…' + text.slice(1 - length) : text);

// ---- Sections -------------------------------------------------------------------------------------------------------------------

function section(id, title, ...children) {
  document.getElementById('sections').append(element('li', {}, element('a', {href: '#' + id}, title)));
  const made = element('section', {id, 'aria-labelledby': id + '-title'}, element('h2', {id: id + '-title'}, title), ...children);
  document.getElementById('content').append(made);
  return made;
}

/** A region that scrolls, also by the keyboard. */
function scrolling(label, content) {
  return element('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label}, content);
}

/** A part that opens; `fill` makes its content when it first does. */
function opening(summary, fill, open) {
  const details = element('details', {}, element('summary', {}, summary));
  let filled = false;
  details.addEventListener('toggle', () => {
    if (details.open && !filled) {
      filled = true;
      fill(details);
    }
  });
  details.open = Boolean(open);
  return details;
}

// ---- Charts ---------------------------------------------------------------------------------------------------------------------

const dark = matchMedia('(prefers-color-scheme: dark)');
let printing = false;

/** Colours of lines, with a contrast of at least 3 to their paper. */
const LIGHT = ['#1f5fa8', '#d1480c', '#1d7a3a', '#8a3fb0', '#8a6500', '#c2185b', '#00798a', '#5d4037', '#1c1e21', '#6b7280'];
const DARK = ['#7fb4ff', '#ff9e64', '#7ddc8f', '#d3a0ff', '#e6c35c', '#ff8cc8', '#63d2e3', '#c9a58f', '#ffffff', '#9aa3b0'];
const DASHES = ['solid', 'dashed', 'dotted', [8, 3, 2, 3]];

const isDark = () => dark.matches && !printing;
const colour = index => (isDark() ? DARK : LIGHT)[index % LIGHT.length];
const dash = index => DASHES[Math.floor(index / LIGHT.length) % DASHES.length];
const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const paint = () => (isDark()
  ? {ink: '#e8eaed', faint: '#a8afb8', line: '#454b53', grid: '#2b3036', paper: '#1f2226'}
  : {ink: '#1c1e21', faint: '#555b63', line: '#c9cdd3', grid: '#e4e6ea', paper: '#ffffff'});

const charts = [];

/**
 * A figure with a chart.
 *
 * @param describe says what the chart shows, for those who do not see it
 * @param option returns ECharts' options; null if there is nothing to show
 */
function chart(title, note, describe, option, tall) {
  const canvas = element('div', {class: tall ? 'chart tall' : 'chart', role: 'img'});
  const figure = element('figure', {}, element('figcaption', {}, title, ' ', element('small', {}, note)), canvas);
  const made = {
    figure,
    draw() {
      const shown = option();
      canvas.setAttribute('aria-label', `${title}. ${describe()}`);
      if (!made.plot) {
        made.plot = echarts.init(canvas, null, {renderer: 'svg'});
        made.ready?.(made.plot);
      }
      made.plot.setOption({animation: false, backgroundColor: 'transparent', textStyle: {fontFamily: 'system-ui, sans-serif'}, ...shown}, true);
    },
    resize: () => made.plot?.resize(),
  };
  charts.push(made);
  return made;
}

const swatches = [];

/** Draws anew what depends on the colours. */
const redrawAll = () => {
  charts.filter(made => made.plot).forEach(made => made.draw());
  swatches.forEach(draw => draw());
};
dark.addEventListener('change', redrawAll);
addEventListener('resize', () => charts.forEach(made => made.resize()));
/** Lays the page out as wide as paper before charts are drawn for it. */
function printed(on) {
  printing = on;
  document.body.classList.toggle('printing', on);
  charts.forEach(made => made.resize());
  redrawAll();
}
addEventListener('beforeprint', () => printed(true));
addEventListener('afterprint', () => printed(false));

function axis(name, more) {
  const colours = paint();
  return {
    name,
    nameTextStyle: {color: colours.faint},
    axisLabel: {color: colours.faint, hideOverlap: true},
    axisLine: {lineStyle: {color: colours.line}},
    splitLine: {lineStyle: {color: colours.grid}},
    ...more,
  };
}

function tooltip(more) {
  const colours = paint();
  return {
    confine: true,
    backgroundColor: colours.paper,
    borderColor: colours.line,
    textStyle: {color: colours.ink, fontSize: 12},
    valueFormatter: value => digits(value, 4),
    ...more,
  };
}

/** Running mean that forgets: the smoothing of TensorBoard, with the bias of its start removed. */
function smoothed(values, weight) {
  if (weight === 0) {
    return values;
  }
  let last = 0;
  let known = 0;
  return values.map(value => {
    if (value == null) {
      return null;
    }
    last = weight * last + (1 - weight) * value;
    known = weight * known + (1 - weight);
    return last / known;
  });
}

/** Lines of at most so many points show them. */
const FEW = 30;

/** How many lines a tooltip names. */
const NAMED = 12;

/** The tooltip of lines at a step, the largest values first. */
function steps(points) {
  const named = [...points].sort((a, b) => b.value[1] - a.value[1]);
  const rest = named.length - NAMED;
  return `step ${digits(points[0].value[0], 6)}` + named.slice(0, NAMED)
    .map(point => `<br>${point.marker} ${echarts.format.encodeHTML(point.seriesName)}: <b>${digits(point.value[1], 4)}</b>`).join('')
    + (rest > 0 ? `<br>and ${rest} below` : '');
}

/** Options of lines over steps; a line has name, steps, values and the index of its colour. */
function lines(all, settings) {
  return {
    grid: {left: 8, right: 16, top: 28, bottom: 28, containLabel: true},
    tooltip: tooltip({trigger: 'axis', formatter: steps}),
    legend: {show: Boolean(settings.named), top: 0, textStyle: {color: paint().ink}, selected: settings.selected || {}},
    xAxis: axis('step', {type: 'value', min: 'dataMin', max: 'dataMax', nameLocation: 'middle', nameGap: 24}),
    yAxis: axis(settings.unit || '', {type: settings.log ? 'log' : 'value', scale: true}),
    series: all.map(line => ({
      name: line.name,
      type: 'line',
      showSymbol: line.values.filter(value => value != null).length <= FEW,
      symbolSize: 6,
      connectNulls: true,
      color: colour(line.index),
      lineStyle: {width: 1.6, type: line.dash || dash(line.index)},
      emphasis: {focus: 'series'},
      data: smoothed(line.values, settings.smooth || 0)
        .map((value, i) => [line.steps[i], settings.log && !(value > 0) ? null : value])
        .filter(point => point[1] != null),
    })),
  };
}

const lastOf = values => values.findLast(value => value != null);

/** The last values in words, the largest first. */
function spoken(all) {
  return 'Last values: ' + all
    .map(line => [line.name, lastOf(line.values)])
    .filter(([, value]) => value != null)
    .sort((a, b) => b[1] - a[1])
    .map(([name, value]) => `${name} ${digits(value, 3)}`)
    .join(', ') + '.';
}

// ---- The table of runs ----------------------------------------------------------------------------------------------------------

const hasGroups = data.runs.groups.values.length > 0;

/** What all runs share, as values like those of rows. */
const shared = new Map(data.runs.shared.map(fact => [fact.name, fact.value !== '' && !Number.isNaN(Number(fact.value)) ? Number(fact.value) : fact.value]));

const isKnown = name => Object.hasOwn(data.runs.columns, name) || shared.has(name);
const valueOf = (row, name) => row[name] ?? shared.get(name);

/** Whether a column is not the deviation of another, or the number of seeds that have it. */
const isOwn = name => !(/\.(sd|seeds)$/.test(name) && name.replace(/\.(sd|seeds)$/, '') in data.runs.columns);

/** Rows, columns, filter and order of the table of runs, which the charts of the sweep follow. */
class Selection {
  constructor() {
    this.grouped = hasGroups;
    this.shown = this.table.shown.filter(name => name in data.runs.columns);
    this.words = '';
    this.sort = null;
    this.descending = false;
    this.brushed = null;
    this.listeners = [];
  }

  get table() {
    return this.grouped ? data.runs.groups : data.runs.rows;
  }

  get all() {
    return this.table.values;
  }

  /** Shows a row for each setting, or for each run. */
  group(grouped) {
    const added = this.shown.filter(name => !this.table.shown.includes(name));
    this.grouped = grouped;
    this.shown = [...new Set([...this.table.shown.filter(name => name in data.runs.columns), ...added])];
    this.brushed = null;
    this.changed();
  }

  /** The rows that pass the filter, in the order of the table. */
  get rows() {
    const conditions = this.words.trim().split(/(?<![=<>])\s+(?![=<>!])/).filter(Boolean).map(word => this.condition(word));
    const rows = this.all.filter(row => conditions.every(passes => passes(row)) && (!this.brushed || this.brushed.has(row)));
    if (this.sort) {
      const sign = this.descending ? -1 : 1;
      const name = this.sort;
      rows.sort((a, b) => (a[name] == null) - (b[name] == null) || sign * compare(a[name], b[name]));
    }
    return rows;
  }

  /** `name>0.4` compares a value; any other word must occur in a value that is shown. */
  condition(word) {
    const parts = /^(.+?)\s*(!=|<=|>=|=|<|>)\s*(.+)$/.exec(word);
    if (parts && isKnown(parts[1])) {
      const [, name, sign, text] = parts;
      const wanted = text !== '' && !Number.isNaN(Number(text)) ? Number(text) : text;
      return row => {
        const value = valueOf(row, name);
        if (value == null) {
          return false;
        }
        // The seeds of a group are several numbers.
        const values = name === 'seed' ? String(value).split(',').map(Number) : [value];
        const orders = values.map(one => compare(isNumber(wanted) ? one : String(one), wanted));
        return sign === '!=' ? orders.every(order => order !== 0)
          : orders.some(order => ({'=': order === 0, '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0}[sign]));
      };
    }
    const text = word.toLowerCase();
    return row => this.shown.some(name => String(row[name] ?? '').toLowerCase().includes(text));
  }

  /** The names in conditions that no run has. */
  get unknown() {
    return this.words.split(/(?<![=<>])\s+(?![=<>!])/)
      .map(word => /^(.+?)\s*(?:!=|<=|>=|=|<|>)/.exec(word.trim())?.[1])
      .filter(name => name && !isKnown(name));
  }

  changed(...what) {
    this.listeners.forEach(listener => listener(...what));
  }
}

function compare(a, b) {
  return isNumber(a) && isNumber(b) ? a - b : String(a ?? '').localeCompare(String(b ?? ''), 'en', {numeric: true});
}

function cell(row, name) {
  const value = row[name];
  if (value == null) {
    return '';
  }
  const write = number => (isMeasure(name) ? fixed(number) : digits(number, 5));
  if (!isNumber(value)) {
    return name === 'path' ? value : short(String(value));
  }
  const spread = row[name + '.sd'];
  const seeds = row[name + '.seeds'];
  return write(value) + (spread == null ? '' : ' ± ' + (isMeasure(name) ? fixed(spread) : digits(spread, 3)))
    + (seeds == null ? '' : ` (${seeds} of ${row.seeds})`);
}

function runsTable(selection) {
  const body = element('tbody');
  const head = element('tr');
  const count = element('p', {role: 'status', class: 'faint'});
  const table = element('table', {id: 'runs-table'}, element('caption', {class: 'spoken'}, 'Runs'), element('thead', {}, head), body);

  function header(name) {
    const order = selection.sort === name ? (selection.descending ? 'descending' : 'ascending') : 'none';
    const numeric = selection.all.some(row => isNumber(row[name]));
    return element('th', {scope: 'col', 'aria-sort': order, class: numeric && 'number'},
      element('button', {type: 'button', 'data-column': name, onclick: () => {
        selection.descending = selection.sort === name && !selection.descending;
        selection.sort = name;
        selection.changed();
        head.querySelector(`[data-column="${CSS.escape(name)}"]`).focus();
      }}, name));
  }

  selection.listeners.push(() => {
    const rows = selection.rows;
    head.replaceChildren(...selection.shown.map(header));
    body.replaceChildren(...rows.map(row => element('tr', {}, ...selection.shown.map((name, i) =>
      i === 0
        ? element('th', {scope: 'row'}, cell(row, name))
        : element('td', {class: isNumber(row[name]) && 'number'}, cell(row, name))))));
    count.replaceChildren(
      `${rows.length} of ${plural(selection.all.length, selection.grouped ? 'setting' : 'run')}`,
      selection.unknown.length > 0 ? `; no run has ${selection.unknown.join(', ')}` : '',
      selection.brushed ? ', chosen on an axis of the chart below ' : '',
      selection.brushed ? element('button', {type: 'button', onclick: () => {
        selection.brushed = null;
        selection.changed();
      }}, 'show all') : '');
  });
  return [count, scrolling('Table of runs', table)];
}

function runsControls(selection) {
  const filter = element('input', {type: 'search', id: 'filter', oninput: () => {
    selection.words = filter.value;
    selection.changed();
  }});
  const seeds = element('input', {type: 'checkbox', id: 'by-seed', checked: selection.grouped, onchange: () => {
    selection.group(seeds.checked);
  }});
  return [
    element('div', {class: 'controls'},
      element('label', {}, 'Filter: words, or conditions such as train.steps>100', filter),
      hasGroups
        ? element('label', {class: 'beside'}, seeds, 'runs that differ in the seed alone as one row: mean ± standard deviation')
        : null),
    columnChoice(selection),
  ];
}

function columnChoice(selection) {
  return opening('Columns', details => {
    const kinds = {RUN: 'Run', CONFIG: 'Configuration', INPUT: 'Inputs', VERSION: 'Versions', RESULT: 'Results'};
    for (const [kind, title] of Object.entries(kinds)) {
      const names = Object.keys(data.runs.columns).filter(name => data.runs.columns[name] === kind && isOwn(name));
      if (names.length > 0) {
        details.append(element('fieldset', {}, element('legend', {}, title), element('div', {class: 'choices'}, ...names.map(name =>
          element('label', {}, element('input', {type: 'checkbox', checked: selection.shown.includes(name), onchange: event => {
            selection.shown = event.target.checked ? [...selection.shown, name] : selection.shown.filter(other => other !== name);
            selection.changed();
          }}), ' ', name)))));
      }
    }
  });
}

// ---- The sweep ------------------------------------------------------------------------------------------------------------------

/** Names of columns in which rows differ, of which at least two rows have a value. */
function varying(rows, names) {
  return names.filter(name => new Set(rows.map(row => row[name]).filter(value => value != null)).size > 1);
}

/** Whether a row can be drawn on the axis of a column: results that are no numbers, such as the loss of a run that diverged, cannot. */
const isDrawn = (row, name) => row[name] != null && (data.runs.columns[name] !== 'RESULT' || isNumber(row[name]));

const isNumeric = (rows, name) => rows.some(row => isNumber(row[name])) && rows.every(row => isNumber(row[name]) || !isDrawn(row, name));

/** Settings are compared on a logarithmic axis if they span a power of ten. */
function isLogarithmic(rows, name) {
  const values = rows.map(row => row[name]).filter(isNumber);
  const least = Math.min(...values);
  return data.runs.columns[name] === 'CONFIG' && least > 0 && Math.max(...values) >= 10 * least;
}

function axisOf(rows, name) {
  return isNumeric(rows, name)
    ? {type: isLogarithmic(rows, name) ? 'log' : 'value', scale: true}
    : {type: 'category', data: [...new Set(rows.map(row => String(row[name] ?? '')))].sort((a, b) => compare(a, b))};
}

const coordinate = (row, name, numeric) => (numeric ? row[name] : String(row[name] ?? ''));

function colours(rows, name, position) {
  const values = rows.map(row => row[name]).filter(isNumber);
  const ink = paint();
  return values.length === 0 ? undefined : {
    type: 'continuous',
    dimension: position,
    min: Math.min(...values),
    max: Math.max(...values),
    precision: 4,
    text: [`${name} ${digits(Math.max(...values), 4)}`, digits(Math.min(...values), 4)],
    textStyle: {color: ink.faint},
    orient: 'horizontal',
    left: 'center',
    bottom: 0,
    itemHeight: 120,
    inRange: {color: isDark() ? ['#5b6cff', '#63d2e3', '#e6c35c'] : ['#3b3f9c', '#0b7285', '#a86d00']},
  };
}

function sweep(selection) {
  const every = Object.keys(data.runs.columns).filter(isOwn);
  const results = varying(selection.all, every.filter(name => data.runs.columns[name] === 'RESULT'));
  const means = ['dev', 'eval'].flatMap(kind => results.filter(name => name.startsWith(kind + '.') && name.split('.').length === 2));
  const main = means[0] || results.find(name => name === 'loss') || results[0];
  // Runs of other stages have no such result.
  const having = selection.all.filter(row => isDrawn(row, main));
  if (having.length < 3) {
    return;
  }
  const settings = varying(having, data.runs.settings);
  const names = [...new Set([...settings, ...varying(selection.all, [...data.runs.settings, 'stage', 'seed', 'seeds', 'status']), ...results])];
  const differing = settings.length > 0 ? settings : varying(having, ['path', 'seed']).slice(-1);
  const state = {
    axes: [...new Set([...differing.slice(0, 7), ...means.filter(name => having.every(row => isDrawn(row, name))).slice(0, 4), main])],
    x: settings.find(name => isNumeric(having, name)) || settings[0] || results.find(name => name !== main) || main,
    y: main,
    colour: main,
  };

  const parallel = chart('Parallel coordinates', 'each line is a row of the table above; drag along an axis to filter',
    () => `Axes: ${state.axes.join(', ')}. The table above holds the same values.`,
    () => {
      const rows = selection.rows.filter(row => state.axes.every(name => isDrawn(row, name)));
      const ink = paint();
      return {
        tooltip: tooltip({formatter: item => `${echarts.format.encodeHTML(rows[item.dataIndex].path)}<br>` + state.axes
          .map(name => `${echarts.format.encodeHTML(name)}: ${echarts.format.encodeHTML(cell(rows[item.dataIndex], name))}`).join('<br>')}),
        parallel: {left: 60, right: 90, top: 56, bottom: 56},
        parallelAxis: state.axes.map((name, dim) => ({
          dim,
          name,
          ...axisOf(rows, name),
          nameTextStyle: {color: ink.ink, width: 120, overflow: 'truncate'},
          nameTruncate: {maxWidth: 120},
          axisLabel: {color: ink.faint, formatter: isNumeric(rows, name) ? value => digits(value, 4) : value => short(value, 20)},
          axisLine: {lineStyle: {color: ink.faint}},
        })),
        visualMap: state.axes.includes(state.colour) ? colours(rows, state.colour, state.axes.indexOf(state.colour)) : undefined,
        series: [{
          type: 'parallel',
          inactiveOpacity: 0.08,
          lineStyle: {width: 2, opacity: 0.75},
          data: rows.map(row => state.axes.map(name => coordinate(row, name, isNumeric(rows, name)))),
        }],
      };
    }, true);
  parallel.ready = plot => plot.on('axisareaselected', () => {
    const rows = parallel.rows;
    const active = plot.getModel().getSeriesByIndex(0).getRawIndicesByActiveState('active');
    selection.brushed = active.length < rows.length ? new Set(active.map(i => rows[i])) : null;
    selection.changed('brush');
  });

  const scatter = chart('Scatter', 'each point is a row of the table above',
    () => `${state.y} against ${state.x}. The table above holds the same values.`,
    () => {
      const rows = selection.rows.filter(row => [state.x, state.y].every(name => isDrawn(row, name)));
      const by = [state.x, state.y].map(name => isNumeric(rows, name));
      const coloured = isNumeric(rows, state.colour);
      return {
        grid: {left: 16, right: 32, top: 32, bottom: 72, containLabel: true},
        tooltip: tooltip({formatter: item => `${echarts.format.encodeHTML(rows[item.dataIndex].path)}<br>` + [state.x, state.y, state.colour]
          .map(name => `${echarts.format.encodeHTML(name)}: ${echarts.format.encodeHTML(cell(rows[item.dataIndex], name))}`).join('<br>')}),
        xAxis: axis(state.x, {...axisOf(rows, state.x), nameLocation: 'middle', nameGap: 28, axisLabel: {color: paint().faint, hideOverlap: true, formatter: value => (isNumber(value) ? digits(value, 4) : short(value, 24))}}),
        yAxis: axis(state.y, axisOf(rows, state.y)),
        visualMap: coloured ? colours(rows, state.colour, 2) : undefined,
        series: [{
          type: 'scatter',
          symbolSize: 10,
          color: colour(0),
          data: rows.map(row => [coordinate(row, state.x, by[0]), coordinate(row, state.y, by[1]), coloured ? row[state.colour] : 0]),
        }],
      };
    }, true);

  function choice(label, key, options) {
    return element('label', {}, label, element('select', {'data-choice': key, onchange: event => {
      state[key] = event.target.value;
      draw();
    }}, ...options.map(name => element('option', {value: name, selected: name === state[key]}, name))));
  }

  function draw(what) {
    if (what !== 'brush') {
      parallel.rows = selection.rows.filter(row => state.axes.every(name => isDrawn(row, name)));
      const left = selection.rows.length - parallel.rows.length;
      omitted.textContent = left > 0 ? `${plural(left, 'row')} without a value on an axis, such as those of other stages: not drawn.` : '';
      parallel.draw();
    }
    scatter.draw();
  }

  const omitted = element('p', {class: 'faint', role: 'status'});
  const axisChoice = opening('Axes of the parallel coordinates', details => details.append(element('div', {class: 'choices'}, ...names.map(name =>
    element('label', {}, element('input', {type: 'checkbox', checked: state.axes.includes(name), onchange: event => {
      state.axes = names.filter(other => (other === name ? event.target.checked : state.axes.includes(other)));
      selection.brushed = null;
      selection.changed();
    }}), ' ', name)))));
  section('sweep', 'Settings and results',
    element('p', {}, 'The filter of the table above applies here, too. Values of eval are those of test queries: a setting that they chose looks better than it is. '
      + 'Those of dev are of development queries.'),
    element('div', {class: 'controls'}, choice('Colour', 'colour', results), choice('x axis', 'x', names), choice('y axis', 'y', names)),
    parallel.figure, omitted, axisChoice, scatter.figure);
  selection.listeners.push(draw);
  draw();
}

// ---- Trainings ------------------------------------------------------------------------------------------------------------------

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

// ---- Evaluation -----------------------------------------------------------------------------------------------------------------

const TESTS = {student: "paired Student's t-test over queries", fisher: "Fisher's randomisation test over queries", seeds: 't-test over seeds'};

function evaluation() {
  const comparison = data.comparison;
  if (!comparison) {
    return;
  }
  const several = comparison.systems.length > 1;
  section('evaluation', 'Evaluation',
    several ? element('p', {}, `${comparison.baseline ? 'Compared with ' + comparison.baseline + '. ' : ''}▲ marks values that are significantly better, `
      + `▼ those that are significantly worse (${TESTS[comparison.test]}, Holm's correction in each row, p at most ${comparison.alpha}). `
      + 'The largest value of a row is bold. ± is the standard deviation over the runs of a system.') : null,
    several ? opening('Which question does each test answer?', details => details.append(element('ul', {},
      element('li', {}, 'Student: would these models differ on other queries of these sets? A paired t-test over queries.'),
      element('li', {}, 'Fisher: the same, without assuming a distribution; a randomisation test.'),
      element('li', {}, 'seeds: would models trained with other seeds differ on these queries? A t-test over runs, where both systems have several.'),
      element('li', {}, 'interval: how large is the difference? A bootstrap over queries; it is that of this difference alone. P-values are corrected for all comparisons of a row.'))))
      : null,
    ...comparison.tables.map((table, i) => opening(table.measure, details => {
      details.append(scrolling(`${table.measure} on each set`, valuesTable(table)));
      if (several) {
        details.append(element('h3', {}, 'How sure are the differences of the averages?'),
          scrolling(`Tests of ${table.measure}`, testsTable(table)));
      }
    }, i === 0)),
    setsTable(comparison));
}

function valuesTable(table) {
  const {systems, baseline} = data.comparison;
  const runs = system => system.runs.length > 1 ? ` (${plural(system.runs.length, system.runs.every(run => run.seed != null) ? 'seed' : 'run')})` : '';
  return element('table', {'data-measure': table.measure},
    element('caption', {class: 'spoken'}, table.measure),
    element('thead', {}, element('tr', {}, element('th', {scope: 'col'}, 'set'), ...systems.map(system =>
      element('th', {scope: 'col', class: 'number'}, system.name + runs(system), system.name === baseline ? element('div', {class: 'faint'}, 'baseline') : null)))),
    element('tbody', {}, ...table.rows.map(row => {
      const largest = Math.max(...row.values.map(value => value.mean)).toFixed(4);
      return element('tr', {class: row.kind !== 'set' && 'average'},
        element('th', {scope: 'row'}, row.kind === 'set' ? row.name : `${row.name} (${plural(row.sets.length, 'set')})`),
        ...row.values.map(value => element('td', {class: 'number' + (systems.length > 1 && fixed(value.mean) === largest ? ' best' : '')},
          fixed(value.mean) + (value.deviation != null ? ' ± ' + fixed(value.deviation) : ''), ...marks(row, value.system))));
    })));
}

/** The systems that a value is significantly better or worse than. */
function marks(row, system) {
  const pairs = row.comparisons.filter(pair => pair.significant && (pair.system === system || (!data.comparison.baseline && pair.other === system)));
  return pairs.map(pair => {
    const better = pair.system === system ? pair.difference > 0 : pair.difference < 0;
    const other = pair.system === system ? pair.other : pair.system;
    const p = probability(pair.tests[data.comparison.test].holm);
    return element('span', {class: better ? 'better' : 'worse', title: `${better ? 'better' : 'worse'} than ${other}, p ${p}`},
      ' ', element('span', {'aria-hidden': 'true'}, better ? '▲' : '▼'),
      element('span', {class: 'spoken'}, ` significantly ${better ? 'better' : 'worse'} than ${other}`));
  });
}

function testsTable(table) {
  const averages = table.rows.filter(row => row.kind !== 'set');
  const rows = (averages.length > 0 ? averages : table.rows).flatMap(row => row.comparisons.map(pair => [row, pair]));
  const reach = Math.max(1e-9, ...rows.flatMap(([, pair]) => pair.interval.map(Math.abs)));
  const percent = digits(100 * (1 - data.comparison.alpha), 4);
  return element('table', {},
    element('caption', {class: 'spoken'}, `Tests of ${table.measure}`),
    element('thead', {}, element('tr', {},
      ...['average', 'compared'].map(title => element('th', {scope: 'col'}, title)),
      ...['difference', `${percent} % interval`, ' ', 'p Student', 'p Fisher', 'p seeds'].map(title =>
        element('th', {scope: 'col', class: 'number'}, title === ' ' ? element('span', {class: 'spoken'}, 'interval drawn') : title)))),
    element('tbody', {}, ...rows.map(([row, pair]) => element('tr', {},
      element('th', {scope: 'row'}, row.name),
      element('td', {}, `${pair.system} − ${pair.other}`),
      element('td', {class: 'number' + (pair.significant ? (pair.difference > 0 ? ' better' : ' worse') : '')}, signed(pair.difference)),
      element('td', {class: 'number'}, pair.interval.map(signed).join(' … ')),
      element('td', {}, interval(pair, reach)),
      ...Object.keys(TESTS).map(test => element('td', {class: 'number'}, probability(pair.tests[test]?.holm)))))));
}

/** The interval of a difference on a line with 0 in its middle. */
function interval(pair, reach) {
  const x = value => 80 + 76 * value / reach;
  return svg('svg', {width: 160, height: 14, 'aria-hidden': 'true'},
    svg('line', {x1: 80, x2: 80, y1: 0, y2: 14, stroke: 'currentColor', 'stroke-opacity': 0.5}),
    svg('line', {x1: x(pair.interval[0]), x2: x(pair.interval[1]), y1: 7, y2: 7, stroke: 'currentColor', 'stroke-width': 2}),
    svg('circle', {cx: x(pair.difference), cy: 7, r: 4, fill: 'currentColor'}));
}

/** Which queries the values are of, and whether a choice was made by queries of the set. */
function setsTable(comparison) {
  const rows = comparison.tables[0].rows.filter(row => row.kind === 'set');
  if (Object.keys(data.sets).length === 0) {
    return element('p', {class: 'faint'}, 'The results do not say which queries they are of.');
  }
  const chooses = data.runs.shared.concat(data.runs.rows.values.map(row => ({name: 'train.keep', value: row['train.keep']})))
    .some(fact => fact.name === 'train.keep' && fact.value === 'best');
  const use = set => (!set ? 'not known' : !set.watched ? 'no' : chooses ? 'yes, to choose the step of the model' : 'yes');
  return opening('Test queries', details => details.append(
    element('p', {}, 'Development queries are never among the test queries.'),
    scrolling('Sets', element('table', {},
      element('caption', {class: 'spoken'}, 'Sets'),
      element('thead', {}, element('tr', {}, ...['set', 'queries', 'judgements', 'development queries of the set were watched'].map(title => element('th', {scope: 'col'}, title)))),
      element('tbody', {}, ...rows.map(row => element('tr', {},
        element('th', {scope: 'row'}, row.name),
        element('td', {class: 'number'}, row.queries),
        element('td', {}, data.sets[row.name]?.split ?? 'not known'),
        element('td', {}, use(data.sets[row.name])))))))));
}

// ---- Provenance -----------------------------------------------------------------------------------------------------------------

/** All that is known of a run: what is its own, and what it shares with the others. */
function factsOf(row) {
  const own = Object.entries(row).filter(([name]) => name !== 'path').map(([name, value]) => ({name, value}));
  const kinds = ['RUN', 'CONFIG', 'INPUT', 'VERSION', 'RESULT'];
  const kind = fact => kinds.indexOf(fact.kind || data.runs.columns[fact.name]);
  return [...own, ...data.runs.shared].sort((a, b) => kind(a) - kind(b));
}

function factTable(label, facts) {
  return scrolling(label, element('table', {},
    element('caption', {class: 'spoken'}, label),
    element('thead', {}, element('tr', {}, element('th', {scope: 'col'}, 'name'), element('th', {scope: 'col'}, 'value'))),
    element('tbody', {}, ...facts.map(fact => element('tr', {}, element('th', {scope: 'row'}, fact.name), element('td', {class: 'long'}, String(fact.value)))))));
}

function provenance() {
  const titles = {CONFIG: 'Configuration', INPUT: 'Inputs (SHA-256)', VERSION: 'Versions and machine'};
  const parts = Object.entries(titles)
    .map(([kind, title]) => [title, data.runs.shared.filter(fact => fact.kind === kind)])
    .filter(([, facts]) => facts.length > 0)
    .map(([title, facts]) => opening(title, details => details.append(factTable(title, facts))));
  section('provenance', 'Common settings',
    element('p', {}, 'What all runs share. The rest is in the table of runs, and below the charts of each run.'), ...parts);
}

// ---- The page -------------------------------------------------------------------------------------------------------------------

function about() {
  const complete = data.runs.rows.values.filter(row => row.status === 'complete').length;
  const rest = data.runs.rows.values.length - complete;
  document.getElementById('about').append(
    `${plural(data.runs.rows.values.length, 'run')}, ${rest === 0 ? 'all complete' : `${rest} not complete`}, in `,
    ...data.folders.flatMap((folder, i) => [i > 0 ? ', ' : '', element('code', {}, folder)]),
    `. Written on ${data.created.replace('T', ' at ').replace('Z', ' UTC')}.`);
  if (data.notes.length > 0) {
    section('notes', 'What is missing', element('ul', {}, ...data.notes.map(note => element('li', {}, note))));
  }
}

function page() {
  [data.runs.rows, data.runs.groups].forEach(table => table.values.sort((a, b) => compare(a.path, b.path)));
  about();
  evaluation();
  const selection = new Selection();
  section('runs', 'Runs', ...runsControls(selection), ...runsTable(selection));
  sweep(selection);
  mixtures();
  trainings();
  provenance();
  selection.changed();
}

page();
