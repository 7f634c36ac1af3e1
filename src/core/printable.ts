/**
 * Characters that move a cursor, hide text or end a line: controls, line separators, and marks that change the
 * direction of the text after them.
 */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** The text with unprintable characters as `\u001b`. A terminal would obey such characters in other people's texts. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Line separators and controls except for line ends and tabs. */
const CONTROL = /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}]+/gu;
/** Formatting that nobody sees (joiners of emojis and letters excepted), and the second set of variation selectors. */
const INVISIBLE = /(?![\u200c\u200d])[\p{Cf}\p{Co}\u{e0100}-\u{e01ef}]+/gu;

/**
 * A foreign text as people would see it, for a language model. Invisible characters could tell the model something that
 * nobody else reads.
 */
export function visibleText(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(CONTROL, ' ').replace(INVISIBLE, '');
}

/** A name that a stranger chose, as one short line of visible characters. Undefined if nothing is left. */
export function plainName(text: string | undefined, maxChars = 64): string | undefined {
  const plain = text
    ?.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, maxChars)
    .trim();
  return plain === '' ? undefined : plain;
}

/** Width on a terminal: a Chinese character takes two columns. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const char of text) width += (char.codePointAt(0) ?? 0) >= 0x2e80 ? 2 : 1;
  return width;
}

/** `text` filled up with spaces to a width on the terminal. */
export function padToWidth(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}
