/** Characters that move a cursor, hide text, end a line, or change the direction of the text after them. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/**
 * Replaces unprintable characters by escapes such as `\u001b`, because a terminal would obey such characters in foreign
 * texts.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Line separators and controls, except line ends and tabs. */
const CONTROL = /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}]+/gu;
/** Invisible formatting and the second set of variation selectors. Joiners of emojis and letters do not match. */
const INVISIBLE = /(?![\u200c\u200d])[\p{Cf}\p{Co}\u{e0100}-\u{e01ef}]+/gu;

/**
 * The visible part of a foreign text, for a language model, because invisible characters could carry instructions that
 * no person sees.
 */
export function visibleText(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(CONTROL, ' ').replace(INVISIBLE, '');
}

/** A foreign name as one short line of visible characters. Undefined if no character is left. */
export function plainName(text: string | undefined, maxChars = 64): string | undefined {
  const plain = text
    ?.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, maxChars)
    .trim();
  return plain === '' ? undefined : plain;
}

/** Width on a terminal. A Chinese character takes two columns. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const char of text) width += (char.codePointAt(0) ?? 0) >= 0x2e80 ? 2 : 1;
  return width;
}

export function padToWidth(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}
