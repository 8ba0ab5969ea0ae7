// Charts, their colours, and lines over steps.
'use strict';

const dark = matchMedia('(prefers-color-scheme: dark)');
let printing = false;

/** Colours of lines, with a contrast of at least 3 to their paper. */
const LIGHT = ['#1f5fa8', '#d1480c', '#1d7a3a', '#8a3fb0', '#8a6500', '#c2185b', '#00798a', '#5d4037', '#1c1e21', '#6b7280'];
const DARK = ['#7fb4ff', '#ff9e64', '#7ddc8f', '#d3a0ff', '#e6c35c', '#ff8cc8', '#63d2e3', '#c9a58f', '#ffffff', '#9aa3b0'];
const DASHES = ['solid', 'dashed', 'dotted', [8, 3, 2, 3]];

const isDark = () => dark.matches && !printing;
const colour = index => (isDark() ? DARK : LIGHT)[index % LIGHT.length];
const dash = index => DASHES[Math.floor(index / LIGHT.length) % DASHES.length];
const paint = () => (isDark()
  ? {ink: '#e8eaed', faint: '#a8afb8', line: '#454b53', grid: '#2b3036', paper: '#1f2226'}
  : {ink: '#1c1e21', faint: '#555b63', line: '#c9cdd3', grid: '#e4e6ea', paper: '#ffffff'});

const charts = [];

/**
 * A figure with a chart.
 *
 * @param describe says what the chart shows, for those who do not see it
 * @param option returns ECharts' options
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
