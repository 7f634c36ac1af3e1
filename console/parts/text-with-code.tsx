import type { JSX } from 'preact';

/** A sentence of the server. Text between backticks is formatted as code. */
export function TextWithCode({ text }: { readonly text: string }): JSX.Element {
  return (
    <>
      {sentence(text)
        .split('`')
        .map((part, at) => (at % 2 === 0 ? part : <code key={at}>{part}</code>))}
    </>
  );
}

/**
 * Capitalises an error message, which begins in lower case. Leaves a key or an address (`llm.base_url`, `127.0.0.1`)
 * unchanged.
 */
export function sentence(text: string): string {
  return /^[a-z]+(?=[ ,;:]|$)/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
