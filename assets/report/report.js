// @ts-check
// Runs in the page: language, charts. Everything it shows of the data goes through textContent or a canvas.
'use strict';

/** @typedef {'en' | 'zh'} Language */
/** @typedef {string | { en: string, zh: string }} Words */
/** @typedef {{ name: Words, value: number }} Bound */
/** @typedef {{ name: Words, ys: (number | null)[] }} Series */
/** @typedef {{ at: number, text: Words }} Mark */
/**
 * @typedef {object} Panel
 * @property {'line' | 'step' | 'share' | 'histogram'} kind
 * @property {'elapsed' | 'value'} x
 * @property {Words} xUnit
 * @property {Words} yUnit
 * @property {number[]} xs
 * @property {Series[]} series
 * @property {Bound[]} bounds
 * @property {Mark[]} marks
 * @property {number | null} atLeast
 */
/** @type {{ title: Words, generatedAtWallMs: number, panels: Panel[] }} */
const report = JSON.parse(document.getElementById('report')?.textContent ?? '{}');
const root = document.documentElement;
const COLOURS = 8;
const HEIGHT_PX = 200;
/** Steps of an axis on which things are counted. */
const WHOLE = [0, 1, 2, 3, 4, 5, 6].flatMap((power) => [1, 2, 5].map((step) => step * 10 ** power));
const DASHES = [[], [6, 4], [2, 3]];

/** @type {Language} */
let language = firstLanguage();

/** `#zh` or `#en` at the end of the address, else the reader's own. @returns {Language} */
function firstLanguage() {
  const asked = /^#(zh|en)$/.exec(location.hash)?.[1];
  return asked === 'zh' || (asked !== 'en' && /^(zh|yue)\b/i.test(navigator.language)) ? 'zh' : 'en';
}

/** @param {Words} text */
const word = (text) => (typeof text === 'string' ? text : text[language]);
/** @param {string} name */
const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
/** @param {number} index */
const seriesColour = (index) => colour(`--c${index % COLOURS}`);

/** @param {number} value */
function shown(value) {
  if (value === 0) return '0';
  const size = Math.abs(value);
  return size >= 100 ? Math.round(value).toLocaleString(language) : String(Number(value.toPrecision(3)));
}

/** @param {number} seconds */
function elapsed(seconds) {
  if (Math.abs(seconds) < 120) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const [minutes, rest] = [Math.floor((whole % 3600) / 60), whole % 60].map((part) => String(part).padStart(2, '0'));
  return hours > 0 ? `${hours}:${minutes}:${rest}` : `${minutes}:${rest}`;
}

/** @param {Panel} panel @param {number} value */
const xText = (panel, value) => (panel.x === 'elapsed' ? elapsed(value) : `${shown(value)} ${word(panel.xUnit)}`);

/**
 * Dashed lines for bounds and marks, drawn over the curves.
 * @param {Panel} panel @returns {(plot: uPlot) => void}
 */
function limits(panel) {
  return (plot) => {
    const { ctx, bbox } = plot;
    const ratio = devicePixelRatio || 1;
    ctx.save();
    ctx.font = `${11 * ratio}px system-ui, sans-serif`;
    ctx.textAlign = 'left';
    ctx.textBaseline = 'alphabetic';
    ctx.lineWidth = 1.5 * ratio;
    ctx.setLineDash([5 * ratio, 4 * ratio]);
    for (const { value, name } of panel.bounds) {
      const across = panel.x === 'elapsed';
      const at = plot.valToPos(value, across ? 'y' : 'x', true);
      if (across ? at < bbox.top - 1 || at > bbox.top + bbox.height + 1 : at < bbox.left || at > bbox.left + bbox.width)
        continue;
      ctx.strokeStyle = ctx.fillStyle = colour('--bad');
      line(ctx, across ? [bbox.left, at, bbox.left + bbox.width, at] : [at, bbox.top, at, bbox.top + bbox.height]);
      if (across)
        note(ctx, word(name), bbox.left + 6 * ratio, at + (at - bbox.top < 18 * ratio ? 13 : -5) * ratio, bbox);
      else note(ctx, word(name), at + 5 * ratio, bbox.top + 13 * ratio, bbox);
    }
    for (const { at, text } of panel.marks) {
      const x = plot.valToPos(at, 'x', true);
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      ctx.strokeStyle = ctx.fillStyle = colour('--soft');
      line(ctx, [x, bbox.top, x, bbox.top + bbox.height]);
      note(ctx, word(text), x + 5 * ratio, bbox.top + bbox.height - 6 * ratio, bbox);
    }
    ctx.restore();
  };
}

