// What an audit found out about the domains.
'use strict';

const LOSSES = [
  ['start', 'circle', 'at the start'],
  ['unseen', 'diamond', 'of unseen rows, trained'],
  ['seen', 'triangle', 'of seen rows, trained'],
];

function audits() {
  if (data.audits.length === 0) {
    return;
  }
  const made = data.audits.map(audit => auditOf(audit, data.audits.length > 1));
  section('audit', 'Audit of the domains',
    element('p', {}, 'Losses are those of a positive among other positives of its domain. The suspicion is the share of rows whose query and positive '
      + 'do not seem to belong together (mispaired), the share whose own negatives look as good as the positive (contradicted), beyond a half, or the share of copies. A model for which a domain is too hard cannot tell it from noise: look at its rows.'),
    ...made.flatMap(one => one.children));
  made.forEach(one => one.losses.draw());
}

function auditOf(audit, named) {
  const suspects = audit.domains.filter(domain => domain.suspected).map(domain => domain.domain);
  const summary = suspects.length === 0
    ? `None of ${plural(audit.domains.length, 'domain')} is suspected.`
    : `${suspects.length} of ${plural(audit.domains.length, 'domain')} suspected: ${suspects.join(', ')}.`;
  const losses = lossChart(audit.domains.filter(domain => domain.losses));
  return {
    losses,
    children: [
      named ? element('h3', {}, audit.path) : null,
      element('p', {}, summary),
      auditTable(audit),
      opening('In words', details => details.append(element('ul', {}, ...audit.domains.map(domain =>
        element('li', {}, element('b', {}, domain.domain), `: ${domain.verdict}: ${domain.reason}`))))),
      ...audit.domains.filter(domain => domain.suspected && domain.worst.length > 0).map(domain => opening(`Rows of ${domain.domain} that fit least, as the models read them`,
        details => details.append(worstRows(domain)))),
      element('div', {}, losses.figure),
    ].filter(Boolean),
  };
}

/** Rows for people to look at: are they wrong, or is the model too weak for them? */
function worstRows(domain) {
  return scrolling('Rows of ' + domain.domain, element('table', {},
    element('thead', {}, element('tr', {}, ...['query id', 'rank', 'query', 'positive', 'preferred'].map(title => element('th', {scope: 'col'}, title)))),
    element('tbody', {}, ...domain.worst.map(row => element('tr', {}, element('td', {}, row.query_id),
      element('td', {}, `${Math.round(row.rank)} of ${row.candidates}`), element('td', {class: 'long'}, row.query), element('td', {class: 'long'}, row.positive),
      element('td', {class: 'long'}, row.rank > 1 && row.rival || ''))))));
}

const percent = part => Math.round(100 * part);
const estimate = part => (part ? `${percent(part.value)} ± ${percent(part.standard_error)} %` : '–');

function auditTable(audit) {
  const loss = name => domain => digits(domain.losses?.[name], 3);
  const columns = [
    ['suspicion', domain => element('span', {}, domain.suspicion.toFixed(2), ' ', svg('svg', {width: 60, height: 10, 'aria-hidden': 'true'},
      svg('rect', {class: 'bar', x: 0, y: 1, height: 8, width: 60 * domain.suspicion}))), 'number'],
    ['verdict', domain => (domain.suspected ? element('span', {class: 'worse best'}, domain.verdict) : domain.verdict), ''],
    ...LOSSES.map(([name]) => [name, loss(name), 'number']),
    ['chance', loss('chance'), 'number'],
    ['mispaired', domain => estimate(domain.mispaired), 'number'],
    ['contradicted', domain => estimate(domain.contradicted), 'number'],
    ['rows', domain => digits(domain.repeated.rows, 12), 'number'],
    ['copies', domain => digits(domain.repeated.copies, 12), 'number'],
    ['rows shared with others', domain => Object.entries(domain.repeated.overlaps).map(([name, rows]) => `${rows}: ${name}`).join(', ') || '–', 'long'],
  ];
  return scrolling('Audit of ' + audit.path, element('table', {},
    element('caption', {class: 'spoken'}, 'Domains, the most suspicious first'),
    element('thead', {}, element('tr', {}, element('th', {scope: 'col'}, 'domain'),
      ...columns.map(([title, , kind]) => element('th', {scope: 'col', class: kind}, title)))),
    element('tbody', {}, ...audit.domains.map(domain => element('tr', {}, element('th', {scope: 'row'}, domain.domain),
      ...columns.map(([, value, kind]) => element('td', {class: kind}, value(domain))))))));
}

/** The losses of each domain as points on a line, with the loss of a guess as a stroke. */
function lossChart(domains) {
  const names = domains.map(domain => domain.domain);
  const points = (name, index, symbol, size) => ({
    name,
    type: 'scatter',
    symbol,
    symbolSize: size,
    color: colour(index),
    data: domains.map((domain, at) => [domain.losses[name], at]),
  });
  const made = chart('Losses', 'of a positive among other positives of its domain; chance is the loss of a guess',
    () => domains.map(domain => `${domain.domain}: start ${digits(domain.losses.start, 3)}, unseen ${digits(domain.losses.unseen, 3)}, seen ${digits(domain.losses.seen, 3)}, chance ${digits(domain.losses.chance, 3)}`).join('; ') + '.',
    () => ({
      grid: {left: 8, right: 16, top: 32, bottom: 32, containLabel: true},
      legend: {top: 0, textStyle: {color: paint().ink}},
      tooltip: tooltip({formatter: item => `${echarts.format.encodeHTML(names[item.value[1]])}<br>${item.marker} ${item.seriesName}: <b>${digits(item.value[0], 3)}</b>`}),
      xAxis: axis('loss', {type: 'value', min: 0, nameLocation: 'middle', nameGap: 24}),
      yAxis: axis('', {type: 'category', inverse: true, data: names, axisLabel: {color: paint().ink, interval: 0, formatter: name => short(name, 28)}, splitLine: {show: true, lineStyle: {color: paint().grid}}}),
      series: [...LOSSES.map(([name, symbol], index) => points(name, index, symbol, 11)), points('chance', 8, 'rect', [3, 16])],
    }));
  made.figure.querySelector('.chart').style.height = `${6 + 1.5 * domains.length}rem`;
  return made;
}
