// Settings against results.
'use strict';

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
