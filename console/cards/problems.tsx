import type { JSX } from 'preact';
import type { ProblemView } from '../api.js';
import { ago } from '../figures.js';
import { Card } from '../parts/card.js';
import { Prose } from '../parts/prose.js';
import { useLanguage, useWords } from '../words/index.js';

const SHOWN = 4;

/** Recent problems, and what to do about them. */
export function ProblemsCard({
  problems,
  nowMs,
}: {
  readonly problems: readonly ProblemView[];
  readonly nowMs: number;
}): JSX.Element {
  const words = useWords();
  return (
    <Card title={words.problems.title} name="problems">
      {problems.length === 0 ? (
        <p class="soft">{words.problems.none}</p>
      ) : (
        <List problems={problems.slice(0, SHOWN)} nowMs={nowMs} />
      )}
      {problems.length > SHOWN && (
        <details>
          <summary>{words.problems.older(problems.length - SHOWN)}</summary>
          <List problems={problems.slice(SHOWN)} nowMs={nowMs} />
        </details>
      )}
    </Card>
  );
}

function List({ problems, nowMs }: { readonly problems: readonly ProblemView[]; readonly nowMs: number }): JSX.Element {
  const words = useWords();
  const language = useLanguage();
  return (
    <ul class="list">
      {problems.map(({ id, level, text, remedy, count, lastAtMs }) => (
        <li key={id} class={`problem ${level}`}>
          <p>
            <Prose text={text[language]} />
          </p>
          {remedy && (
            <p class="soft">
              <Prose text={remedy[language]} />
            </p>
          )}
          <p class="soft small">
            {ago(lastAtMs, nowMs, words)}
            {count > 1 && ` · ${words.problems.times(count)}`}
          </p>
        </li>
      ))}
    </ul>
  );
}
