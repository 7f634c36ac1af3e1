import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ApiError } from '../api.js';
import { useWords, type Words } from '../words/index.js';
import { Prose } from './prose.js';

/** The outcome of an action, in words. */
export interface Outcome {
  readonly kind: 'good' | 'bad' | 'note';
  readonly text: string;
  readonly remedy?: string | undefined;
}

function troubleOf(error: unknown, words: Words): Outcome {
  if (error instanceof ApiError && error.code !== 'unreachable')
    return { kind: 'bad', text: error.message, remedy: error.remedy };
  return { kind: 'bad', text: error instanceof ApiError ? words.feedback.unreachable : words.feedback.failed };
}

/**
 * Screen readers read it out when it changes. It is always present, because they skip text that appears with its
 * element.
 */
export function Feedback({ outcome }: { readonly outcome: Outcome | undefined }): JSX.Element {
  return (
    <div class="feedback" role="status">
      {outcome && (
        <div class={`outcome ${outcome.kind}`}>
          <p>
            <Prose text={outcome.text} />
          </p>
          {outcome.remedy !== undefined && outcome.remedy !== '' && (
            <p class="remedy">
              <Prose text={outcome.remedy} />
            </p>
          )}
        </div>
      )}
    </div>
  );
}

/** Runs one named action at a time and keeps its outcome. */
export function useAction<Name extends string>(): {
  readonly running: Name | undefined;
  readonly outcome: Outcome | undefined;
  readonly show: (outcome: Outcome | undefined) => void;
  readonly run: (name: Name, work: () => Promise<Outcome | undefined>) => void;
} {
  const words = useWords();
  const [running, setRunning] = useState<Name>();
  const [outcome, show] = useState<Outcome>();
  const run = (name: Name, work: () => Promise<Outcome | undefined>): void => {
    if (running !== undefined) return;
    setRunning(name);
    show(undefined);
    void work()
      .then(show, (error: unknown) => show(troubleOf(error, words)))
      .finally(() => setRunning(undefined));
  };
  return { running, outcome, show, run };
}