/** @param {CanvasRenderingContext2D} ctx @param {[number, number, number, number]} points */
function line(ctx, [x0, y0, x1, y1]) {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}

/**
 * Words that do not fit to the right stand to the left.
 * @param {CanvasRenderingContext2D} ctx @param {string} text @param {number} x @param {number} y
 * @param {{ left: number, width: number }} box
 */
function note(ctx, text, x, y, box) {
  const width = ctx.measureText(text).width;
  const right = box.left + box.width;
  const left = x + width > right ? Math.max(box.left, right - width - 4) : x;
  ctx.save();
  // A rim in the colour of the paper keeps the words readable over curves.
  ctx.setLineDash([]);
  ctx.lineJoin = 'round';
  ctx.lineWidth = 4 * (devicePixelRatio || 1);
  ctx.strokeStyle = colour('--card');
  ctx.strokeText(text, left, y);
  ctx.restore();
  ctx.fillText(text, left, y);
}

/** @param {Panel} panel @param {number} index @returns {uPlot.Series} */
function seriesOf(panel, index) {
  const stroke = seriesColour(index);
  const common = {
    stroke,
    width: 2,
    spanGaps: false,
    points: { show: panel.xs.length < 3, size: 6 },
    dash: DASHES[Math.floor(index / COLOURS) % DASHES.length],
  };
  if (panel.kind === 'histogram')
    return {
      ...common,
      fill: `${stroke}99`,
      points: { show: false },
      paths: uPlot.paths.bars?.({ size: [0.92, 100], align: 1 }),
    };
  if (panel.kind === 'share' || panel.kind === 'step')
    return { ...common, points: { show: false }, paths: uPlot.paths.stepped?.({ align: 1 }) };
  return common;
}

/** The x axis of a histogram has to hold its last bar. @param {Panel} panel @returns {[number, number]} */
function xRange(panel) {
  const first = panel.xs[0] ?? 0;
  const last = panel.xs.at(-1) ?? 1;
  if (panel.x === 'elapsed') return [Math.min(0, first), last > first ? last : first + 1];
  const bin = panel.kind === 'histogram' ? (panel.xs[1] ?? first + 1) - first : 0;
  const furthest = panel.bounds.reduce(
    (most, bound) => (bound.value <= last * 2 ? Math.max(most, bound.value) : most),
    last + bin,
  );
  const room = (furthest - Math.min(0, first)) * 0.03 || 1;
  return [panel.kind === 'histogram' ? first : Math.min(0, first), furthest + room];
}

/**
 * From zero, or below where values are; up to what has to be seen.
 * @param {Panel} panel @param {number | null} low @param {number | null} high @returns {[number, number]}
 */
function yRange(panel, low, high) {
  if (panel.kind === 'share') return [0, 100];
  const limit = panel.x === 'elapsed' ? panel.bounds.reduce((most, bound) => Math.max(most, bound.value), 0) : 0;
  const top = Math.max(high ?? 0, panel.atLeast ?? 0);
  // A bound far above everything would flatten the curve; then it is named below the chart only.
  const most = limit <= top * 4 || top === 0 ? Math.max(top, limit) : top;
  return [Math.min(0, (low ?? 0) * 1.1), (most || 1) * (panel.atLeast === most ? 1 : 1.08)];
}

/** @param {HTMLElement} holder @param {Panel} panel @param {string} group @returns {uPlot} */
function draw(holder, panel, group) {
  const ink = colour('--soft');
  const grid = { stroke: colour('--grid'), width: 1 };
  const outputs = legend(holder, panel);
  const font = '12px system-ui, sans-serif';
  const axis = { stroke: ink, grid, ticks: { ...grid, size: 4 }, font };
  /** @type {uPlot.Options} */
  const options = {
    width: holder.clientWidth,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: true, y: false },
      points: { size: 7 },
      ...(panel.x === 'elapsed' && { sync: { key: group } }),
    },
    scales: {
      x: {
        time: false,
        range: (_plot, min, max) => (min === panel.xs[0] && max === panel.xs.at(-1) ? xRange(panel) : [min, max]),
      },
      y: { range: (_plot, low, high) => yRange(panel, low, high) },
    },
    axes: [
      {
        ...axis,
        space: 70,
        size: 32,
        values: (_plot, splits) =>
          splits.map((value) => (value === null ? '' : panel.x === 'elapsed' ? elapsed(value) : shown(value))),
      },
      {
        ...axis,
        size: 52,
        ...(panel.kind === 'step' || panel.kind === 'histogram' ? { incrs: WHOLE } : {}),
        values: (_plot, splits) => splits.map((value) => (value === null ? '' : shown(value))),
      },
    ],
    series: [{}, ...panel.series.map((_, index) => seriesOf(panel, index))],
    hooks: {
      draw: [limits(panel)],
      setCursor: [(plot) => tell(plot, panel, outputs)],
    },
  };
  const plot = new uPlot(options, [panel.xs, ...panel.series.map((series) => series.ys)], holder);
  holder.append(outputs.list);
  return plot;
}

