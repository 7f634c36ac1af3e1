/**
 * What was heard of an answer, without what was said in between (a filler before it, an apology after it): that does not
 * belong into the history. The text ends where the reply was cut, perhaps in the midst of such an aside.
 */
export function withoutAsides(heard: string, asides: readonly string[]): string {
  let text = heard.trim();
  for (const aside of asides) {
    if (aside.startsWith(text)) return '';
    if (text.startsWith(aside)) text = text.slice(aside.length).trim();
    if (text.endsWith(aside)) text = text.slice(0, -aside.length).trim();
  }
  return text;
}
