import type { JSX } from 'preact';
import type { Overview } from '../api.js';
import { percent } from '../figures.js';
import { useWords } from '../words/index.js';

export function StatePill({
  overview,
  lost,
}: {
  readonly overview: Overview | undefined;
  readonly lost: boolean;
}): JSX.Element | null {
  const words = useWords();
  if (overview === undefined && !lost) return null;
  const [kind, text] = stateOf(overview, lost, words);
  return (
    <span class={`pill ${kind}`} role="status" data-state={kind}>
      {text}
    </span>
  );
}

function stateOf(
  overview: Overview | undefined,
  lost: boolean,
  words: ReturnType<typeof useWords>,
): readonly ['good' | 'bad' | 'busy', string] {
  if (lost || overview === undefined) return ['bad', words.state.lost];
  if (overview.drain) return ['bad', words.state.draining];
  if (overview.ready) return ['good', words.state.ready];
  const fetched = overview.models.find(
    ({ kind, state }) => kind === 'asr' && state !== 'installed' && state !== 'missing',
  );
  return ['busy', fetched ? words.state.fetching(percent(fetched.percent)) : words.state.starting];
}
