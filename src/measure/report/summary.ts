import type { Advice, Fact, Target, Text, Verdict, VerdictOutcome } from './document.js';
import { bilingual } from './markup.js';

const VERDICTS: Readonly<Record<VerdictOutcome, { readonly sign: string; readonly words: Text }>> = {
  holds: { sign: '✓', words: { en: 'Good: everything is within its target', zh: '良好：所有目标都达到了' } },
  missed: { sign: '✗', words: { en: 'Not good: not every target was met', zh: '未达标：有目标没有达到' } },
  invalid: {
    sign: '?',
    words: { en: 'No verdict: this measurement cannot be used', zh: '没有结论：这次测量不能作数' },
  },
};

const TARGET_WORDS: Readonly<Record<Target['outcome'], { readonly sign: string; readonly words: Text }>> = {
  holds: { sign: '✓', words: { en: 'met', zh: '达到' } },
  missed: { sign: '✗', words: { en: 'missed', zh: '未达到' } },
  unknown: { sign: '–', words: { en: 'cannot be said', zh: '不能下结论' } },
};

const TITLES = {
  targets: { en: 'Targets', zh: '目标' },
  targetsAbout: { en: 'What was promised, and what was measured.', zh: '应当达到的，和实际测到的。' },
  what: { en: 'What', zh: '项目' },
  measured: { en: 'Measured', zh: '实测' },
  bound: { en: 'Target', zh: '目标' },
  result: { en: 'Result', zh: '结果' },
  advice: { en: 'What to do', zh: '怎么办' },
  machine: { en: 'Measured on', zh: '测量环境' },
  again: { en: 'The same again', zh: '再测一次' },
} as const satisfies Record<string, Text>;

export function verdictHtml({ outcome, sentence, meaning }: Verdict): string {
  const { sign, words } = VERDICTS[outcome];
  return (
    `<section class="verdict ${outcome}" aria-labelledby="verdict">` +
    `<span class="sign" aria-hidden="true">${sign}</span>` +
    `<div><h2 id="verdict">${bilingual(words)}</h2><p>${bilingual(sentence)}</p>` +
    `${meaning === undefined ? '' : `<p class="meaning">${bilingual(meaning)}</p>`}</div></section>`
  );
}

export function targetsHtml(targets: readonly Target[]): string {
  if (targets.length === 0) return '';
  const columns = [TITLES.what, TITLES.measured, TITLES.bound, TITLES.result].map(
    (title) => `<th scope="col">${bilingual(title)}</th>`,
  );
  const rows = targets.map(({ what, measured, bound, outcome, note }) => {
    const { sign, words } = TARGET_WORDS[outcome];
    return (
      `<tr class="${outcome}">` +
      `<th scope="row">${bilingual(what)}${note === undefined ? '' : `<small>${bilingual(note)}</small>`}</th>` +
      `<td data-name="measured"><span class="label">${bilingual(TITLES.measured)}</span>${bilingual(measured)}</td>` +
      `<td data-name="bound"><span class="label">${bilingual(TITLES.bound)}</span>${bilingual(bound)}</td>` +
      `<td><span class="pill"><span aria-hidden="true">${sign}</span> ${bilingual(words)}</span></td></tr>`
    );
  });
  return (
    `<section><h2>${bilingual(TITLES.targets)}</h2><p>${bilingual(TITLES.targetsAbout)}</p>` +
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
  return `<section class="advice"><h2>${bilingual(TITLES.advice)}</h2><ol>\n${cards.join('\n')}\n</ol></section>`;
}

export function machineHtml(machine: readonly Fact[], command: string | undefined): string {
  if (machine.length === 0 && command === undefined) return '';
  const facts = machine
    .map(({ name, value }) => `<div><dt>${bilingual(name)}</dt><dd>${bilingual(value)}</dd></div>`)
    .join('\n');
  const again =
    command === undefined ? '' : `<h3>${bilingual(TITLES.again)}</h3><pre><code>${bilingual(command)}</code></pre>`;
  return `<section><h2>${bilingual(TITLES.machine)}</h2><dl>\n${facts}\n</dl>${again}</section>`;
}
