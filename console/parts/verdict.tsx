import type { JSX } from 'preact';
import type { TurnVerdict } from '../api.js';
import { useLanguage } from '../words/index.js';

/** How a turn went, as a coloured word. The word is understandable without its colour. */
export function Verdict({ verdict }: { readonly verdict: TurnVerdict }): JSX.Element {
  const language = useLanguage();
  const quiet = verdict.kind === 'nothing' || verdict.kind === 'interrupted';
  return <span class={`verdict ${quiet ? 'quiet' : verdict.good ? 'good' : 'bad'}`}>{verdict.text[language]}</span>;
}
