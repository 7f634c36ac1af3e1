import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ApiError } from '../api.js';
import { useWords, type Words } from '../words/index.js';
import { TextWithCode } from './text-with-code.js';

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
 * The element always exists, because screen readers announce a changed text only in an element that was there before.
 */
export function Feedback({ outcome }: { readonly outcome: Outcome | undefined }): JSX.Element {
  return (
    <div class="feedback" role="status">
      {outcome && (
        <div class={`outcome ${outcome.kind}`}>
          <p>
            <TextWithCode text={outcome.text} />
          </p>
          {outcome.remedy !== undefined && outcome.remedy !== '' && (
            <p class="remedy">
              <TextWithCode text={outcome.remedy} />
            </p>
          )}
        </div>
      )}
    </div>
  );
}

/**
 * Runs one action at a time and remembers how it went. `confirm` is for actions that cannot be undone. Its first call
 * shows the question, and only the second call runs the action.
 */
export function useAction<Name extends string>(): {
  readonly running: Name | undefined;
  readonly outcome: Outcome | undefined;
  readonly show: (outcome: Outcome | undefined) => void;
  readonly run: (name: Name, work: () => Promise<Outcome | undefined>) => void;
  readonly confirm: (name: Name, question: string, work: () => Promise<Outcome | undefined>) => void;
} {
  const words = useWords();
  const [running, setRunning] = useState<Name>();
  const [outcome, show] = useState<Outcome>();
  const [asked, setAsked] = useState<Name>();
  const run = (name: Name, work: () => Promise<Outcome | undefined>): void => {
    if (running !== undefined) return;
    setRunning(name);
    setAsked(undefined);
    show(undefined);
    void work()
      .then(show, (error: unknown) => show(troubleOf(error, words)))
      .finally(() => setRunning(undefined));
  };
  const confirm = (name: Name, question: string, work: () => Promise<Outcome | undefined>): void => {
    if (asked === name) {
      run(name, work);
      return;
    }
    setAsked(name);
    show({ kind: 'note', text: question });
  };
  return { running, outcome, show, run, confirm };
}
