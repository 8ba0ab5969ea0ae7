// Elements, numbers and sections.
'use strict';

const data = JSON.parse(document.getElementById('data').textContent);

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
