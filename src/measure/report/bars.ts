import type { Bars, Text } from './document.js';
import { bilingual, inLanguage, escapeHtml } from './markup.js';

/** Number of colours in the palette of `assets/report/report.css`. */
const COLOURS = 8;

export function barsHtml(chart: Bars): string {
  const rows = chart.rows.map(({ name, values }) => ({
    name,
    values: values.map((value) => (Number.isFinite(value) && value > 0 ? value : 0)),
  }));
  const totals = rows.map(({ values }) => values.reduce((sum, value) => sum + value, 0));
  const bounds = (chart.bounds ?? []).filter(({ value }) => Number.isFinite(value) && value > 0);
  const longest = Math.max(...totals, ...bounds.map(({ value }) => value));
  if (rows.length === 0 || !(longest > 0)) return '';
  const percent = (value: number): string => ((100 * value) / longest).toFixed(2);
  const parts = chart.parts.map((part, index) => `<li><i class="c${index % COLOURS}"></i>${bilingual(part)}</li>`);
  const legend = parts.length < 2 ? '' : `<ul class="legend">${parts.join('')}</ul>`;
  const lines = rows.map(({ name, values }, row) => {
    const parts = values.map((value, index) =>
      value > 0
        ? `<i class="c${index % COLOURS}" style="width:${percent(value)}%" title="${titleOf(chart, index, value)}"></i>`
        : '',
    );
    const limits = bounds.map(({ value }) => `<b style="left:${percent(value)}%"></b>`).join('');
    return (
      `<div class="bar"><span class="name">${bilingual(name)}</span><span ` +
      `class="track">${parts.join('')}${limits}</span><span class="sum">${shown(totals[row] ?? 0)} ` +
      `${bilingual(chart.unit)}</span></div>`
    );
  });
  const limitWords = bounds
    .map(
      ({ name, value }) =>
        `<li><i class="limit"></i><span>${bilingual(name)}: ${shown(value)} ${bilingual(chart.unit)}</span></li>`,
    )
    .join('');
  return (
    `${legend}<div class="bars">${lines.join('')}</div>` +
    (limitWords === '' ? '' : `<ul class="legend">${limitWords}</ul>`)
  );
}

function titleOf(chart: Bars, index: number, value: number): string {
  return escapeHtml(`${inBoth(chart.parts[index] ?? '')}: ${shown(value)} ${inBoth(chart.unit)}`);
}

/** An attribute contains both languages, because the page cannot switch an attribute's language. */
function inBoth(text: Text): string {
  return typeof text === 'string' || text.en === text.zh ? inLanguage(text, 'en') : `${text.en} / ${text.zh}`;
}

function shown(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
