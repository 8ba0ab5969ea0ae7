// Provenance, and the page as a whole.
'use strict';

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
  audits();
  const selection = new Selection();
  section('runs', 'Runs', ...runsControls(selection), ...runsTable(selection));
  sweep(selection);
  mixtures();
  trainings();
  provenance();
  selection.changed();
}

page();
