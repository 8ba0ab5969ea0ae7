// Results with tests of significance.
'use strict';

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
