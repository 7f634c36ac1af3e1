import type { JSX } from 'preact';
import type { ProblemView } from '../api.js';
import { ago } from '../figures.js';
import { Card } from '../parts/card.js';
import { useLanguage, useWords } from '../words/index.js';

const SHOWN = 10;

/** What went wrong lately, in words, and what to do. */
export function ProblemsCard({ problems, nowMs }: { readonly problems: readonly ProblemView[]; readonly nowMs: number }): JSX.Element {
  const words = useWords();
  const language = useLanguage();
  return (
    <Card title={words.problems.title} name="problems">
      {problems.length === 0 ? (
        <p class="soft">{words.problems.none}</p>
      ) : (
        <ul class="list">
          {problems.slice(0, SHOWN).map(({ id, level, text, mend, count, lastAtMs }) => (
            <li key={id} class={`problem ${level}`}>
              <p>{text[language]}</p>
              {mend && <p class="soft">{mend[language]}</p>}
              <p class="soft small">
                {ago(lastAtMs, nowMs, words)}
                {count > 1 && ` · ${words.problems.times(count)}`}
              </p>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
