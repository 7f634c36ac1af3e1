import type { JSX } from 'preact';
import type { TurnVerdict } from '../api.js';
import { useLanguage } from '../words/index.js';

/** How a turn went, in a word and a colour; the word says it alone too. */
export function Verdict({ verdict }: { readonly verdict: TurnVerdict }): JSX.Element {
  const language = useLanguage();
  const quiet = verdict.kind === 'nothing' || verdict.kind === 'interrupted';
  return <span class={`verdict ${quiet ? 'quiet' : verdict.good ? 'good' : 'bad'}`}>{verdict.text[language]}</span>;
}
