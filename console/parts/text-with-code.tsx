import type { JSX } from 'preact';

/** Shows text between backticks as code. */
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
 * Begins an error message with a capital letter, unless it begins with a key or an address (`llm.base_url`,
 * `127.0.0.1`).
 */
export function sentence(text: string): string {
  return /^[a-z]+(?=[ ,;:]|$)/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
