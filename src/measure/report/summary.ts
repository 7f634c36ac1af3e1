import type { Advice, Fact, Target, Verdict, VerdictOutcome } from './document.js';
import { bilingual } from './markup.js';
import { reportWords } from './words.js';

const { titles } = reportWords;

const SIGNS: Readonly<Record<VerdictOutcome | Target['outcome'], string>> = {
  holds: '✓',
  missed: '✗',
  invalid: '?',
  unknown: '–',
};

export function verdictHtml({ outcome, sentence, meaning }: Verdict): string {
  return (
    `<section class="verdict ${outcome}" aria-labelledby="verdict">` +
    `<span class="sign" aria-hidden="true">${SIGNS[outcome]}</span>` +
    `<div><h2 id="verdict">${bilingual(reportWords.verdicts[outcome])}</h2><p>${bilingual(sentence)}</p>` +
    `${meaning === undefined ? '' : `<p class="meaning">${bilingual(meaning)}</p>`}</div></section>`
  );
}

export function targetsHtml(targets: readonly Target[]): string {
  if (targets.length === 0) return '';
  const columns = [titles.what, titles.measured, titles.bound, titles.result].map(
    (title) => `<th scope="col">${bilingual(title)}</th>`,
  );
  const rows = targets.map(({ what, measured, bound, outcome, note }) => {
    return (
      `<tr class="${outcome}">` +
      `<th scope="row">${bilingual(what)}${note === undefined ? '' : `<small>${bilingual(note)}</small>`}</th>` +
      `<td data-name="measured"><span class="label">${bilingual(titles.measured)}</span>${bilingual(measured)}</td>` +
      `<td data-name="bound"><span class="label">${bilingual(titles.bound)}</span>${bilingual(bound)}</td>` +
      `<td><span class="pill"><span aria-hidden="true">${SIGNS[outcome]}</span> ` +
      `${bilingual(reportWords.outcomes[outcome])}</span></td></tr>`
    );
  });
  return (
    `<section><h2>${bilingual(titles.targets)}</h2><p>${bilingual(titles.targetsAbout)}</p>` +
    `<table class="targets"><thead><tr>${columns.join('')}</tr></thead>` +
    `<tbody>\n${rows.join('\n')}\n</tbody></table></section>`
  );
}

export function adviceHtml(advice: readonly Advice[]): string {
  if (advice.length === 0) return '';
  const cards = advice.map(
    ({ found, remedies }) =>
      `<li><p>${bilingual(found)}</p>` +
      `<ul>${remedies.map((remedy) => `<li>${bilingual(remedy)}</li>`).join('')}</ul></li>`,
  );
  return `<section class="advice"><h2>${bilingual(titles.advice)}</h2><ol>\n${cards.join('\n')}\n</ol></section>`;
}

export function machineHtml(machine: readonly Fact[], command: string | undefined): string {
  if (machine.length === 0 && command === undefined) return '';
  const facts = machine
    .map(({ name, value }) => `<div><dt>${bilingual(name)}</dt><dd>${bilingual(value)}</dd></div>`)
    .join('\n');
  const again =
    command === undefined ? '' : `<h3>${bilingual(titles.again)}</h3><pre><code>${bilingual(command)}</code></pre>`;
  return `<section><h2>${bilingual(titles.machine)}</h2><dl>\n${facts}\n</dl>${again}</section>`;
}
