import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ProblemView } from '../api.js';
import { ago } from '../figures.js';
import { Card } from '../parts/card.js';
import { TextWithCode } from '../parts/text-with-code.js';
import { useLanguage, useWords } from '../words/index.js';

const SHOWN = 4;

export function ProblemsCard({
  problems,
  nowMs,
}: {
  readonly problems: readonly ProblemView[];
  readonly nowMs: number;
}): JSX.Element {
  const words = useWords();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const hide = (problem: ProblemView): void => setHidden(new Set([...hidden, keyOf(problem)]));
  const shown = problems.filter((problem) => !hidden.has(keyOf(problem)));
  return (
    <Card title={words.problems.title} name="problems">
      {shown.length === 0 ? (
        <p class="soft">{problems.length === 0 ? words.problems.none : words.problems.hidden}</p>
      ) : (
        <List problems={shown.slice(0, SHOWN)} nowMs={nowMs} onHide={hide} />
      )}
      {shown.length > SHOWN && (
        <details>
          <summary>{words.problems.older(shown.length - SHOWN)}</summary>
          <List problems={shown.slice(SHOWN)} nowMs={nowMs} onHide={hide} />
        </details>
      )}
    </Card>
  );
}

/** The key includes the time, so that a problem is shown again if it occurs again. */
const keyOf = ({ id, lastAtMs }: ProblemView): string => `${id} ${lastAtMs}`;

interface ListProps {
  readonly problems: readonly ProblemView[];
  readonly nowMs: number;
  readonly onHide: (problem: ProblemView) => void;
}

function List({ problems, nowMs, onHide }: ListProps): JSX.Element {
  const words = useWords();
  const language = useLanguage();
  return (
    <ul class="list">
      {problems.map((problem) => (
        <li key={problem.id} class={`problem ${problem.over ? 'over' : problem.level}`}>
          <p>
            <TextWithCode text={problem.text[language]} />
          </p>
          {problem.remedy && !problem.over && (
            <p class="soft">
              <TextWithCode text={problem.remedy[language]} />
            </p>
          )}
          <p class="soft small">
            {ago(problem.lastAtMs, nowMs, words)}
            {problem.count > 1 && ` · ${words.problems.times(problem.count)}`}
            {problem.over && ` · ${words.problems.over}`}{' '}
            <button type="button" class="plain small" onClick={() => onHide(problem)}>
              {words.problems.hide}
            </button>
          </p>
        </li>
      ))}
    </ul>
  );
}