/** @typedef {{ list: HTMLElement, at: HTMLElement, values: HTMLElement[] }} Outputs */

/**
 * Units above the chart, names below it with the value under the pointer.
 * @param {HTMLElement} holder @param {Panel} panel @returns {Outputs}
 */
function legend(holder, panel) {
  const unit = element('div', 'unit');
  const at = element('span');
  const over =
    panel.kind === 'share'
      ? { en: '% of turns that took at most this long', zh: '不超过该时间的轮次所占的百分比' }
      : panel.yUnit;
  unit.append(element('span', '', word(over)), at);
  holder.append(unit);
  const list = element('ul', 'legend');
  const values = panel.series.map((series, index) => {
    const item = element('li');
    const swatch = element('i');
    swatch.style.background = seriesColour(index);
    const value = element('output');
    item.append(swatch, element('span', '', word(series.name)), value);
    list.append(item);
    return value;
  });
  for (const bound of panel.bounds) {
    const item = element('li');
    item.append(
      element('i', 'limit'),
      element(
        'span',
        '',
        `${word(bound.name)}: ${shown(bound.value)} ${word(panel.x === 'elapsed' ? panel.yUnit : panel.xUnit)}`,
      ),
    );
    list.append(item);
  }
  if (panel.x === 'value') list.prepend(element('li', '', `↔ ${word(panel.xUnit)}`));
  return { list, at, values };
}

/** @param {uPlot} plot @param {Panel} panel @param {Outputs} outputs */
function tell(plot, panel, outputs) {
  const index = plot.cursor.idx;
  const x = typeof index === 'number' ? panel.xs[index] : undefined;
  outputs.at.textContent = x === undefined ? '' : xText(panel, x);
  outputs.values.forEach((output, series) => {
    const y = typeof index === 'number' ? panel.series[series]?.ys[index] : undefined;
    output.textContent = typeof y === 'number' ? `${shown(y)} ${panel.kind === 'share' ? '%' : word(panel.yUnit)}` : '';
  });
}

/** @param {string} tag @param {string} [className] @param {string} [text] */
function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** @type {Map<HTMLElement, uPlot>} */
const plots = new Map();

function drawAll() {
  for (const plot of plots.values()) plot.destroy();
  plots.clear();
  for (const holder of document.querySelectorAll('.plot')) {
    if (!(holder instanceof HTMLElement)) continue;
    holder.replaceChildren();
    const panel = report.panels[Number(holder.dataset['panel'])];
    // Inside something folded it has no width yet.
    if (panel && holder.clientWidth > 0) plots.set(holder, draw(holder, panel, `group ${holder.dataset['group']}`));
  }
}

/** @param {Language} chosen */
function speak(chosen) {
  language = chosen;
  root.lang = chosen === 'zh' ? 'zh-CN' : 'en';
  root.dataset['language'] = chosen;
  document.title = word(report.title);
  const button = document.getElementById('language');
  if (button) {
    button.textContent = chosen === 'zh' ? 'English' : '中文';
    button.lang = chosen === 'zh' ? 'en' : 'zh-CN';
    button.hidden = false;
  }
  const time = document.querySelector('time');
  if (time) time.textContent = new Date(report.generatedAtWallMs).toLocaleString(root.lang);
  drawAll();
}

document.getElementById('language')?.addEventListener('click', () => speak(language === 'zh' ? 'en' : 'zh'));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
document.addEventListener('toggle', drawAll, true);
let width = document.body.clientWidth;
new ResizeObserver(() => {
  if (document.body.clientWidth === width) return;
  width = document.body.clientWidth;
  drawAll();
}).observe(document.body);
speak(language);
