// The table of runs.
'use strict';

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
    const conditions = this.terms.map(term => this.condition(term));
    const rows = this.all.filter(row => conditions.every(passes => passes(row)) && (!this.brushed || this.brushed.has(row)));
    if (this.sort) {
      const sign = this.descending ? -1 : 1;
      const name = this.sort;
      rows.sort((a, b) => (a[name] == null) - (b[name] == null) || sign * compare(a[name], b[name]));
    }
    return rows;
  }

  /** The words of the filter; of a condition such as `name > 0.4`, also its parts. */
  get terms() {
    return this.words.trim().split(/(?<![=<>])\s+(?![=<>!])/).filter(Boolean).map(word => {
      const [, name, sign, text] = /^(.+?)\s*(!=|<=|>=|=|<|>)\s*(.*)$/.exec(word) || [];
      return {word, name, sign, text};
    });
  }

  /** A condition compares a value; any other word must occur in a value that is shown. */
  condition({word, name, sign, text}) {
    if (text && isKnown(name)) {
      const wanted = Number.isNaN(Number(text)) ? text : Number(text);
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
    const wanted = word.toLowerCase();
    return row => this.shown.some(shown => String(row[shown] ?? '').toLowerCase().includes(wanted));
  }

  /** The names in conditions that no run has. */
  get unknown() {
    return this.terms.map(term => term.name).filter(name => name && !isKnown(name));
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
